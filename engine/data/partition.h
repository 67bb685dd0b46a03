#pragma once

#include <cstdint>
#include <vector>

namespace burdock {

/// Ascending numbers of samples.
using Samples = std::vector<std::int64_t>;
/// Of every sample by its number: its class, or its group.
using Labels = std::vector<std::int64_t>;

/// The numbers 0 … count-1 in an order drawn by `seed` and `stream`: Fisher and Yates' shuffle over
/// the counter-based generator of tensor/random.h, independent of the standard library.
std::vector<std::int64_t> shuffledIndices(std::int64_t count, std::uint64_t seed, std::uint64_t stream);

// What a part takes of `from`, drawn by `seed` and `stream`. `count` is 0 to from.size(). ----------------

Samples takeRandomly(const Samples& from, std::int64_t count, std::uint64_t seed, std::uint64_t stream);
/// As many of each class as its share of `count`, within one sample: rounded by the largest remainder. A
/// class is not taken whole where the others can make up for it.
Samples takeStratified(const Samples& from, const Labels& classes, std::int64_t count, std::uint64_t seed,
                       std::uint64_t stream);
/// Whole groups, in a drawn order as long as they fit into `count`; the smallest one where none fits.
/// `spared` groups at least are not taken, so that nothing is where there are not more of them.
Samples takeGroups(const Samples& from, const Labels& groups, std::int64_t count, std::int64_t spared,
                   std::uint64_t seed, std::uint64_t stream);
/// The last ones by time, which is NaN of none; of equal times the last ones by number.
Samples takeLast(const Samples& from, const std::vector<double>& times, std::int64_t count);

// Folds of a cross-validation, numbered from 0: the samples of `fold` of `folds`, which are 2 to from.size().
// Together all folds have every sample once. ----------------------------------------------------------------

/// Of each class, and of all samples, every fold has as many as any other, within one.
Samples foldStratified(const Samples& from, const Labels& classes, std::int64_t fold, std::int64_t folds,
                       std::uint64_t seed, std::uint64_t stream);
/// Whole groups: the largest first, each to the fold that has the fewest samples (as scikit-learn's
/// GroupKFold).
Samples foldGroups(const Samples& from, const Labels& groups, std::int64_t fold, std::int64_t folds,
                   std::uint64_t seed, std::uint64_t stream);

/// The samples of `from` that are not in `taken`.
Samples without(const Samples& from, const Samples& taken);

/// How many samples a label has, in the order of labels; those without a sample are left out.
struct LabelCount {
    std::int64_t label = 0, samples = 0;
};
std::vector<LabelCount> countLabels(const Samples& of, const Labels& labels);

} // namespace burdock
