#include "storage/notebook/tensor_text.h"

#include "storage/database/table.h"

#include <QStringList>

namespace burdock::storage {

QString encodeDims(const QVector<qint64>& dims) {
    QStringList texts;
    for (const qint64 dim : dims)
        texts << QString::number(dim);
    return textValue(texts.join(QLatin1Char(' '))).toString();
}

std::optional<QVector<qint64>> decodeDims(const QString& text, qint64 bytes) {
    constexpr qint64 valueBytes = 4;
    if (bytes < 0 || bytes % valueBytes != 0) return std::nullopt;
    QVector<qint64> dims;
    const qint64 values = bytes / valueBytes;
    qint64 product = 1;
    for (const QString& word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        bool number = false;
        const qint64 dim = word.toLongLong(&number);
        if (!number || dim < 0 || (dim > 0 && product > values / dim)) return std::nullopt;
        product *= dim;
        dims << dim;
    }
    if (product != values) return std::nullopt;
    return dims;
}

quint32 chunkChecksum(qint64 tensor, qint64 place, const char* bytes, qint64 count) {
    const QByteArray head = QByteArray::number(tensor) + '/' + QByteArray::number(place);
    return crc32(bytes, count, crc32(head.constData(), head.size()));
}

} // namespace burdock::storage
