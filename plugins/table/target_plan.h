#pragma once

#include "engine/data/dataset.h"
#include "table_profile.h"

namespace burdock {

/// Names that make a column the target, the first that is there.
const std::vector<std::string>& targetNames();

/// What is to be learned of one column.
struct TargetColumn {
    std::size_t source = 0;
    ColumnFormat format;
    double offset = 0;          ///< taken off a number before it is kept in single precision
    bool classes = false;       ///< it stands for classes, those of `index`
    bool wholeNumbers = false;  ///< the classes are numbers: "1" and "1.0" are one
    TextMap<std::size_t> index; ///< of the class names

    /// The class's number or the value; nothing where it is missing.
    std::optional<float> read(std::string_view cell) const;
};

/// Which columns are to be learned, and what kind of question that makes them.
struct TargetPlan {
    Task task = Task::Regression;
    std::vector<TargetColumn> columns;
    std::vector<std::string> names;      ///< of the columns
    std::vector<std::string> classNames; ///< sorted; numbers by value; of several columns, their names
    std::vector<std::string> notes;

    bool has(std::size_t source) const;
    /// Writes a value for each column; false where one of them is missing.
    bool read(Cells cells, float* values) const;
};

/// The columns that the options name, or that named target, label, class or species, else the last. Words and
/// few whole numbers make classes: those of a column named label, class or species, or at most 20 that each
/// stand for several rows. Several columns make labels where they hold zeros and ones or yes and no, else
/// numbers. Refuses one class, a number that never changes, and words that differ in nearly every row.
Result<TargetPlan> planTarget(const TableSource& source, const TableProfile& table,
                              const TableOptions& options);

/// What to take off the column's numbers so that single precision tells them apart; 0 where that is not
/// needed.
double offsetOf(const ColumnProfile& column);

} // namespace burdock
