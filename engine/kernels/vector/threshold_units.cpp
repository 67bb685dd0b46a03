#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <algorithm>

namespace burdock::fast {
namespace {

constexpr std::int64_t together = 8;

/// So many units at a time: `weights` has their weights of one input after those of another.
BURDOCK_INLINE void decide(const double* weights, const double* thresholds, const float* x,
                           std::int64_t inputs, float* y, std::int64_t units) {
    double sums[together] = {};
    for (std::int64_t j = 0; j < inputs; ++j)
        for (std::int64_t i = 0; i < together; ++i)
            sums[i] += weights[j * together + i] * static_cast<double>(x[j]);
    for (std::int64_t i = 0; i < units; ++i)
        y[i] = sums[i] >= thresholds[i] ? 1.0f : 0.0f;
}

/// Sums in double precision, as thresholds may be met exactly.
class ThresholdUnits final : public Step {
  public:
    ThresholdUnits(const LayerRequest& r, const operation::ThresholdUnits& t)
        : request_(r)
        , inputs_(r.inputs[0].size())
        , units_(r.output.size())
        , thresholds_(t.thresholds) {
        for (std::int64_t first = 0; first < units_; first += together)
            for (std::int64_t j = 0; j < inputs_; ++j)
                for (std::int64_t i = first; i < first + together; ++i)
                    weights_.push_back(
                        i < units_ ? t.weights[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] : 0);
    }
    Layout inputLayout(std::size_t) const override {
        return Layout::plainBatch(request_.batch, request_.inputs[0]);
    }
    Layout outputLayout() const override { return Layout::plainBatch(request_.batch, request_.output); }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override {
        forEach(request_.batch, request_.batch * inputs_ * units_ > 1 << 15, [&](std::int64_t n) {
            for (std::int64_t first = 0; first < units_; first += together)
                perProcessor<decide>(weights_.data() + first * inputs_, thresholds_.data() + first,
                                     b_.inputs[0] + n * inputs_, inputs_, b_.output + n * units_ + first,
                                     std::min(together, units_ - first));
        });
    }
    void backward() override {
        if (float* const dx = b_.inputGradients[0]) std::fill_n(dx, request_.batch * inputs_, 0.0f);
    }

  private:
    LayerRequest request_;
    std::int64_t inputs_, units_;
    std::vector<double> weights_, thresholds_;
    StepBinding b_;
};

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorThresholdUnits() {
    return kernelFor<operation::ThresholdUnits>(
        {.id = "vector.threshold-units",
         .backend = "Burdock",
         .name = "threshold units",
         .doc = "Eight neurons at a time, summed in double precision."},
        [](const operation::ThresholdUnits& t, const LayerRequest& r) -> KernelOffer {
            return std::make_unique<fast::ThresholdUnits>(r, t);
        });
}

} // namespace burdock
