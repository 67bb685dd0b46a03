#pragma once

#include <QCoreApplication>
#include <QDateTime>
#include <QString>

namespace burdock::storage {

/// Names a process of this machine so that no other, on this machine or another, ever bears the same name.
QString processIdentity(qint64 process = QCoreApplication::applicationPid());

/// Whether the program that wrote `owner` may still be alive. Where the process can be looked up (same boot
/// of the same machine, same process namespace) the answer is exact, at once after a kill: a process number
/// alone would be reused, so its start time is compared too. Elsewhere (another machine, a container) it
/// cannot be looked up, and a heartbeat younger than a minute counts as life.
bool mayBeAlive(const QString& owner, const QDateTime& heartbeat);

/// Live runs renew their heartbeat this often, also when they are paused.
constexpr int heartbeatSeconds = 10;

} // namespace burdock::storage
