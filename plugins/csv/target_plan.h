#pragma once

#include "column_profile.h"
#include "csv_options.h"
#include "engine/data/dataset.h"

#include <optional>
#include <unordered_map>

namespace burdock {

/// Which column is to be learned, and what kind of question that makes it.
struct TargetPlan {
    std::size_t column = 0;
    Task task = Task::Regression;
    std::vector<std::string> classNames;                ///< sorted; numbers by value
    bool numeric = false;                               ///< the classes are whole numbers
    std::unordered_map<std::string, std::size_t> index; ///< of the class names

    /// The class's number or the value; nothing where it is missing.
    std::optional<float> read(std::string_view field, bool decimalComma) const;
};

/// The column the options name, or that named target, label, class or species, else the last. Words and few
/// whole numbers make classes: those of a column named label, class or species, or at most 20 that each stand
/// for several rows. Refuses one class, a number that never changes, and words that differ in nearly every
/// row.
Result<TargetPlan> planTarget(const CsvText& text, const TableProfile& table, const CsvOptions& options);

} // namespace burdock
