#include "label_values.h"

#include "files/lowered.h"
#include "files/problem.h"
#include "picture_folder.h"
#include "picture_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace burdock {
namespace {

/// The number that a whole cell is, plainly written.
std::optional<double> numberOf(std::string cell, bool decimalComma) {
    if (decimalComma && std::ranges::count(cell, ',') == 1 && cell.find('.') == std::string::npos)
        std::ranges::replace(cell, ',', '.');
    const char* const from = cell.data() + (cell.starts_with('+') ? 1 : 0);
    const char* const to = cell.data() + cell.size();
    double value = 0;
    const auto [end, error] = std::from_chars(from, to, value);
    if (error != std::errc() || end != to || !std::isfinite(value)) return std::nullopt;
    return value;
}

bool isEmpty(const LabelRow& row) {
    return row.empty() || std::ranges::any_of(row, [](const std::string& cell) { return cell.empty(); });
}

/// All numbers of all rows; nothing where a cell is none.
std::optional<std::vector<std::vector<double>>> numbersOf(const std::vector<LabelRow>& rows,
                                                          bool decimalComma) {
    std::vector<std::vector<double>> numbers(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (isEmpty(rows[i])) continue;
        for (const std::string& cell : rows[i]) {
            const auto number = numberOf(cell, decimalComma);
            if (!number) return std::nullopt;
            numbers[i].push_back(*number);
        }
    }
    return numbers;
}

bool areWhole(const std::vector<std::vector<double>>& numbers) {
    constexpr double largest = 1e15; // as a double still is exact
    return std::ranges::all_of(numbers, [](const auto& row) {
        return std::ranges::all_of(
            row, [](double number) { return number == std::floor(number) && std::abs(number) < largest; });
    });
}

bool standForClasses(const std::string& column, const std::vector<std::vector<double>>& numbers) {
    if (!areWhole(numbers)) return false;
    std::set<double> distinct;
    std::size_t count = 0;
    for (const auto& row : numbers) {
        if (row.empty()) continue;
        distinct.insert(row.front());
        ++count;
    }
    const std::string name = lowered(column);
    constexpr std::size_t most = 1000;
    if (name.starts_with("label") || name.starts_with("class") || name == "species")
        return distinct.size() <= most;
    return distinct.size() <= 2 || (distinct.size() <= 20 && distinct.size() * 3 <= count);
}

void asClasses(const std::vector<LabelRow>& rows, const std::vector<std::vector<double>>* numbers,
               LabelValues& values) {
    std::map<std::string, std::int64_t> words;
    std::map<double, std::int64_t> wholes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (isEmpty(rows[i])) continue;
        if (numbers)
            wholes.emplace((*numbers)[i].front(), 0);
        else
            words.emplace(rows[i].front(), 0);
    }
    for (auto& [word, number] : words) {
        number = static_cast<std::int64_t>(values.names.size());
        values.names.push_back(word);
    }
    for (auto& [whole, number] : wholes) {
        number = static_cast<std::int64_t>(values.names.size());
        values.names.push_back(std::to_string(std::llround(whole)));
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!isEmpty(rows[i]))
            values.of[i] = LabelValue{numbers ? wholes[(*numbers)[i].front()] : words[rows[i].front()]};
    const std::size_t classes = values.names.size();
    values.task = classes == 2 ? Task::Binary : Task::Multiclass;
    values.targets = classes == 2 ? 1 : static_cast<std::int64_t>(classes);
}

void asNumbers(const std::vector<std::vector<double>>& numbers, LabelValues& values) {
    values.task = Task::Regression;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        if (!numbers[i].empty()) {
            values.of[i] = LabelValue{0, {numbers[i].begin(), numbers[i].end()}};
            values.targets = static_cast<std::int64_t>(numbers[i].size());
        }
    values.notes.push_back(
        "The labels are numbers to predict; the option task=classes takes them for classes.");
}

/// Columns of zeros and ones: one class each if every row has just one, else labels.
void asFlags(const std::vector<std::string>& columns, const std::vector<std::vector<double>>& numbers,
             bool labels, LabelValues& values) {
    const bool oneEach = !labels && std::ranges::all_of(numbers, [](const auto& row) {
        return row.empty() || std::ranges::count(row, 1.0) == 1;
    });
    values.names = columns;
    values.task = !oneEach ? Task::Multilabel : columns.size() == 2 ? Task::Binary : Task::Multiclass;
    values.targets = values.task == Task::Binary ? 1 : static_cast<std::int64_t>(columns.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i].empty()) continue;
        LabelValue value;
        if (oneEach)
            value.kind = std::ranges::find(numbers[i], 1.0) - numbers[i].begin();
        else
            value.targets.assign(numbers[i].begin(), numbers[i].end());
        values.of[i] = std::move(value);
    }
    values.notes.push_back(oneEach ? "Every picture has just one of the columns' labels: they are classes "
                                     "(option task=labels)."
                                   : "A picture may have several of the columns' labels, or none.");
}

