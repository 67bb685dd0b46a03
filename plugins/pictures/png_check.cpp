#include "png_check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <zlib.h>

namespace burdock {
namespace {

std::uint32_t numberAt(const char* bytes) {
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

bool isHeader(std::string_view data) {
    if (data.size() != 13) return false;
    const std::uint32_t width = numberAt(data.data()), height = numberAt(data.data() + 4);
    const int depth = data[8], colour = data[9];
    const bool bits = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    const bool fits = colour == 0   ? bits
                      : colour == 3 ? bits && depth < 16
                                    : (colour == 2 || colour == 4 || colour == 6) && bits && depth >= 8;
    return width > 0 && height > 0 && width <= INT32_MAX && height <= INT32_MAX && fits && data[10] == 0 &&
           data[11] == 0 && (data[12] == 0 || data[12] == 1);
}

} // namespace

std::optional<std::string> faultOfPng(const std::filesystem::path& path, bool all) {
    constexpr std::uint32_t signature = 8, longest = INT32_MAX;
    const std::string cutOff = "It ends before its last pixel.", damaged = "Its contents are damaged.";
    std::ifstream file(path, std::ios::binary);
    file.ignore(signature);
    std::array<char, 1 << 16> block{};
    const auto read = [&](std::uint32_t count) {
        return static_cast<bool>(file.read(block.data(), static_cast<std::streamsize>(count)));
    };
    bool header = false, indexed = false, palette = false, pixels = false;
    for (;;) {
        if (!read(8)) return cutOff;
        const std::uint32_t length = numberAt(block.data());
        const std::string type(block.data() + 4, 4);
        const auto isLetter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        // The third letter is a capital in all chunks that there are.
        if (length > longest || !std::ranges::all_of(type, isLetter) || type[2] > 'Z') return damaged;
        const bool critical = type[0] < 'a';
        if (critical && type != "IHDR" && type != "PLTE" && type != "IDAT" && type != "IEND") return damaged;
        if ((type == "IHDR") == header) return damaged; // the first, and no other
        if (type == "IDAT" && indexed && !palette) return damaged;
        if (!all && type == "IDAT") return std::nullopt;
        uLong sum = crc32(0, reinterpret_cast<const Bytef*>(type.data()), 4);
        for (std::uint32_t left = length; left > 0;) {
            const auto part = std::min<std::uint32_t>(left, block.size());
            if (!read(part)) return cutOff;
            sum = crc32(sum, reinterpret_cast<const Bytef*>(block.data()), part);
            left -= part;
            if (type != "IHDR") continue;
            if (!isHeader({block.data(), left == 0 ? part : 0})) return damaged;
            header = true;
            indexed = block[9] == 3;
        }
        if (!read(4)) return cutOff;
        if (critical && numberAt(block.data()) != sum) return damaged;
        if (!header) return damaged;
        palette = palette || (type == "PLTE" && length > 0 && length % 3 == 0 && length <= 768);
        pixels = pixels || type == "IDAT";
        if (type == "IEND") return pixels ? std::nullopt : std::optional(cutOff);
    }
}

} // namespace burdock
