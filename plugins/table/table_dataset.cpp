#include "table_dataset.h"

#include "engine/data/sample_facts.h"
#include "feature_plan.h"
#include "files/content_hash.h"
#include "files/count_text.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "leaks.h"
#include "new_rows.h"
#include "row_store.h"
#include "table_options.h"
#include "windows.h"
#include "workbook.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace burdock {
namespace {

struct OpenedSource {
    TableSource text;
    std::vector<std::string> notes;
    std::int64_t formulas = 0; ///< without a stored result
    std::string sheets;        ///< those of a workbook that has several, in a sentence
};

bool isWorkbook(const std::filesystem::path& path) {
    return (hasEnding(path, ".xlsx") || hasEnding(path, ".xlsm")) && firstBytes(path, 2) == "PK";
}

/// How a sheet's text is written.
void asSheet(TableOptions& options) {
    options.delimiterKey = "comma";
    options.decimal = "point";
    options.encoding = "utf-8";
}

Result<OpenedSource> sheetOf(const std::filesystem::path& path, const std::string& wanted) {
    auto sheet = readWorkbook(path, wanted);
    if (!sheet) return tl::unexpected(sheet.error());
    std::vector<std::string> notes;
    if (!sheet->others.empty()) notes.push_back(readSheetOnly(*sheet));
    if (sheet->formulas > 0)
        notes.push_back(std::to_string(sheet->formulas) +
                        (sheet->formulas == 1 ? " cell holds a formula without a stored result and counts"
                                              : " cells hold formulas without a stored result and count") +
                        " as missing: open the workbook in a spreadsheet program and save it.");
    return OpenedSource{TableSource::ofText(path, std::move(sheet->text)), std::move(notes), sheet->formulas,
                        sheet->others.empty() ? "" : readSheetOnly(*sheet)};
}

/// A table's text, or that of a workbook's sheet.
Result<OpenedSource> sourceOf(const std::filesystem::path& path, const TableOptions& options) {
    if (isWorkbook(path)) {
        auto sheet = sheetOf(path, options.sheet);
        if (sheet || sheet.error().code != "data.xlsx.sheet") return sheet;
        return sheetOf(path, ""); // that of another workbook
    }
    auto source = TableSource::open(path, options.encoding);
    if (!source) return tl::unexpected(source.error());
    return OpenedSource{std::move(*source), {}, 0, {}};
}

/// What rows are split by; empty where no column tells it.
struct RowKeys {
    std::vector<std::int64_t> groups;
    std::vector<double> times;
};

class TableDataset final : public Dataset, public SampleFacts {
  public:
    TableDataset(DatasetInfo info, RowStore features, std::vector<float> targets, RowKeys keys,
                 Windows windows, RowRecipe recipe)
        : info_(std::move(info))
        , features_(std::move(features))
        , targets_(std::move(targets))
        , keys_(std::move(keys))
        , windows_(std::move(windows))
        , recipe_(std::move(recipe))
        , window_(recipe_.options.window)
        , horizon_(recipe_.options.horizon) {}

    DatasetInfo& mutableInfo() { return info_; }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        if (window_ == 0) return features_.read(index, 1, values);
        const std::int64_t start = startOf(part, index);
        if (windows_.order.empty()) return features_.read(start, window_, values);
        for (std::int64_t row = 0; row < window_; ++row)
            features_.read(windows_.order[static_cast<std::size_t>(start + row)], 1,
                           values + row * info_.input.width);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        const std::int64_t row = rowOf(part, index, window_ - 1 + horizon_);
        const auto width = static_cast<std::int64_t>(info_.targetNames.size());
        std::copy_n(targets_.data() + row * width, width, values);
    }

