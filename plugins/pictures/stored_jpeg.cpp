#include "stored_picture.h"

#include <cstring>

namespace burdock {
namespace {

/// Where the next marker's letter stands, behind coded pixels or whatever else is between; `size` if nowhere.
std::size_t nextMarker(std::string_view bytes, std::size_t at) {
    while (at < bytes.size()) {
        const auto* const found =
            static_cast<const char*>(std::memchr(bytes.data() + at, 0xff, bytes.size() - at));
        if (!found) break;
        at = static_cast<std::size_t>(found - bytes.data()) + 1;
        while (at < bytes.size() && bytes[at] == '\xff')
            ++at;
        if (at == bytes.size()) break;
        const auto marker = static_cast<unsigned char>(bytes[at]);
        if (marker != 0 && marker != 1 && (marker < 0xd0 || marker > 0xd7)) return at;
    }
    return bytes.size();
}

bool isFrame(unsigned char marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

} // namespace

std::optional<PictureFault> inspectJpeg(std::string_view bytes, bool all, StoredPicture& found) {
    const PictureFault cutOff{"It ends before its last pixel.", true};
    constexpr std::size_t start = 2;
    constexpr unsigned char endOfImage = 0xd9, startOfImage = 0xd8, app1 = 0xe1;
    bool frame = false;
    for (std::size_t at = start;;) {
        at = nextMarker(bytes, at);
        if (at >= bytes.size()) return cutOff;
        const auto marker = static_cast<unsigned char>(bytes[at++]);
        if (marker == endOfImage)
            return frame ? std::nullopt : std::optional(PictureFault{"It holds no picture."});
        if (marker == startOfImage) continue;
        if (bytes.size() < at + 2) return cutOff;
        const std::size_t length = bigEndian(bytes, at, 2);
        if (bytes.size() < at + length) return cutOff;
        const std::string_view data = length > 2 ? bytes.substr(at + 2, length - 2) : std::string_view();
        constexpr std::string_view exif("Exif\0\0", 6);
        if (marker == app1 && data.starts_with(exif)) found.orientation = exifOrientation(data.substr(6));
        if (isFrame(marker) && data.size() >= 6) {
            frame = true;
            found.size = {static_cast<int>(bigEndian(data, 3, 2)), static_cast<int>(bigEndian(data, 1, 2))};
            found.deep = data[0] > 8;
            found.grey = data[5] == 1;
            found.cmyk = data[5] == 4;
            if (!all) return std::nullopt;
        }
        at += length;
    }
}

} // namespace burdock
