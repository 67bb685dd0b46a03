#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

class Perplexity final : public Metric {
  public:
    explicit Perplexity(const MetricSetup& setup)
        : outputs_(setup.outputs)
        , logits_(setup.logits) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const z = outputs.data + b * outputs_;
            const std::int64_t target = classOf(targets.data[b], outputs_);
            crossEntropy_ += target < 0 ? undefined : logits_ ? ofLogits(z, target) : ofShares(z, target);
            samples_ += 1;
        }
    }
    MetricValue result() const override {
        return {.id = {}, .value = std::exp(ratio(crossEntropy_, samples_)), .values = {}};
    }

  private:
    /// log Σ exp z − z[target]
    double ofLogits(const float* z, std::int64_t target) const {
        const double top = static_cast<double>(*std::max_element(z, z + outputs_));
        double sum = 0;
        for (std::int64_t c = 0; c < outputs_; ++c)
            sum += std::exp(static_cast<double>(z[c]) - top);
        return std::log(sum) - (static_cast<double>(z[target]) - top);
    }
    /// −log of the target's part of them all: shares are those of one already, up to rounding.
    double ofShares(const float* p, std::int64_t target) const {
        double sum = 0;
        for (std::int64_t c = 0; c < outputs_; ++c)
            sum += static_cast<double>(p[c]);
        return std::log(sum) - std::log(static_cast<double>(p[target]));
    }

    std::int64_t outputs_;
    bool logits_;
    double crossEntropy_ = 0, samples_ = 0;
};

} // namespace

MetricSchema perplexityMetric() {
    return {.id = "perplexity",
            .name = "Perplexity",
            .doc = "Among how many equally likely tokens the network seems to choose.",
            .formula = "exp(mean cross-entropy)",
            .kinds = {TargetKind::Class},
            .make = [](const MetricSetup& s) { return std::make_unique<Perplexity>(s); },
            .better = MetricSchema::Better::Smaller,
            .low = 1,
            .applies = [](const MetricSetup& s) { return s.task->positions; }};
}

} // namespace burdock