    std::int64_t groupOf(Part part, std::int64_t index) const override {
        return keys_.groups.empty() ? 0 : keys_.groups[static_cast<std::size_t>(rowOf(part, index, 0))];
    }
    double timeOf(Part part, std::int64_t index) const override {
        return keys_.times.empty() ? static_cast<double>(index)
                                   : keys_.times[static_cast<std::size_t>(rowOf(part, index, window_ - 1))];
    }
    std::optional<RowSpan> rowsOf(Part part, std::int64_t index) const override {
        if (window_ == 0) return std::nullopt;
        const std::int64_t start = startOf(part, index);
        return RowSpan{start, start + window_ - 1 + horizon_};
    }

    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override {
        const bool sheet = isWorkbook(path);
        TableOptions options = recipe_.options;
        if (hasEnding(info_.source, ".xlsx") || hasEnding(info_.source, ".xlsm"))
            options.delimiterKey = options.encoding = "auto"; // a sheet's are no habit
        options.decimal = "auto"; // the table tells; where it does not, the recipe
        if (sheet) asSheet(options);
        auto source = sourceOf(path, options);
        if (!source) return tl::unexpected(source.error());
        return readNewRows(recipe_, source->text, options, std::move(source->notes));
    }
    std::vector<InputField> inputFields() const override { return recipe_.fields; }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        return recipe_.fields.empty() ? Dataset::readFields(texts) : readRow(recipe_, texts);
    }

  private:
    std::int64_t startOf(Part part, std::int64_t index) const {
        return (part == Part::Train ? windows_.train : windows_.test)[static_cast<std::size_t>(index)];
    }
    /// The row that lies `at` rows behind the first one of a sample's window; of samples without one, its
    /// own.
    std::int64_t rowOf(Part part, std::int64_t index, std::int64_t at) const {
        if (window_ == 0) return index;
        const std::int64_t row = startOf(part, index) + at;
        return windows_.order.empty() ? row : windows_.order[static_cast<std::size_t>(row)];
    }
    DatasetInfo info_;
    RowStore features_;          ///< rows × features
    std::vector<float> targets_; ///< rows × targets
    RowKeys keys_;               ///< by row
    Windows windows_;
    RowRecipe recipe_;
    std::int64_t window_, horizon_;
};

/// The file's hash, computed beside the reading; broken off where that ends early.
class HashOfFile {
  public:
    explicit HashOfFile(const std::filesystem::path& path)
        : hash_(std::async(beside, [path, asked = ReadingScope::asked(), this] {
            const ReadingScope scope([&] { return unwanted_ || (asked && asked()); });
            return sha256OfFile(path);
        })) {}
    ~HashOfFile() { unwanted_ = true; }
    Result<std::string> get() { return hash_.get(); }

  private:
    std::atomic<bool> unwanted_ = false;
    std::future<Result<std::string>> hash_; ///< waits for the thread, before the flag is gone
};

/// How the columns are used.
struct ReadPlan {
    const TableLayout& layout;
    const TargetPlan& target;
    const FeaturePlan& features;
    std::optional<std::size_t> order, group;
    ColumnFormat orderFormat;
    bool windows = false;
};

/// The rows of a block, or of all blocks.
struct Rows {
    std::vector<float> features, targets;
    std::vector<bool> hasTarget;
    std::vector<double> keys;
    std::vector<std::string> groups;
    std::int64_t withoutTarget = 0, withoutKey = 0;
    std::int64_t missing = 0, missingCells = 0; ///< features, and the cells that they would come of
    bool withinUnit = true;
};

Rows readBlock(const TextBlock& block, const ReadPlan& plan) {
    Rows rows;
    const std::size_t width = plan.features.width(), targets = plan.target.columns.size();
    std::vector<float> target(targets);
    RowCursor cursor(block.text, plan.layout.start.dialect, block.firstLine);
    while (cursor.next()) {
        const Cells cells = cursor.cells();
        if (!plan.layout.fits(cells)) continue;
        const bool has = plan.target.read(cells, target.data());
        if (!has) {
            ++rows.withoutTarget;
            if (!plan.windows) continue;
            std::fill(target.begin(), target.end(), 0.0f);
        }
        if (plan.order) {
            const auto key = readValue(cells[*plan.order], plan.orderFormat);
            if (!key) {
                ++rows.withoutKey;
                continue;
            }
            rows.keys.push_back(*key);
        }
        if (plan.group) rows.groups.emplace_back(cells[*plan.group]);
        if (plan.windows) rows.hasTarget.push_back(has);
        rows.targets.insert(rows.targets.end(), target.begin(), target.end());
        rows.features.resize(rows.features.size() + width);
        float* const values = rows.features.data() + rows.features.size() - width;
        plan.features.read(cells, values);
        const std::int64_t missingBefore = rows.missing;
        for (std::size_t i = 0; i < width; ++i) {
            rows.missing += std::isnan(values[i]);
            rows.withinUnit = rows.withinUnit && !(values[i] < 0 || values[i] > 1);
        }
        if (rows.missing != missingBefore)
            rows.missingCells += static_cast<std::int64_t>(plan.features.missing(values).size());
    }
    return rows;
}

