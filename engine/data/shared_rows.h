#pragma once

#include "engine/data/partition.h"
#include "engine/data/sample_facts.h"

#include <cstdint>
#include <vector>

namespace burdock {

/// Which rows the samples to train on are made of, where neighbours share some, as windows do that overlap.
class SharedRows {
  public:
    explicit SharedRows(const Dataset& data);

    /// Whether any two samples have a row in common.
    bool any() const { return longest_ > 0; }
    /// Rows of the longest sample; 0: none has any in common.
    std::int64_t longest() const { return longest_; }
    /// Parts `from` into so many blocks of samples one after the other, alike in size within one sample: the
    /// number of its block, by the number of each sample.
    Labels blocks(const Samples& from, std::int64_t count) const;
    /// Those of `left` that have a row in common with one of `taken`.
    Samples meeting(const Samples& left, const Samples& taken) const;

  private:
    const RowSpan& of(std::int64_t sample) const { return spans_[static_cast<std::size_t>(sample)]; }
    Samples inOrder(Samples samples) const;

    std::vector<RowSpan> spans_; ///< of every sample to train on; empty where none has a row in common
    std::int64_t longest_ = 0;
};

} // namespace burdock
