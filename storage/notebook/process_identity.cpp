#include "storage/notebook/process_identity.h"

#include <QFile>
#include <QStringList>
#include <QSysInfo>

namespace burdock::storage {
namespace {

QString bootId() {
    QFile file(QStringLiteral("/proc/sys/kernel/random/boot_id"));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll()).trimmed() : QString();
}

// Clock ticks after the boot; empty if there is no such process, or it is dead and only not yet buried.
QString startTime(const QString& pid) {
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray text = file.readAll();
    // The name, in brackets, may itself hold blanks and brackets.
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return {};
    return QString::fromLatin1(fields[19]);
}

// Everything but the process itself: within the same place, processes can be looked up.
QString place() {
    static const QString made =
        QString::fromLatin1(QSysInfo::machineUniqueId()) + QLatin1Char('/') + bootId() + QLatin1Char('/') +
        QFile::symLinkTarget(QStringLiteral("/proc/self/ns/pid")).section(QLatin1Char('/'), -1);
    return made;
}

} // namespace

QString processIdentity(qint64 process) {
    const QString pid = QString::number(process);
    return QStringList{place(), pid, startTime(pid)}.join(QLatin1Char('|'));
}

bool mayBeAlive(const QString& owner, const QDateTime& heartbeat) {
    const QStringList parts = owner.split(QLatin1Char('|'));
    const bool canLookUp =
        !bootId().isEmpty() && parts.size() == 3 && parts[0] == place() && !parts[2].isEmpty();
    if (canLookUp) return startTime(parts[1]) == parts[2];
    return heartbeat.isValid() && heartbeat.secsTo(QDateTime::currentDateTimeUtc()) < 6 * heartbeatSeconds;
}

} // namespace burdock::storage
