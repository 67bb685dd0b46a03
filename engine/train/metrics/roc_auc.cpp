#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// How many true and false samples had a score, or scores near it.
struct Ranked {
    float score;
    double yes, no;
};

/// The scores of one class or label. All of them are kept until they are too many; then equal ones are put
/// together, and neighbours in rank if that is not enough, which can change the area by no more than about
/// 1 / `most` each time.
class Ranking {
  public:
    void add(float score, bool yes, std::size_t most) {
        odd_ = odd_ || std::isnan(score);
        if (odd_) return;
        all_.push_back({score, yes ? 1.0 : 0.0, yes ? 0.0 : 1.0});
        if (all_.size() < 2 * most) return;
        all_ = merged(std::move(all_));
        if (all_.size() <= most) return;
        std::vector<Ranked> pairs;
        for (std::size_t i = 0; i < all_.size(); i += 2) {
            pairs.push_back(all_[i]);
            if (i + 1 == all_.size()) break;
            pairs.back().yes += all_[i + 1].yes;
            pairs.back().no += all_[i + 1].no;
        }
        all_ = std::move(pairs);
    }

    /// The chance that a true sample scores above a false one, ties counting half (Mann and Whitney 1947).
    double area() const {
        if (odd_) return undefined; // what is not a number has no rank
        double below = 0, pairs = 0, yes = 0, no = 0;
        for (const Ranked& r : merged(all_)) {
            pairs += r.yes * (below + r.no / 2);
            below += r.no;
            yes += r.yes;
            no += r.no;
        }
        return ratio(pairs, yes * no);
    }

  private:
    static std::vector<Ranked> merged(std::vector<Ranked> all) {
        std::sort(all.begin(), all.end(), [](const Ranked& a, const Ranked& b) { return a.score < b.score; });
        std::vector<Ranked> distinct;
        for (const Ranked& r : all) {
            if (distinct.empty() || distinct.back().score != r.score) {
                distinct.push_back(r);
                continue;
            }
            distinct.back().yes += r.yes;
            distinct.back().no += r.no;
        }
        return distinct;
    }
    std::vector<Ranked> all_;
    bool odd_ = false;
};

class RocAuc final : public Metric {
  public:
    explicit RocAuc(const MetricSetup& setup)
        : setup_(setup)
        , rankings_(static_cast<std::size_t>(setup.labels()))
        , most_(std::clamp<std::size_t>(total / rankings_.size(), 1024, 1 << 16))
        // Of maps of many pixels, about a thousand are ranked; an odd step, so that they are not one column.
        , step_(setup.area > mostPixels ? setup.area / mostPixels | 1 : 1) {}

    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const y = outputs.data + b * setup_.outputs;
            if (setup_.task->targetKind == TargetKind::Class)
                addClasses(y, classOf(targets.data[b], setup_.outputs));
            else
                addLabels(y, targets.data + b * setup_.outputs);
        }
    }
    MetricValue result() const override {
        MetricValue m;
        for (const Ranking& ranking : rankings_)
            m.values.push_back(ranking.area());
        m.value = meanOf(m.values);
        if (m.values.size() == 1) m.values.clear();
        return m;
    }

  private:
    static constexpr std::size_t total = 1 << 20; ///< scores that are kept, over all classes
    static constexpr std::int64_t mostPixels = 1024;

    void addClasses(const float* y, std::int64_t target) {
        const auto n = static_cast<std::size_t>(setup_.outputs);
        const float top = *std::max_element(y, y + n);
        double sum = 0;
        for (std::size_t c = 0; c < n && setup_.logits; ++c)
            sum += std::exp(static_cast<double>(y[c] - top));
        for (std::size_t c = 0; c < n; ++c) {
            // Logits of different samples cannot be compared, their softmax can.
            const float score =
                setup_.logits ? static_cast<float>(std::exp(static_cast<double>(y[c] - top)) / sum) : y[c];
            rankings_[c].add(score, static_cast<std::int64_t>(c) == target, most_);
        }
    }
    void addLabels(const float* y, const float* t) {
        for (std::int64_t i = 0; i < setup_.outputs; ++i)
            if (i % setup_.area % step_ == 0)
                rankings_[static_cast<std::size_t>(i / setup_.area)].add(y[i], t[i] > 0.5f, most_);
    }
    MetricSetup setup_;
    std::vector<Ranking> rankings_;
    std::size_t most_;
    std::int64_t step_;
};

} // namespace

MetricSchema rocAucMetric() {
    return {.id = "roc_auc",
            .name = "ROC AUC",
            .doc =
                "How well the outputs rank: the chance that a sample of a class scores above one of another.",
            .formula = "area under true positive rate over false positive rate",
            .kinds = {TargetKind::Class, TargetKind::YesNo},
            .make = [](const MetricSetup& s) { return std::make_unique<RocAuc>(s); },
            .each = true,
            .low = 0,
            .high = 1,
            .applies = [](const MetricSetup& s) { return !s.task->positions; }};
}

} // namespace burdock
