#include "new_rows.h"

#include "engine/data/number_fields.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "windows.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

class NewRows final : public NewSamples {
  public:
    std::int64_t size() const override { return static_cast<std::int64_t>(starts.size()); }
    void readInput(std::int64_t index, float* values) const override {
        for (std::int64_t row = 0; row < rowsEach; ++row)
            std::copy_n(features.data() + rowAt(index, row) * width, width, values + row * width);
    }
    std::string name(std::int64_t index) const override {
        const auto line = [&](std::int64_t row) {
            return std::to_string(lines[static_cast<std::size_t>(rowAt(index, row))]);
        };
        return rowsEach == 1 ? "line " + line(0) : "lines " + line(0) + " to " + line(rowsEach - 1);
    }
    const std::vector<std::string>& notes() const override { return said; }

    std::vector<float> features; ///< rows × width
    std::vector<std::int64_t> lines;
    std::vector<std::int64_t> order, starts; ///< order: empty where the rows are as they stand
    std::int64_t width = 1, rowsEach = 1;
    std::vector<std::string> said;

  private:
    std::int64_t rowAt(std::int64_t index, std::int64_t row) const {
        const std::int64_t place = starts[static_cast<std::size_t>(index)] + row;
        return order.empty() ? place : order[static_cast<std::size_t>(place)];
    }
};

constexpr std::size_t notThere = static_cast<std::size_t>(-1);

/// By the recipe's columns: those of the new table.
Result<std::vector<std::size_t>> matched(const RowRecipe& recipe, const TableLayout& layout,
                                         const TableSource& source) {
    std::vector<std::size_t> places(recipe.names.size(), notThere);
    const auto isTarget = [&](std::size_t i) {
        return std::ranges::find(recipe.targets, i) != recipe.targets.end();
    };
    if (recipe.header) {
        const auto find = [&](auto same) {
            for (std::size_t i = 0; i < places.size(); ++i)
                for (std::size_t k = 0; k < layout.names.size() && places[i] == notThere; ++k)
                    if (same(recipe.names[i], layout.names[k])) places[i] = k;
        };
        find([](const std::string& a, const std::string& b) { return a == b; });
        find([](const std::string& a, const std::string& b) { return lowered(a) == lowered(b); });
    } else {
        const bool withoutTargets = layout.width() + recipe.targets.size() == recipe.names.size();
        for (std::size_t i = 0, next = 0; i < places.size(); ++i)
            if (!(withoutTargets && isTarget(i)) && next < layout.width()) places[i] = next++;
    }
    std::vector<std::string> missing;
    for (const std::size_t i : recipe.features.sources())
        if (places[i] == notThere) missing.push_back(recipe.names[i]);
    for (const auto& column : {recipe.order, recipe.group})
        if (column && places[*column] == notThere) missing.push_back(recipe.names[*column]);
    if (!missing.empty())
        return refuseFile(source.path(), "csv.columns",
                          "The table lacks columns that the network was trained on.",
                          "They are: " + listed(missing) + ".",
                          "Give a table with the same columns; the target may be missing.");
    return places;
}

/// How the recipe's columns are written in the new table.
std::vector<ColumnFormat> formatsOf(const RowRecipe& recipe, const TableLayout& layout,
                                    const std::vector<std::size_t>& places) {
    std::vector<ColumnFormat> formats = recipe.formats;
    for (std::size_t i = 0; i < formats.size(); ++i) {
        if (places[i] == notThere) continue;
        const ColumnFormat& own = layout.formats[places[i]];
        if (own.evident || layout.decimal != recipe.example.decimal) formats[i].decimal = own.decimal;
        if (own.type == ColumnType::Date && own.evident) formats[i].order = own.order;
    }
    return formats;
}

struct Layout {
    TableLayout layout;
    std::vector<std::size_t> places;
};

