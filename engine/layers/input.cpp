#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

namespace burdock {
namespace {

struct InputParams {
    std::int64_t channels = 1;
    std::int64_t height = 28;
    std::int64_t width = 28;
};

ParamTable<InputParams> table() {
    ParamTable<InputParams> t;
    t.add(&InputParams::channels,
          {.key = "channels",
           .label = "Channels",
           .minimum = 1,
           .maximum = 1 << 20,
           .doc = "Feature maps: 1 for grey pictures, 3 for colour; or the number of features of a table."});
    t.add(&InputParams::height, {.key = "height",
                                 .label = "Height",
                                 .minimum = 1,
                                 .maximum = 1 << 14,
                                 .unit = "px",
                                 .doc = "Rows; 1 for a table."});
    t.add(&InputParams::width, {.key = "width",
                                .label = "Width",
                                .minimum = 1,
                                .maximum = 1 << 14,
                                .unit = "px",
                                .doc = "Columns; 1 for a table."});
    return t;
}

/// The Plan writes the batch straight into the Input's output, so there is nothing to compute.
template <class T>
struct InputKernel final : Kernel<T> {
    InputKernel(const InputParams&, std::span<const Shape>) {}
    void forward(const Pass<T>&) override {}
    void backward(const Pass<T>&) override {}
};

} // namespace

LayerSchema inputLayer() {
    LayerSchema s;
    s.id = "input";
    s.name = "Input";
    s.category = Category::Input;
    s.doc = "Where a sample enters the network. Its shape is that of the data set.";
    s.formula = "y = x";
    s.keywords = "data image picture features source";
    s.inputs = {0, 0, {}};
    s.isInput = true;
    return LayerBuilder<InputParams>(std::move(s), table())
        .infer([](const InputParams& p, std::span<const Shape>) -> Result<Shape> {
            return Shape{p.channels, p.height, p.width};
        })
        .summary([](const InputParams& p) {
            return toString(Shape{p.channels, p.height, p.width});
        })
        .kernel<InputKernel>()
        .sample("picture", {1, 28, 28}, {})
        .sample("vector", {784, 1, 1}, {})
        .build();
}

} // namespace burdock
