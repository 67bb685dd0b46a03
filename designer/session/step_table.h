#pragma once

#include "engine/train/train_event.h"

namespace burdock {

/// Steps with the values of their series, a row a step, as the window takes them from a trainer's thread.
class StepTable {
  public:
    /// At least so many of the newest steps are kept until they are taken.
    static constexpr std::size_t enough = std::size_t{1} << 16;

    void add(const StepRecord& record);
    std::size_t size() const { return steps_.size(); }
    bool isEmpty() const { return steps_.empty(); }
    const std::vector<std::string>& names() const { return names_; }
    std::int64_t step(std::size_t row) const { return steps_[row]; }
    /// The value of the series names()[column].
    double value(std::size_t row, std::size_t column) const { return values_[row * names_.size() + column]; }

  private:
    std::vector<std::string> names_;
    std::vector<std::int64_t> steps_;
    std::vector<double> values_;
};

} // namespace burdock
