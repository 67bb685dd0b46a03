#include "new_rows.h"

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
        return "line " + std::to_string(lines[static_cast<std::size_t>(rowAt(index, rowsEach - 1))]);
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

struct NewBlock {
    std::vector<float> features;
    std::vector<std::int64_t> lines;
    std::vector<double> keys;
    std::vector<std::string> groups;
    std::int64_t ragged = 0, withoutKey = 0, missing = 0;
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
        rows.missing += std::count_if(values, values + width, [](float v) { return std::isnan(v); });
    }
    return rows;
}

} // namespace

Result<std::shared_ptr<const NewSamples>> readNewRows(const RowRecipe& recipe, const TableSource& source) {
    TableOptions options = recipe.options;
    options.header = recipe.header ? "yes" : "no";
    options.window = std::max<std::int64_t>(1, options.window); // one column may be all
    const auto layout = guessLayout(source, options);
    if (!layout) return tl::unexpected(layout.error());
    const auto places = matched(recipe, *layout, source);
    if (!places) return tl::unexpected(places.error());

    NewBlock all;
    const auto status = source.overBlocks(
        layout->start, [&](const TextBlock& block) { return readBlock(block, recipe, *layout, *places); },
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
    if (!layout->guessed.empty()) rows->said.push_back(layout->guessed);
    const auto say = [&](std::int64_t number, const char* what) {
        if (number > 0) rows->said.push_back(std::to_string(number) + what);
    };
    say(all.ragged, " rows have another number of cells than there are columns and are left out.");
    say(all.withoutKey, " rows without a value to sort by are left out.");
    say(all.missing, " values are missing, or words that training had none of: the mean stands for them.");
    return rows;
}

} // namespace burdock