/// Gathers the blocks: the features in the store, the rest in `all`.
Status readRows(const TableSource& source, const ReadPlan& plan, RowStore& store, Rows& all) {
    return source.overBlocks(
        plan.layout.start, [&](const TextBlock& block) { return readBlock(block, plan); },
        [&](Rows next) -> Status {
            const auto add = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
            add(all.targets, next.targets);
            add(all.hasTarget, next.hasTarget);
            add(all.keys, next.keys);
            add(all.groups, next.groups);
            all.withoutTarget += next.withoutTarget;
            all.withoutKey += next.withoutKey;
            all.missing += next.missing;
            all.missingCells += next.missingCells;
            all.withinUnit = all.withinUnit && next.withinUnit;
            return store.append(next.features);
        });
}

Result<std::optional<std::size_t>> oneColumn(const TableSource& source, const TableProfile& table,
                                             const std::string& name, const std::string& option) {
    const auto columns = namedColumns(source, table, name, "the " + option);
    if (!columns) return tl::unexpected(columns.error());
    if (columns->empty()) return std::optional<std::size_t>();
    if (columns->size() > 1)
        return refuseFile(source.path(), "csv.columns", "The " + option + " is one column.",
                          "Several are named.", "Name one.");
    return std::optional(columns->front());
}

/// Says which classes have so few rows that a part of a split may have none.
void noteRareClasses(DatasetInfo& info, const std::vector<float>& targets) {
    if (info.task != Task::Multiclass && info.task != Task::Binary) return;
    constexpr double enough = 3;
    std::vector<std::int64_t> counts(info.classNames.size());
    for (const float target : targets)
        ++counts[static_cast<std::size_t>(target)];
    std::vector<std::string> rare;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (static_cast<double>(counts[i]) * info.testShare < enough)
            rare.push_back(info.classNames[i] + " (" + std::to_string(counts[i]) + ")");
    constexpr std::int64_t manyRows = 50; // of a small table every class is rare
    if (!rare.empty() && info.trainSize >= manyRows)
        info.notes.push_back("Few rows are of the class " + listed(rare) +
                             ": the test part may have none of them, and tells little of them.");
}

void noteMissing(DatasetInfo& info, const TableProfile& table, const Rows& rows) {
    if (rows.missingCells > 0) // of which each is told once, however many features it makes
        info.notes.push_back(std::to_string(rows.missingCells) +
                             (rows.missingCells == 1 ? " missing value is" : " missing values are") +
                             " replaced by the mean of their feature in the training split.");
    std::vector<std::string> mostly;
    for (const ColumnProfile& column : table.columns)
        if (2 * column.missing > table.rows && !column.isEmpty())
            mostly.push_back(column.name + " (" + std::to_string(100 * column.missing / table.rows) + " %)");
    if (!mostly.empty()) info.notes.push_back("Missing in most rows: " + listed(mostly) + ".");
    if (rows.withoutTarget > 0)
        info.notes.push_back(std::to_string(rows.withoutTarget) +
                             (rows.withoutTarget == 1 ? " row without a target is left out."
                                                      : " rows without a target are left out."));
    if (rows.withoutKey > 0)
        info.notes.push_back(std::to_string(rows.withoutKey) +
                             " rows without a value to sort by are left out.");
}

void noteWindows(DatasetInfo& info, const TableOptions& options, std::int64_t leftOut) {
    info.notes.push_back(
        "A sample is " + std::to_string(options.window) + " rows one after the other" +
        (options.order.empty() ? "" : ", sorted by " + options.order) +
        (options.group.empty() ? "" : ", of one " + options.group) + "; its target is that of " +
        (options.horizon == 0 ? "the last of them."
                              : std::to_string(options.horizon) + (options.horizon == 1 ? " row" : " rows") +
                                    " later, and earlier values of the target are features."));
    if (info.testSize > 0)
        info.notes.push_back(options.group.empty()
                                 ? "The last " + std::to_string(info.testSize) + " windows are the test part."
                                 : "The last windows of each " + options.group + ", " +
                                       std::to_string(info.testSize) + " in all, are the test part.");
    if (leftOut > 0)
        info.notes.push_back(countText(leftOut, "window is", "windows are") +
                             " left out before that, as rows of the test part are in " +
                             (leftOut == 1 ? "it." : "them."));
}

