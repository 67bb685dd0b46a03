#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace burdock {

/// What the axes of a shape mean.
enum class Axes : std::uint8_t {
    Maps,     ///< channels × height × width: feature maps and pictures; of one pixel, features
    Sequence, ///< positions × features, as height × width of one channel
};

/// Shape of one sample: channels × height × width. A plain vector of n features is n×1×1, a sequence of T
/// positions with D features each is 1×T×D with the axes of a sequence: position after position, the features
/// of one side by side. In memory width runs fastest, then height, then channel (NCHW without the N).
struct Shape {
    std::int64_t channels = 1;
    std::int64_t height = 1;
    std::int64_t width = 1;
    Axes axes = Axes::Maps;

    static constexpr Shape sequence(std::int64_t positions, std::int64_t features) {
        return {1, positions, features, Axes::Sequence};
    }
    constexpr std::int64_t size() const { return channels * height * width; }
    constexpr std::int64_t area() const { return height * width; }
    constexpr bool isSequence() const { return axes == Axes::Sequence; }
    constexpr bool isFlat() const { return !isSequence() && height == 1 && width == 1; } ///< features alone
    /// The same channels, height and width, whatever they mean: the same values in memory.
    constexpr bool hasSizesOf(const Shape& o) const {
        return channels == o.channels && height == o.height && width == o.width;
    }
    friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// For people: "28×28×64" (height × width × channels), "784" for a vector, "40×16" for a sequence (positions
/// × features).
std::string toString(const Shape& shape);
/// What its axes are: "features", "sequence × features", "channels × height × width".
std::string_view axesText(const Shape& shape);

} // namespace burdock
