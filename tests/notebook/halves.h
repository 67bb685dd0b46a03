#pragma once

#include "engine/data/dataset.h"

#include <algorithm>

namespace burdock::testing {

/// Nothing is to be seen, and the upper half is labelled: half of any answer is right.
class Halves : public Dataset {
  public:
    Halves() {
        info_.id = info_.title = "halves";
        info_.task = Task::Multilabel;
        info_.input = {1, 4, 4};
        info_.mask = Shape{1, 4, 4};
        info_.targets = 16;
        info_.classNames = {"upper"};
        info_.trainSize = info_.testSize = 20;
        info_.sha256 = "33cc";
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t, float* values) const override { std::fill_n(values, 16, 0.F); }
    void readTarget(Part, std::int64_t, float* values) const override {
        std::fill_n(values, 8, 1.F);
        std::fill_n(values + 8, 8, 0.F);
    }

  private:
    DatasetInfo info_;
};

} // namespace burdock::testing
