#include "engine/layers/flatten.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

#include <algorithm>

namespace burdock {
namespace {

template <class T>
class FlattenKernel final : public Kernel<T> {
  public:
    FlattenKernel(const FlattenParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        std::copy_n(pass.inputs[0].data, pass.inputs[0].size(), pass.output.data);
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0])
            std::copy_n(pass.outputGradient.data, dx.size(), dx.data);
    }
};

} // namespace

LayerSchema flattenLayer() {
    LayerSchema s;
    s.id = "flatten";
    s.name = "Flatten";
    s.category = Category::Reshape;
    s.doc = "Turns feature maps into one vector: channel after channel, row after row. Stands between the "
            "convolutions and the Dense layers.";
    s.formula = "y[(c·H + i)·W + j] = x[c,i,j]";
    s.keywords = "vector reshape view unroll";
    s.keepsValues = true;
    return LayerBuilder<FlattenParams>(std::move(s), {})
        .infer([](const FlattenParams&, std::span<const Shape> in) -> Result<Shape> {
            return Shape{in[0].size(), 1, 1};
        })
        .makes([](const Shape& from, const Shape& to) {
            const bool fits = to.isFlat() && !from.isFlat() && to.channels == from.size();
            return fits ? std::optional(FlattenParams{}) : std::nullopt;
        })
        .kernel<FlattenKernel>()
        .sample("maps", {}, {{3, 4, 5}})
        .sample("vector", {}, {{7, 1, 1}})
        .build();
}

} // namespace burdock
