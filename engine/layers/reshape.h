#pragma once

#include <cstdint>

namespace burdock {

/// What the axes of the output mean. By channels, as before version 2 of the layers: with one channel and
/// more than one value a sequence, else maps.
enum class OutputAxes { Maps, Sequence, ByChannels };

/// One of the three may be 0: as much as the input's size leaves for it.
struct ReshapeParams {
    std::int64_t channels = 0;
    std::int64_t height = 1;
    std::int64_t width = 1;
    OutputAxes axes = OutputAxes::Maps;
};

/// Which of the input's axes become the output's channels, height and width.
enum class AxisOrder { Hwc, Whc, Cwh, Hcw, Wch, Chw };

struct PermuteParams {
    AxisOrder order = AxisOrder::Hwc;
    OutputAxes axes = OutputAxes::Maps;
};

} // namespace burdock
