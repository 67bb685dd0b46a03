#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// −log of a share. One of 0 for what came true is taken for the least that double precision bears.
double surprise(double share) {
    return std::isnan(share) ? undefined : -std::log(std::max(share, 1e-15));
}

class LogLoss final : public Metric {
  public:
    explicit LogLoss(const MetricSetup& setup)
        : setup_(setup) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const y = outputs.data + b * setup_.outputs;
            if (setup_.task->targetKind == TargetKind::Class) {
                const std::int64_t target = classOf(targets.data[b], setup_.outputs);
                sum_ += target < 0              ? undefined
                        : isShare(setup_.reads) ? ofShares(y, target)
                                                : ofScores(y, target);
                count_ += 1;
                continue;
            }
            for (std::int64_t i = 0; i < setup_.outputs; ++i) {
                sum_ += ofYesNo(static_cast<double>(y[i]), targets.data[b * setup_.outputs + i] > 0.5f);
                count_ += 1;
            }
        }
    }
    MetricValue result() const override { return {.id = {}, .value = ratio(sum_, count_), .values = {}}; }

  private:
    /// log Σ exp z − z[target]
    double ofScores(const float* z, std::int64_t target) const {
        const auto top = static_cast<double>(*std::max_element(z, z + setup_.outputs));
        double sum = 0;
        for (std::int64_t c = 0; c < setup_.outputs; ++c)
            sum += std::exp(static_cast<double>(z[c]) - top);
        return std::log(sum) - (static_cast<double>(z[target]) - top);
    }
    double ofShares(const float* p, std::int64_t target) const {
        double sum = 0;
        for (std::int64_t c = 0; c < setup_.outputs; ++c)
            sum += static_cast<double>(p[c]);
        return surprise(static_cast<double>(p[target]) / sum);
    }
    double ofYesNo(double y, bool yes) const {
        if (isShare(setup_.reads) || setup_.reads == OutputKind::Numbers) {
            const double share = std::isnan(y) ? y : std::clamp(y, 0.0, 1.0);
            return surprise(yes ? share : 1 - share);
        }
        return std::max(y, 0.0) - (yes ? y : 0) + std::log1p(std::exp(-std::abs(y)));
    }

    MetricSetup setup_;
    double sum_ = 0, count_ = 0;
};

} // namespace

MetricSchema logLossMetric() {
    return {.id = "log_loss",
            .name = "Log loss",
            .doc =
                "How surprised the network is by the truth, going by the probabilities that it gives: right "
                "answers must also be sure, and wrong ones must not. The mean over samples, and labels.",
            .formula = "−Σ log p(true) / n",
            .kinds = {TargetKind::Class, TargetKind::YesNo},
            .make = [](const MetricSetup& s) { return std::make_unique<LogLoss>(s); },
            .better = MetricSchema::Better::Smaller,
            .low = 0,
            .applies = [](const MetricSetup& s) { return !s.task->positions; }};
}

} // namespace burdock
