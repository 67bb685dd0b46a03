#include "example.h"

namespace example {
namespace {

using namespace burdock;

/// Σ(y − t) / n over all outputs.
class Bias final : public Metric {
  public:
    void add(const Tensor<float>& outputs, const Tensor<float>& targets) override {
        for (std::int64_t i = 0; i < outputs.size(); ++i)
            sum_ += static_cast<double>(outputs.data[i]) - static_cast<double>(targets.data[i]);
        count_ += static_cast<double>(outputs.size());
    }
    MetricValue result() const override {
        MetricValue value;
        value.value = sum_ / count_;
        return value;
    }

  private:
    double sum_ = 0, count_ = 0;
};

} // namespace

MetricSchema biasMetric() {
    MetricSchema s;
    s.id = "example.bias";
    s.name = "Bias";
    s.doc = "The mean error with its sign: whether predictions are too large or too small.";
    s.formula = "Σ(y − t) / n";
    s.kinds = {TargetKind::Number};
    s.better = MetricSchema::Better::Neither;
    s.make = [](const MetricSetup&) { return std::make_unique<Bias>(); };
    return s;
}

} // namespace example
