#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/vector/each_value.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

/// e^x − 1 for x <= 0; near 0, where that cancels, by Taylor's series.
[[gnu::always_inline]] inline float lessOne(float x) {
    const float e = expNegative(x);
    const float near = x * (1.0f + x * (0.5f + x * (1.0f / 6 + x * (1.0f / 24 + x * (1.0f / 120)))));
    return x > -0.25f ? near : e - 1.0f;
}

template <class V>
struct Relu {
    [[gnu::always_inline]] float value(float x) const { return std::max(x, 0.0f); }
    [[gnu::always_inline]] float slope(float x) const { return x > 0.0f ? 1.0f : 0.0f; }
};
template <class V>
struct LeakyRelu {
    float below; ///< the slope there
    [[gnu::always_inline]] float value(float x) const {
        return std::max(x, 0.0f) + below * std::min(x, 0.0f);
    }
    [[gnu::always_inline]] float slope(float x) const { return x > 0.0f ? 1.0f : below; }
};
template <class V>
struct Elu {
    float alpha;
    [[gnu::always_inline]] float value(float x) const {
        return std::max(x, 0.0f) + alpha * lessOne(std::min(x, 0.0f));
    }
    [[gnu::always_inline]] float slope(float x) const {
        const float below = alpha * expNegative(std::min(x, 0.0f));
        return x > 0.0f ? 1.0f : below;
    }
};
/// The constants of Klambauer et al.: Self-normalizing neural networks, 2017.
template <class V>
struct Selu {
    static constexpr float scale = 1.05070098f, below = 1.05070098f * 1.67326324f;
    [[gnu::always_inline]] float value(float x) const {
        return scale * std::max(x, 0.0f) + below * lessOne(std::min(x, 0.0f));
    }
    [[gnu::always_inline]] float slope(float x) const {
        const float e = below * expNegative(std::min(x, 0.0f));
        return x > 0.0f ? scale : e;
    }
};
/// What is not a number stays so in these as well.
template <class V>
struct HardSigmoid {
    [[gnu::always_inline]] float value(float x) const {
        return std::min(std::max(x * (1.0f / 6) + 0.5f, 0.0f), 1.0f);
    }
    [[gnu::always_inline]] float slope(float x) const {
        const float inside = 3.0f - std::abs(x);
        return inside > 0.0f ? 1.0f / 6 : 0.0f;
    }
};
template <class V>
struct Threshold {
    float threshold;
    [[gnu::always_inline]] float value(float x) const {
        const float odd = x == x ? 0.0f : x;
        return x >= threshold ? 1.0f : odd;
    }
    [[gnu::always_inline]] float slope(float) const { return 0.0f; }
};
template <class V>
struct Sign {
    [[gnu::always_inline]] float value(float x) const {
        const float other = x < 0.0f ? -1.0f : x;
        return x > 0.0f ? 1.0f : other;
    }
    [[gnu::always_inline]] float slope(float) const { return 0.0f; }
};

KernelOffer offerFunction(const operation::Elementwise& e, const LayerRequest& r) {
    using Function = operation::Elementwise::Function;
    switch (e.function) {
    case Function::Relu:
        return offerEachValue<Relu>(r);
    case Function::LeakyRelu:
        return offerEachValue<LeakyRelu>(r, e.parameter);
    case Function::Elu:
        return offerEachValue<Elu>(r, e.parameter);
    case Function::Selu:
        return offerEachValue<Selu>(r);
    case Function::HardSigmoid:
        return offerEachValue<HardSigmoid>(r);
    case Function::Step:
        return offerEachValue<Threshold>(r, e.parameter);
    case Function::Sign:
        return offerEachValue<Sign>(r);
    default:
        return declined({});
    }
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorFunctions() {
    return kernelFor<operation::Elementwise>({.id = "vector.functions",
                                              .backend = "Burdock",
                                              .name = "function of each value",
                                              .doc = "ReLUs, ELUs, hard sigmoid, step and sign, in "
                                                     "whatever format the values arrive."},
                                             fast::offerFunction);
}

} // namespace burdock
