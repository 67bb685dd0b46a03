#include "engine/layers/activations.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/families.h"
#include "engine/layers/feature_axis.h"
#include "engine/layers/operations.h"

namespace burdock {
namespace {

/// Over the features of each place.
template <class T>
class SoftmaxKernel final : public Kernel<T> {
  public:
    SoftmaxKernel(const NoParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        forEachPlace(pass, [&](std::int64_t first, std::int64_t step, std::int64_t end) {
            const T* const x = pass.inputs[0].data;
            T* const y = pass.output.data;
            T largest = x[first], sum = 0; // subtracting it keeps e^x finite
            for (std::int64_t i = first; i < end; i += step)
                largest = x[i] > largest ? x[i] : largest;
            for (std::int64_t i = first; i < end; i += step)
                sum += y[i] = std::exp(x[i] - largest);
            for (std::int64_t i = first; i < end; i += step)
                y[i] /= sum;
        });
    }
    /// dx = y · (dy − Σ y·dy)
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        forEachPlace(pass, [&](std::int64_t first, std::int64_t step, std::int64_t end) {
            const T *const y = pass.output.data, *const dy = pass.outputGradient.data;
            T* const dx = pass.inputGradients[0].data;
            T dot = 0;
            for (std::int64_t i = first; i < end; i += step)
                dot += y[i] * dy[i];
            for (std::int64_t i = first; i < end; i += step)
                dx[i] = y[i] * (dy[i] - dot);
        });
    }

  private:
    /// visit(first, step, end): the features of one place lie at first, first + step, … below end.
    template <class Visit>
    static void forEachPlace(const Pass<T>& pass, Visit visit) {
        const FeatureAxis axis(pass.output.shape);
        for (std::int64_t n = 0; n < pass.output.batch; ++n)
            for (std::int64_t i = 0; i < axis.places; ++i) {
                const std::int64_t first = n * pass.output.shape.size() + axis.first(i);
                visit(first, axis.step, first + axis.features * axis.step);
            }
    }
};

} // namespace

LayerSchema softmaxLayer() {
    LayerSchema s;
    s.id = "softmax";
    s.name = "Softmax";
    s.category = Category::Activation;
    s.perPosition = true;
    s.doc = "Turns scores into probabilities that sum to 1: the output of a classifier, one value per class. "
            "On feature maps it works over the channels of each pixel, on sequences over the features of "
            "each position.";
    s.formula = "yᵢ = eˣⁱ / Σⱼ eˣʲ";
    s.keywords = "classifier probability multiclass normalized exponential output";
    s.gives = OutputKind::Distribution;
    s.outputFunction = OutputFunction::Softmax;
    return LayerBuilder<NoParams>(std::move(s), {})
        .kernel<SoftmaxKernel>()
        .computes([](const NoParams&, std::span<const Shape> in) {
            return operation::Softmax{FeatureAxis(in[0]).sequence ? 3 : 1};
        })
        // Drawn against a second score of 0.
        .curve([](double x, const NoParams&) { return logistic(x); })
        .sample("ten classes", {}, {{10, 1, 1}})
        .sample("maps", {}, {{3, 2, 4}})
        .sample("sequence", {}, {Shape::sequence(3, 5)})
        .sample("one class", {}, {{1, 1, 1}})
        .build();
}

} // namespace burdock
