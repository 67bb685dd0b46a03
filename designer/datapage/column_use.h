#pragma once

#include "engine/data/dataset_catalog.h"

#include <optional>

namespace burdock {

/// Which columns of a table are features and which are predicted, as far as the options of the data set's
/// reference say so: `target` and `ignore`, lists of names. A data set without such an option leaves no
/// choice.
class ColumnUse {
  public:
    ColumnUse() = default;
    /// `data`, where they are open, tell what is predicted, and which column each input was made of.
    explicit ColumnUse(const std::optional<DatasetRef>& reference, const Dataset* data = nullptr);

    bool canPredict() const { return canPredict_; }
    bool canIgnore() const { return canIgnore_; }
    const std::vector<std::string>& targets() const { return targets_; } ///< empty: not known
    const std::vector<std::string>& ignored() const { return ignored_; }
    /// The options that have these columns predicted and no others; they are left out no more.
    ParamValues predicting(const std::vector<std::string>& columns) const;
    /// The same beside what is predicted already.
    ParamValues predictingToo(const std::vector<std::string>& columns) const;
    /// The options that leave out these columns too.
    ParamValues ignoring(const std::vector<std::string>& columns) const;
    /// The options that make columns that were left out or predicted features again.
    ParamValues taking(const std::vector<std::string>& columns) const;
    /// The column of the table that an input was made of: "island" of "island = Biscoe".
    std::string columnOf(std::size_t input, const std::string& feature) const;

  private:
    bool canPredict_ = false, canIgnore_ = false;
    std::vector<std::string> targets_, ignored_;
    std::vector<std::string> columns_; ///< by input; empty: as the features are called
};

} // namespace burdock
