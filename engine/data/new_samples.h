#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// Samples without targets that are no part of a data set, but read as its inputs are: what a trained network
/// is asked about. Constant after they are made, so any thread may read.
class NewSamples {
  public:
    virtual ~NewSamples() = default;
    virtual std::int64_t size() const = 0;
    /// Writes sample `index` as Dataset::readInput does: as many values, in the same units.
    virtual void readInput(std::int64_t index, float* values) const = 0;
    /// Where it stands: a file's name, or "line 7".
    virtual std::string name(std::int64_t index) const = 0;
    /// What was guessed, converted and left out, a whole sentence each, with counts.
    virtual const std::vector<std::string>& notes() const = 0;
};

} // namespace burdock
