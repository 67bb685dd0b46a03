#pragma once

#include "engine/plan/parameter_store.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/train/optimizer.h"

#include <algorithm>
#include <array>
#include <functional>

namespace burdock::optimize {

/// How weight decay reaches the weights: as a part of the gradient, or beside it (Loshchilov and Hutter:
/// Decoupled weight decay regularization, 2019).
enum class Decay { InGradient, Decoupled };

/// Applies `rule(w, g, slot...)` to the weights from `begin` to `end`, after weight decay.
template <std::size_t Slots, class Rule>
BURDOCK_INLINE void moveRange(float* w, const float* g, float* a, float* b, std::size_t begin,
                              std::size_t end, float added, float factor, Rule rule) {
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) {
        float weight = w[i] * factor;
        const float gradient = g[i] + added * weight;
        if constexpr (Slots == 0) rule(weight, gradient);
        if constexpr (Slots == 1) rule(weight, gradient, a[i]);
        if constexpr (Slots == 2) rule(weight, gradient, a[i], b[i]);
        w[i] = weight;
    }
}

/// One pass over the whole parameter block, with the state's first blocks.
template <std::size_t Slots, class Rule>
void fusedPass(const StepInputs& in, Decay decay, double weightDecay, Rule rule) {
    static_assert(Slots <= 2);
    float* const w = in.parameters.data();
    const float* const g = in.gradients.data();
    float *const a = in.state.block(0), *const b = in.state.block(1);
    const float added = decay == Decay::InGradient ? static_cast<float>(weightDecay) : 0.0f;
    const float factor =
        decay == Decay::Decoupled ? static_cast<float>(1.0 - in.learningRate * weightDecay) : 1.0f;
    const std::size_t decaying = weightDecay == 0 ? 0 : in.decaying;
    const auto move = [=](std::size_t begin, std::size_t end) {
        const std::size_t border = std::clamp(decaying, begin, end);
        perProcessor<moveRange<Slots, Rule>>(w, g, a, b, begin, border, added, factor, rule);
        perProcessor<moveRange<Slots, Rule>>(w, g, a, b, border, end, 0.0f, 1.0f, rule);
    };
    if (in.store)
        in.store->moveValues(std::ref(move)); // a copy might have to be allocated
    else
        overRanges(in.parameters.size(), move);
}

/// What all optimizers share that keep N numbers for each parameter.
template <std::size_t N>
class WithSlots : public Optimizer {
  public:
    explicit WithSlots(std::array<const char*, N> names)
        : names_(names) {}
    std::vector<SlotSpec> slotSpecs(const ParameterTensor&) const override {
        std::vector<SlotSpec> all;
        for (const char* name : names_)
            all.push_back({name});
        return all;
    }

  private:
    std::array<const char*, N> names_;
};

/// The one list of the optimizers that come with the engine: a line names the function that describes a
/// family and is defined in its file.
#define BURDOCK_OPTIMIZERS(LINE)                                                                             \
    LINE(sgdFamily)                                                                                          \
    LINE(adaptiveFamily)                                                                                     \
    LINE(adamFamily)                                                                                         \
    LINE(lionFamily)                                                                                         \
    LINE(muonFamily)

#define BURDOCK_DECLARE(family) std::vector<OptimizerSchema> family();
BURDOCK_OPTIMIZERS(BURDOCK_DECLARE)
#undef BURDOCK_DECLARE

/// A hyperparameter between 0 and 1, 1 excluded, such as a decay.
inline ParamSpec shareSpec(std::string key, std::string label, std::string doc, bool advanced = true) {
    return {.key = std::move(key),
            .label = std::move(label),
            .minimum = 0,
            .maximum = 1,
            .maximumExcluded = true,
            .doc = std::move(doc),
            .advanced = advanced};
}
inline ParamSpec epsilonSpec() {
    return {.key = "epsilon",
            .label = "ε",
            .minimum = 0,
            .maximum = 1,
            .minimumExcluded = true,
            .doc = "Keeps the division finite where gradients are tiny.",
            .advanced = true};
}
inline ParamSpec decaySpec() {
    return {.key = "decay",
            .label = "Decoupled decay",
            .minimum = 0,
            .maximum = 100,
            .doc = "λ: each step shrinks the weights by the factor 1 − ηλ. Biases and scales are left out."};
}

/// Entry of the registry for an optimizer O that is made from P.
template <class O, class P>
OptimizerSchema describe(std::string id, std::string name, std::string doc, std::string formula, double rate,
                         const ParamTable<P>& table) {
    OptimizerSchema schema;
    schema.id = std::move(id);
    schema.name = std::move(name);
    schema.doc = std::move(doc);
    schema.formula = std::move(formula);
    schema.defaultLearningRate = rate;
    schema.params = table.specs();
    schema.make = [table](const ParamValues& values) { return std::make_unique<O>(table.read(values)); };
    return schema;
}

} // namespace burdock::optimize
