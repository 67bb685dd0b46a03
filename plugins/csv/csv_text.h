#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

namespace burdock {

using CsvFields = std::span<const std::string_view>;
/// Gets the fields of a row and the number of the line it starts on.
using CsvRow = std::function<Status(CsvFields fields, std::int64_t line)>;

/// The contents of a table's file, ready to be gone over as often as needed.
class CsvText {
  public:
    /// Reads the file and finds its delimiter (tab, semicolon, comma) unless one is given (not 0). Text that
    /// is not UTF-8 is taken for Latin-1. Refuses files that hold no text, or one column only.
    static Result<CsvText> read(const std::filesystem::path& path, char delimiter = 0);

    /// Calls `row` for each row until it refuses or throws; blank lines are passed over. Refuses quotes that
    /// are not closed or stand within a field.
    Status forEachRow(const CsvRow& row) const;

    const std::filesystem::path& path() const { return path_; }
    /// Numbers may be written with a decimal comma: fields are separated by semicolons or spaces.
    bool decimalComma() const { return delimiter_ == ';' || delimiter_ == ' '; }
    bool wasLatin1() const { return latin1_; }
    const std::string& sha256() const { return sha256_; }

    /// A refusal of the file at a line, and at a field of it (from 1) unless that is 0.
    tl::unexpected<Diagnostic> refuseAt(std::int64_t line, std::size_t field, std::string code,
                                        std::string what, std::string why, std::string mend) const;

  private:
    std::filesystem::path path_;
    std::string text_;
    std::string sha256_;
    char delimiter_ = ',';
    bool latin1_ = false;
};

} // namespace burdock
