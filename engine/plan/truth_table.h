#pragma once

#include "engine/plan/plan.h"

namespace burdock {

/// What a network answers to every combination of binary inputs.
struct TruthTable {
    std::int64_t inputs = 0;
    std::int64_t outputs = 0;
    std::vector<float> answers; ///< 2^inputs × outputs, row after row

    /// Of a row, counted as in logic: the first input is the slowest, 00, 01, 10, 11.
    bool input(std::int64_t row, std::int64_t index) const { return (row >> (inputs - 1 - index) & 1) != 0; }
    float answer(std::int64_t row, std::int64_t index) const {
        return answers[static_cast<std::size_t>(row * outputs + index)];
    }
    std::int64_t rows() const { return std::int64_t{1} << inputs; }
};

/// What one layer gives on the way to the answers.
struct TruthStep {
    std::size_t step = 0;      ///< its index in the network's steps
    std::int64_t size = 0;     ///< values of a sample
    std::vector<float> values; ///< rows × size, row after row

    std::span<const float> row(std::int64_t row) const {
        return std::span(values).subspan(static_cast<std::size_t>(row * size),
                                         static_cast<std::size_t>(size));
    }
};

/// A truth table with what every layer gives on the way: the Input's bits first, then the layers in the order
/// in which they compute.
struct TracedTruth {
    CheckedNetwork network;
    TruthTable table;
    std::vector<TruthStep> steps;

    /// What the step of that place in `steps` reads at its first port; null: what is kept of no step.
    const TruthStep* source(const TruthStep& of) const;
};

/// How a unit comes to its value: weights·x + bias, compared with the threshold where it has one.
struct UnitSum {
    std::vector<double> weights, inputs; ///< of the same length; a unit with one input has no weight to tell
    double bias = 0, sum = 0;
    std::optional<double> threshold;
};

/// Whether a network of these shapes and that size has a truth table: it is told without computing it. One
/// with parameters needs their values.
Status checkTruthTable(const CheckedNetwork& network, bool weightsKnown);

/// Refuses a network whose input is not a vector of at most 10 values, one with weights if none are given,
/// and one that is too large to be run for every combination at once and in passing.
Result<TruthTable> truthTable(const CheckedNetwork& network, const WeightSet* weights = nullptr);
/// The same with what every layer gives.
Result<TracedTruth> tracedTruth(const CheckedNetwork& network, const WeightSet* weights = nullptr);

/// Of a unit of a threshold or dense layer in one row of the table; none: another kind of layer, or a dense
/// one whose weights are not known.
std::optional<UnitSum> unitSum(const TracedTruth& truth, const TruthStep& step, std::int64_t row,
                               std::size_t unit, const WeightSet* weights = nullptr);

} // namespace burdock
