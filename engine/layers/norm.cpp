#include "engine/layers/norm.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock {
namespace {

ParamSpec epsilonSpec() {
    return {.key = "epsilon",
            .label = "Epsilon",
            .minimum = 0,
            .maximum = 1,
            .minimumExcluded = true,
            .doc = "ε, added under the root against division by zero.",
            .advanced = true};
}

ParamTable<NormParams> normTable() {
    ParamTable<NormParams> t;
    t.add(&NormParams::epsilon, epsilonSpec());
    return t;
}

/// What is normalised together: `rows` rows of `length` values of a sample. A row is one run of neighbouring
/// values, or of a sequence a group of features at each position.
struct Rows {
    std::int64_t rows, length;
    std::int64_t weightRow = 0;  ///< weights from one row's first to the next row's
    std::int64_t weightArea = 1; ///< values that share a weight, side by side
    bool centred = true;         ///< whether the mean is taken off, and a bias added
    std::int64_t group = 0;      ///< features of a row at each position; 0: the row is one run

    std::int64_t weights() const {
        return group > 0 ? rows * group : std::max(weightRow * rows, length / weightArea);
    }
};

/// Each position of a sequence, otherwise the whole sample.
Rows rowsOf(const Shape& s) {
    const FeatureAxis axis(s);
    return axis.sequence ? Rows{axis.places, axis.features} : Rows{1, s.size()};
}

/// x̂ = (x − mean) / √(variance + ε) of each row, then scaled and shifted.
template <class T>
class RowNormKernel : public Kernel<T> {
  public:
    RowNormKernel(const Rows& rows, double epsilon)
        : r_(rows)
        , epsilon_(epsilon) {}

    void forward(const Pass<T>& pass) override {
        const T* const gamma = pass.weights[0];
        const std::int64_t all = pass.output.batch * r_.rows;
        mean_.assign(static_cast<std::size_t>(all), T(0));
        scale_.resize(mean_.size());
        for (std::int64_t row = 0; row < all; ++row) {
            const T* const x = pass.inputs[0].data + firstOf(row);
            T* const y = pass.output.data + firstOf(row);
            double mean = 0, squares = 0;
            if (r_.centred)
                forEach(row, [&](std::int64_t i, std::int64_t) { mean += static_cast<double>(x[i]); });
            mean /= static_cast<double>(r_.length);
            forEach(row, [&](std::int64_t i, std::int64_t) {
                const double d = static_cast<double>(x[i]) - mean;
                squares += d * d;
            });
            const double scale = 1 / std::sqrt(squares / static_cast<double>(r_.length) + epsilon_);
            const T m = mean_[static_cast<std::size_t>(row)] = static_cast<T>(mean);
            const T s = scale_[static_cast<std::size_t>(row)] = static_cast<T>(scale);
            forEach(row, [&](std::int64_t i, std::int64_t w) {
                y[i] = gamma[w] * ((x[i] - m) * s) + (r_.centred ? pass.weights[1][w] : T(0));
            });
        }
    }
    /// With g = γ·dy: dx = scale·(g − mean g − x̂·mean(g·x̂)), dγ = Σ dy·x̂, dβ = Σ dy. Where the mean is not
    /// taken off, neither is that of g.
    void backward(const Pass<T>& pass) override {
        const T* const gamma = pass.weights[0];
        T* const dGamma = pass.weightGradients[0];
        T* const dBeta = r_.centred ? pass.weightGradients[1] : nullptr;
        if (dGamma) std::fill_n(dGamma, r_.weights(), T(0));
        if (dBeta) std::fill_n(dBeta, r_.weights(), T(0));
        for (std::int64_t row = 0; row < pass.output.batch * r_.rows; ++row) {
            const T* const x = pass.inputs[0].data + firstOf(row);
            const T* const dy = pass.outputGradient.data + firstOf(row);
            const T m = mean_[static_cast<std::size_t>(row)], s = scale_[static_cast<std::size_t>(row)];
            double sum = 0, dot = 0;
            forEach(row, [&](std::int64_t i, std::int64_t w) {
                const T normal = (x[i] - m) * s;
                if (dGamma) dGamma[w] += dy[i] * normal;
                if (dBeta) dBeta[w] += dy[i];
                sum += static_cast<double>(gamma[w] * dy[i]);
                dot += static_cast<double>(gamma[w] * dy[i] * normal);
            });
            if (!pass.inputGradients[0]) continue;
            T* const dx = pass.inputGradients[0].data + firstOf(row);
            const T fromMean = r_.centred ? static_cast<T>(sum / static_cast<double>(r_.length)) : T(0);
            const T fromScale = static_cast<T>(dot / static_cast<double>(r_.length));
            forEach(row, [&](std::int64_t i, std::int64_t w) {
                dx[i] = s * (gamma[w] * dy[i] - fromMean - (x[i] - m) * s * fromScale);
            });
        }
    }

