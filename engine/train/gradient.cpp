#include "engine/train/gradient.h"

#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace burdock::gradient {
namespace {

BURDOCK_INLINE double sumOfSquares(const float* g, std::size_t begin, std::size_t end) {
    // Lanes of a fixed number, so that every processor adds in the same order.
    constexpr std::size_t lanes = 16;
    double sums[lanes] = {};
    std::size_t i = begin;
    for (; i + lanes <= end; i += lanes)
        for (std::size_t l = 0; l < lanes; ++l)
            sums[l] += static_cast<double>(g[i + l]) * static_cast<double>(g[i + l]);
    for (; i < end; ++i)
        sums[0] += static_cast<double>(g[i]) * static_cast<double>(g[i]);
    return std::accumulate(sums, sums + lanes, 0.0);
}

} // namespace

double norm(std::span<const float> g) {
    // A fixed number of sums, each over every so many ranges: nothing to allocate, and always the same order.
    constexpr std::size_t parts = 64;
    double sums[parts] = {};
    const std::size_t ranges = (g.size() + rangeFloats - 1) / rangeFloats;
    forEach(static_cast<std::int64_t>(std::min(parts, ranges)), ranges > 4, [&](std::int64_t part) {
        const auto first = static_cast<std::size_t>(part);
        for (std::size_t r = first; r < ranges; r += parts)
            sums[first] += perProcessor<sumOfSquares>(g.data(), r * rangeFloats,
                                                      std::min(g.size(), (r + 1) * rangeFloats));
    });
    return std::sqrt(std::accumulate(sums, sums + parts, 0.0));
}

void scale(std::span<float> g, float factor) {
    overRanges(g.size(), [=](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            g[i] *= factor;
    });
}

void clampValues(std::span<float> g, float largest) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    overRanges(g.size(), [=](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) { // what is not finite stays so, to be found
            const float clamped = g[i] > largest ? largest : g[i] < -largest ? -largest : g[i];
            g[i] = std::abs(g[i]) == infinity ? g[i] : clamped;
        }
    });
}

void addScaled(std::span<float> sum, std::span<const float> g, float factor) {
    overRanges(g.size(), [=](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            sum[i] += factor * g[i];
    });
}

void addPenalties(std::span<float> g, std::span<const float> w, float l1, float l2) {
    overRanges(g.size(), [=](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            g[i] += l2 * w[i] + (w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0.0f);
    });
}

} // namespace burdock::gradient
