#include "engine/layers/reshape.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"

#include <algorithm>
#include <array>

namespace burdock {
namespace {

template <class P>
void addAxes(ParamTable<P>& t) {
    t.addChoice(
        &P::axes, {.key = "axes", .label = "Axes", .doc = "What the output's sizes mean."},
        {{"maps", "Channels × height × width", "Feature maps; or, with height and width 1, features."},
         {"sequence", "Sequence × features", "One channel: rows are positions, columns features."},
         {"by_channels", "By the channels", "A sequence if one channel comes out, else feature maps."}});
}

/// Before version 2, whatever had one channel and more than one value was a sequence.
void migrateAxes(int, ParamValues& params, const MigrationContext&) {
    params["axes"] = std::string("by_channels");
}

Result<Shape> withAxes(Shape shape, OutputAxes axes) {
    const bool possible = shape.channels == 1;
    if (axes == OutputAxes::Sequence || (axes == OutputAxes::ByChannels && possible && !shape.isFlat()))
        shape.axes = Axes::Sequence;
    if (!shape.isSequence() || possible) return shape;
    Diagnostic d;
    d.code = "reshape.sequence";
    d.param = "axes";
    d.what = "A sequence has one channel.";
    d.why = "The output would have " + std::to_string(shape.channels) + ".";
    d.mend = "Bring positions and features into height and width.";
    return refuse(std::move(d));
}

Result<Shape> inferReshape(const ReshapeParams& p, std::span<const Shape> in) {
    std::array<std::int64_t, 3> dims{p.channels, p.height, p.width};
    const auto open = std::count(dims.begin(), dims.end(), 0);
    std::int64_t known = 1;
    for (const std::int64_t dim : dims)
        if (dim > 0) known *= dim;
    const std::int64_t size = in[0].size();
    if (open == 1 && size % known == 0) std::replace(dims.begin(), dims.end(), std::int64_t{0}, size / known);
    const Shape out{dims[0], dims[1], dims[2]};
    if (open <= 1 && out.size() == size) return withAxes(out, p.axes);
    Diagnostic d;
    if (open > 1) {
        d.code = "reshape.open";
        d.param = "channels";
        d.what = "More than one size is left open.";
        d.mend = "Let at most one of channels, height and width be 0.";
        return refuse(std::move(d));
    }
    d.code = "reshape.size";
    d.what = "The new shape does not hold the input's values.";
    d.why = "The input is " + toString(in[0]) + ", which are " + std::to_string(size) + " values.";
    d.mend = "Give sizes whose product is " + std::to_string(size) + ", or one of them as 0.";
    if (p.height > 0 && p.width > 0 && size % (p.height * p.width) == 0)
        d.fix = Fix{Fix::Kind::SetParam,
                    "Set channels to " + std::to_string(size / (p.height * p.width)),
                    {},
                    "channels",
                    size / (p.height * p.width),
                    {},
                    0};
    return refuse(std::move(d));
}

template <class T>
class CopyKernel final : public Kernel<T> {
  public:
    CopyKernel(const ReshapeParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        std::copy_n(pass.inputs[0].data, pass.inputs[0].size(), pass.output.data);
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0])
            std::copy_n(pass.outputGradient.data, dx.size(), dx.data);
    }
};

LayerSchema reshape() {
    LayerSchema s;
    s.id = "reshape";
    s.version = 2;
    s.name = "Reshape";
    s.category = Category::Reshape;
    s.doc = "Reads the same values, in the same order, as another shape: a vector as feature maps, maps as a "
            "sequence.";
    s.formula = "y = x, as C × H × W";
    s.keywords = "view shape sequence maps unflatten";
    s.keepsValues = true;
    const auto spec = [](const char* key, const char* label, const char* doc) {
        return ParamSpec{.key = key, .label = label, .minimum = 0, .maximum = 1 << 20, .doc = doc};
    };
    ParamTable<ReshapeParams> t;
    t.add(&ReshapeParams::channels, spec("channels", "Channels", "Feature maps; 0: what the others leave."));
    t.add(&ReshapeParams::height, spec("height", "Height", "Rows, or positions; 0: what the others leave."));
    t.add(&ReshapeParams::width, spec("width", "Width", "Columns, or features; 0: what the others leave."));
    addAxes(t);
    return LayerBuilder<ReshapeParams>(std::move(s), t)
        .infer(inferReshape)
        .makes([](const Shape& from, const Shape& to) {
            const bool fits = !from.isSequence() && to.isSequence() && from.hasSizesOf(to);
            return fits ? std::optional(ReshapeParams{1, to.height, to.width, OutputAxes::Sequence})
                        : std::nullopt;
        })
        .migrate([t](int from, ParamValues& params, const MigrationContext& around) {
            if (t.read(params).channels <= 1) migrateAxes(from, params, around);
        })
        .summary([](const ReshapeParams& p) {
            const auto text = [](std::int64_t n) { return n == 0 ? std::string("…") : std::to_string(n); };
            return text(p.height) + "×" + text(p.width) + "×" + text(p.channels);
        })
        .kernel<CopyKernel>()
        .sample("vector to maps", {3, 2, 4}, {{24, 1, 1}})
        .sample("maps to a sequence", {1, 0, 3, OutputAxes::Sequence}, {{2, 3, 4}})
        .sample("a sequence by its channel", {1, 2, 0, OutputAxes::ByChannels}, {{2, 3, 4}})
        .sample("the rest as channels", {0, 2, 2}, {{3, 2, 4}})
        .build();
}