Result<Layout> layoutOf(const RowRecipe& recipe, const TableSource& source, const TableOptions& options) {
    auto layout = guessLayout(source, options, recipe.example);
    if (!layout) return tl::unexpected(layout.error());
    auto places = matched(recipe, *layout, source);
    if (!places) return tl::unexpected(places.error());
    return Layout{std::move(*layout), std::move(*places)};
}

/// What is wrong with a cell that has no value.
std::string wrongCell(const std::string& column, std::string_view cell, const ColumnFormat& format,
                      std::int64_t line) {
    const std::string where = "line " + std::to_string(line) + ": " + column;
    if (format.marksMissing(cell)) return where + " is missing";
    return where + " " + inQuotes(cell) +
           (format.type == ColumnType::Words  ? " is unknown"
            : format.type == ColumnType::Date ? " is no date"
                                              : " is no number");
}

constexpr std::size_t mostNamed = 3;

struct NewBlock {
    std::vector<float> features;
    std::vector<std::int64_t> lines;
    std::vector<double> keys;
    std::vector<std::string> groups;
    std::int64_t ragged = 0, withoutKey = 0, missing = 0; ///< missing: cells
    std::vector<std::string> firstMissing;
};

NewBlock readBlock(const TextBlock& block, const RowRecipe& recipe, const TableLayout& layout,
                   const std::vector<std::size_t>& places) {
    NewBlock rows;
    const std::size_t width = recipe.features.width();
    std::vector<std::string_view> row(recipe.names.size());
    RowCursor cursor(block.text, layout.start.dialect, block.firstLine);
    while (cursor.next()) {
        const Cells cells = cursor.cells();
        if (!layout.fits(cells)) {
            ++rows.ragged;
            continue;
        }
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = places[i] == notThere ? std::string_view() : cells[places[i]];
        if (recipe.order) {
            const auto key = readValue(row[*recipe.order], recipe.formats[*recipe.order]);
            if (!key) {
                ++rows.withoutKey;
                continue;
            }
            rows.keys.push_back(*key);
        }
        if (recipe.group) rows.groups.emplace_back(row[*recipe.group]);
        rows.lines.push_back(cursor.line());
        rows.features.resize(rows.features.size() + width);
        float* const values = rows.features.data() + rows.features.size() - width;
        recipe.features.read(row, values);
        for (const std::size_t column : recipe.features.missing(values)) {
            ++rows.missing;
            if (rows.firstMissing.size() < mostNamed)
                rows.firstMissing.push_back(
                    wrongCell(recipe.names[column], row[column], recipe.formats[column], cursor.line()));
        }
    }
    return rows;
}

std::string kindOf(const ColumnFormat& format) {
    return format.type == ColumnType::Words  ? "a word of this column"
           : format.type == ColumnType::Date ? "a date"
                                             : "a number";
}

} // namespace

Result<std::shared_ptr<const NewSamples>> readRow(const RowRecipe& recipe,
                                                  std::span<const std::string> cells) {
    if (Status fits = checkFieldCount(recipe.fields.size(), cells.size()); !fits)
        return tl::unexpected(fits.error());
    const std::vector<std::size_t> sources = recipe.features.sources();
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const ColumnFormat& format = recipe.formats[sources[i]];
        texts.push_back(cells[i]);
        if (format.type != ColumnType::Number || format.marksMissing(cells[i])) continue;
        // A point parts the fraction, whatever the table has: in 1,824 nobody can tell what the comma means.
        const Cell read = readCell(cells[i], '.');
        const bool percents = i < recipe.percents.size() && recipe.percents[i];
        if (read.kind != CellKind::Number || cells[i].find(',') != std::string::npos)
            return refuseNumber(recipe.fields[i], cells[i]);
        if (read.percent && !percents)
            return refuseField(recipe.fields[i], cells[i], "a value of this column, which has no per cents");
        std::ranges::replace(texts.back(), '.', format.decimal);
    }
    std::vector<std::string_view> row(recipe.names.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        row[sources[i]] = texts[i];
    std::vector<float> values(recipe.features.width());
    recipe.features.read(row, values.data());
    for (const std::size_t column : recipe.features.missing(values.data())) {
        const ColumnFormat& format = recipe.formats[column];
        if (format.marksMissing(row[column])) continue;
        const auto field = static_cast<std::size_t>(std::ranges::find(sources, column) - sources.begin());
        return refuseField(recipe.fields[field], cells[field], kindOf(format));
    }
    return handMade(std::move(values));
}

