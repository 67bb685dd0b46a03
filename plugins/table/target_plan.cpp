#include "target_plan.h"

#include "files/lowered.h"
#include "files/number_offset.h"
#include "files/problem.h"

#include <algorithm>

namespace burdock {
namespace {

std::size_t targetColumn(const TableProfile& table, const std::vector<std::size_t>& ignored) {
    const auto isIgnored = [&](std::size_t i) {
        return std::find(ignored.begin(), ignored.end(), i) != ignored.end();
    };
    for (const std::string& wanted : targetNames())
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (lowered(table.columns[i].name) == wanted && !isIgnored(i)) return i;
    for (std::size_t i = table.columns.size(); i-- > 0;)
        if (!isIgnored(i)) return i;
    return table.columns.size() - 1;
}

bool wholes(const ColumnProfile& column) {
    return column.isWords() || (!column.isDate() && column.integers && !column.whole.isFull());
}

bool standsForClasses(const ColumnProfile& column) {
    if (column.isWords()) return true;
    if (!wholes(column)) return false;
    const std::string name = lowered(column.name);
    if (name == "label" || name == "class" || name == "species") return true;
    const auto distinct = static_cast<std::int64_t>(column.whole.size());
    return distinct <= 2 || (distinct <= 20 && distinct * 3 <= column.numbers);
}

std::vector<std::string> classesOf(const ColumnProfile& column) {
    std::vector<std::string> names;
    if (column.isWords()) {
        for (const auto& [word, count] : column.words)
            names.push_back(word);
        std::sort(names.begin(), names.end());
    } else {
        for (const std::int64_t value : column.whole.sorted())
            names.push_back(std::to_string(value));
    }
    return names;
}

/// Zeros and ones, or two words of which the later one in the alphabet is a yes.
bool isLabel(const ColumnProfile& column) {
    const std::vector<std::string> names = wholes(column) ? classesOf(column) : std::vector<std::string>();
    if (!column.isWords())
        return !names.empty() && (names == std::vector<std::string>{"0", "1"} || names.size() == 1) &&
               (names[0] == "0" || names[0] == "1");
    if (names.size() != 2) return false;
    const std::string pair = lowered(names[0]) + " " + lowered(names[1]);
    return pair == "false true" || pair == "no yes" || pair == "n y" || pair == "f t";
}

} // namespace

const std::vector<std::string>& targetNames() {
    static const std::vector<std::string> names{"target", "label", "class", "species"};
    return names;
}

double offsetOf(const ColumnProfile& column) {
    if (column.isDate()) return column.smallest; // seconds since 1970
    return numberOffset(column.smallest, column.largest);
}

std::optional<float> TargetColumn::read(std::string_view cell) const {
    if (format.type == ColumnType::Words) {
        const auto found = index.find(cell);
        return found == index.end() || format.marksMissing(cell)
                   ? std::nullopt
                   : std::optional(static_cast<float>(found->second));
    }
    const auto value = readValue(cell, format);
    if (!value) return std::nullopt;
    if (!classes) return static_cast<float>(*value - offset);
    const auto found = index.find(std::to_string(static_cast<std::int64_t>(*value)));
    return found == index.end() ? std::nullopt : std::optional(static_cast<float>(found->second));
}

bool TargetPlan::has(std::size_t source) const {
    return std::any_of(columns.begin(), columns.end(),
                       [source](const TargetColumn& c) { return c.source == source; });
}

bool TargetPlan::read(Cells cells, float* values) const {
    for (const TargetColumn& column : columns) {
        const auto value = column.read(cells[column.source]);
        if (!value) return false;
        *values++ = *value;
    }
    return true;
}

Result<TargetPlan> planTarget(const TableSource& source, const TableProfile& table,
                              const TableOptions& options) {
    const auto ignored = namedColumns(source, table, options.ignore, "what to leave out");
    if (!ignored) return tl::unexpected(ignored.error());
    auto chosen = namedColumns(source, table, options.target, "the target");
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) chosen->push_back(targetColumn(table, *ignored));

