#pragma once

#include <cstdint>

namespace burdock {

/// One of the three may be 0: as much as the input's size leaves for it.
struct ReshapeParams {
    std::int64_t channels = 0;
    std::int64_t height = 1;
    std::int64_t width = 1;
};

/// Which of the input's axes become the output's channels, height and width.
enum class AxisOrder { Hwc, Whc, Cwh, Hcw, Wch, Chw };

struct PermuteParams {
    AxisOrder order = AxisOrder::Hwc;
};

} // namespace burdock
