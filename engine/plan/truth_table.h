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

/// Refuses a network whose input is not a vector of at most 10 values, one with weights if none are given,
/// and one that is too large to be run for every combination at once and in passing.
Result<TruthTable> truthTable(const CheckedNetwork& network, const WeightSet* weights = nullptr);

} // namespace burdock
