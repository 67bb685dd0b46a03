#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

namespace burdock {
namespace {

struct InputParams {
    std::int64_t channels = 1;
    std::int64_t height = 28;
    std::int64_t width = 28;
    Axes axes = Axes::Maps;

    Shape shape() const {
        return axes == Axes::Sequence ? Shape::sequence(height, width) : Shape{channels, height, width};
    }
};

ParamTable<InputParams> table() {
    ParamTable<InputParams> t;
    t.add(&InputParams::channels,
          {.key = "channels",
           .label = "Channels",
           .minimum = 1,
           .maximum = 1 << 20,
           .doc = "Feature maps: 1 for grey pictures, 3 for colour; or the number of features of a table.",
           .onlyIfKey = "axes",
           .onlyIfValue = "maps"});
    t.add(&InputParams::height, {.key = "height",
                                 .label = "Height",
                                 .minimum = 1,
                                 .maximum = 1 << 14,
                                 .doc = "Rows; 1 for a table; the positions of a sequence."});
    t.add(&InputParams::width, {.key = "width",
                                .label = "Width",
                                .minimum = 1,
                                .maximum = 1 << 14,
                                .doc = "Columns; 1 for a table; the features at each position."});
    t.addChoice(
        &InputParams::axes, {.key = "axes", .label = "Axes", .doc = "What the sizes mean."},
        {{"maps", "Channels × height × width", "A picture; or, with height and width 1, features."},
         {"sequence", "Sequence × features", "Positions with features each, such as a time series."}});
    return t;
}

/// Before version 2, everything of one channel and more than one value was taken for a sequence where that
/// made a difference.
void migrate(int, ParamValues& params, const MigrationContext& around) {
    const Shape shape = table().read(params).shape();
    if (shape.channels == 1 && !shape.isFlat() && around.isReadPerPosition)
        params["axes"] = std::string("sequence");
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
    s.version = 2;
    s.name = "Input";
    s.category = Category::Input;
    s.doc = "Where a sample enters the network. Its shape is that of the data set.";
    s.formula = "y = x";
    s.keywords = "data image picture features source";
    s.inputs = {0, 0, {}};
    s.isInput = true;
    return LayerBuilder<InputParams>(std::move(s), table())
        .infer([](const InputParams& p, std::span<const Shape>) -> Result<Shape> { return p.shape(); })
        .migrate(migrate)
        .summary([](const InputParams& p) { return toString(p.shape()); })
        .kernel<InputKernel>()
        .sample("picture", {1, 28, 28}, {})
        .sample("vector", {784, 1, 1}, {})
        .sample("sequence", {1, 40, 6, Axes::Sequence}, {})
        .build();
}

} // namespace burdock
