#include "engine/layers/batchnorm.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

#include <cmath>

namespace burdock {
namespace {

ParamTable<BatchNormParams> table() {
    ParamTable<BatchNormParams> t;
    t.add(&BatchNormParams::momentum,
          {.key = "momentum",
           .label = "Momentum",
           .minimum = 0,
           .maximum = 1,
           .doc = "How much of the newest batch goes into the running mean and variance, which are used "
                  "when the network is used.",
           .advanced = true});
    t.add(&BatchNormParams::epsilon, {.key = "epsilon",
                                      .label = "Epsilon",
                                      .minimum = 0,
                                      .maximum = 1,
                                      .minimumExcluded = true,
                                      .doc = "ε, added to the variance against division by zero.",
                                      .advanced = true});
    addPerFeature(t);
    return t;
}

std::vector<WeightSpec> weightSpecs(const BatchNormParams& p, std::span<const Shape> in) {
    const std::int64_t c = featuresOf(p.per, in[0]).features;
    return {
        {"weight", {c}, Initializer::Ones, c, c, WeightRole::Parameter, false},
        {"bias", {c}, Initializer::Zeros, c, c, WeightRole::Parameter, false},
        {"running_mean", {c}, Initializer::Zeros, c, c, WeightRole::Statistic, false},
        {"running_var", {c}, Initializer::Ones, c, c, WeightRole::Statistic, false},
    };
}

/// Batch normalization (Ioffe and Szegedy, 2015) of each of C channels, or features of a sequence, over the
/// batch and the A places of a sample; M = batch·A values a channel.
template <class T>
class BatchNormKernel final : public Kernel<T> {
  public:
    BatchNormKernel(const BatchNormParams& p, std::span<const Shape> in)
        : p_(p)
        , axis_(featuresOf(p.per, in[0]))
        , mean_(static_cast<std::size_t>(axis_.features))
        , scale_(mean_.size()) {}

    /// In training the running statistics among the weights are updated: with the unbiased variance.
    void forward(const Pass<T>& pass) override {
        const T *const gamma = pass.weights[0], *const beta = pass.weights[1]; // C
        T *const runningMean = pass.weights[2], *const runningVar = pass.weights[3];
        const Tensor<T>&x = pass.inputs[0], &y = pass.output;
        const double m = static_cast<double>(x.batch * axis_.places);
        for (std::size_t c = 0; c < mean_.size(); ++c) {
            double mean = static_cast<double>(runningMean[c]), var = static_cast<double>(runningVar[c]);
            if (pass.training) {
                double sum = 0, squares = 0;
                forEach(x, c, [&](std::int64_t i) { sum += static_cast<double>(x.data[i]); });
                mean = sum / m;
                forEach(x, c, [&](std::int64_t i) {
                    const double d = static_cast<double>(x.data[i]) - mean;
                    squares += d * d;
                });
                var = squares / m;
                const double unbiased = m > 1 ? squares / (m - 1) : var;
                runningMean[c] += static_cast<T>(p_.momentum * (mean - static_cast<double>(runningMean[c])));
                runningVar[c] +=
                    static_cast<T>(p_.momentum * (unbiased - static_cast<double>(runningVar[c])));
            }
            mean_[c] = static_cast<T>(mean);
            scale_[c] = static_cast<T>(1 / std::sqrt(var + p_.epsilon));
            const T a = gamma[c] * scale_[c];
            forEach(x, c, [&](std::int64_t i) { y.data[i] = a * (x.data[i] - mean_[c]) + beta[c]; });
        }
    }
    /// With x̂ = (x - mean)·scale: dγ = Σ dy·x̂, dβ = Σ dy, dx = γ·scale·(dy - dβ/M - x̂·dγ/M); with
    /// running statistics, which do not depend on x, dx = γ·scale·dy.
    void backward(const Pass<T>& pass) override {
        const Tensor<T>&x = pass.inputs[0], &dy = pass.outputGradient, &dx = pass.inputGradients[0];
        const double m = static_cast<double>(x.batch * axis_.places);
        for (std::size_t c = 0; c < mean_.size(); ++c) {
            double dGamma = 0, dBeta = 0;
            forEach(x, c, [&](std::int64_t i) {
                dGamma += static_cast<double>(dy.data[i] * (x.data[i] - mean_[c]) * scale_[c]);
                dBeta += static_cast<double>(dy.data[i]);
            });
            if (pass.weightGradients[0]) pass.weightGradients[0][c] = static_cast<T>(dGamma);
            if (pass.weightGradients[1]) pass.weightGradients[1][c] = static_cast<T>(dBeta);
            if (!dx) continue;
            const T a = pass.weights[0][c] * scale_[c];
            const T fromMean = pass.training ? static_cast<T>(dBeta / m) : T(0);
            const T fromVar = pass.training ? static_cast<T>(dGamma / m) : T(0);
            forEach(x, c, [&](std::int64_t i) {
                const T normal = (x.data[i] - mean_[c]) * scale_[c];
                dx.data[i] = a * (dy.data[i] - fromMean - normal * fromVar);
            });
        }
    }

  private:
    /// Calls visit(offset into the batch) for each value of channel c.
    template <class Visit>
    void forEach(const Tensor<T>& t, std::size_t c, Visit visit) const {
        for (std::int64_t n = 0; n < t.batch; ++n) {
            const std::int64_t first = n * t.shape.size() + static_cast<std::int64_t>(c) * axis_.step;
            for (std::int64_t place = 0; place < axis_.places; ++place)
                visit(first + axis_.first(place));
        }
    }

    BatchNormParams p_;
    FeatureAxis axis_;
    std::vector<T> mean_, scale_; // C: of the last forward; scale is 1/√(var + ε)
};

} // namespace

LayerSchema batchNormLayer() {
    LayerSchema s;
    s.id = "batchnorm";
    s.name = "Batch normalization";
    s.category = Category::Normalization;
    s.doc = "Gives each channel, or feature of a sequence, mean 0 and variance 1 over the mini-batch, then a "
            "learned scale and shift. "
            "Deep networks train faster and forgive larger learning rates. In use, running averages stand in "
            "for the batch.";
    s.formula = "y = γ·(x − μ) / √(σ² + ε) + β";
    s.keywords = "batchnorm bn normalisation normalization standardize";
    return LayerBuilder<BatchNormParams>(perFeature(std::move(s)), table())
        .weights(weightSpecs)
        // No multiply-adds: once trained, scale and shift are part of the layer before it, and published
        // counts take it so.
        .kernel<BatchNormKernel>()
        .migrate(migratePerFeature)
        .computes([](const BatchNormParams& p, std::span<const Shape> in) {
            if (featuresOf(p.per, in[0]).sequence) return std::any();
            return std::any(
                operation::BatchNorm{static_cast<float>(p.epsilon), static_cast<float>(p.momentum)});
        })
        .sample("maps", {1e-5, 0.1}, {{3, 4, 5}})
        .sample("vector", {1e-3, 0.3}, {{6, 1, 1}})
        .sample("one channel", {1e-5, 0.1}, {{1, 3, 3}})
        .sample("sequence", {1e-5, 0.1}, {Shape::sequence(4, 3)})
        .sample("a sequence as one channel", {1e-5, 0.1, PerFeature::Channel}, {Shape::sequence(4, 3)})
        .build();
}

} // namespace burdock