Result<std::shared_ptr<const NewSamples>> readNewRows(RowRecipe recipe, const TableSource& source,
                                                      const TableOptions& known,
                                                      std::vector<std::string> notes) {
    TableOptions options = known;
    options.header = recipe.header ? "yes" : "no";
    options.window = std::max<std::int64_t>(1, options.window); // one column may be all
    auto own = layoutOf(recipe, source, options);
    if (!own && options.delimiter() != "auto") { // that of the other table
        options.delimiterKey = options.separator = "auto";
        if (auto found = layoutOf(recipe, source, options)) own = std::move(found);
    }
    if (!own) return tl::unexpected(own.error());
    const auto& [layout, places] = *own;
    recipe.formats = formatsOf(recipe, layout, places);
    recipe.features.setFormats(recipe.formats);

    NewBlock all;
    const auto status = source.overBlocks(
        own->layout.start,
        [&](const TextBlock& block) { return readBlock(block, recipe, own->layout, own->places); },
        [&](NewBlock next) -> Status {
            const auto add = [](auto& to, const auto& from) {
                to.insert(to.end(), from.begin(), from.end());
            };
            add(all.features, next.features);
            add(all.lines, next.lines);
            add(all.keys, next.keys);
            add(all.groups, next.groups);
            all.ragged += next.ragged;
            all.withoutKey += next.withoutKey;
            all.missing += next.missing;
            for (std::string& cell : next.firstMissing)
                if (all.firstMissing.size() < mostNamed) all.firstMissing.push_back(std::move(cell));
            return {};
        });
    if (!status) return tl::unexpected(status.error());
    auto rows = std::make_shared<NewRows>();
    rows->width = static_cast<std::int64_t>(recipe.features.width());
    rows->rowsEach = std::max<std::int64_t>(1, recipe.options.window);
    const auto count = static_cast<std::int64_t>(all.lines.size());
    Windows windows = cutWindows(count, numbered(all.groups), all.keys,
                                 std::vector<bool>(all.lines.size(), true), {rows->rowsEach, 0, 0});
    if (windows.train.empty())
        return refuseFile(source.path(), "csv.rows", "The table has no row to ask about.",
                          rows->rowsEach > 1 ? "A sample takes " + std::to_string(rows->rowsEach) + " rows."
                                             : "",
                          "Give a table with more rows.");
    rows->features = std::move(all.features);
    rows->lines = std::move(all.lines);
    rows->order = std::move(windows.order);
    rows->starts = std::move(windows.train);
    rows->said = std::move(notes);
    if (!layout.guessed.empty()) rows->said.push_back(layout.guessed);
    const auto say = [&](std::int64_t number, const char* one, const char* many) {
        if (number > 0) rows->said.push_back(std::to_string(number) + (number == 1 ? one : many));
    };
    say(all.ragged, " row has another number of cells than there are columns and is left out.",
        " rows have another number of cells than there are columns and are left out.");
    say(all.withoutKey, " row without a value to sort by is left out.",
        " rows without a value to sort by are left out.");
    if (all.missing > 0) {
        std::string cells;
        for (const std::string& cell : all.firstMissing)
            cells += (cells.empty() ? "" : "; ") + cell;
        if (all.missing > static_cast<std::int64_t>(mostNamed)) cells += "; …";
        rows->said.push_back(cells + ". " + std::to_string(all.missing) +
                             (all.missing == 1 ? " cell in all: the mean stands for it."
                                               : " cells in all: the mean stands for them."));
    }
    return rows;
}

} // namespace burdock
