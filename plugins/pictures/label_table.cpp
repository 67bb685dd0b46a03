#include "label_table.h"

#include "files/count_text.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "label_values.h"
#include "picture_table.h"
#include "picture_tree.h"

#include <algorithm>
#include <map>
#include <set>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// Pictures by the names that a table may have for them.
class Names {
  public:
    Names(const std::vector<LabelledPicture>& pictures, const fs::path& root) {
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            const fs::path own = pictures[i].path.lexically_relative(root);
            std::set<std::string> names{own.string(), fs::path(own).replace_extension().string(),
                                        own.filename().string(), own.stem().string()};
            for (const std::string& name : names) {
                const auto [at, isNew] = byName_.emplace(name, i);
                if (!isNew) at->second = nowhere; // of several pictures
            }
        }
    }
    /// The picture of that name, the last parts of its path being enough; `nowhere` where there is none.
    std::size_t find(std::string name) const {
        std::ranges::replace(name, '\\', '/');
        for (;;) {
            const auto at = byName_.find(name);
            if (at != byName_.end() && at->second != nowhere) return at->second;
            const auto slash = name.find('/');
            if (slash == std::string::npos) return nowhere;
            name.erase(0, slash + 1);
        }
    }

  private:
    std::map<std::string, std::size_t> byName_;
};

/// A table whose rows are pictures.
struct Matched {
    PictureTable table;
    std::size_t files = nowhere; ///< the column with their names
    std::vector<std::size_t> labels;
    std::size_t part = nowhere;
};

/// Different pictures that the first rows of a column name.
std::size_t namedBy(const PictureTable& table, std::size_t column, const Names& names) {
    constexpr std::size_t enough = 2000;
    std::set<std::size_t> found;
    for (std::size_t i = 0; i < std::min(enough, table.rows.size()); ++i)
        if (const std::size_t picture = names.find(table.rows[i][column]); picture != nowhere)
            found.insert(picture);
    return found.size();
}

/// A table may have no header, but for its first picture.
void takeHeaderBack(PictureTable& table, const Names& names) {
    if (std::ranges::none_of(table.columns,
                             [&](const std::string& cell) { return names.find(cell) != nowhere; }))
        return;
    table.rows.insert(table.rows.begin(), table.columns);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        table.columns[i] = std::to_string(i + 1);
}

std::size_t fileColumn(const PictureTable& table, const Names& names) {
    static const std::set<std::string> usual{"filename", "file", "file_name", "image", "image_id", "img",
                                             "id",       "path", "filepath",  "name",  "picture"};
    std::size_t best = nowhere, most = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::size_t count = 2 * namedBy(table, i, names);
        const std::size_t worth = count > 0 ? count + (usual.contains(lowered(table.columns[i])) ? 1 : 0) : 0;
        if (worth > most) {
            most = worth;
            best = i;
        }
    }
    return best;
}

/// The columns that hold labels; none where that cannot be told.
std::vector<std::size_t> labelColumns(const Matched& in, const Names& names) {
    const PictureTable& table = in.table;
    for (const char* name :
         {"label", "labels", "class", "class_name", "classname", "class_id", "category", "target", "species",
          "breed", "diagnosis", "dx", "finding labels", "tags", "y", "value", "score"})
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (i != in.files && lowered(table.columns[i]) == name) return {i};
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (i != in.files && i != in.part && !table.columns[i].empty() &&
            (table.rows.size() < 3 ||
             2 * namedBy(table, i, names) < std::min<std::size_t>(2000, table.rows.size())))
            left.push_back(i);
    if (left.size() == 1) return left;
    std::vector<std::size_t> flags;
    std::ranges::copy_if(left, std::back_inserter(flags),
                         [&](std::size_t column) { return isZeroOrOne(table, column); });
    return flags.size() > 1 ? flags : std::vector<std::size_t>();
}

std::size_t partColumn(const PictureTable& table) {
    for (const char* name : {"split", "part", "set", "subset", "fold", "usage", "dataset", "data set"})
        if (const std::size_t at = table.find(name); at < table.columns.size())
            if (!table.rows.empty() && std::ranges::all_of(table.rows, [&](const auto& row) {
                    return row[at].empty() || partNamed(row[at]).has_value();
                }))
                return at;
    return nowhere;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < 20; ++i)
        text.append(i > 0 ? ", " : "").append(names[i]);
    return names.size() > 20 ? text + ", …" : text;
}

