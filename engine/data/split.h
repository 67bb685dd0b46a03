#pragma once

#include "engine/data/dataset.h"

namespace burdock {

/// Which samples of a data set are for what. Every list is ascending; no sample is in two of them.
struct Split {
    std::vector<std::int64_t> train;      ///< of Part::Train
    std::vector<std::int64_t> validation; ///< of Part::Train
    std::vector<std::int64_t> test;       ///< of `testPart`
    Part testPart = Part::Test;
};

/// Splits a data set. The validation part is `validationFraction` (0 to below 1) of what is left to train on,
/// rounded, drawn by `seed`, unless the data bring one (info().validationSize); at least one sample stays for
/// training. A test part that the data do not
/// bring is info().testShare of the training part, drawn in the same way for every seed, so that runs can be
/// compared.
/// The same arguments give the same split on every machine.
Split makeSplit(const Dataset& data, double validationFraction, std::uint64_t seed);

/// How many samples makeSplit() leaves to train on.
std::int64_t trainCount(const Dataset& data, double validationFraction);

/// The numbers 0 … count-1 in an order drawn by `seed` and `stream`: Fisher and Yates' shuffle over
/// the counter-based generator of tensor/random.h, independent of the standard library.
std::vector<std::int64_t> shuffledIndices(std::int64_t count, std::uint64_t seed, std::uint64_t stream);

} // namespace burdock
