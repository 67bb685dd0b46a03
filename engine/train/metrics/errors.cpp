// Metrics of the errors of numbers, output by output, in the data's units.
#include "engine/train/metrics/common.h"

#include <cmath>

namespace burdock {
namespace {

struct Errors {
    double samples = 0, absolute = 0, squared = 0, targetMean = 0, targetSquares = 0;
    double relative = 0, relatives = 0; ///< of those that are not 0
    /// `offset` is to be added to both.
    void add(double y, double t, double offset) {
        samples += 1;
        absolute += std::abs(y - t);
        squared += (y - t) * (y - t);
        if (const double whole = t + offset; whole != 0) {
            relative += std::abs(y - t) / std::abs(whole);
            relatives += 1;
        }
        const double before = t - targetMean; // Welford 1962
        targetMean += before / samples;
        targetSquares += before * (t - targetMean);
    }
};

template <double (*of)(const Errors&)>
class ByOutput final : public Metric {
  public:
    explicit ByOutput(const MetricSetup& setup)
        : outputs_(static_cast<std::size_t>(setup.outputs))
        , offsets_(setup.offsets) {
        offsets_.resize(outputs_.size());
    }
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        const std::size_t width = outputs_.size();
        for (std::size_t b = 0; b < static_cast<std::size_t>(outputs.batch); ++b)
            for (std::size_t i = 0; i < width; ++i)
                outputs_[i].add(static_cast<double>(outputs.data[b * width + i]),
                                static_cast<double>(targets.data[b * width + i]), offsets_[i]);
    }
    MetricValue result() const override {
        MetricValue m;
        double sum = 0, n = 0;
        for (const Errors& e : outputs_) {
            m.values.push_back(of(e));
            // A target that never changes has no variance to explain; an output that diverged is not left
            // out.
            if (std::isnan(m.values.back()) && std::isfinite(e.squared)) continue;
            sum += m.values.back();
            n += 1;
        }
        m.value = ratio(sum, n);
        if (m.values.size() == 1) m.values.clear();
        return m;
    }

  private:
    std::vector<Errors> outputs_;
    std::vector<double> offsets_;
};

double meanAbsolute(const Errors& e) {
    return ratio(e.absolute, e.samples);
}
double rootMeanSquare(const Errors& e) {
    return std::sqrt(ratio(e.squared, e.samples));
}
double meanRelative(const Errors& e) {
    return ratio(e.relative, e.relatives);
}
double explained(const Errors& e) {
    return 1 - ratio(e.squared, e.targetSquares);
}

} // namespace

MetricSchema maeMetric() {
    return {.id = "mae",
            .name = "Mean absolute error",
            .doc = "The mean size of the errors, in the target's unit.",
            .formula = "Σ|y − t| / n",
            .kinds = {TargetKind::Number},
            .make = [](const MetricSetup& s) { return std::make_unique<ByOutput<meanAbsolute>>(s); },
            .each = true,
            .better = MetricSchema::Better::Smaller,
            .inUnits = true,
            .low = 0};
}

MetricSchema rmseMetric() {
    return {.id = "rmse",
            .name = "Root mean squared error",
            .doc = "The size of the errors where large ones weigh more, in the target's unit.",
            .formula = "√(Σ(y − t)² / n)",
            .kinds = {TargetKind::Number},
            .make = [](const MetricSetup& s) { return std::make_unique<ByOutput<rootMeanSquare>>(s); },
            .each = true,
            .better = MetricSchema::Better::Smaller,
            .inUnits = true,
            .low = 0};
}

MetricSchema mapeMetric() {
    return {.id = "mape",
            .name = "Mean absolute percentage error",
            .doc = "The mean size of the errors as a share of the true value. Where that is 0 there is no "
                   "share, and the sample is left out.",
            .formula = "Σ|y − t| / |t| / n",
            .kinds = {TargetKind::Number},
            .make = [](const MetricSetup& s) { return std::make_unique<ByOutput<meanRelative>>(s); },
            .each = true,
            .better = MetricSchema::Better::Smaller,
            .share = true,
            .low = 0};
}

MetricSchema r2Metric() {
    return {.id = "r2",
            .name = "R²",
            .doc = "The share of the targets' variance that is explained; 0 is as good as their mean.",
            .formula = "1 − Σ(y − t)² / Σ(t − t̄)²",
            .kinds = {TargetKind::Number},
            .make = [](const MetricSetup& s) { return std::make_unique<ByOutput<explained>>(s); },
            .each = true,
            .high = 1};
}

} // namespace burdock
