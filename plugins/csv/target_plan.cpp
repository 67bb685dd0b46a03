#include "target_plan.h"

#include "files/problem.h"

namespace burdock {
namespace {

/// The column that the option names, by name or number from 1; nothing if there is none.
std::optional<std::size_t> namedColumn(const TableProfile& table, const std::string& name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].name == name) return i;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (lowered(table.columns[i].name) == lowered(name) || std::to_string(i + 1) == name) return i;
    return std::nullopt;
}

std::size_t targetColumn(const TableProfile& table) {
    if (table.header)
        for (const std::string& wanted : targetNames())
            for (std::size_t i = 0; i < table.columns.size(); ++i)
                if (lowered(table.columns[i].name) == wanted) return i;
    return table.columns.size() - 1;
}

bool standsForClasses(const ColumnProfile& column) {
    if (column.isText()) return true;
    if (!column.integers || column.whole.size() >= ColumnProfile::wholeLimit) return false;
    const std::string name = lowered(column.name);
    if (name == "label" || name == "class" || name == "species") return true;
    const auto distinct = static_cast<std::int64_t>(column.whole.size());
    return distinct <= 2 || (distinct <= 20 && distinct * 3 <= column.numbers);
}

} // namespace

std::optional<float> TargetPlan::read(std::string_view field, bool decimalComma) const {
    const Cell cell = readCell(field, decimalComma);
    if (cell.kind == CellKind::Missing) return std::nullopt;
    if (task == Task::Regression) return static_cast<float>(cell.number);
    // "1" and "1.0" are one class.
    const auto name = numeric ? std::to_string(static_cast<std::int64_t>(cell.number)) : std::string(field);
    return static_cast<float>(index.at(name));
}

Result<TargetPlan> planTarget(const CsvText& text, const TableProfile& table, const CsvOptions& options) {
    TargetPlan plan;
    if (options.target.empty()) {
        plan.column = targetColumn(table);
    } else if (const auto column = namedColumn(table, options.target)) {
        plan.column = *column;
    } else {
        std::string names;
        for (std::size_t i = 0; i < table.columns.size() && i < 20; ++i)
            names += (i ? ", " : "") + table.columns[i].name;
        return refuseFile(text.path(), "csv.target", "There is no column \"" + options.target + "\".",
                          "The columns are: " + names + (table.columns.size() > 20 ? ", …" : "") + ".",
                          "Give one of them as the target.");
    }
    const ColumnProfile& column = table.columns[plan.column];
    const std::string name = "\"" + column.name + "\"";
    const auto refuseTarget = [&](std::string code, std::string what, std::string why, std::string mend) {
        auto refusal =
            refuseFile(text.path(), std::move(code), std::move(what), std::move(why), std::move(mend));
        refusal.value().where += ", column " + std::to_string(plan.column + 1);
        return refusal;
    };
    if (column.isEmpty())
        return refuseTarget("csv.target", "The target " + name + " is missing in every row.", "",
                            "Name the target's column \"target\", or make it the last.");
    if (options.task == "number" && column.isText())
        return refuseTarget("csv.target", "The target " + name + " holds words.", "",
                            "Choose another target, or classes as the task.");
    const bool wholes =
        column.isText() || (column.integers && column.whole.size() < ColumnProfile::wholeLimit);
    if (options.task == "classes" && !wholes)
        return refuseTarget("csv.target", "The target " + name + " does not stand for classes.",
                            "It holds numbers that are not whole, or too many.",
                            "Choose another target, or a number as the task.");
    if (options.task == "number" || (options.task == "auto" && !standsForClasses(column))) {
        if (column.smallest == column.largest)
            return refuseTarget("csv.target", "The target " + name + " is the same in every row.", "",
                                "Give data in which it differs.");
        return plan;
    }

    plan.numeric = !column.isText();
    if (plan.numeric)
        for (const std::int64_t value : column.whole)
            plan.classNames.push_back(std::to_string(value));
    else
        for (const auto& [word, count] : column.words)
            plan.classNames.push_back(word);
    const std::size_t classes = plan.classNames.size();
    if (classes < 2)
        return refuseTarget("classes", "The target " + name + " has one class only.",
                            "It is " + plan.classNames.front() + " in every row.",
                            "Give data with at least two classes.");
    const auto manyRows = static_cast<std::int64_t>(classes > 20 ? 2 * classes : classes + 1);
    if (classes > 2 && manyRows > table.rows)
        return refuseTarget("csv.target", "The target " + name + " has nearly as many classes as rows.",
                            std::to_string(classes) + " classes in " + std::to_string(table.rows) + " rows.",
                            "Name the target's column \"target\", or make it the last.");
    plan.task = classes == 2 ? Task::Binary : Task::Multiclass;
    for (std::size_t i = 0; i < classes; ++i)
        plan.index[plan.classNames[i]] = i;
    return plan;
}

} // namespace burdock