  private:
    std::int64_t firstOf(std::int64_t row) const {
        if (r_.group == 0) return row * r_.length;
        return row / r_.rows * r_.rows * r_.length + row % r_.rows * r_.group;
    }
    /// visit(offset from the row's first value, weight) for each value of the row
    template <class Visit>
    void forEach(std::int64_t row, Visit visit) const {
        const std::int64_t first = row % r_.rows * (r_.group > 0 ? r_.group : r_.weightRow);
        if (r_.group == 0) {
            for (std::int64_t i = 0; i < r_.length; ++i)
                visit(i, first + i / r_.weightArea);
            return;
        }
        const std::int64_t features = r_.rows * r_.group;
        for (std::int64_t place = 0; place < r_.length / r_.group; ++place)
            for (std::int64_t f = 0; f < r_.group; ++f)
                visit(place * features + f, first + f);
    }

    Rows r_;
    double epsilon_;
    std::vector<T> mean_, scale_; // of each row at the last forward
};

std::vector<WeightSpec> weightsOf(std::int64_t n, bool bias) {
    std::vector<WeightSpec> specs{{"weight", {n}, Initializer::Ones, n, n, WeightRole::Parameter, false}};
    if (bias) specs.push_back({"bias", {n}, Initializer::Zeros, n, n, WeightRole::Parameter, false});
    return specs;
}

std::int64_t onceForEachValue(const auto&, std::span<const Shape> in) {
    return in[0].size();
}

template <class T>
class LayerNormKernel final : public RowNormKernel<T> {
  public:
    LayerNormKernel(const NormParams& p, std::span<const Shape> in)
        : RowNormKernel<T>(rowsOf(in[0]), p.epsilon) {}
};

LayerSchema layerNorm() {
    LayerSchema s;
    s.id = "layernorm";
    s.name = "Layer normalization";
    s.category = Category::Normalization;
    s.doc = "Gives each sample mean 0 and variance 1, whatever the batch, then a learned scale and shift for "
            "each value. Of a sequence every position is normalised by itself, over its features; of feature "
            "maps and vectors, all values together. The normalisation of transformers (Ba et al., 2016).";
    s.formula = "y = γ·(x − μ) / √(σ² + ε) + β";
    s.keywords = "layernorm ln normalisation transformer standardize";
    s.perPosition = true;
    return LayerBuilder<NormParams>(std::move(s), normTable())
        .weights([](const NormParams&, std::span<const Shape> in) {
            return weightsOf(rowsOf(in[0]).length, true);
        })
        .macs(onceForEachValue<NormParams>)
        .kernel<LayerNormKernel>()
        .computes([](const NormParams& p, std::span<const Shape> in) {
            const Rows rows = rowsOf(in[0]);
            return operation::LayerNorm{rows.rows, rows.length, static_cast<float>(p.epsilon)};
        })
        .sample("sequence", {1e-5}, {Shape::sequence(4, 6)})
        .sample("vector", {1e-3}, {{7, 1, 1}})
        .sample("maps", {1e-5}, {{3, 2, 4}})
        .sample("one value", {1e-5}, {{1, 1, 1}})
        .build();
}

template <class T>
class RmsNormKernel final : public RowNormKernel<T> {
  public:
    RmsNormKernel(const NormParams& p, std::span<const Shape> in)
        : RowNormKernel<T>(rows(in[0]), p.epsilon) {}

