#pragma once

#include <string>
#include <vector>

namespace burdock::cli {

/// Rows of text in columns as wide as they need: those of numbers to the right.
class TextTable {
  public:
    enum class Align { Left, Right };
    explicit TextTable(std::vector<std::pair<std::string, Align>> columns);
    void add(std::vector<std::string> cells);
    /// To standard output.
    void print() const;

  private:
    std::vector<std::pair<std::string, Align>> columns_;
    std::vector<std::vector<std::string>> rows_;
};

} // namespace burdock::cli
