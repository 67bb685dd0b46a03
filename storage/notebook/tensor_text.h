#pragma once

#include <QString>
#include <QVector>

#include <optional>

namespace burdock::storage {

/// "64×1×7×7" as a column holds it: "64 1 7 7"; of a single number it is empty.
QString encodeDims(const QVector<qint64>& dims);
/// None for anything but the text of dims that are not negative and whose product times four is `bytes`: what
/// a file says of itself is not believed.
std::optional<QVector<qint64>> decodeDims(const QString& text, qint64 bytes);

/// Of one piece of a tensor, with its place: exchanged pieces are found out as well.
quint32 chunkChecksum(qint64 tensor, qint64 place, const char* bytes, qint64 count);

} // namespace burdock::storage