  private:
    static Rows rows(const Shape& s) {
        Rows r = rowsOf(s);
        r.centred = false;
        return r;
    }
};

LayerSchema rmsNorm() {
    LayerSchema s;
    s.id = "rmsnorm";
    s.name = "RMS normalization";
    s.category = Category::Normalization;
    s.doc =
        "Divides by the root of the mean square, without taking the mean off, then scales each value by a "
        "learned weight: layer normalisation made cheaper. Of a sequence every position by itself, of "
        "feature maps and vectors all values together (Zhang and Sennrich, 2019).";
    s.formula = "y = γ·x / √(mean x² + ε)";
    s.keywords = "rmsnorm root mean square normalisation llama transformer";
    s.perPosition = true;
    return LayerBuilder<NormParams>(std::move(s), normTable())
        .weights([](const NormParams&, std::span<const Shape> in) {
            return weightsOf(rowsOf(in[0]).length, false);
        })
        .macs(onceForEachValue<NormParams>)
        .kernel<RmsNormKernel>()
        .computes([](const NormParams& p, std::span<const Shape> in) {
            const Rows rows = rowsOf(in[0]);
            return operation::LayerNorm{rows.rows, rows.length, static_cast<float>(p.epsilon), false};
        })
        .sample("sequence", {1e-5}, {Shape::sequence(4, 6)})
        .sample("vector", {1e-3}, {{7, 1, 1}})
        .sample("maps", {1e-5}, {{3, 2, 4}})
        .build();
}

template <class T>
class GroupNormKernel final : public RowNormKernel<T> {
  public:
    GroupNormKernel(const GroupNormParams& p, std::span<const Shape> in)
        : RowNormKernel<T>(rows(p, in[0]), p.epsilon) {}

  private:
    static Rows rows(const GroupNormParams& p, const Shape& s) {
        const FeatureAxis axis = featuresOf(p.per, s);
        const std::int64_t group = axis.features / p.groups;
        return {p.groups, s.size() / p.groups, group, axis.step, true, axis.sequence ? group : 0};
    }
};

Result<Shape> inferGroups(const GroupNormParams& p, std::span<const Shape> in) {
    const FeatureAxis axis = featuresOf(p.per, in[0]);
    if (axis.features % p.groups == 0) return in[0];
    const std::int64_t fitting = std::gcd(axis.features, p.groups);
    Diagnostic d;
    d.code = "groupnorm.groups";
    d.param = "groups";
    const std::string what = axis.sequence ? "features" : "channels";
    d.what = "The " + what + " cannot be split into these groups.";
    d.why = std::to_string(p.groups) + " groups, " + std::to_string(axis.features) + " " + what + ".";
    d.mend = "Give a number that divides the " + what + ".";
    d.fix =
        Fix{Fix::Kind::SetParam, "Set groups to " + std::to_string(fitting), {}, "groups", fitting, {}, 0};
    return refuse(std::move(d));
}

LayerSchema groupNorm() {
    LayerSchema s;
    s.id = "groupnorm";
    s.name = "Group normalization";
    s.category = Category::Normalization;
    s.doc = "Gives each group of channels of each sample, or of features of a sequence, mean 0 and variance "
            "1, then each channel or feature a learned scale and shift. Does not depend on the batch, so it "
            "suits small ones (Wu and He, 2018).";
    s.formula = "y = γ·(x − μ) / √(σ² + ε) + β, over a group of channels";
    s.keywords = "groupnorm gn instance normalisation small batch";
    ParamTable<GroupNormParams> t;
    t.add(&GroupNormParams::groups, {.key = "groups",
                                     .label = "Groups",
                                     .minimum = 1,
                                     .maximum = 1 << 16,
                                     .doc = "Parts that are normalised apart. As many as channels: instance "
                                            "normalisation; 1: over the whole sample."});
    t.add(&GroupNormParams::epsilon, epsilonSpec());
    addPerFeature(t);
    return LayerBuilder<GroupNormParams>(perFeature(std::move(s)), t)
        .infer(inferGroups)
        .keepsAxes()
        .migrate(migratePerFeature)
        .weights([](const GroupNormParams& p, std::span<const Shape> in) {
            return weightsOf(featuresOf(p.per, in[0]).features, true);
        })
        .macs(onceForEachValue<GroupNormParams>)
        .summary([](const GroupNormParams& p) { return countText(p.groups, "group"); })
        .kernel<GroupNormKernel>()
        .computes([](const GroupNormParams& p, std::span<const Shape> in) {
            return operation::GroupNorm{p.groups, static_cast<float>(p.epsilon), featuresOf(p.per, in[0])};
        })
        .sample("two groups", {2, 1e-5}, {{4, 3, 2}})
        .sample("one group", {1, 1e-5}, {{3, 2, 3}})
        .sample("a group for each channel", {3, 1e-3}, {{3, 3, 3}})
        .sample("vector", {2, 1e-5}, {{8, 1, 1}})
        .sample("sequence", {2, 1e-5}, {Shape::sequence(3, 4)})
        .sample("a sequence as one channel", {1, 1e-5, PerFeature::Channel}, {Shape::sequence(3, 4)})
        .build();
}

} // namespace

std::vector<LayerSchema> normLayers() {
    return {layerNorm(), groupNorm(), rmsNorm()};
}

} // namespace burdock
