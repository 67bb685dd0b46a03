#include "png_pixels.h"

#include <algorithm>
#include <array>

namespace burdock {
namespace {

int channelsOf(int colour) {
    return colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
}

/// Where a pass begins, and how far its pixels lie apart.
struct Pass {
    std::uint32_t x, y, across, down;
};
constexpr std::array<Pass, 7> adam7{
    {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};

std::uint64_t countFrom(std::uint32_t begin, std::uint32_t step, std::uint32_t end) {
    return begin < end ? (std::uint64_t{end} - begin + step - 1) / step : 0;
}

} // namespace

PngPixels::PngPixels(const PngHeader& header) {
    const auto add = [&](const Pass& pass) {
        const std::uint64_t width = countFrom(pass.x, pass.across, header.width),
                            height = countFrom(pass.y, pass.down, header.height);
        const auto bits = static_cast<std::uint64_t>(header.depth * channelsOf(header.colour));
        if (width > 0 && height > 0) rows_.insert(rows_.begin(), {1 + (width * bits + 7) / 8, height});
    };
    if (header.interlaced)
        std::ranges::for_each(adam7, add);
    else
        add({0, 0, 1, 1});
    // With the window that the stream itself names, as libpng takes it.
    sound_ = inflateInit2(&stream_, 0) == Z_OK;
}

PngPixels::~PngPixels() {
    inflateEnd(&stream_);
}

bool PngPixels::add(std::string_view packed) {
    std::array<Bytef, 1 << 15> unpacked; // filled before it is read
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (sound_ && !ended_ && stream_.avail_in > 0) { // what lies behind its end is passed over
        stream_.next_out = unpacked.data();
        stream_.avail_out = static_cast<uInt>(unpacked.size());
        const int done = inflate(&stream_, Z_NO_FLUSH);
        ended_ = done == Z_STREAM_END;
        sound_ = (done == Z_OK || ended_) && take(unpacked.data(), unpacked.size() - stream_.avail_out);
    }
    return sound_;
}

bool PngPixels::take(const Bytef* bytes, std::uint64_t count) {
    constexpr Bytef lastFilter = 4;
    while (count > 0) {
        if (rows_.empty()) { // more than the picture needs, of which libpng reads no more either
            ended_ = true;
            return true;
        }
        Rows& now = rows_.back();
        if (inRow_ == 0 && *bytes > lastFilter) return false;
        const std::uint64_t part = std::min(count, now.bytes - inRow_);
        bytes += part;
        count -= part;
        inRow_ += part;
        if (inRow_ < now.bytes) continue;
        inRow_ = 0;
        if (--now.count == 0) rows_.pop_back();
    }
    return true;
}

} // namespace burdock
