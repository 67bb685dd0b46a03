#include "engine/data/tokenizer.h"

#include "engine/data/utf8.h"

namespace burdock {

std::string Tokenizer::decode(std::span<const std::int64_t> tokens) const {
    std::string all;
    for (const std::int64_t token : tokens)
        all += text(token);
    return all;
}

std::string Tokenizer::name(std::int64_t token) const {
    static constexpr char hex[] = "0123456789ABCDEF";
    const std::string_view bytes = text(token);
    std::string shown;
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = utf8Length(bytes.substr(i));
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte == ' ') {
            shown += "␣";
        } else if (byte == '\n') {
            shown += "↵";
        } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
            shown += std::string("\\x") + hex[byte >> 4] + hex[byte & 15];
        } else {
            shown += bytes.substr(i, length);
        }
        i += length == 0 ? 1 : length;
    }
    return shown;
}

} // namespace burdock