void describe(DatasetInfo& info, const TableSource& source, const TargetPlan& target,
              const FeaturePlan& features, const TableOptions& options) {
    const std::filesystem::path& path = source.path();
    info.id = path.string();
    info.title = nameWithoutEnding(path);
    info.source = std::filesystem::absolute(path).string();
    info.task = target.task;
    const bool several = target.columns.size() > 1;
    info.targets = target.task == Task::Multiclass ? static_cast<std::int64_t>(target.classNames.size())
                                                   : static_cast<std::int64_t>(target.columns.size());
    info.classNames = target.classNames;
    info.targetNames = target.names;
    if (info.task == Task::Regression) {
        for (const TargetColumn& column : target.columns)
            info.targetOffsets.push_back(column.offset);
        if (std::all_of(info.targetOffsets.begin(), info.targetOffsets.end(),
                        [](double o) { return o == 0; }))
            info.targetOffsets.clear();
    }
    const auto width = static_cast<std::int64_t>(features.width());
    info.input = options.window > 0 ? Shape::sequence(options.window, width) : Shape{width, 1, 1};
    if (options.window == 0) info.featureNames = features.names();
    info.doc = (several ? "Targets: " : "Target: ") + listed(target.names) + ".";
    info.testShare = options.testShare;
    info.standardiseTargets = info.task == Task::Regression;
}

