#include "engine/plan/initial_values.h"

#include "engine/tensor/random.h"

#include <armadillo>
#include <cmath>

namespace burdock {
namespace {

/// Orthonormal rows, or columns where there are more rows than columns: the Q of a Gaussian matrix with signs
/// that make it uniform (Mezzadri: How to generate random matrices from the classical compact groups, 2007).
std::vector<float> orthogonal(const WeightSpec& spec, std::uint64_t key) {
    const std::int64_t rows = spec.dims.empty() ? 1 : spec.dims[0], columns = spec.size() / rows;
    const std::int64_t tall = std::max(rows, columns), narrow = std::min(rows, columns);
    arma::mat gaussian(static_cast<arma::uword>(tall), static_cast<arma::uword>(narrow)), q, r;
    for (arma::uword i = 0; i < gaussian.n_elem; ++i)
        gaussian[i] = randomNormal(key, i);
    arma::qr_econ(q, r, gaussian);
    for (arma::uword c = 0; c < q.n_cols; ++c)
        if (r(c, c) < 0) q.col(c) *= -1;
    if (rows >= columns) q = q.t().eval(); // the values are row-major, Armadillo's are column-major
    std::vector<float> values(static_cast<std::size_t>(spec.size()));
    std::copy(q.begin(), q.end(), values.begin());
    return values;
}

} // namespace

std::vector<float> initialValues(const WeightSpec& spec, std::uint64_t key) {
    if (spec.initializer == Initializer::Orthogonal) return orthogonal(spec, key);
    std::vector<float> values(static_cast<std::size_t>(spec.size()));
    const auto count = static_cast<std::int64_t>(values.size());
    const auto uniform = [&](double bound) {
#pragma omp parallel for schedule(static) if (count > 1 << 14)
        for (std::int64_t i = 0; i < count; ++i)
            values[static_cast<std::size_t>(i)] =
                static_cast<float>(bound * (2.0 * randomUniform(key, static_cast<std::uint64_t>(i)) - 1.0));
    };
    const auto normal = [&](double deviation) {
#pragma omp parallel for schedule(static) if (count > 1 << 14)
        for (std::int64_t i = 0; i < count; ++i)
            values[static_cast<std::size_t>(i)] =
                static_cast<float>(deviation * randomNormal(key, static_cast<std::uint64_t>(i)));
    };
    const double in = static_cast<double>(spec.fanIn), out = static_cast<double>(spec.fanOut);
    switch (spec.initializer) {
    case Initializer::Zeros:
    case Initializer::Orthogonal:
        break;
    case Initializer::Ones:
        std::fill(values.begin(), values.end(), 1.0f);
        break;
    case Initializer::Constant:
        std::fill(values.begin(), values.end(), static_cast<float>(spec.initialValue));
        break;
    case Initializer::Normal:
        normal(spec.initialValue);
        break;
    case Initializer::GlorotUniform:
        uniform(std::sqrt(6.0 / (in + out)));
        break;
    case Initializer::GlorotNormal:
        normal(std::sqrt(2.0 / (in + out)));
        break;
    case Initializer::HeUniform:
        uniform(std::sqrt(6.0 / in));
        break;
    case Initializer::HeNormal:
        normal(std::sqrt(2.0 / in));
        break;
    case Initializer::LecunUniform:
        uniform(std::sqrt(3.0 / in));
        break;
    case Initializer::LecunNormal:
        normal(std::sqrt(1.0 / in));
        break;
    }
    return values;
}

} // namespace burdock
