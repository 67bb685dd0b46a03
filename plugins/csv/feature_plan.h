#pragma once

#include "column_profile.h"

#include <unordered_map>

namespace burdock {

/// How the columns become numbers: a number as it is; two words as 0 and 1; up to 64 words as one feature
/// each (one-hot); more as their place in the alphabet. Columns that say nothing are left out: empty ones,
/// one word only, words that differ in nearly every row.
class FeaturePlan {
  public:
    /// Refuses a table in which no feature is left.
    static Result<FeaturePlan> make(const CsvText& text, const TableProfile& table, std::size_t target);

    std::size_t width() const { return names_.size(); }
    const std::vector<std::string>& names() const { return names_; }
    /// Writes width() values; NaN where the field is missing.
    void read(CsvFields fields, bool decimalComma, float* values) const;
    /// What was done to the columns, in sentences.
    std::string doc() const;

  private:
    enum class Kind { Number, Flag, OneHot, Ordinal };
    struct Column {
        std::size_t source = 0;
        Kind kind = Kind::Number;
        std::size_t offset = 0, width = 1;
        std::unordered_map<std::string, std::size_t> index; ///< of the words
    };
    std::vector<Column> columns_;
    std::vector<std::string> names_, oneHot_, ordinal_, leftOut_;
};

} // namespace burdock
