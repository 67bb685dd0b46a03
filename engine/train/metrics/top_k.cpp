#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr std::int64_t among = 5; ///< the k of the value
constexpr std::int64_t mostRanks = 10;

class TopK final : public Metric {
  public:
    explicit TopK(const MetricSetup& setup)
        : outputs_(setup.outputs)
        , ranks_(static_cast<std::size_t>(std::min(setup.outputs, mostRanks)), 0.0) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            samples_ += 1;
            const float* const y = outputs.data + b * outputs_;
            const std::int64_t target = classOf(targets.data[b], outputs_);
            if (target < 0 || largestOf(y, outputs_) < 0) continue;
            std::int64_t rank = 0; // of equal outputs, the first counts as the larger
            for (std::int64_t c = 0; c < outputs_; ++c)
                rank += y[c] > y[target] || (y[c] == y[target] && c < target) ? 1 : 0;
            if (rank < static_cast<std::int64_t>(ranks_.size())) ranks_[static_cast<std::size_t>(rank)] += 1;
        }
    }
    MetricValue result() const override {
        MetricValue m;
        double sum = 0;
        for (const double r : ranks_)
            m.values.push_back(ratio(sum += r, samples_));
        m.value = m.values[static_cast<std::size_t>(std::min(among, outputs_) - 1)];
        return m;
    }

  private:
    std::int64_t outputs_;
    double samples_ = 0;
    std::vector<double> ranks_; ///< [k]: samples whose class had the (k+1)-th largest output
};

} // namespace

MetricSchema topKMetric() {
    return {
        .id = "top_k",
        .name = "Top-5 accuracy",
        .doc =
            "The share of samples whose class is among the five likeliest; the list holds top-1, top-2, ….",
        .formula = "class among the k largest / all",
        .kinds = {TargetKind::Class},
        .make = [](const MetricSetup& s) { return std::make_unique<TopK>(s); },
        .share = true,
        .low = 0,
        .high = 1,
        // Among five classes the fifth try is always right.
        .applies = [](const MetricSetup& s) { return s.outputs > among; }};
}

} // namespace burdock
