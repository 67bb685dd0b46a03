#include "engine/schema/initializer.h"
#include "engine/schema/layer_schema.h"
#include "engine/tensor/random.h"

#include <armadillo>
#include <cmath>

namespace burdock {
namespace {

using Values = std::span<float>;

/// Each value from its own index alone, so that any number of threads draws the same.
template <class Draw>
void fill(Values values, Draw draw) {
    const auto count = static_cast<std::int64_t>(values.size());
#pragma omp parallel for schedule(static) if (count > 1 << 14)
    for (std::int64_t i = 0; i < count; ++i)
        values[static_cast<std::size_t>(i)] = static_cast<float>(draw(static_cast<std::uint64_t>(i)));
}

void uniform(std::uint64_t key, Values values, double bound) {
    fill(values, [=](std::uint64_t i) { return bound * (2.0 * randomUniform(key, i) - 1.0); });
}

void normal(std::uint64_t key, Values values, double deviation) {
    fill(values, [=](std::uint64_t i) { return deviation * randomNormal(key, i); });
}

void constant(Values values, double value) {
    std::fill(values.begin(), values.end(), static_cast<float>(value));
}

/// Orthonormal rows, or columns where there are more rows than columns: the Q of a Gaussian matrix with signs
/// that make it uniform (Mezzadri: How to generate random matrices from the classical compact groups, 2007).
void orthogonal(const WeightSpec& spec, std::uint64_t key, Values values) {
    const std::int64_t rows = spec.dims.empty() ? 1 : spec.dims[0], columns = spec.size() / rows;
    const std::int64_t tall = std::max(rows, columns), narrow = std::min(rows, columns);
    arma::mat gaussian(static_cast<arma::uword>(tall), static_cast<arma::uword>(narrow)), q, r;
    for (arma::uword i = 0; i < gaussian.n_elem; ++i)
        gaussian[i] = randomNormal(key, i);
    arma::qr_econ(q, r, gaussian);
    for (arma::uword c = 0; c < q.n_cols; ++c)
        if (r(c, c) < 0) q.col(c) *= -1;
    if (rows >= columns) q = q.t().eval(); // the values are row-major, Armadillo's are column-major
    std::copy(q.begin(), q.end(), values.begin());
}

double in(const WeightSpec& spec) {
    return static_cast<double>(spec.fanIn);
}
double inAndOut(const WeightSpec& spec) {
    return static_cast<double>(spec.fanIn) + static_cast<double>(spec.fanOut);
}

/// Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014.
std::vector<InitializerSchema> builtinInitializers() {
    using Spec = const WeightSpec&;
    using Key = std::uint64_t;
    return {
        {Initializer::GlorotUniform, "Glorot, uniform", "For tanh, sigmoid and softmax layers.",
         "U(±√(6 / (in + out)))",
         [](Spec s, Key k, Values v) { uniform(k, v, std::sqrt(6.0 / inAndOut(s))); }},
        {Initializer::GlorotNormal, "Glorot, normal", "For tanh, sigmoid and softmax layers.",
         "N(0, 2 / (in + out))", [](Spec s, Key k, Values v) { normal(k, v, std::sqrt(2.0 / inAndOut(s))); }},
        {Initializer::HeUniform, "He, uniform", "For ReLU and its relatives, which halve the variance.",
         "U(±√(6 / in))", [](Spec s, Key k, Values v) { uniform(k, v, std::sqrt(6.0 / in(s))); }},
        {Initializer::HeNormal, "He, normal", "For ReLU and its relatives, which halve the variance.",
         "N(0, 2 / in)", [](Spec s, Key k, Values v) { normal(k, v, std::sqrt(2.0 / in(s))); }},
        {Initializer::LecunUniform, "LeCun, uniform",
         "For SELU, which keeps mean and variance from layer to layer.", "U(±√(3 / in))",
         [](Spec s, Key k, Values v) { uniform(k, v, std::sqrt(3.0 / in(s))); }},
        {Initializer::LecunNormal, "LeCun, normal",
         "For SELU, which keeps mean and variance from layer to layer.", "N(0, 1 / in)",
         [](Spec s, Key k, Values v) { normal(k, v, std::sqrt(1.0 / in(s))); }},
        {Initializer::Orthogonal, "Orthogonal",
         "Keeps the length of what flows through; for deep and recurrent networks.", "W·Wᵗ = I", orthogonal},
        {Initializer::Zeros, "Zeros", "All equal: units of a hidden layer would stay alike.", "w = 0",
         [](Spec, Key, Values v) { constant(v, 0); }},
        {Initializer::Ones, "Ones", "All equal: units of a hidden layer would stay alike.", "w = 1",
         [](Spec, Key, Values v) { constant(v, 1); }},
        {Initializer::Constant, "Constant", "All equal: units of a hidden layer would stay alike.", "w = c",
         [](Spec s, Key, Values v) { constant(v, s.initialValue); }},
        {Initializer::Normal, "Normal", "Normally distributed, with the first value as standard deviation.",
         "N(0, c²)", [](Spec s, Key k, Values v) { normal(k, v, s.initialValue); }},
    };
}

} // namespace

Registry<InitializerSchema>& initializers() {
    static Registry<InitializerSchema> all(builtinInitializers());
    return all;
}

} // namespace burdock
