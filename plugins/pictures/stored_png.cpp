#include "stored_picture.h"

#include <algorithm>
#include <zlib.h>

namespace burdock {
namespace {

bool isHeader(std::string_view data) {
    if (data.size() != 13) return false;
    const std::uint32_t width = bigEndian(data, 0, 4), height = bigEndian(data, 4, 4);
    const int depth = data[8], colour = data[9];
    const bool bits = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    const bool fits = colour == 0   ? bits
                      : colour == 3 ? bits && depth < 16
                                    : (colour == 2 || colour == 4 || colour == 6) && bits && depth >= 8;
    return width > 0 && height > 0 && width <= INT32_MAX && height <= INT32_MAX && fits && data[10] == 0 &&
           data[11] == 0 && (data[12] == 0 || data[12] == 1);
}

bool isName(std::string_view type) {
    const auto isLetter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    // The third letter is a capital in all chunks that there are.
    return std::ranges::all_of(type, isLetter) && type[2] <= 'Z';
}

void takeHeader(std::string_view data, StoredPicture& found) {
    constexpr int colourBit = 2, alphaBit = 4;
    found.size = {static_cast<int>(bigEndian(data, 0, 4)), static_cast<int>(bigEndian(data, 4, 4))};
    found.deep = data[8] == 16;
    found.grey = (data[9] & colourBit) == 0;
    found.alpha = (data[9] & alphaBit) != 0;
}

} // namespace

std::optional<PictureFault> inspectPng(std::string_view bytes, bool all, StoredPicture& found) {
    constexpr std::uint32_t longest = INT32_MAX;
    const PictureFault cutOff{"It ends before its last pixel.", true}, damaged{"Its contents are damaged."};
    bool header = false, indexed = false, palette = false, pixels = false;
    for (std::size_t at = 8;;) {
        if (bytes.size() < at + 8) return cutOff;
        const std::uint32_t length = bigEndian(bytes, at, 4);
        const std::string_view type = bytes.substr(at + 4, 4);
        if (length > longest || !isName(type)) return damaged;
        const bool critical = type[0] < 'a';
        if (critical && type != "IHDR" && type != "PLTE" && type != "IDAT" && type != "IEND") return damaged;
        if ((type == "IHDR") == header) return damaged; // the first, and no other
        if (type == "IDAT" && indexed && !palette) return damaged;
        if (!all && type == "IDAT") return std::nullopt;
        if (bytes.size() - at < std::size_t{length} + 12) return cutOff;
        const std::string_view data = bytes.substr(at + 8, length), summed = bytes.substr(at + 4, length + 4);
        if (critical && bigEndian(bytes, at + 8 + length, 4) !=
                            crc32_z(0, reinterpret_cast<const Bytef*>(summed.data()), summed.size()))
            return damaged;
        if (type == "IHDR") {
            if (!isHeader(data)) return damaged;
            header = true;
            found.indexed = indexed = data[9] == 3;
            takeHeader(data, found);
        } else if (type == "PLTE") {
            palette = palette || (length > 0 && length % 3 == 0 && length <= 768);
            if (indexed) found.grey = isGreyPalette(data, 3);
        } else if (type == "tRNS") {
            found.alpha = true;
        } else if (type == "eXIf") {
            found.orientation = exifOrientation(data);
        }
        pixels = pixels || type == "IDAT";
        if (type == "IEND") return pixels ? std::nullopt : std::optional(cutOff);
        at += std::size_t{length} + 12;
    }
}

} // namespace burdock
