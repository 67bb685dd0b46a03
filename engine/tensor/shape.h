#pragma once

#include <cstdint>
#include <string>

namespace burdock {

/// Shape of one sample: channels × height × width. A plain vector of n features is n×1×1.
/// In memory width runs fastest, then height, then channel (NCHW without the N).
struct Shape {
    std::int64_t channels = 1;
    std::int64_t height = 1;
    std::int64_t width = 1;

    constexpr std::int64_t size() const { return channels * height * width; }
    constexpr std::int64_t area() const { return height * width; }
    constexpr bool isFlat() const { return height == 1 && width == 1; }
    friend constexpr bool operator==(const Shape&, const Shape&) = default;
};

/// For people: "28×28×64" (height × width × channels), or "784" for a vector.
std::string toString(const Shape& shape);

} // namespace burdock
