#include "confusion_table.h"

#include "output.h"
#include "text_table.h"

#include <algorithm>
#include <cmath>

namespace burdock::cli {
namespace {

constexpr std::size_t mostClasses = 20;

void printTable(const MetricValue& matrix, const std::vector<std::string>& names) {
    const auto classes = static_cast<std::size_t>(matrix.columns);
    // Whole names stand before the rows; above the columns the same names would take the width of a page.
    std::vector<std::pair<std::string, TextTable::Align>> columns{{"", TextTable::Align::Right},
                                                                  {"True class", TextTable::Align::Left}};
    for (std::size_t i = 0; i < classes; ++i)
        columns.emplace_back(std::to_string(i), TextTable::Align::Right);
    TextTable table(columns);
    for (std::size_t row = 0; row < classes; ++row) {
        std::vector<std::string> cells{std::to_string(row), row < names.size() ? names[row] : ""};
        for (std::size_t i = 0; i < classes; ++i) {
            const double count = matrix.values[row * classes + i];
            cells.push_back(std::isfinite(count) ? grouped(std::llround(count)) : decimal(count));
        }
        table.add(std::move(cells));
    }
    table.print();
}

} // namespace

void printConfusion(const std::vector<MetricValue>& metrics, const std::vector<std::string>& names) {
    const auto matrix = std::ranges::find_if(metrics, [](const MetricValue& m) { return m.columns > 0; });
    if (matrix == metrics.end()) return;
    const auto classes = static_cast<std::size_t>(matrix->columns);
    if (matrix->values.size() != classes * classes) return;
    const MetricSchema* schema = findMetric(matrix->id);
    const std::string title = schema ? schema->name : matrix->id;
    print("");
    if (classes > mostClasses) {
        print(title + ": " + grouped(matrix->columns) + " classes are too many for a table; --json gives it");
        return;
    }
    print(title + ": columns are the classes that were predicted");
    printTable(*matrix, names);
}

} // namespace burdock::cli
