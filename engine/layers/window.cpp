#include "engine/layers/window.h"

#include <algorithm>

namespace burdock {
namespace {

WindowAxis resolveAxis(std::int64_t input, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                       Padding padding, std::int64_t pad) {
    WindowAxis a{input, kernel, stride, dilation};
    if (padding == Padding::Same) {
        a.output = (input + stride - 1) / stride;
        const std::int64_t total = std::max<std::int64_t>((a.output - 1) * stride + a.span() - input, 0);
        a.before = total / 2;
        a.after = total - a.before;
        return a;
    }
    if (padding == Padding::Explicit) a.before = a.after = pad;
    const std::int64_t room = input + a.before + a.after - a.span();
    a.output = room < 0 ? 0 : room / stride + 1;
    return a;
}

std::string sizes(std::int64_t height, std::int64_t width) {
    return toString(ParamValue{IntPair{height, width}});
}

} // namespace

Window resolveWindow(const Shape& input, IntPair kernel, IntPair stride, IntPair dilation, Padding padding,
                     IntPair pad) {
    return {
        resolveAxis(input.height, kernel.height, stride.height, dilation.height, padding, pad.height),
        resolveAxis(input.width, kernel.width, stride.width, dilation.width, padding, pad.width),
    };
}

Status checkWindow(const Window& w) {
    if (w.y.output >= 1 && w.x.output >= 1) return {};
    const bool dilated = w.y.dilation > 1 || w.x.dilation > 1;
    const bool padded = w.y.before > 0 || w.x.before > 0;
    Diagnostic d;
    d.code = "window.too-large";
    d.param = "kernel";
    d.what = "The kernel is larger than its input.";
    d.why = std::string(dilated ? "With its dilation it" : "It") + " covers " +
            sizes(w.y.span(), w.x.span()) + ", and the input is " +
            sizes(w.y.input + w.y.before + w.y.after, w.x.input + w.x.before + w.x.after) +
            (padded ? " with its padding." : ".");
    d.mend = "Choose a smaller kernel, or the padding “same”.";
    d.fix = Fix{
        Fix::Kind::SetParam, "Set padding to “same”", {}, "padding", ParamValue{std::string("same")}, {}, 0};
    return refuse(std::move(d));
}

std::vector<Choice> paddingChoices() {
    return {
        {"same", "Same", "As many zeros around as make the output ceil(input / stride)."},
        {"valid", "Valid", "None: the window stays within the input."},
        {"explicit", "Explicit", "The amount given, on both sides."},
    };
}

ParamSpec kernelSpec(std::string doc) {
    return {.key = "kernel",
            .label = "Kernel",
            .minimum = 1,
            .maximum = 255,
            .unit = "px",
            .doc = std::move(doc)};
}

ParamSpec strideSpec(std::string doc) {
    return {.key = "stride",
            .label = "Stride",
            .minimum = 1,
            .maximum = 255,
            .unit = "px",
            .doc = std::move(doc)};
}

ParamSpec paddingSpec() {
    return {.key = "padding",
            .label = "Padding",
            .doc = "What lies around the input. “Same” keeps the size at stride 1, “valid” shrinks it by "
                   "kernel − 1."};
}

ParamSpec padSpec() {
    return {.key = "pad",
            .label = "Padding amount",
            .minimum = 0,
            .maximum = 1024,
            .unit = "px",
            .doc = "Rows added above and below, and columns added left and right.",
            .onlyIfKey = "padding",
            .onlyIfValue = "explicit"};
}

} // namespace burdock