Status chooseColumns(Matched& in, const Names& names, const FolderOptions& options) {
    in.part = partColumn(in.table);
    if (options.column.empty()) {
        in.labels = labelColumns(in, names);
        return {};
    }
    for (std::size_t from = 0; from <= options.column.size();) {
        const std::size_t to = std::min(options.column.find('+', from), options.column.size());
        const std::string name = options.column.substr(from, to - from);
        const std::size_t at = in.table.find(name);
        if (at == in.table.columns.size() || at == in.files)
            return refuseFile(in.table.path, "pictures.column",
                              "There is no column \"" + name + "\" of labels.",
                              "The columns are: " + joined(in.table.columns) + ".",
                              "Give one of them as the option column.");
        in.labels.push_back(at);
        from = to + 1;
    }
    return {};
}

/// The tables that name pictures; those without labels keep none.
Result<std::vector<Matched>> matchTables(const std::vector<fs::path>& tables, const Names& names,
                                         const FolderOptions& options) {
    std::vector<Matched> matched;
    for (const fs::path& path : tables) {
        auto table = readPictureTable(path);
        if (!table && options.labels.empty()) continue; // none of ours, perhaps
        if (!table) return refuse(table.error());
        Matched in{std::move(*table), nowhere, {}};
        takeHeaderBack(in.table, names);
        in.files = fileColumn(in.table, names);
        if (in.files == nowhere && options.labels.empty()) continue;
        if (in.files == nowhere)
            return refuseFile(path, "pictures.table", "The table names no picture of the folder.",
                              "The columns are: " + joined(in.table.columns) + ".",
                              "Give a table with a column of file names.");
        if (auto done = chooseColumns(in, names, options); !done) {
            if (options.labels.empty() && tables.size() > 1) continue;
            return refuse(done.error());
        }
        matched.push_back(std::move(in));
    }
    return matched;
}

/// Columns of the same names as those of the first table with labels.
bool areAlike(const Matched& a, const Matched& b) {
    return std::ranges::equal(a.labels, b.labels, [&](std::size_t i, std::size_t j) {
        return lowered(a.table.columns[i]) == lowered(b.table.columns[j]);
    });
}

/// Names, as the table has them, of pictures that are not there, and of those that have had a row.
struct OddRows {
    std::vector<std::string> missing, again;
};

bool saysSomething(const LabelRow& cells) {
    return std::ranges::any_of(cells, [](const std::string& cell) { return !cell.empty(); });
}

tl::unexpected<Diagnostic> refuseContradiction(const Matched& in, const std::string& name,
                                               const std::string& what, const std::string& which) {
    return refuseFile(
        in.table.path, "pictures.contradiction", "Two rows have different " + what + " for the same picture.",
        "It is " + name + ": " + which + ".",
        "Leave one row for each picture (labels of several in one cell are parted by \"|\"), or "
        "name one table: the option labels=FILE.");
}

Status takeRows(const Matched& in, const Names& names, std::vector<LabelledPicture>& pictures,
                std::vector<LabelRow>& rows, OddRows& odd) {
    const auto partOfTable = partNamed(in.table.path.stem().string());
    std::map<std::size_t, SamplePart> parts; ///< that this table says
    for (const auto& row : in.table.rows) {
        const std::size_t at = names.find(row[in.files]);
        if (at == nowhere) {
            odd.missing.push_back(row[in.files].empty() ? "(empty)" : row[in.files]);
            continue;
        }
        LabelRow cells;
        for (const std::size_t column : in.labels)
            cells.push_back(row[column]);
        const auto part = in.part == nowhere ? partOfTable : partNamed(row[in.part]);
        const bool isAgain = !rows[at].empty(), says = saysSomething(cells);
        if (isAgain && says && saysSomething(rows[at]) && rows[at] != cells)
            return refuseContradiction(in, row[in.files], "labels",
                                       "\"" + joined(rows[at]) + "\" and \"" + joined(cells) + "\"");
        if (in.part != nowhere && part) {
            const auto [before, isNew] = parts.emplace(at, *part);
            if (!isNew && before->second != *part)
                return refuseContradiction(in, row[in.files], "parts", "the last is " + row[in.part]);
        }
        if (isAgain) odd.again.push_back(row[in.files]);
        if (!isAgain || says) rows[at] = std::move(cells);
        if (part && (in.part != nowhere || pictures[at].part == SamplePart::Train)) pictures[at].part = *part;
    }
    return {};
}

