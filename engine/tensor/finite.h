#pragma once

#include <cstdint>
#include <span>

namespace burdock {

/// Whether none is infinite or not a number. On all threads where that is worth it.
bool allFinite(std::span<const float> values);
/// Of bfloat16, each the upper half of a float.
bool allFiniteBfloat16(std::span<const std::uint16_t> values);

} // namespace burdock
