// Metrics that a common class cannot carry alone.
#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// Of each class how often it was true, was predicted, and both at once.
class Agreement {
  public:
    explicit Agreement(std::size_t classes)
        : is_(classes, 0.0)
        , said_(classes, 0.0)
        , right_(classes, 0.0) {}
    /// `said` is below 0 where the output was not a number: a class of its own, which none is.
    void add(std::size_t is, std::int64_t said) {
        samples_ += 1;
        is_[is] += 1;
        if (said < 0)
            none_ += 1;
        else
            said_[static_cast<std::size_t>(said)] += 1;
        if (said == static_cast<std::int64_t>(is)) right_[is] += 1;
    }
    /// The mean recall of the classes that are there.
    double balancedAccuracy() const {
        std::vector<double> recalls;
        for (std::size_t c = 0; c < is_.size(); ++c)
            recalls.push_back(ratio(right_[c], is_[c]));
        return meanOf(recalls);
    }
    /// Gorodkin: Comparing two K-category assignments by a K-category correlation coefficient, 2004.
    double correlation() const {
        double right = 0, together = 0, ofTruth = samples_ * samples_,
               ofAnswers = samples_ * samples_ - none_ * none_;
        for (std::size_t c = 0; c < is_.size(); ++c) {
            right += right_[c];
            together += is_[c] * said_[c];
            ofTruth -= is_[c] * is_[c];
            ofAnswers -= said_[c] * said_[c];
        }
        if (!(ofTruth > 0)) return undefined; // of one class alone
        if (!(ofAnswers > 0)) return 0;
        return std::clamp((right * samples_ - together) / (std::sqrt(ofTruth) * std::sqrt(ofAnswers)), -1.0,
                          1.0);
    }

  private:
    std::vector<double> is_, said_, right_;
    double samples_ = 0, none_ = 0;
};

template <double (Agreement::*of)() const>
class ByAgreement final : public Metric {
  public:
    explicit ByAgreement(const MetricSetup& setup)
        : setup_(setup)
        , byClass_(setup.task->targetKind == TargetKind::Class)
        , tables_(byClass_ ? 1 : static_cast<std::size_t>(setup.labels()),
                  Agreement(byClass_ ? static_cast<std::size_t>(setup.outputs) : 2)) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t b = 0; b < outputs.batch; ++b) {
            const float* const y = outputs.data + b * setup_.outputs;
            if (byClass_) {
                const std::int64_t is = classOf(targets.data[b], setup_.outputs);
                if (is >= 0) tables_[0].add(static_cast<std::size_t>(is), largestOf(y, setup_.outputs));
                continue;
            }
            const float* const t = targets.data + b * setup_.outputs;
            for (std::int64_t i = 0; i < setup_.outputs; ++i)
                tables_[static_cast<std::size_t>(i / setup_.area)].add(t[i] > 0.5f ? 1 : 0,
                                                                       std::isnan(y[i])         ? -1
                                                                       : y[i] > setup_.yesAbove ? 1
                                                                                                : 0);
        }
    }
    MetricValue result() const override {
        MetricValue m;
        for (const Agreement& table : tables_)
            m.values.push_back((table.*of)());
        m.value = meanOf(m.values);
        if (m.values.size() == 1) m.values.clear();
        return m;
    }

  private:
    MetricSetup setup_;
    bool byClass_;
    std::vector<Agreement> tables_; ///< by label; one of all classes
};

bool notOfPositions(const MetricSetup& s) {
    return !s.task->positions;
}

} // namespace

MetricSchema balancedAccuracyMetric() {
    return {.id = "balanced_accuracy",
            .name = "Balanced accuracy",
            .doc = "The mean over classes of the share that was found: who always says the commonest class "
                   "gets no more than by chance. Classes without samples do not count.",
            .formula = "mean of true positives / (true positives + false negatives)",
            .kinds = {TargetKind::Class, TargetKind::YesNo},
            .make =
                [](const MetricSetup& s) {
                    return std::make_unique<ByAgreement<&Agreement::balancedAccuracy>>(s);
                },
            .each = true,
            .share = true,
            .low = 0,
            .high = 1,
            .applies = notOfPositions};
}

MetricSchema matthewsMetric() {
    return {
        .id = "mcc",
        .name = "MCC",
        .doc =
            "Matthews' correlation of the answers with the truth: 1 where all are right, 0 where they are no "
            "better than chance, however rare a class is.",
        .formula = "(c·s − Σ pₖ·tₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²))",
        .kinds = {TargetKind::Class, TargetKind::YesNo},
        .make =
            [](const MetricSetup& s) { return std::make_unique<ByAgreement<&Agreement::correlation>>(s); },
        .each = true,
        .low = -1,
        .high = 1,
        .applies = notOfPositions};
}

} // namespace burdock
