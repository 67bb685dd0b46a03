#include "stored_picture.h"

#include "engine/tensor/saturated.h"

#include <cstdlib>

namespace burdock {
namespace {

using Fault = std::optional<PictureFault>;
const PictureFault cutOff{"It ends before its last pixel.", true}, damaged{"Its contents are damaged."};

/// Where the pixels of a BMP end, by its header.
std::int64_t endOfBmpPixels(std::string_view bytes) {
    constexpr std::int64_t fileHeader = 14, oldHeader = 12;
    const std::int64_t infoHeader = littleEndian(bytes, 14, 4);
    const bool old = infoHeader == oldHeader; // OS/2's
    const std::int64_t from =
        std::max<std::int64_t>(littleEndian(bytes, 10, 4), saturatedSum(fileHeader, infoHeader));
    const std::uint32_t compression = old ? 0 : littleEndian(bytes, 30, 4);
    if (compression == 1 || compression == 2)
        return saturatedSum(from, littleEndian(bytes, 34, 4)); // run lengths
    const std::int64_t width = littleEndian(bytes, 18, old ? 2 : 4),
                       bits = littleEndian(bytes, old ? 24 : 28, 2),
                       height = old ? littleEndian(bytes, 20, 2)
                                    : std::abs(std::int64_t{
                                          static_cast<std::int32_t>(littleEndian(bytes, 22, 4))}),
                       row = saturatedProduct((saturatedProduct(width, bits) + 31) / 32, 4);
    return saturatedSum(from, saturatedProduct(row, height));
}

Fault inspectBmp(std::string_view bytes, std::size_t length, StoredPicture& found) {
    constexpr std::size_t headers = 38;
    if (bytes.size() < headers || static_cast<std::int64_t>(length) < endOfBmpPixels(bytes)) return cutOff;
    const std::size_t infoHeader = littleEndian(bytes, 14, 4);
    const bool old = infoHeader == 12;
    const auto side = [&](std::size_t at) {
        return old ? static_cast<int>(littleEndian(bytes, at, 2))
                   : static_cast<int>(littleEndian(bytes, at, 4));
    };
    const int width = side(18), height = old ? side(20) : side(22);
    if (width <= 0 || height == 0 || height == INT32_MIN) return damaged;
    found.size = {width, std::abs(height)};
    const std::uint32_t bits = littleEndian(bytes, old ? 24 : 28, 2);
    const std::size_t palette = 14 + infoHeader, entry = old ? 3 : 4;
    if (bits <= 8 && bytes.size() > palette) {
        const std::size_t used = old || bytes.size() < 50 ? 0 : littleEndian(bytes, 46, 4),
                          colours = used > 0 ? used : std::size_t{1} << bits;
        found.grey = isGreyPalette(bytes.substr(palette, colours * entry), entry);
    }
    return std::nullopt;
}

/// Behind the blocks of data that start at `at`; nothing where they do not end.
std::optional<std::size_t> behindGifBlocks(std::string_view bytes, std::size_t at) {
    while (at < bytes.size() && bytes[at] != 0)
        at += 1 + static_cast<unsigned char>(bytes[at]);
    return at < bytes.size() ? std::optional(at + 1) : std::nullopt;
}

std::size_t gifPaletteBytes(char flags) {
    return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
}

/// As far as the end of the first frame.
Fault inspectGif(std::string_view bytes, StoredPicture& found) {
    constexpr std::size_t screen = 13, descriptor = 10;
    if (bytes.size() < screen) return cutOff;
    found.size = {static_cast<int>(littleEndian(bytes, 6, 2)), static_cast<int>(littleEndian(bytes, 8, 2))};
    const std::size_t palette = gifPaletteBytes(bytes[10]);
    if (bytes.size() < screen + palette) return cutOff;
    found.grey = palette > 0 && isGreyPalette(bytes.substr(screen, palette), 3);
    for (std::size_t at = screen + palette; at < bytes.size();) {
        const char kind = bytes[at];
        std::optional<std::size_t> behind;
        if (kind == '!') {
            behind = behindGifBlocks(bytes, at + 2);
        } else if (kind == ',') {
            if (bytes.size() < at + descriptor) return cutOff;
            const std::size_t own = gifPaletteBytes(bytes[at + 9]);
            if (own > 0 && bytes.size() >= at + descriptor + own)
                found.grey = isGreyPalette(bytes.substr(at + descriptor, own), 3);
            return behindGifBlocks(bytes, at + descriptor + own + 1) ? Fault() : cutOff;
        } else if (kind == ';') {
            return PictureFault{"It holds no picture."};
        } else {
            return damaged;
        }
        if (!behind) return cutOff;
        at = *behind;
    }
    return cutOff;
}

void takeWebpSize(std::string_view chunk, std::string_view data, StoredPicture& found) {
    const auto take = [&](std::uint32_t width, std::uint32_t height) {
        found.size = {static_cast<int>(width), static_cast<int>(height)};
    };
    constexpr std::uint32_t sideBits = 0x3fff;
    if (chunk == "VP8X" && data.size() >= 10)
        take(littleEndian(data, 4, 3) + 1, littleEndian(data, 7, 3) + 1);
    else if (found.size.isEmpty() && chunk == "VP8 " && data.size() >= 10)
        take(littleEndian(data, 6, 2) & sideBits, littleEndian(data, 8, 2) & sideBits);
    else if (found.size.isEmpty() && chunk == "VP8L" && data.size() >= 5)
        take((littleEndian(data, 1, 4) & sideBits) + 1, (littleEndian(data, 1, 4) >> 14 & sideBits) + 1);
}

Fault inspectWebp(std::string_view bytes, std::size_t length, StoredPicture& found) {
    constexpr std::size_t riff = 12;
    if (bytes.size() < riff || length < std::size_t{littleEndian(bytes, 4, 4)} + 8) return cutOff;
    bool exif = false; // to come
    for (std::size_t at = riff; bytes.size() >= at + 8;) {
        const std::size_t size = littleEndian(bytes, at + 4, 4);
        const std::string_view chunk = bytes.substr(at, 4), data = bytes.substr(at + 8, size);
        takeWebpSize(chunk, data, found);
        if (chunk == "VP8X" && !data.empty()) exif = (data[0] & 8) != 0;
        if (chunk == "EXIF") {
            constexpr std::string_view jpegs = "Exif";
            found.orientation = exifOrientation(data.starts_with(jpegs) ? data.substr(6) : data);
            exif = false;
        }
        at += 8 + size + size % 2;
    }
    if (found.size.isEmpty() || (exif && bytes.size() < length)) return cutOff;
    return std::nullopt;
}

} // namespace

bool isGreyPalette(std::string_view palette, std::size_t entry) {
    for (std::size_t at = 0; at + entry <= palette.size(); at += entry)
        if (palette[at] != palette[at + 1] || palette[at] != palette[at + 2]) return false;
    return true;
}

int exifOrientation(std::string_view exif) {
    const bool little = exif.starts_with("II");
    if (exif.size() < 8 || (!little && !exif.starts_with("MM"))) return 1;
    const auto number = [&](std::size_t at, std::size_t count) {
        return little ? littleEndian(exif, at, count) : bigEndian(exif, at, count);
    };
    constexpr std::uint32_t orientationTag = 0x0112;
    constexpr std::size_t entryBytes = 12;
    const std::size_t directory = number(4, 4);
    if (directory + 2 > exif.size()) return 1;
    const std::size_t entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = directory + 2 + i * entryBytes;
        if (at + entryBytes > exif.size()) return 1;
        if (number(at, 2) != orientationTag) continue;
        const std::uint32_t value = number(at + 8, 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Fault inspectPicture(std::string_view bytes, std::size_t length, bool all, StoredPicture& found) {
    found.format = pictureFormatOf(bytes);
    if (length == 0) return PictureFault{"It is empty."};
    if (!found.format) return PictureFault{"Its contents are none of " + pictureFormatNames() + "."};
    const std::string_view name = found.format->name;
    if (name == "png") return inspectPng(bytes, all, found);
    if (name == "jpeg") return inspectJpeg(bytes, all, found);
    if (name == "bmp") return inspectBmp(bytes, length, found);
    if (name == "gif") return inspectGif(bytes, found);
    if (name == "webp") return inspectWebp(bytes, length, found);
    return bytes.size() < length ? Fault(cutOff) : std::nullopt; // a TIFF's header may be anywhere in it
}

} // namespace burdock
