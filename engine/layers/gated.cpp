#include "engine/layers/activations.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/families.h"
#include "engine/layers/operations.h"

#include <numbers>

namespace burdock {
namespace {

/// x·Φ(x), with the distribution function of the normal distribution or its approximation by a tanh.
struct Gelu {
    template <class T>
    static T inner(T x) {
        return T(std::numbers::sqrt2 * std::numbers::inv_sqrtpi) * (x + T(0.044715) * x * x * x);
    }
    template <class T>
    static T value(T x, const GeluParams& p) {
        if (p.form == GeluForm::Tanh) return x / 2 * (T(1) + std::tanh(inner(x)));
        return x / 2 * (T(1) + std::erf(x / std::numbers::sqrt2_v<T>));
    }
    template <class T>
    static T slope(T x, T, const GeluParams& p) {
        if (p.form == GeluForm::Tanh) {
            const T t = std::tanh(inner(x));
            const T rise =
                T(std::numbers::sqrt2 * std::numbers::inv_sqrtpi) * (T(1) + T(3 * 0.044715) * x * x);
            return (T(1) + t + x * (T(1) - t * t) * rise) / 2;
        }
        const T density = std::exp(-x * x / 2) * T(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
        return (T(1) + std::erf(x / std::numbers::sqrt2_v<T>)) / 2 + x * density;
    }
};

LayerSchema gelu() {
    LayerSchema s;
    s.id = "gelu";
    s.name = "GELU";
    s.doc = "Weighs each value by how likely a normal variable lies below it: a smooth ReLU that dips a "
            "little below zero. The activation of transformers (Hendrycks and Gimpel, 2016).";
    s.formula = "y = x·Φ(x)";
    s.keywords = "gaussian error linear unit transformer gpt bert";
    ParamTable<GeluParams> t;
    t.addChoice(&GeluParams::form,
                {.key = "approximate", .label = "Form", .doc = "How Φ is computed.", .advanced = true},
                {{"none", "Exact", "With the error function."},
                 {"tanh", "Tanh", "The approximation by a hyperbolic tangent that GPT-2 was trained with."}});
    return elementwiseLayer<Gelu, GeluParams>(std::move(s), t)
        .computes([](const GeluParams& p, std::span<const Shape>) {
            using enum operation::Elementwise::Function;
            return operation::Elementwise{p.form == GeluForm::Tanh ? GeluTanh : Gelu};
        })
        .sample("tanh", {GeluForm::Tanh}, {{3, 4, 5}})
        .sample("sequence", {}, {{1, 4, 6}})
        .build();
}

struct Silu {
    template <class T>
    static T value(T x, const NoParams&) {
        return x * logistic(x);
    }
    template <class T>
    static T slope(T x, T y, const NoParams&) {
        return y + logistic(x) * (T(1) - y);
    }
};

LayerSchema silu() {
    LayerSchema s;
    s.id = "silu";
    s.name = "SiLU";
    s.doc = "Each value times its own sigmoid: smooth, and a little below zero for small negative values. "
            "Also known as Swish (Ramachandran et al., 2017).";
    s.formula = "y = x·σ(x)";
    s.keywords = "swish sigmoid linear unit efficientnet";
    return elementwiseLayer<Silu, NoParams>(std::move(s))
        .computes([](const NoParams&, std::span<const Shape>) {
            return operation::Elementwise{operation::Elementwise::Function::Swish, 1};
        })
        .build();
}

} // namespace

std::vector<LayerSchema> gatedLayers() {
    return {gelu(), silu()};
}

} // namespace burdock
