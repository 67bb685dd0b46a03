#include "engine/layers/dropout.h"

#include "engine/layers/families.h"
#include "engine/layers/feature_axis.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"

#include <algorithm>

namespace burdock {
namespace {

/// Inverted dropout: what is kept is scaled by 1 / (1 - rate), so that using the network needs no change.
/// `Unit` tells which values fall together.
template <class T, class Unit>
class DropKernel final : public Kernel<T> {
  public:
    DropKernel(const DropoutParams& p, std::span<const Shape> in)
        : rate_(p.rate)
        , unit_(in[0]) {}

    void forward(const Pass<T>& pass) override { apply(pass, pass.inputs[0], pass.output); }
    /// The mask is computed again from the same seed.
    void backward(const Pass<T>& pass) override {
        if (pass.inputGradients[0]) apply(pass, pass.outputGradient, pass.inputGradients[0]);
    }

  private:
    void apply(const Pass<T>& pass, const Tensor<T>& from, const Tensor<T>& to) const {
        if (!pass.training || rate_ == 0) {
            std::copy_n(from.data, from.size(), to.data);
            return;
        }
        const DropoutMask mask(rate_, pass.seed);
        const T scale = static_cast<T>(1 / (1 - rate_));
        for (std::int64_t i = 0, n = from.size(); i < n; ++i)
            to.data[i] = mask.keeps(unit_.of(i)) ? scale * from.data[i] : T(0);
    }

    double rate_;
    Unit unit_;
};

/// Every value by itself.
struct EachValue {
    explicit EachValue(const Shape&) {}
    std::int64_t of(std::int64_t index) const { return index; }
};
template <class T>
using DropoutKernel = DropKernel<T, EachValue>;

/// A feature of a sample, over all its places.
struct EachFeature {
    explicit EachFeature(const Shape& s)
        : axis(s)
        , size(s.size()) {}
    std::int64_t of(std::int64_t index) const {
        return index / size * axis.features + axis.featureOf(index % size);
    }
    FeatureAxis axis;
    std::int64_t size;
};
template <class T>
using SpatialDropoutKernel = DropKernel<T, EachFeature>;

ParamTable<DropoutParams> table(std::string doc) {
    ParamTable<DropoutParams> t;
    t.add(&DropoutParams::rate, {.key = "rate",
                                 .label = "Rate",
                                 .minimum = 0,
                                 .maximum = 1,
                                 .maximumExcluded = true,
                                 .doc = std::move(doc)});
    return t;
}

template <template <class> class K>
LayerBuilder<DropoutParams> dropping(LayerSchema s, operation::Dropout::Unit unit, std::string rateDoc) {
    s.category = Category::Regularization;
    s.trainingOnly = true;
    LayerBuilder<DropoutParams> builder(std::move(s), table(std::move(rateDoc)));
    builder.summary([](const DropoutParams& p) { return "rate " + toString(ParamValue{p.rate}); })
        .template kernel<K>()
        .computes([unit](const DropoutParams& p, std::span<const Shape>) {
            return operation::Dropout{p.rate, unit};
        });
    return builder;
}

LayerSchema dropout() {
    LayerSchema s;
    s.id = "dropout";
    s.name = "Dropout";
    s.doc =
        "In training, leaves each value out with the given probability and scales the rest up; every step "
        "trains another thinned network, which keeps neurons from relying on each other. Does nothing "
        "when the network is used.";
    s.formula = "y = m·x / (1 − p), m = 0 with probability p";
    s.keywords = "regularization overfitting regularisation drop";
    return dropping<DropoutKernel>(
               std::move(s), operation::Dropout::Unit::Value,
               "p, the probability that a value is left out: often 0.5 for dense layers, less for maps.")
        .sample("half", {0.5}, {{20, 1, 1}})
        .sample("maps", {0.2}, {{3, 4, 5}})
        .sample("nothing dropped", {0.0}, {{6, 1, 1}})
        .build();
}

LayerSchema spatialDropout() {
    LayerSchema s;
    s.id = "spatial_dropout";
    s.name = "Spatial dropout";
    s.perPosition = true;
    s.doc =
        "Dropout of whole feature maps: neighbouring pixels say much the same, so leaving single ones out "
        "takes little away. Of a sequence, a feature is left out at all positions (Tompson et al., 2015).";
    s.formula = "y[c] = m[c]·x[c] / (1 − p), m[c] = 0 with probability p";
    s.keywords = "regularization overfitting channel dropout2d feature map drop";
    return dropping<SpatialDropoutKernel>(std::move(s), operation::Dropout::Unit::Feature,
                                          "p, the probability that a feature map is left out.")
        .sample("maps", {0.5}, {{6, 2, 3}})
        .sample("sequence", {0.3}, {Shape::sequence(4, 5)})
        .sample("vector", {0.5}, {{6, 1, 1}})
        .build();
}

template <class T>
class NoiseKernel final : public Kernel<T> {
  public:
    NoiseKernel(const NoiseParams& p, std::span<const Shape>)
        : deviation_(p.deviation) {}

    void forward(const Pass<T>& pass) override {
        const T* const x = pass.inputs[0].data;
        T* const y = pass.output.data;
        const double deviation = pass.training ? deviation_ : 0;
        for (std::int64_t i = 0, n = pass.output.size(); i < n; ++i)
            y[i] = deviation == 0
                       ? x[i]
                       : x[i] + static_cast<T>(deviation *
                                               randomNormal(pass.seed, static_cast<std::uint64_t>(i)));
    }
    void backward(const Pass<T>& pass) override {
        if (const Tensor<T>& dx = pass.inputGradients[0])
            std::copy_n(pass.outputGradient.data, dx.size(), dx.data);
    }

  private:
    double deviation_;
};

LayerSchema gaussianNoise() {
    LayerSchema s;
    s.id = "gaussian_noise";
    s.name = "Gaussian noise";
    s.category = Category::Regularization;
    s.doc = "In training, adds normally distributed noise to every value, so that the network does not learn "
            "single samples by heart. Does nothing when the network is used.";
    s.formula = "y = x + σ·n, n ~ N(0, 1)";
    s.keywords = "regularization augmentation normal jitter denoising";
    s.trainingOnly = true;
    ParamTable<NoiseParams> t;
    t.add(&NoiseParams::deviation, {.key = "stddev",
                                    .label = "Standard deviation",
                                    .minimum = 0,
                                    .maximum = 1000,
                                    .doc = "σ of the noise, in the units of the values."});
    return LayerBuilder<NoiseParams>(std::move(s), t)
        .summary([](const NoiseParams& p) { return "σ " + toString(ParamValue{p.deviation}); })
        .kernel<NoiseKernel>()
        .sample("maps", {0.1}, {{2, 3, 4}})
        .sample("vector", {1.5}, {{7, 1, 1}})
        .sample("no noise", {0.0}, {{5, 1, 1}})
        .build();
}

} // namespace

std::vector<LayerSchema> dropoutLayers() {
    return {dropout(), spatialDropout(), gaussianNoise()};
}

} // namespace burdock
