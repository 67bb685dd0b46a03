#pragma once

#include "engine/data/dataset.h"

#include <algorithm>

namespace burdock::testing {

/// A table that brings no test part: each row has its number as its features.
class NumberedRows final : public Dataset {
  public:
    NumberedRows() {
        info_.id = info_.title = "numbered";
        info_.task = Task::Regression;
        info_.input = {4, 1, 1};
        info_.featureNames = {"a", "b", "c", "d"};
        info_.trainSize = 50;
        info_.sha256 = "44dd";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        std::fill_n(values, 4, static_cast<float>(index));
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index);
    }

  private:
    DatasetInfo info_;
};

} // namespace burdock::testing