std::vector<std::string> partedWords(const std::string& cell, const std::string& delimiters) {
    std::vector<std::string> words;
    for (std::size_t from = 0; from < cell.size();) {
        const std::size_t to = std::min(cell.find_first_of(delimiters, from), cell.size());
        std::string word = cell.substr(from, to - from);
        while (word.starts_with(' '))
            word.erase(0, 1);
        while (word.ends_with(' '))
            word.pop_back();
        if (!word.empty()) words.push_back(std::move(word));
        from = to + 1;
    }
    return words;
}

/// Several words in one cell; an empty one is a picture without labels.
void asWords(const std::vector<LabelRow>& rows, const std::string& delimiters, LabelValues& values) {
    std::set<std::string> all;
    for (const LabelRow& row : rows)
        for (const std::string& cell : row)
            for (std::string& word : partedWords(cell, delimiters))
                all.insert(std::move(word));
    values.names.assign(all.begin(), all.end());
    values.task = Task::Multilabel;
    values.targets = static_cast<std::int64_t>(values.names.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].empty()) continue;
        LabelValue value{0, std::vector<float>(values.names.size())};
        for (const std::string& word : partedWords(rows[i].front(), delimiters))
            value.targets[static_cast<std::size_t>(std::ranges::lower_bound(values.names, word) -
                                                   values.names.begin())] = 1;
        values.of[i] = std::move(value);
    }
    values.notes.push_back("A cell may hold several labels: each picture has some of " +
                           std::to_string(values.names.size()) + ".");
}

bool anyHolds(const std::vector<LabelRow>& rows, char delimiter) {
    return std::ranges::any_of(rows, [delimiter](const LabelRow& row) {
        return !row.empty() && row.front().find(delimiter) != std::string::npos;
    });
}

bool areFlags(const std::vector<std::vector<double>>& numbers) {
    return std::ranges::all_of(numbers, [](const auto& row) {
        return std::ranges::all_of(row, [](double number) { return number == 0 || number == 1; });
    });
}

} // namespace

bool isZeroOrOne(const PictureTable& table, std::size_t column) {
    bool any[2] = {false, false};
    for (const auto& row : table.rows) {
        if (row[column].empty()) continue;
        const auto number = numberOf(row[column], table.decimalComma);
        if (!number || (*number != 0 && *number != 1)) return false;
        any[*number == 1 ? 1 : 0] = true;
    }
    return any[0] || any[1];
}

Result<LabelValues> readLabelValues(const PictureTable& table, const std::vector<std::string>& columns,
                                    const std::vector<LabelRow>& rows, const std::string& task) {
    LabelValues values;
    values.of.resize(rows.size());
    const auto numbers = numbersOf(rows, table.decimalComma);
    const auto refuseTask = [&](std::string what, std::string mend) {
        return refuseFile(table.path, "pictures.labels", std::move(what),
                          "The column is " + columns.front() + ".", std::move(mend));
    };
    if (columns.size() > 1 && !numbers)
        return refuseTask("Several columns of labels must hold numbers, or 0 and 1.",
                          "Name one: column=NAME.");
    if (columns.size() > 1 && areFlags(*numbers) && task != "number") {
        asFlags(columns, *numbers, task == "labels", values);
    } else if (task == "number" || columns.size() > 1 ||
               (task == "auto" && numbers && !standForClasses(columns.front(), *numbers))) {
        if (!numbers)
            return refuseTask("The labels are words.", "Choose classes as the task, or another column.");
        asNumbers(*numbers, values);
    } else if (task == "labels" || (task == "auto" && !numbers && anyHolds(rows, '|'))) {
        const std::string delimiters = anyHolds(rows, '|') ? "|" : anyHolds(rows, ';') ? ";" : ", ";
        asWords(rows, delimiters, values);
    } else {
        asClasses(rows, numbers && areWhole(*numbers) ? &*numbers : nullptr, values);
    }
    if (values.task != Task::Regression && values.names.size() < 2)
        return refuseTask("The pictures that have a label have one only.",
                          "Give a table with at least two classes, or name another column.");
    return values;
}

} // namespace burdock