tl::unexpected<Diagnostic> refuseColumns(const Matched& in) {
    return refuseFile(in.table.path, "pictures.column", "It cannot be told which column has the labels.",
                      "The pictures' names are in \"" + in.table.columns[in.files] +
                          "\"; the columns are: " + joined(in.table.columns) + ".",
                      "Name the column of labels: the option column=NAME.");
}

std::string notedColumns(const Matched& in, const fs::path& root) {
    std::vector<std::string> labels;
    for (const std::size_t column : in.labels)
        labels.push_back("\"" + in.table.columns[column] + "\"");
    std::string text = "The labels are from " + in.table.path.lexically_relative(root).string() +
                       ": names of files in column \"" + in.table.columns[in.files] + "\", labels in " +
                       fewOf(labels);
    if (in.part != nowhere) text += ", parts in \"" + in.table.columns[in.part] + "\"";
    return text + " (options labels, column, task).";
}

} // namespace

bool isTableName(const fs::path& path) {
    const std::string ending = lowered(path.extension().string());
    return ending == ".csv" || ending == ".tsv";
}

Result<std::optional<PictureLabels>> readLabels(const std::vector<fs::path>& tables, const fs::path& root,
                                                std::vector<LabelledPicture> pictures,
                                                const FolderOptions& options) {
    const Names names(pictures, root);
    auto matched = matchTables(tables, names, options);
    if (!matched) return refuse(matched.error());
    if (matched->empty()) return std::nullopt;
    const auto first =
        std::ranges::find_if(*matched, [](const Matched& table) { return !table.labels.empty(); });
    if (first == matched->end()) return refuseColumns(matched->front());
    PictureLabels labels;
    std::vector<LabelRow> rows(pictures.size());
    OddRows odd;
    for (const Matched& table : *matched) {
        if (!areAlike(table, *first)) continue;
        if (auto taken = takeRows(table, names, pictures, rows, odd); !taken) return refuse(taken.error());
        labels.tables.push_back(table.table.path);
        labels.notes.push_back(notedColumns(table, root));
    }
    std::vector<std::string> columns;
    for (const std::size_t column : first->labels)
        columns.push_back(first->table.columns[column]);
    auto values = readLabelValues(first->table, columns, rows, options.task);
    if (!values) return refuse(values.error());
    labels.task = values->task;
    labels.targets = values->targets;
    labels.names = std::move(values->names);
    labels.notes.insert(labels.notes.end(), values->notes.begin(), values->notes.end());
    std::vector<std::string> unlabelled;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (!values->of[i]) {
            unlabelled.push_back(pictures[i].path.lexically_relative(root).string());
            labels.unlabelled.push_back(pictures[i].path);
            continue;
        }
        pictures[i].kind = values->of[i]->kind;
        pictures[i].targets = std::move(values->of[i]->targets);
        labels.pictures.push_back(std::move(pictures[i]));
    }
    if (!odd.missing.empty())
        labels.notes.push_back(countText(odd.missing.size(), "row") + " of the table" +
                               (odd.missing.size() == 1 ? " names" : " name") +
                               " no picture of the folder: " + fewOf(odd.missing) + ".");
    if (!odd.again.empty())
        labels.notes.push_back(countText(odd.again.size(), "row") + " of the table" +
                               (odd.again.size() == 1 ? " names" : " name") +
                               " a picture again, with nothing else: " + fewOf(odd.again) + ".");
    if (!unlabelled.empty())
        labels.notes.push_back(countText(unlabelled.size(), "picture") +
                               (unlabelled.size() == 1 ? " has" : " have") + " no label and " +
                               (unlabelled.size() == 1 ? "was" : "were") + " left out: " + fewOf(unlabelled) +
                               ".");
    return std::optional(std::move(labels));
}

} // namespace burdock
