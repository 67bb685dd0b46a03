#pragma once

#include "engine/data/dataset.h"

#include <optional>
#include <string>

namespace burdock {

/// The rows of a table, or the like, that a sample is made of: from the first to the last, in an order of the
/// data's own.
struct RowSpan {
    std::int64_t first = 0, last = 0;
};

/// What height and width of a picture stand for, such as "frequency" and "time"; empty: for places, whose
/// mirror image may mean the same.
struct PictureAxes {
    std::string height, width;
};

/// What some data sets tell of their samples beside what all do: they derive from this, too.
class SampleFacts {
  public:
    virtual ~SampleFacts() = default;
    /// Of samples that may share rows with others; nothing: they share none.
    virtual std::optional<RowSpan> rowsOf(Part, std::int64_t) const { return std::nullopt; }
    virtual PictureAxes axes() const { return {}; }
};

/// Those of a data set; of one that tells none, none.
const SampleFacts& factsOf(const Dataset& data);

} // namespace burdock
