#include "files/content_hash.h"

#include "engine/data/reading.h"
#include "files/file_reader.h"

#include <QCryptographicHash>

namespace burdock {

std::string sha256Hex(std::initializer_list<std::string_view> contents, const std::function<void()>& letGo) {
    constexpr std::size_t most = 64u << 20;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (std::string_view part : contents)
        while (!part.empty()) {
            continueReading();
            const std::string_view piece = part.substr(0, most);
            hash.addData(QByteArrayView(piece.data(), static_cast<qsizetype>(piece.size())));
            part.remove_prefix(piece.size());
            if (letGo) letGo();
        }
    return hash.result().toHex().toStdString();
}

Result<std::string> sha256OfFile(const std::filesystem::path& path) {
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    QCryptographicHash hash(QCryptographicHash::Sha256);
    std::vector<char> piece(1u << 20);
    for (;;) {
        const auto got = reader->read(piece);
        if (!got) return tl::unexpected(got.error());
        hash.addData(QByteArrayView(piece.data(), static_cast<qsizetype>(*got)));
        if (*got < piece.size()) return hash.result().toHex().toStdString();
    }
}

} // namespace burdock
