#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace burdock {

/// Writes a file as a whole, or leaves what was there; through a symbolic link the file that it leads to.
/// What is no plain file is not replaced. Gives why it could not, for the most part in the system's words; a
/// disk that is full is one of the reasons.
std::optional<QString> writeWhole(const QString& path, const QByteArray& bytes);

} // namespace burdock
