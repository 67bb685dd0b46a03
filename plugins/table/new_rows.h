#pragma once

#include "dialect.h"
#include "engine/data/new_samples.h"
#include "feature_plan.h"

namespace burdock {

/// How a table's rows became samples: what it takes to read the rows of another one in the same way.
struct RowRecipe {
    TableOptions options;
    FeaturePlan features;
    std::vector<std::string> names; ///< of the columns
    std::vector<ColumnFormat> formats;
    bool header = false;              ///< the columns are found by name, else by their place
    std::vector<std::size_t> targets; ///< columns that need not be there
    std::optional<std::size_t> order, group;
    Example example;
    std::vector<InputField>
        fields;                 ///< one for each of features.sources(); empty where samples are several rows
    std::vector<bool> percents; ///< of the fields: whether the table writes per cents there
};

/// Reads the rows of another table, with or without the target, as samples of the recipe. Refuses a table
/// that lacks a column which is a feature. Delimiter and decimal sign are its own: `options` tell what is
/// known of them. `notes`: what was said while its text was made.
Result<std::shared_ptr<const NewSamples>> readNewRows(RowRecipe recipe, const TableSource& source,
                                                      const TableOptions& options,
                                                      std::vector<std::string> notes);

/// Reads a row of these cells, one for each of the recipe's fields, as Dataset::readFields has it. A number
/// has a point before its fraction, whatever decimal sign its column has; with a comma it is refused.
Result<std::shared_ptr<const NewSamples>> readRow(const RowRecipe& recipe,
                                                  std::span<const std::string> cells);

} // namespace burdock
