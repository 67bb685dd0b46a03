#pragma once

#include "engine/schema/param_table.h"
#include "engine/tensor/shape.h"

namespace burdock {

/// What lies around the input of a sliding window. The keys in files: "same", "valid", "explicit".
enum class Padding { Same, Valid, Explicit };

/// How a window slides along one axis.
struct WindowAxis {
    std::int64_t input = 1;
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t before = 0; ///< padding at the top or left
    std::int64_t after = 0;  ///< padding at the bottom or right
    std::int64_t output = 1; ///< below 1 where the window does not fit

    /// What the dilated kernel covers: (kernel - 1)·dilation + 1.
    constexpr std::int64_t span() const { return (kernel - 1) * dilation + 1; }
    /// The input position under the kernel's first element; negative within the padding.
    constexpr std::int64_t start(std::int64_t out) const { return out * stride - before; }
};

/// The one place where kernel, stride, padding and dilation become sizes; every implementation reads it.
struct Window {
    WindowAxis y; ///< before: top, after: bottom
    WindowAxis x; ///< before: left, after: right

    Shape output(std::int64_t channels) const { return {channels, y.output, x.output}; }
};

/// "Same" is that of TensorFlow and Keras: the output is ceil(input / stride), an odd padding is one
/// larger at the bottom and right. "Explicit" puts `pad` on both sides. Otherwise the output is
/// floor((input + padding - span) / stride) + 1.
Window resolveWindow(const Shape& input, IntPair kernel, IntPair stride, IntPair dilation, Padding padding,
                     IntPair pad);

/// Refuses a window that does not fit its padded input, with a fix that sets the padding to "same".
Status checkWindow(const Window& window);

std::vector<Choice> paddingChoices();
ParamSpec kernelSpec(std::string doc);
ParamSpec strideSpec(std::string doc);
ParamSpec paddingSpec();
ParamSpec padSpec(); ///< shown only with the padding "explicit"

} // namespace burdock
