#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"
#include "engine/layers/per_feature.h"

#include <algorithm>

namespace burdock {
namespace {

struct PreluParams {
    double initialSlope = 0.25;
    PerFeature per = PerFeature::Feature;
};

/// y = x, or a[c]·x where x is negative; C channels, or features of a sequence.
template <class T>
class PreluKernel final : public Kernel<T> {
  public:
    PreluKernel(const PreluParams& p, std::span<const Shape> in)
        : axis_(featuresOf(p.per, in[0])) {}

    void forward(const Pass<T>& pass) override {
        const T* const a = pass.weights[0]; // C
        const T* const x = pass.inputs[0].data;
        forEach(pass, [&](std::int64_t i, std::int64_t c) {
            pass.output.data[i] = x[i] < T(0) ? a[c] * x[i] : x[i];
        });
    }
    void backward(const Pass<T>& pass) override {
        const T *const a = pass.weights[0], *const x = pass.inputs[0].data;
        const T* const dy = pass.outputGradient.data;
        T *const da = pass.weightGradients[0], *const dx = pass.inputGradients[0].data;
        if (da) std::fill_n(da, axis_.features, T(0));
        forEach(pass, [&](std::int64_t i, std::int64_t c) {
            const bool negative = x[i] < T(0);
            if (da && negative) da[c] += dy[i] * x[i];
            if (dx) dx[i] = negative ? a[c] * dy[i] : dy[i];
        });
    }

  private:
    /// visit(offset into the batch, channel)
    template <class Visit>
    void forEach(const Pass<T>& pass, Visit visit) const {
        // A feature's values lie together in runs: of a sequence of one.
        const std::int64_t run = axis_.step;
        for (std::int64_t first = 0, c = 0; first < pass.output.size(); first += run) {
            for (std::int64_t i = first; i < first + run; ++i)
                visit(i, c);
            c = c + 1 < axis_.features ? c + 1 : 0;
        }
    }

    FeatureAxis axis_;
};

} // namespace

LayerSchema preluLayer() {
    LayerSchema s;
    s.id = "prelu";
    s.name = "PReLU";
    s.category = Category::Activation;
    s.doc = "A leaky ReLU whose slope for negative values is learned, one for each channel, or feature of a "
            "sequence (He et al., 2015).";
    s.formula = "y = x if x > 0, else a[c]·x";
    s.keywords = "parametric rectified linear unit leaky learned slope";
    ParamTable<PreluParams> t;
    t.add(&PreluParams::initialSlope, {.key = "initial_slope",
                                       .label = "First slope",
                                       .minimum = 0,
                                       .maximum = 1,
                                       .doc = "a before training, everywhere."});
    addPerFeature(t);
    return LayerBuilder<PreluParams>(perFeature(std::move(s)), t)
        .weights([](const PreluParams& p, std::span<const Shape> in) {
            const std::int64_t c = featuresOf(p.per, in[0]).features;
            return std::vector<WeightSpec>{
                {"weight", {c}, Initializer::Constant, c, c, WeightRole::Parameter, false, p.initialSlope}};
        })
        .macs([](const PreluParams&, std::span<const Shape> in) { return in[0].size(); })
        .kernel<PreluKernel>()
        .computes([](const PreluParams& p, std::span<const Shape> in) {
            return operation::Prelu{featuresOf(p.per, in[0])};
        })
        .migrate(migratePerFeature)
        .curve([](double x, const PreluParams& p) { return x < 0 ? p.initialSlope * x : x; })
        .sample("maps", {0.25}, {{3, 3, 4}})
        .sample("vector", {0.1}, {{7, 1, 1}})
        .sample("sequence", {0.3}, {Shape::sequence(4, 3)})
        .sample("a sequence as one channel", {0.3, PerFeature::Channel}, {Shape::sequence(4, 3)})
        .build();
}

} // namespace burdock
