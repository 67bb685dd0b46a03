#include "seal_png.h"

#include <cstdint>
#include <zlib.h>

namespace burdock::fuzz {

void sealPng(std::string& bytes) {
    constexpr std::size_t signature = 8, head = 8, checksum = 4;
    if (!bytes.starts_with("\x89PNG\r\n\x1a\n")) return;
    auto* const data = reinterpret_cast<std::uint8_t*>(bytes.data());
    for (std::size_t at = signature; at + head + checksum <= bytes.size();) {
        std::uint32_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8 | data[at + i];
        if (length > bytes.size() - at - head - checksum) return;
        const uLong crc = crc32(0, data + at + 4, length + 4);
        for (std::size_t i = 0; i < checksum; ++i)
            data[at + head + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
        at += head + length + checksum;
    }
}

} // namespace burdock::fuzz
