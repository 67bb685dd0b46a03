#include "engine/train/gradient_seam.h"

#include "engine/tensor/finite.h"
#include "engine/train/gradient.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {

MicroBatches::MicroBatches(std::int64_t size, std::int64_t micro)
    : count(micro > 0 ? (size + micro - 1) / micro : 1)
    , largest((size + count - 1) / count)
    , large(size - (largest - 1) * count) {}

GradientSeam::GradientSeam(std::shared_ptr<ParameterStore> store, const TrainConfig& config, bool accumulates)
    : store_(std::move(store))
    , clipNorm_(config.clipNorm)
    , clipValue_(config.clipValue) {
    if (accumulates) sum_ = AlignedBuffer(store_->gradients().size());
    for (const auto& entry : store_->entries())
        penalises_ = penalises_ || entry.spec.l1 > 0 || entry.spec.l2 > 0;
}

void GradientSeam::begin(bool several) {
    several_ = several;
    weight_ = 0;
    if (several) std::fill_n(sum_.data(), sum_.size(), 0.0f);
}

void GradientSeam::add(double weight) {
    weight_ += weight;
    if (several_) gradient::addScaled(sum_.span(), store_->gradients(), static_cast<float>(weight));
}

GradientSeam::Outcome GradientSeam::finish() {
    Outcome outcome;
    outcome.gradients = several_ ? sum_.span() : store_->gradients();
    if (several_)
        gradient::scale(outcome.gradients,
                        static_cast<float>(1.0 / std::max(weight_, std::numeric_limits<double>::min())));
    if (exchange_)
        if (const Status averaged = exchange_->average(outcome.gradients, weight_); !averaged) {
            outcome.problem = averaged.error();
            return outcome;
        }
    if (penalises_) penalise(outcome.gradients);
    if (clip(outcome.gradients)) return outcome;
    // Backward goes from the last layer to the first: the last one concerned is where it began.
    outcome.odd.emplace();
    for (const auto& entry : store_->entries())
        if (entry.learns() && !allFinite(outcome.gradients.subspan(entry.offset, entry.floats)))
            outcome.odd = entry.name.substr(0, entry.name.rfind('.'));
    return outcome;
}

void GradientSeam::penalise(std::span<float> gradients) const {
    const std::span<const float> values = store_->values();
    for (const auto& entry : store_->entries())
        if (entry.learns() && (entry.spec.l1 > 0 || entry.spec.l2 > 0))
            gradient::addPenalties(gradients.subspan(entry.offset, entry.floats),
                                   values.subspan(entry.offset, entry.floats),
                                   static_cast<float>(entry.spec.l1), static_cast<float>(entry.spec.l2));
}

bool GradientSeam::clip(std::span<float> gradients) const {
    if (clipValue_ > 0) gradient::clampValues(gradients, static_cast<float>(clipValue_));
    if (clipNorm_ <= 0) return allFinite(gradients);
    const double norm = gradient::norm(gradients);
    if (!std::isfinite(norm)) return false;
    if (norm > clipNorm_) gradient::scale(gradients, static_cast<float>(clipNorm_ / norm));
    return true;
}

} // namespace burdock