/// `notes`: what was said while the text was made.
Result<std::shared_ptr<const Dataset>> readTable(const TableSource& source, const TableOptions& options,
                                                 const std::vector<std::string>& notes) {
    HashOfFile hash(source.path());
    const auto layout = guessLayout(source, options);
    if (!layout) return tl::unexpected(layout.error());
    const auto table = profileTable(source, *layout, options);
    if (!table) return tl::unexpected(table.error());
    const auto target = planTarget(source, *table, options);
    if (!target) return tl::unexpected(target.error());
    const auto features = FeaturePlan::make(source, *table, *target, options);
    if (!features) return tl::unexpected(features.error());
    const auto order = oneColumn(source, *table, options.order, "order");
    if (!order) return tl::unexpected(order.error());
    const auto group = oneColumn(source, *table, options.group, "group");
    if (!group) return tl::unexpected(group.error());
    if (*order && table->columns[**order].isWords())
        return refuseFile(source.path(), "csv.order",
                          "Rows cannot be sorted by " + inQuotes(table->columns[**order].name) + ".",
                          "It holds words.", "Name a column of numbers or dates.");

    const bool sequences = options.window > 0;
    const ReadPlan plan{*layout,  *target, *features,
                        *order,   *group,  *order ? table->columns[**order].format : ColumnFormat{},
                        sequences};
    auto store = RowStore::make(source.path(), table->rows, features->width());
    if (!store) return tl::unexpected(store.error());
    Rows rows;
    rows.targets.reserve(static_cast<std::size_t>(table->rows) * target->columns.size());
    if (const Status status = readRows(source, plan, *store, rows); !status)
        return tl::unexpected(status.error());
    if (store->rows() + (sequences ? 0 : rows.withoutTarget) + rows.withoutKey != table->rows)
        return refuseFile(source.path(), "csv.changed", "The file changed while it was read.", "",
                          "Open it again.");
    if (store->rows() < 2)
        return refuseFile(source.path(), "csv.rows", "The table has too few rows with a target.", "",
                          "Give a table with at least two rows.");

    DatasetInfo info;
    describe(info, source, *target, *features, options);
    const auto say = [&](const std::vector<std::string>& sentences) {
        info.notes.insert(info.notes.end(), sentences.begin(), sentences.end());
    };
    say(notes);
    if (!layout->guessed.empty()) info.notes.push_back(layout->guessed);
    say(layout->notes);
    say(table->notes);
    say(target->notes);
    say(features->notes());
    info.missingValues = rows.missing;
    info.standardise = !rows.withinUnit;
    info.trainSize = store->rows();
    if (*order) info.orderedBy = table->columns[**order].name;
    if (*group) info.groupedBy = table->columns[**group].name;
    RowKeys keys{numbered(rows.groups), std::move(rows.keys)};
    Windows windows;
    if (sequences) {
        windows = cutWindows(store->rows(), keys.groups, keys.times, rows.hasTarget,
                             {options.window, options.horizon, options.testShare});
        info.trainSize = static_cast<std::int64_t>(windows.train.size());
        info.testSize = static_cast<std::int64_t>(windows.test.size());
        if (info.trainSize < 2)
            return refuseFile(source.path(), "csv.rows", "The table has too few rows for its windows.",
                              "A window and its target take " +
                                  std::to_string(options.window + options.horizon) + " rows, the table has " +
                                  std::to_string(store->rows()) + ".",
                              "Take a shorter window.");
        noteWindows(info, options, windows.leftOut);
    }
    noteMissing(info, *table, rows);
    if (!sequences) noteRareClasses(info, rows.targets);
    if (store->onDisk())
        info.notes.push_back(
            "The numbers are too many for memory: they stand in a file in the cache folder as long as the "
            "data set is open.");
    RowRecipe recipe{options,
                     *features,
                     layout->names,
                     {},
                     layout->header,
                     {},
                     plan.order,
                     plan.group,
                     Example{layout->start.dialect.delimiter, layout->decimal},
                     {},
                     {}};
    if (!sequences) recipe.fields = features->fields(*table, store->some(4096));
    for (const std::size_t column : features->sources())
        recipe.percents.push_back(table->columns[column].percent > 0);
    for (const ColumnProfile& column : table->columns)
        recipe.formats.push_back(column.format);
    for (const TargetColumn& column : target->columns)
        recipe.targets.push_back(column.source);
    auto sha256 = hash.get();
    if (!sha256) return tl::unexpected(sha256.error());
    info.sha256 = std::move(*sha256);
    auto data = std::make_shared<TableDataset>(std::move(info), std::move(*store), std::move(rows.targets),
                                               std::move(keys), std::move(windows), std::move(recipe));
    if (!sequences)
        if (const auto copies = copiesOfTarget(*data); !copies.empty())
            data->mutableInfo().notes.push_back(
                "Tells the target without error, as a copy of it would: " + listed(copies) +
                "; leave it out (ignore=…) where it is not known beforehand.");
    return data;
}

} // namespace

Result<std::shared_ptr<const Dataset>> openTable(const std::filesystem::path& path,
                                                 const ParamValues& values) {
    const TableOptions options = TableOptions::table().read(values);
    const auto source = TableSource::open(path, options.encoding);
    if (!source) return tl::unexpected(source.error());
    return readTable(*source, options, {});
}

std::vector<ParamSpec> tableParams() {
    std::vector<ParamSpec> specs = TableOptions::table().specs();
    std::erase_if(specs, [](const ParamSpec& spec) { return spec.key == "sheet"; });
    return specs;
}

std::vector<ParamSpec> workbookParams() {
    std::vector<ParamSpec> specs = TableOptions::table().specs();
    std::erase_if(specs, [](const ParamSpec& spec) {
        return spec.key == "delimiter" || spec.key == "separator" || spec.key == "decimal" ||
               spec.key == "encoding";
    });
    std::ranges::rotate(specs, specs.end() - 1); // the sheet comes first
    return specs;
}

Result<std::shared_ptr<const Dataset>> openWorkbook(const std::filesystem::path& path,
                                                    const ParamValues& values) {
    TableOptions options = TableOptions::table().read(values);
    asSheet(options);
    const auto source = sheetOf(path, options.sheet);
    if (!source) return tl::unexpected(source.error());
    auto data = readTable(source->text, options, source->notes);
    if (data) return data;
    if (source->formulas > 0) return withoutResults(path, source->formulas);
    if (!source->sheets.empty()) {
        data.error().why += (data.error().why.empty() ? "" : " ") + source->sheets;
        data.error().mend += " Or name the sheet that has the table (sheet=…).";
    }
    return data;
}

} // namespace burdock
