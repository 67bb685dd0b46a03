#pragma once

#include <cstdint>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace burdock {

/// What a PNG's header says of its pixels.
struct PngHeader {
    std::uint32_t width = 0, height = 0;
    int depth = 8, colour = 0;
    bool interlaced = false;
};

/// Unpacks a PNG's pixels and keeps none: whether they are whole, and their sum is right. Source: Portable
/// Network Graphics, second edition, 2003, chapters 8 to 10.
class PngPixels {
  public:
    explicit PngPixels(const PngHeader& header);
    PngPixels(const PngPixels&) = delete;
    PngPixels& operator=(const PngPixels&) = delete;
    ~PngPixels();

    /// The next packed bytes; false if they make no sense.
    bool add(std::string_view packed);
    /// Whether all is there, and nothing was wrong.
    bool isWhole() const { return sound_ && ended_ && rows_.empty(); }

  private:
    /// Rows of a length, one of several passes where they are interlaced.
    struct Rows {
        std::uint64_t bytes = 0, count = 0; ///< of each with its filter's byte; those that are still to come
    };
    bool take(const Bytef* bytes, std::uint64_t count);

    z_stream stream_{};
    std::vector<Rows> rows_;  ///< the last ones first
    std::uint64_t inRow_ = 0; ///< bytes of a row that have come
    bool sound_ = false, ended_ = false;
};

} // namespace burdock
