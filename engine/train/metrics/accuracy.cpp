#include "engine/train/metrics/common.h"

namespace burdock {
namespace {

class Accuracy final : public Metric {
  public:
    explicit Accuracy(const MetricSetup& setup)
        : setup_(setup) {}
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        if (outputs.batch == 0) return;
        const auto n = static_cast<double>(outputs.batch);
        right_ += setup_.task->accuracy(outputs, targets, setup_.yesAbove) * n;
        samples_ += n;
    }
    MetricValue result() const override { return {.id = {}, .value = ratio(right_, samples_), .values = {}}; }

  private:
    MetricSetup setup_;
    double right_ = 0, samples_ = 0;
};

} // namespace

MetricSchema accuracyMetric() {
    return {.id = "accuracy",
            .name = "Accuracy",
            .doc = "The share of answers (of labels: of yes and no) that are right.",
            .formula = "right / all",
            .kinds = {TargetKind::Class, TargetKind::YesNo},
            .make = [](const MetricSetup& s) { return std::make_unique<Accuracy>(s); },
            .share = true,
            .usual = true,
            .low = 0,
            .high = 1,
            .applies = [](const MetricSetup& s) { return s.task->hasAccuracy(); }};
}

} // namespace burdock
