#pragma once

#include "engine/data/dataset.h"

#include <algorithm>
#include <limits>

namespace burdock::testing {

/// A table that brings no test part, or one of so many rows that are beyond all measure: each other row has
/// its number as its features.
class NumberedRows final : public Dataset {
  public:
    explicit NumberedRows(std::int64_t endless = 0) {
        info_.testSize = endless;
        info_.id = info_.title = "numbered";
        info_.task = Task::Regression;
        info_.input = {4, 1, 1};
        info_.featureNames = {"a", "b", "c", "d"};
        info_.trainSize = 50;
        info_.sha256 = "44dd";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        std::fill_n(values, 4,
                    part == Part::Test ? std::numeric_limits<float>::infinity() : static_cast<float>(index));
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index);
    }

  private:
    DatasetInfo info_;
};

} // namespace burdock::testing
