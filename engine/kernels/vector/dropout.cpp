#include "engine/layers/dropout.h"

#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/maps.h"
#include "engine/kernels/reference/reference_step.h"
#include "engine/layers/feature_axis.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <bit>

namespace burdock::fast {
namespace {

using Unit = operation::Dropout::Unit;

/// `outer` runs of `inner` neighbouring values. The random bits of a run's value i are mixed from `state` +
/// offsets[i], and from run to run the state goes on by `step`.
struct Runs {
    const std::uint64_t* offsets;
    std::int64_t inner, outer;
    std::uint64_t state, step;
    std::uint32_t threshold;
    float scale;
};

template <class V>
BURDOCK_INLINE void dropRuns(const Runs& r, const V* x, V* y) {
    const std::uint64_t* const offsets = r.offsets;
    const std::int64_t inner = r.inner;
    const std::uint32_t threshold = r.threshold;
    const float scale = r.scale;
    std::uint64_t state = r.state;
    for (std::int64_t o = 0; o < r.outer; ++o, state += r.step, x += inner, y += inner)
#pragma omp simd
        for (std::int64_t i = 0; i < inner; ++i) {
            const auto drawn = static_cast<std::uint32_t>(mixBits(state + offsets[i]) >> 32);
            // A mask, not a choice: of that no vectors are made for AVX2.
            const std::uint32_t mask = -static_cast<std::uint32_t>(drawn >= threshold);
            put(y[i], std::bit_cast<float>(std::bit_cast<std::uint32_t>(widened(x[i]) * scale) & mask));
        }
}

/// How the values are numbered that the mask is drawn for, whatever format they lie in.
class Numbering {
  public:
    Numbering(const Maps& maps, const Shape& shape, Unit unit)
        : maps_(maps)
        , axis_(shape)
        , each_(unit == Unit::Value) {
        if (isOneRange()) {
            inner_ = chunk;
            outer_ = 16;
        } else if (axis_.sequence && !each_ && maps.depth == 1) {
            inner_ = axis_.features;
            outer_ = axis_.places;
        } else {
            inner_ = maps.depth == 1 ? maps.width : maps.depth;
            outer_ = maps.depth == 1 ? 1 : maps.width;
        }
        const std::int64_t stride = each_                              ? isOneRange() ? 1 : maps.area()
                                                                 : maps.depth > 1 || axis_.sequence ? 1
                                                                       : 0;
        for (std::int64_t i = 0; i < inner_; ++i)
            offsets_.push_back(static_cast<std::uint64_t>(i * stride) * randomStep);
        step_ = isOneRange() ? chunk : each_ ? 1 : 0;
    }
    /// Parts that are alike but for the last one.
    std::int64_t parts() const { return (maps_.values() + inner_ * outer_ - 1) / (inner_ * outer_); }

    /// Calls run(first value in memory, the runs) for what part `p` holds.
    template <class F>
    void forPart(std::int64_t p, const DropoutMask& mask, std::uint64_t begin, float scale, F run) const {
        const std::int64_t first = p * inner_ * outer_,
                           count = std::min(inner_ * outer_, maps_.values() - first);
        Runs runs{offsets_.data(),
                  inner_,
                  count / inner_,
                  begin + static_cast<std::uint64_t>(numberOf(p)) * randomStep,
                  static_cast<std::uint64_t>(step_) * randomStep,
                  mask.threshold(),
                  scale};
        run(first, runs);
        if (count % inner_ == 0) return;
        runs.state += static_cast<std::uint64_t>(runs.outer) * runs.step;
        const std::int64_t done = runs.outer * inner_;
        runs.inner = count - done;
        runs.outer = 1;
        run(first + done, runs);
    }

  private:
    static constexpr std::int64_t chunk = 256;
    /// The values lie in the order of their numbers.
    bool isOneRange() const { return each_ && (maps_.depth == 1 || maps_.area() == 1) && isWhole(); }
    bool isWhole() const { return maps_.channels % maps_.depth == 0; }
    /// Of a part's first value.
    std::int64_t numberOf(std::int64_t p) const {
        if (isOneRange()) return p * inner_ * outer_;
        if (axis_.sequence && !each_ && maps_.depth == 1) return p * axis_.features;
        const std::int64_t group = p / maps_.height, row = p % maps_.height;
        const std::int64_t feature =
            group / maps_.groups() * maps_.channels + group % maps_.groups() * maps_.depth;
        return each_ ? feature * maps_.area() + row * maps_.width : feature;
    }

    Maps maps_;
    FeatureAxis axis_;
    bool each_;
    std::int64_t inner_ = 1, outer_ = 1, step_ = 0;
    std::vector<std::uint64_t> offsets_;
};

/// In whatever format the values arrive; backward draws the same mask again.
template <class V>
class Dropout final : public Step {
  public:
    Dropout(const LayerRequest& r, const Maps& maps, const operation::Dropout& d)
        : layout_(maps.layout())
        , numbering_(maps, r.inputs[0], d.unit)
        , rate_(d.rate)
        , threads_(maps.values() > 1 << 13) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t seed) override {
        seed_ = seed;
        apply(b_.inputs[0], b_.output);
    }
    void backward() override {
        if (b_.inputGradients[0]) apply(b_.outputGradient, b_.inputGradients[0]);
    }

  private:
    void apply(const float* from, float* to) const {
        const V* const x = reinterpret_cast<const V*>(from);
        V* const y = reinterpret_cast<V*>(to);
        const DropoutMask mask(rate_, seed_);
        const std::uint64_t begin = randomBegin(seed_);
        const auto scale = static_cast<float>(1 / (1 - rate_));
        forEach(numbering_.parts(), threads_, [&](std::int64_t p) {
            numbering_.forPart(p, mask, begin, scale, [&](std::int64_t first, const Runs& runs) {
                perProcessor<dropRuns<V>>(runs, x + first, y + first);
            });
        });
    }

    Layout layout_;
    Numbering numbering_;
    double rate_;
    bool threads_;
    StepBinding b_;
    std::uint64_t seed_ = 0;
};

KernelOffer offerDropout(const operation::Dropout& d, const LayerRequest& r) {
    if (!r.training || d.rate == 0) return makeReorderStep(r.inputLayouts[0], r.inputLayouts[0]);
    const Maps maps = arrivingMaps(r);
    return withTypeOf(maps, [&](auto value) -> KernelOffer {
        return std::make_unique<Dropout<decltype(value)>>(r, maps, d);
    });
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorDropout() {
    return kernelFor<operation::Dropout>(
        {.id = "vector.dropout",
         .backend = "Burdock",
         .name = "dropout",
         .doc = "In whatever format the values arrive; draws what the layer's own kernel draws, in vectors."},
        fast::offerDropout);
}

} // namespace burdock