/// Axis 0 is the channel, 1 the height, 2 the width.
std::array<std::size_t, 3> axesOf(AxisOrder order) {
    switch (order) {
    case AxisOrder::Hwc:
        return {1, 2, 0};
    case AxisOrder::Whc:
        return {2, 1, 0};
    case AxisOrder::Cwh:
        return {0, 2, 1};
    case AxisOrder::Hcw:
        return {1, 0, 2};
    case AxisOrder::Wch:
        return {2, 0, 1};
    case AxisOrder::Chw:
        break;
    }
    return {0, 1, 2};
}

Shape permuted(const PermuteParams& p, const Shape& in) {
    const std::array<std::int64_t, 3> dims{in.channels, in.height, in.width};
    const auto axes = axesOf(p.order);
    return {dims[axes[0]], dims[axes[1]], dims[axes[2]]};
}

template <class T>
class PermuteKernel final : public Kernel<T> {
  public:
    PermuteKernel(const PermuteParams& p, std::span<const Shape> in)
        : out_(permuted(p, in[0])) {
        const std::array<std::int64_t, 3> strides{in[0].area(), in[0].width, 1};
        const auto axes = axesOf(p.order);
        for (std::size_t i = 0; i < 3; ++i)
            strides_[i] = strides[axes[i]];
    }
    void forward(const Pass<T>& pass) override {
        forEach(pass,
                [&](std::int64_t out, std::int64_t in) { pass.output.data[out] = pass.inputs[0].data[in]; });
    }
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        forEach(pass, [&](std::int64_t out, std::int64_t in) {
            pass.inputGradients[0].data[in] = pass.outputGradient.data[out];
        });
    }

  private:
    template <class Visit>
    void forEach(const Pass<T>& pass, Visit visit) const {
        std::int64_t out = 0;
        for (std::int64_t n = 0; n < pass.output.batch; ++n)
            for (std::int64_t c = 0; c < out_.channels; ++c)
                for (std::int64_t i = 0; i < out_.height; ++i)
                    for (std::int64_t j = 0; j < out_.width; ++j)
                        visit(out++, n * out_.size() + c * strides_[0] + i * strides_[1] + j * strides_[2]);
    }

    Shape out_;
    std::array<std::int64_t, 3> strides_{}; // in the input, along the output's axes
};

LayerSchema permute() {
    using enum AxisOrder;
    LayerSchema s;
    s.id = "permute";
    s.version = 2;
    s.name = "Permute";
    s.category = Category::Reshape;
    s.doc = "Exchanges channel, height and width. With a Reshape after it, it turns feature maps into a "
            "sequence whose positions are the pixels.";
    s.formula = "y[h,w,c] = x[c,h,w]";
    s.keywords = "transpose axes swap order channels last";
    ParamTable<PermuteParams> t;
    t.addChoice(
        &PermuteParams::order,
        {.key = "order", .label = "Order", .doc = "What becomes the output's channels, height and width."},
        {{"hwc", "Height, width, channel", "Rows become maps, a pixel's channels its last axis."},
         {"whc", "Width, height, channel", "Columns become maps."},
         {"cwh", "Channel, width, height", "Each map is transposed; so is a sequence."},
         {"hcw", "Height, channel, width", "Rows become maps, channels their rows."},
         {"wch", "Width, channel, height", "Columns become maps, channels their rows."},
         {"chw", "Channel, height, width", "Everything stays where it is."}});
    addAxes(t);
    return LayerBuilder<PermuteParams>(std::move(s), t)
        .infer([](const PermuteParams& p, std::span<const Shape> in) -> Result<Shape> {
            return withAxes(permuted(p, in[0]), p.axes);
        })
        .migrate(migrateAxes)
        .kernel<PermuteKernel>()
        .computes([](const PermuteParams& p, std::span<const Shape>) {
            return operation::Permute{axesOf(p.order)};
        })
        .sample("hwc", {Hwc}, {{2, 3, 4}})
        .sample("whc", {Whc}, {{2, 3, 4}})
        .sample("cwh", {Cwh}, {{2, 3, 4}})
        .sample("hcw", {Hcw}, {{2, 3, 4}})
        .sample("wch", {Wch}, {{2, 3, 4}})
        .sample("chw", {Chw}, {{2, 3, 4}})
        .sample("a sequence transposed", {Cwh, OutputAxes::Sequence}, {Shape::sequence(3, 4)})
        .build();
}

} // namespace

std::vector<LayerSchema> reshapeLayers() {
    return {reshape(), permute()};
}

} // namespace burdock
