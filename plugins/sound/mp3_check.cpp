#include "mp3_check.h"

#include "engine/data/reading.h"
#include "files/count_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t headerBytes = 4, crcBytes = 2, mostSideBytes = 32;

/// Of layer III, with a bit rate that is told.
struct Frame {
    bool first = false; ///< of MPEG 1; else of MPEG 2 or 2.5
    bool mono = false;
    std::int64_t length = 0;       ///< bytes
    std::size_t crc = 0, side = 0; ///< bytes of each behind the header
    std::uint32_t kind = 0;        ///< the bits that are the same in all frames of a file
};

unsigned at(std::string_view bytes, std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

std::uint32_t number(std::string_view bytes, std::size_t i) {
    return at(bytes, i) << 24 | at(bytes, i + 1) << 16 | at(bytes, i + 2) << 8 | at(bytes, i + 3);
}

std::optional<Frame> frameOf(std::string_view bytes) {
    static constexpr std::array<int, 15> rates1{0,   32,  40,  48,  56,  64,  80, 96,
                                                112, 128, 160, 192, 224, 256, 320};
    static constexpr std::array<int, 15> rates2{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
    static constexpr std::array<int, 3> samples{44100, 48000, 32000};
    const std::uint32_t header = number(bytes, 0);
    const unsigned version = header >> 19 & 3, layer = header >> 17 & 3, rate = header >> 12 & 15,
                   sampled = header >> 10 & 3;
    if (bytes.size() < headerBytes || header >> 21 != 0x7ff || version == 1 || layer != 1 || rate == 0 ||
        rate == 15 || sampled == 3)
        return std::nullopt;
    Frame frame;
    frame.first = version == 3;
    frame.mono = (header >> 6 & 3) == 3;
    const int hertz = samples[sampled] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    frame.length = (frame.first ? 144 * rates1[rate] : 72 * rates2[rate]) * 1000 / hertz + (header >> 9 & 1);
    frame.crc = (header >> 16 & 1) == 0 ? crcBytes : 0;
    frame.side = frame.first ? (frame.mono ? 17 : 32) : (frame.mono ? 9 : 17);
    frame.kind = (header & 0xfffe0c00) | (frame.mono ? 1 : 0);
    return frame;
}

/// Whether its side information bids to read what is not there.
bool isSound(const Frame& frame, std::string_view bytes) {
    const std::string_view side = bytes.substr(std::min(bytes.size(), headerBytes + frame.crc));
    std::size_t bit = 0;
    const auto take = [&](int count) {
        unsigned value = 0;
        for (; count > 0; --count, ++bit)
            value = value << 1 | (at(side, bit / 8) >> (7 - bit % 8) & 1);
        return value;
    };
    const int channels = frame.mono ? 1 : 2, granules = frame.first ? 2 : 1;
    constexpr unsigned mostPairs = 288;
    const std::int64_t earlier = take(frame.first ? 9 : 8);
    bit +=
        frame.first ? (frame.mono ? 5U : 3U) + 4U * static_cast<unsigned>(channels) : (frame.mono ? 1U : 2U);
    std::int64_t bits = 0;
    for (int i = 0; i < channels * granules; ++i) {
        const std::size_t next = bit + (frame.first ? 59 : 63);
        bits += take(12);
        if (take(9) > mostPairs) return false;
        bit = next;
    }
    const auto before = static_cast<std::int64_t>(headerBytes + frame.crc + frame.side);
    return bits <= 8 * (earlier + frame.length - before);
}

/// How many frames the first one says to follow; zero: it is a frame of sound.
std::int64_t toldFrames(const Frame& frame, std::string_view bytes) {
    const std::size_t tag = headerBytes + frame.crc + frame.side;
    const std::string_view name = bytes.substr(std::min(tag, bytes.size()), 4);
    if (name != "Xing" && name != "Info") return 0;
    return (number(bytes, tag + 4) & 1) != 0 ? number(bytes, tag + 8) : 0;
}

class Walk {
  public:
    explicit Walk(const fs::path& path)
        : file_(path, std::ios::binary) {
        std::error_code error;
        length_ = static_cast<std::int64_t>(fs::file_size(path, error));
        if (error) length_ = 0;
    }

    std::optional<std::string> fault() {
        std::int64_t place = 0;
        std::string bytes = read(place);
        while (bytes.starts_with("ID3")) {
            std::int64_t size = 0; // seven bits a byte
            for (std::size_t i = 6; i < 10; ++i)
                size = size << 7 | (at(bytes, i) & 0x7f);
            place += 10 + size + ((at(bytes, 5) & 0x10) != 0 ? 10 : 0);
            if (place >= length_) return "The file is damaged: its tag reaches beyond its end.";
            while (place < length_ && (bytes = read(place)).starts_with('\0')) // what fills the tag up
                place += std::max<std::int64_t>(
                    1, static_cast<std::int64_t>(std::min(bytes.find_first_not_of('\0'), bytes.size())));
        }
        const auto first = frameOf(bytes);
        if (!first) return std::nullopt; // of another layer, or without a bit rate
        const std::int64_t told = toldFrames(*first, bytes);
        std::int64_t count = 0;
        for (; place < length_; ++count) {
            continueReading();
            bytes = read(place);
            const auto frame = frameOf(bytes);
            if (!frame || frame->kind != first->kind) {
                if (isEnd(bytes)) break;
                return damagedAt(place, count,
                                 frame ? "a frame of another rate or with other channels"
                                       : "something else than a frame");
            }
            if (place + frame->length > length_)
                return "It ends before its last sample: within a frame, behind " +
                       countText(count, "whole one") + ".";
            if (!isSound(*frame, bytes)) return damagedAt(place, count, "a damaged frame");
            place += frame->length;
        }
        // Some programs count the frame that tells the count.
        const std::int64_t sound = count - (told > 0 && told != count ? 1 : 0);
        if (sound >= told) return std::nullopt;
        return "It ends before its last sample: of " + std::to_string(told) + " frames there are " +
               std::to_string(std::max<std::int64_t>(0, sound)) + ".";
    }

  private:
    /// What stands behind the last frame: a tag, or zeros.
    static bool isEnd(std::string_view bytes) {
        for (const char* const tag : {"TAG", "APETAGEX", "LYRICSBEGIN", "ID3"})
            if (bytes.starts_with(tag)) return true;
        return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
    }
    static std::string damagedAt(std::int64_t place, std::int64_t frames, const std::string& what) {
        return "The file is damaged: behind " + countText(frames, "frame") + ", at byte " +
               std::to_string(place) + ", there is " + what + ".";
    }
    /// As many bytes as a frame's header and the first frame's counts take.
    std::string read(std::int64_t place) {
        std::string bytes(headerBytes + crcBytes + mostSideBytes + 12, '\0');
        file_.clear();
        file_.seekg(place);
        file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file_.gcount())));
        return bytes;
    }

    std::ifstream file_;
    std::int64_t length_ = 0;
};

} // namespace

std::optional<std::string> faultOfMp3(const fs::path& path) {
    return Walk(path).fault();
}

} // namespace burdock
