#pragma once

#include "engine/data/dataset.h"
#include "engine/data/partition.h"
#include "engine/schema/param_spec.h"

#include <optional>
#include <string_view>
#include <vector>

namespace burdock {

/// Which samples of a data set are for what. Every list is ascending; no sample is in two of them, and no row
/// of which samples are made.
struct Split {
    Samples train;      ///< of Part::Train
    Samples validation; ///< of Part::Train
    Samples test;       ///< of `testPart`
    Part testPart = Part::Test;
    std::vector<Diagnostic> warnings{}; ///< of what could not be had, such as a class in every part
};

/// By what samples are parted; in the order of splitKinds().
enum class SplitKind {
    Random,
    Stratified, ///< of each class its share in every part
    Grouped,    ///< all samples of a group in one part
    Time        ///< the last ones are the test, those before them the validation
};
const std::vector<Choice>& splitKinds();
const char* splitKindKey(SplitKind kind); ///< "random"; stored with runs
std::optional<SplitKind> splitKindFromKey(std::string_view key);

struct SplitOptions {
    double validationFraction = 0;                     ///< 0 to below 1, of what is left to train on
    std::uint64_t seed = 0;                            ///< draws the validation part
    std::optional<SplitKind> kind = SplitKind::Random; ///< none: one that is not known, which is refused
    std::int64_t folds = 0;                            ///< of a cross-validation: 2 or more
    std::int64_t fold = 0;                             ///< 1 to folds: which of them is the test
};

/// Splits a data set. The validation part is the fraction of what is left to train on, rounded, unless the
/// data bring one (info().validationSize); at least one sample stays for training. A test part that the data
/// do not bring is info().testShare of the training part, drawn in the same way for every seed, so that runs
/// can be compared.
///
/// Of a cross-validation the test is a fold of the training part, a test part of the data's own being left
/// alone. Folds are the same for every seed, disjoint and together all samples; a random split of them is
/// stratified where there are classes. By time there is one part more than folds: the first is never tested
/// on, and what is later than a fold is not used for it (as scikit-learn's TimeSeriesSplit).
///
/// Of samples that share rows (SampleFacts), parts are blocks of neighbours, and what shares rows with
/// another part is in none (as in the purged cross-validation of López de Prado, 2018): that is told with its
/// count.
///
/// Refuses what the data cannot give: classes, groups (or too few), times, as many samples as folds.
/// The same arguments give the same split on every machine.
Result<Split> makeSplit(const Dataset& data, const SplitOptions& options);
/// By random, without folds: that is never refused.
Split makeSplit(const Dataset& data, double validationFraction, std::uint64_t seed);

/// What of it can be said without looking at samples; none: nothing speaks against the split.
std::optional<Diagnostic> whyNotSplit(const DatasetInfo& data, const SplitOptions& options);

/// How many samples makeSplit() leaves to train on; of fold 0, in the first fold. All samples where it
/// refuses.
std::int64_t trainCount(const Dataset& data, const SplitOptions& options);
std::int64_t trainCount(const Dataset& data, double validationFraction); ///< by random, without folds

} // namespace burdock
