#pragma once

#include "engine/data/dataset_catalog.h"

#include <optional>

namespace burdock {

/// Which columns of a table are features and which is predicted, as far as the options of the data set's
/// reference say so: `target`, and `ignore` with names parted by +. A data set without such an option leaves
/// no choice.
class ColumnUse {
  public:
    ColumnUse() = default;
    explicit ColumnUse(const std::optional<DatasetRef>& reference);

    bool canPredict() const { return canPredict_; }
    bool canIgnore() const { return canIgnore_; }
    const std::string& target() const { return target_; } ///< as it was named; empty: found by the reader
    const std::vector<std::string>& ignored() const { return ignored_; }
    /// The option that has a column predicted; it is left out no more.
    ParamValues predicting(const std::string& column) const;
    /// The option that leaves out these columns too.
    ParamValues ignoring(const std::vector<std::string>& columns) const;
    /// The option that makes a column that was left out a feature again.
    ParamValues taking(const std::string& column) const;
    /// The column of the table that a feature was made of: "island" of "island = Biscoe".
    static std::string columnOf(const std::string& feature);

  private:
    bool canPredict_ = false, canIgnore_ = false;
    std::string target_;
    std::vector<std::string> ignored_;
};

} // namespace burdock
