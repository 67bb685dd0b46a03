#include "engine/train/optimizer.h"

#include "engine/tensor/aligned_buffer.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// Runs f(begin, end) over ranges of 0 … n-1 on all threads; ranges depend only on n.
template <class F>
void overRanges(std::size_t n, F f) {
    constexpr std::size_t range = 1 << 14;
    const auto ranges = static_cast<std::int64_t>((n + range - 1) / range);
#pragma omp parallel for schedule(static) if (ranges > 4)
    for (std::int64_t r = 0; r < ranges; ++r) {
        const std::size_t begin = static_cast<std::size_t>(r) * range;
        f(begin, std::min(n, begin + range));
    }
}

class Sgd final : public Optimizer {
  public:
    void update(std::span<float> parameters, std::span<const float> gradients, double learningRate,
                std::int64_t) override {
        float* const w = parameters.data();
        const float* const g = gradients.data();
        const float rate = static_cast<float>(learningRate);
        overRanges(parameters.size(), [=](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                w[i] -= rate * g[i];
        });
    }
    std::vector<std::span<float>> state() override { return {}; }
};

struct MomentumParams {
    double momentum = 0.9;
};

const ParamTable<MomentumParams>& momentumTable() {
    static const auto table = [] {
        ParamTable<MomentumParams> t;
        t.add(&MomentumParams::momentum, {.key = "momentum",
                                          .label = "Momentum",
                                          .minimum = 0,
                                          .maximum = 1,
                                          .maximumExcluded = true,
                                          .doc = "The share of the last step's velocity that is kept."});
        return t;
    }();
    return table;
}

class Momentum final : public Optimizer {
  public:
    Momentum(const MomentumParams& p, std::size_t n)
        : momentum_(static_cast<float>(p.momentum))
        , velocity_(n) {}
    void update(std::span<float> parameters, std::span<const float> gradients, double learningRate,
                std::int64_t) override {
        float* const w = parameters.data();
        const float* const g = gradients.data();
        float* const v = velocity_.data();
        const float rate = static_cast<float>(learningRate), keep = momentum_;
        overRanges(parameters.size(), [=](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                v[i] = keep * v[i] + g[i];
                w[i] -= rate * v[i];
            }
        });
    }
    std::vector<std::span<float>> state() override { return {velocity_.span()}; }

  private:
    float momentum_;
    AlignedBuffer velocity_;
};

struct AdamParams {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
};

const ParamTable<AdamParams>& adamTable() {
    static const auto table = [] {
        ParamTable<AdamParams> t;
        t.add(&AdamParams::beta1, {.key = "beta1",
                                   .label = "β₁",
                                   .minimum = 0,
                                   .maximum = 1,
                                   .maximumExcluded = true,
                                   .doc = "Decay of the mean of the gradients.",
                                   .advanced = true});
        t.add(&AdamParams::beta2, {.key = "beta2",
                                   .label = "β₂",
                                   .minimum = 0,
                                   .maximum = 1,
                                   .maximumExcluded = true,
                                   .doc = "Decay of the mean of their squares.",
                                   .advanced = true});
        t.add(&AdamParams::epsilon, {.key = "epsilon",
                                     .label = "ε",
                                     .minimum = 0,
                                     .minimumExcluded = true,
                                     .doc = "Keeps the division finite where gradients are tiny.",
                                     .advanced = true});
        return t;
    }();
    return table;
}

/// Kingma and Ba: Adam, a method for stochastic optimization, 2015, algorithm 1, with bias correction.
class Adam final : public Optimizer {
  public:
    Adam(const AdamParams& p, std::size_t n)
        : p_(p)
        , mean_(n)
        , square_(n) {}
    void update(std::span<float> parameters, std::span<const float> gradients, double learningRate,
                std::int64_t step) override {
        const auto t = static_cast<double>(step);
        const float b1 = static_cast<float>(p_.beta1), b2 = static_cast<float>(p_.beta2);
        // Rounded once: 1.0f - 0.999f is wrong by 1.3e-5 of its value.
        const float c1 = static_cast<float>(1.0 - p_.beta1), c2 = static_cast<float>(1.0 - p_.beta2);
        const float rate = static_cast<float>(learningRate / (1.0 - std::pow(p_.beta1, t)));
        const float correction = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(p_.beta2, t)));
        const float epsilon = static_cast<float>(p_.epsilon);
        float* const w = parameters.data();
        const float* const g = gradients.data();
        float* const m = mean_.data();
        float* const s = square_.data();
        overRanges(parameters.size(), [=](std::size_t begin, std::size_t end) {
#pragma omp simd
            for (std::size_t i = begin; i < end; ++i) {
                m[i] = b1 * m[i] + c1 * g[i];
                s[i] = b2 * s[i] + c2 * g[i] * g[i];
                w[i] -= rate * m[i] / (std::sqrt(s[i]) * correction + epsilon);
            }
        });
    }
    std::vector<std::span<float>> state() override {
        return {mean_.span(), square_.span()};
    }

  private:
    AdamParams p_;
    AlignedBuffer mean_, square_;
};

} // namespace

const std::vector<OptimizerSchema>& optimizers() {
    static const std::vector<OptimizerSchema> all{
        {"adam", "Adam",
         "Steps scaled by running means of the gradients and of their squares; needs little tuning.",
         "m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  w ← w - η·m̂ / (√v̂ + ε)", 1e-3, adamTable().specs(),
         [](const ParamValues& v, std::size_t n) { return std::make_unique<Adam>(adamTable().read(v), n); }},
        {"momentum", "Momentum", "SGD with a velocity that gathers along steady slopes and damps zigzags.",
         "v ← μv + g,  w ← w - η·v", 1e-2, momentumTable().specs(),
         [](const ParamValues& v, std::size_t n) {
             return std::make_unique<Momentum>(momentumTable().read(v), n);
         }},
        {"sgd",
         "SGD",
         "Stochastic gradient descent: a step against the gradient of each mini-batch.",
         "w ← w - η·g",
         1e-1,
         {},
         [](const ParamValues&, std::size_t) { return std::make_unique<Sgd>(); }},
    };
    return all;
}

const OptimizerSchema* findOptimizer(std::string_view id) {
    for (const OptimizerSchema& schema : optimizers())
        if (schema.id == id) return &schema;
    return nullptr;
}

} // namespace burdock
