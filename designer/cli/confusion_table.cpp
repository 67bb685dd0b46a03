#include "confusion_table.h"

#include "output.h"
#include "run_json.h"
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

void printByTarget(const std::vector<MetricValue>& metrics, const std::vector<std::string>& names) {
    std::vector<const MetricValue*> each;
    for (const MetricValue& m : metrics)
        if (const MetricSchema* schema = findMetric(m.id); schema && schema->each && !m.values.empty())
            each.push_back(&m);
    if (each.empty()) return;
    const auto& kinds = findMetric(each.front()->id)->kinds;
    const bool numbers = std::ranges::find(kinds, TargetKind::Number) != kinds.end();
    const std::size_t rows = each.front()->values.size();
    print("");
    if (rows > mostClasses) {
        print(grouped(static_cast<std::int64_t>(rows)) + (numbers ? " targets" : " classes") +
              " are too many for a table of each; --json gives it");
        return;
    }
    std::vector<std::pair<std::string, TextTable::Align>> columns{
        {numbers ? "Target" : "Class", TextTable::Align::Left}};
    for (const MetricValue* m : each)
        columns.emplace_back(findMetric(m->id)->name, TextTable::Align::Right);
    TextTable table(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<std::string> cells{row < names.size() ? names[row] : std::to_string(row)};
        for (const MetricValue* m : each)
            cells.push_back(row < m->values.size()
                                ? figure(describeSeries(seriesName("test", m->id)), m->values[row])
                                : std::string());
        table.add(std::move(cells));
    }
    table.print();
}

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