    TargetPlan plan;
    const auto refuseTarget = [&](std::size_t at, std::string code, std::string what, std::string why,
                                  std::string mend) {
        auto refusal =
            refuseFile(source.path(), std::move(code), std::move(what), std::move(why), std::move(mend));
        refusal.value().where += ", column " + std::to_string(at + 1);
        return refusal;
    };
    const bool several = chosen->size() > 1;
    const bool labels =
        several && options.task != "number" &&
        std::all_of(chosen->begin(), chosen->end(), [&](auto i) { return isLabel(table.columns[i]); });
    for (const std::size_t at : *chosen) {
        const ColumnProfile& column = table.columns[at];
        const std::string name = inQuotes(column.name);
        if (column.isEmpty())
            return refuseTarget(at, "csv.target", "The target " + name + " is missing in every row.", "",
                                "Name the target's column \"target\", or make it the last.");
        if (column.tooManyWords)
            return refuseTarget(at, "csv.target", "The target " + name + " has too many different words.",
                                "There are more than " + std::to_string(ColumnProfile::wordLimit) + ".",
                                "Choose another target.");
        if (several && !labels && (column.isWords() || options.task == "classes"))
            return refuseTarget(at, "csv.target", "The target " + name + " holds words.",
                                "Of several targets each is a number, or each is 0 or 1.",
                                "Choose other targets, or one of them.");
        if (options.task == "number" && column.isWords())
            return refuseTarget(at, "csv.target", "The target " + name + " holds words.", "",
                                "Choose another target, or classes as the task.");
        if (options.task == "classes" && !wholes(column))
            return refuseTarget(at, "csv.target", "The target " + name + " does not stand for classes.",
                                "It holds numbers that are not whole, or too many.",
                                "Choose another target, or a number as the task.");
        TargetColumn target;
        target.source = at;
        target.format = column.format;
        plan.names.push_back(column.name);
        const bool number =
            several ? !labels
                    : options.task == "number" || (options.task == "auto" && !standsForClasses(column));
        if (number) {
            if (column.smallest == column.largest)
                return refuseTarget(at, "csv.target", "The target " + name + " is the same in every row.", "",
                                    "Give data in which it differs.");
            target.offset = offsetOf(column);
            if (target.offset != 0)
                plan.notes.push_back("The target " + name + " is learned less " + plainText(target.offset) +
                                     ", as it changes little beside its size; answers are told with it.");
            if (column.isDate())
                plan.notes.push_back("The target " + name + " is a date: it is told in seconds since 1970.");
        } else {
            target.classes = true;
            target.wholeNumbers = !column.isWords();
            std::vector<std::string> names =
                labels && target.wholeNumbers ? std::vector<std::string>{"0", "1"} : classesOf(column);
            for (std::size_t i = 0; i < names.size(); ++i)
                target.index.emplace(names[i], i);
            if (!labels) plan.classNames = std::move(names);
        }
        plan.columns.push_back(std::move(target));
    }
    if (several) {
        plan.task = labels ? Task::Multilabel : Task::Regression;
        if (labels) plan.classNames = plan.names;
        return plan;
    }
    if (!plan.columns[0].classes) return plan;

    const std::size_t at = plan.columns[0].source, classes = plan.classNames.size();
    const std::string name = inQuotes(plan.names[0]);
    if (classes < 2)
        return refuseTarget(at, "classes", "The target " + name + " has one class only.",
                            "It is " + plan.classNames.front() + " in every row.",
                            "Give data with at least two classes.");
    const auto manyRows = static_cast<std::int64_t>(classes > 20 ? 2 * classes : classes + 1);
    if (classes > 2 && manyRows > table.rows)
        return refuseTarget(at, "csv.target", "The target " + name + " has nearly as many classes as rows.",
                            std::to_string(classes) + " classes in " + std::to_string(table.rows) + " rows.",
                            "Name the target's column \"target\", or make it the last.");
    plan.task = classes == 2 ? Task::Binary : Task::Multiclass;
    return plan;
}

} // namespace burdock
