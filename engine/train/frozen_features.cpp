#include "engine/train/frozen_features.h"

#include "engine/tensor/address_space.h"
#include "engine/tensor/saturated.h"
#include "engine/train/free_memory.h"
#include "engine/train/memory.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace burdock {
namespace {

std::atomic<std::int64_t> allToCome = 0; ///< bytes, of all that are alive

// A float as the processor has it: its upper half is its bfloat16.
void toHalves(const float* from, std::uint16_t* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, from + i, sizeof bits);
        to[i] = static_cast<std::uint16_t>(bits >> 16);
    }
}

void fromHalves(const std::uint16_t* from, float* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t bits = std::uint32_t{from[i]} << 16;
        std::memcpy(to + i, &bits, sizeof bits);
    }
}

} // namespace

std::unique_ptr<FrozenFeatures> FrozenFeatures::make(std::vector<Plan*> plans,
                                                     std::span<const std::int64_t> samples,
                                                     std::int64_t budget, bool alwaysAlike) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    const auto count = static_cast<std::int64_t>(samples.size());
    if (count == 0 || count > most) return nullptr;
    const auto fits = [&](const FrozenCut& cut) {
        return saturatedProduct((cut.bfloat16 ? 2 : 4) * cut.floats, count) <= budget;
    };
    const auto& cuts = plans.front()->frozenCuts();
    const auto cut = std::ranges::find_if(cuts, fits);
    if (cut == cuts.end()) return nullptr;
    std::unique_ptr<FrozenFeatures> made(new FrozenFeatures);
    made->count_ = samples.size();
    made->floats_ = static_cast<std::size_t>(cut->floats);
    made->halves_ = cut->bfloat16;
    constexpr std::int64_t leftForWork = 256 << 20;
    if (!canReserve(saturatedSum(made->bytes(), leftForWork))) return nullptr;
    try {
        const std::size_t halves = made->floats_ * made->count_ * (made->halves_ ? 1 : 2);
        made->kept_ = std::make_unique_for_overwrite<std::uint16_t[]>(halves); // touched as it is filled
        made->isKept_ = std::make_unique<std::atomic<bool>[]>(made->count_);
        made->rows_.assign(static_cast<std::size_t>(std::ranges::max(samples)) + 1, -1);
        for (std::size_t i = 0; i < samples.size(); ++i)
            made->rows_[static_cast<std::size_t>(samples[i])] = static_cast<std::int32_t>(i);
        for (Plan* const plan : plans) {
            auto parted = std::make_unique<Parted>();
            parted->plan = plan;
            const auto same = std::ranges::find_if(plan->frozenCuts(), [&](const FrozenCut& other) {
                return other.node == cut->node && other.floats == cut->floats;
            });
            parted->isParted = same != plan->frozenCuts().end();
            if (parted->isParted) plan->partAt(*same);
            parted->trust = !parted->isParted ? Trust::Different
                            : alwaysAlike     ? Trust::Alike
                                              : Trust::Unknown;
            made->parted_.push_back(std::move(parted));
        }
    } catch (const std::bad_alloc&) {
        return nullptr; // it goes without
    }
    allToCome += made->toCome_ = made->bytes();
    return made;
}

FrozenFeatures::~FrozenFeatures() {
    allToCome -= toCome_;
}

std::int64_t FrozenFeatures::bytes() const {
    return static_cast<std::int64_t>(count_ * floats_ * (halves_ ? 2 : 4));
}

FrozenFeatures::Parted& FrozenFeatures::partedOf(const Plan& plan) const {
    return **std::ranges::find(parted_, &plan, [](const auto& parted) { return parted->plan; });
}

void FrozenFeatures::forEach(std::span<const std::int64_t> samples, const auto& f) const {
    for (std::size_t i = 0; i < samples.size(); ++i)
        f(static_cast<std::size_t>(rows_[static_cast<std::size_t>(samples[i])]), i);
}

bool FrozenFeatures::holdsAll(std::span<const std::int64_t> samples) const {
    bool all = true;
    forEach(samples,
            [&](std::size_t row, std::size_t) { all = all && isKept_[row].load(std::memory_order_acquire); });
    return all;
}

