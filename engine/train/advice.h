#pragma once

#include "engine/data/split.h"
#include "engine/train/balance.h"
#include "engine/train/train_config.h"

namespace burdock {

/// Where most of a column of numbers lies, in the units of the data (their offsets added).
struct Spread {
    double smallest = 0, largest = 0, lower = 0, upper = 0; ///< lower, upper: the quartiles
    std::int64_t outliers = 0; ///< farther from the quartiles than three times their distance (Tukey 1977)
    double weight = 0;         ///< the outliers' share of the sum of squares around the median

    /// So heavy that a squared error is mostly theirs.
    bool hasOutliers() const { return outliers > 0 && weight > 0.2; }
};
/// As many digits as tell it: those of a number in single precision, unless it is none.
std::string spreadText(double value);
/// Of values in any order; NaN is left out.
Spread spreadOf(std::vector<float> values);
/// Of each number to predict; empty where the task is none of numbers. Of very many samples every so manyth
/// is looked at.
std::vector<Spread> targetSpreads(const Dataset& data, std::span<const std::int64_t> samples);

/// A warning for each transform that gives mirror images of samples whose axes stand for something else than
/// places, such as the time of a spectrogram.
std::vector<Diagnostic> warnOfMirrors(const Dataset& data, const TrainConfig& config);

/// How unlike in number the classes or labels are, with their figures, where that is to be known: a hint
/// without a fix.
std::optional<Diagnostic> tellUnbalanced(const DatasetInfo& info, const ClassBalance& balance);
/// A warning of classes or labels that no sample to train on has.
std::optional<Diagnostic> tellAbsent(const DatasetInfo& info, const ClassBalance& balance);

/// What might make training on these data better, each with the setting that does it: balanced class weights
/// where classes are unbalanced, positive weights where labels are rare, a loss for outliers where targets
/// have some. Hints, and warnings of classes that no sample to train on has, and of mirror images.
std::vector<Diagnostic> adviseOn(const Dataset& data, const Split& split, const ClassBalance& balance,
                                 const TrainConfig& config);

/// Of a run by the perceptron's rule whose last epoch still met mistakes: the rule comes to rest only on data
/// that a line parts. None of other losses, and where there were none. `accuracy`: of the samples trained on,
/// while they were.
std::optional<Diagnostic> tellInseparable(const TrainConfig& config, const DatasetInfo& data,
                                          std::int64_t epochs, double accuracy);

/// Of a run whose last epoch was its best: whether the loss on the samples held back still fell over the last
/// fifth of it. `losses`: of its epochs since it was begun or resumed; of fewer than ten nothing is told.
std::optional<Diagnostic> tellStillLearning(const DatasetInfo& data, std::span<const double> losses);

} // namespace burdock
