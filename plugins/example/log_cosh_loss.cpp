#include "example.h"

#include <cmath>

namespace example {
namespace {

using namespace burdock;

/// log cosh(y − t), as |e| + log(1 + e⁻²|ᵉ|) − log 2, which does not overflow. Its slope is tanh(y − t).
class LogCosh final : public Loss {
  public:
    LossValue evaluate(const Tensor<float>& outputs, const Tensor<float>& targets,
                       Tensor<float> gradient) const override {
        return mean(outputs, targets, gradient);
    }
    LossValue evaluate(const Tensor<double>& outputs, const Tensor<double>& targets,
                       Tensor<double> gradient) const override {
        return mean(outputs, targets, gradient);
    }

  private:
    template <class T>
    static LossValue mean(const Tensor<T>& outputs, const Tensor<T>& targets, Tensor<T> gradient) {
        const std::int64_t n = outputs.size();
        double sum = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            const double e = static_cast<double>(outputs.data[i]) - static_cast<double>(targets.data[i]);
            sum += std::abs(e) + std::log1p(std::exp(-2 * std::abs(e))) - std::log(2.0);
            if (gradient) gradient.data[i] = static_cast<T>(std::tanh(e) / static_cast<double>(n));
        }
        return {sum / static_cast<double>(n), static_cast<double>(outputs.batch)};
    }
};

} // namespace

LossSchema logCoshLoss() {
    LossSchema s;
    s.id = "example.log-cosh";
    s.name = "Log-cosh";
    s.doc = "For numbers with outliers: squared for small errors, their size for large ones, and smooth.";
    s.formula = "L = log cosh(y − t)";
    s.kinds = {TargetKind::Number};
    s.make = [](const ParamValues&, const LossSetup&) { return std::make_unique<LogCosh>(); };
    return s;
}

} // namespace example