bool FrozenFeatures::serves(const Plan& plan, std::span<const std::int64_t> samples) const {
    return partedOf(plan).trust.load(std::memory_order_acquire) == Trust::Alike && holdsAll(samples);
}

void FrozenFeatures::keep(std::span<const std::int64_t> samples) {
    const float* const from = parted_.front()->plan->features().data();
    const std::int64_t each = bytes() / static_cast<std::int64_t>(count_);
    forEach(samples, [&](std::size_t row, std::size_t i) {
        if (isKept_[row].load(std::memory_order_relaxed)) return;
        if (halves_)
            toHalves(from + i * floats_, kept_.get() + row * floats_, floats_);
        else
            std::memcpy(kept_.get() + 2 * row * floats_, from + i * floats_, floats_ * sizeof(float));
        isKept_[row].store(true, std::memory_order_release);
        toCome_ -= each;
        allToCome -= each;
    });
}

void FrozenFeatures::giveBack(Plan& plan, std::span<const std::int64_t> samples) const {
    float* const to = plan.features().data();
    forEach(samples, [&](std::size_t row, std::size_t i) {
        if (halves_)
            fromHalves(kept_.get() + row * floats_, to + i * floats_, floats_);
        else
            std::memcpy(to + i * floats_, kept_.get() + 2 * row * floats_, floats_ * sizeof(float));
    });
    for (std::size_t i = samples.size(); i < static_cast<std::size_t>(plan.batch()); ++i)
        std::copy_n(to + (samples.size() - 1) * floats_, floats_, to + i * floats_);
}

bool FrozenFeatures::areKept(const Plan& plan, std::span<const std::int64_t> samples) const {
    bool same = true;
    std::vector<float> own(floats_);
    const float* const made = plan.features().data();
    forEach(samples, [&](std::size_t row, std::size_t i) {
        if (halves_)
            fromHalves(kept_.get() + row * floats_, own.data(), floats_);
        else
            std::memcpy(own.data(), kept_.get() + 2 * row * floats_, floats_ * sizeof(float));
        same = same && std::memcmp(own.data(), made + i * floats_, floats_ * sizeof(float)) == 0;
    });
    return same;
}

void FrozenFeatures::forward(Plan& plan, const float* inputs, std::span<const std::int64_t> samples,
                             std::uint64_t seed) {
    const auto count = static_cast<std::int64_t>(samples.size());
    Parted& parted = partedOf(plan);
    const bool held = holdsAll(samples);
    if (held && parted.trust == Trust::Alike) {
        giveBack(plan, samples);
        plan.forwardHead(seed);
        return;
    }
    Plan& first = *parted_.front()->plan;
    if (!held && &plan != &first) { // a rest of an epoch: what is kept is what whole batches give
        first.fillInput(inputs, count);
        first.forwardBody(seed);
        keep(samples);
    }
    plan.fillInput(inputs, count);
    if (!parted.isParted) return plan.forward(seed);
    plan.forwardBody(seed);
    if (held && parted.trust == Trust::Unknown)
        parted.trust.store(areKept(plan, samples) ? Trust::Alike : Trust::Different,
                           std::memory_order_release);
    else if (!held && &plan == &first)
        keep(samples);
    plan.forwardHead(seed);
}

std::optional<std::string> FrozenFeatures::watchedForward(Plan& plan, const float* inputs,
                                                          std::span<const std::int64_t> samples) {
    if (serves(plan, samples)) {
        giveBack(plan, samples);
        return plan.watchedHead();
    }
    plan.fillInput(inputs, static_cast<std::int64_t>(samples.size()));
    auto first = plan.watchedBody();
    keep(samples);
    auto later = plan.watchedHead();
    return first ? first : later;
}

std::int64_t featuresBudget(std::int64_t training) {
    const std::int64_t taken = saturatedSum(training, allToCome);
    return std::max<std::int64_t>(0, availableMemory().value_or(0) - taken) / 2;
}

Diagnostic featuresKept(std::string network, std::int64_t bytes) {
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "train.features-kept";
    d.where = std::move(network);
    d.what = "Features of the frozen layers are kept: " + bytesText(bytes) + ".";
    d.why = "They stay the same, so epochs behind the first run the head alone.";
    return d;
}

} // namespace burdock
