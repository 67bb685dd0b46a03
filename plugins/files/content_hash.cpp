#include "files/content_hash.h"

#include <QCryptographicHash>

namespace burdock {

std::string sha256Hex(std::initializer_list<std::string_view> contents) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::string_view part : contents)
        hash.addData(QByteArrayView(part.data(), static_cast<qsizetype>(part.size())));
    return hash.result().toHex().toStdString();
}

} // namespace burdock
