#pragma once

#include "target_plan.h"

namespace burdock {

/// How the columns become numbers: a number as it is; a date as years, and as places in the year, the week
/// and the day; two words as 0 and 1, by the alphabet; more words on a known scale by their step; up to 64
/// words as one feature each (one-hot); of more, the most frequent ones and the rest. Left out are columns
/// that say nothing (empty ones, one word only), identifiers, and those that the options name.
class FeaturePlan {
  public:
    /// Refuses a table in which no feature is left.
    static Result<FeaturePlan> make(const TableSource& source, const TableProfile& table,
                                    const TargetPlan& target, const TableOptions& options);

    std::size_t width() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }
    /// What was done to the columns, in sentences.
    const std::vector<std::string>& notes() const { return notes_; }
    /// The columns that are read.
    std::vector<std::size_t> sources() const;
    /// Writes width() values; NaN where the cell is missing.
    void read(Cells cells, float* values) const;
    /// The columns that have no value among those written.
    std::vector<std::size_t> missing(const float* values) const;
    /// What is asked for to put a row together by hand, one field for each of sources(). `rows` are some
    /// thousand of the table's, width() values each: they tell what is typical.
    std::vector<InputField> fields(const TableProfile& table, std::span<const float> rows) const;
    /// Reads the cells of another table, in whose columns numbers and dates are written so; by column.
    void setFormats(const std::vector<ColumnFormat>& formats);

  private:
    enum class Kind { Number, Word, OneHot, Years, YearAngle, WeekAngle, DayAngle };
    struct Column {
        std::size_t source = 0;
        Kind kind = Kind::Number;
        ColumnFormat format;
        std::size_t offset = 0, width = 1;
        double subtract = 0; ///< of a Number; where Years begin, in seconds
        TextMap<std::size_t>
            index; ///< of the words; of OneHot, those that are not in it have the last feature
    };
    class Maker;
    void addChoices(InputField& field, const Column& column, const ColumnProfile& profile) const;
    std::string typical(const Column& column, const ColumnProfile& profile,
                        std::span<const float> rows) const;
    std::vector<Column> columns_;
    std::vector<std::string> names_, notes_;
};

} // namespace burdock
