#include "csv_dataset.h"

#include "csv_options.h"

#include "column_profile.h"
#include "csv_text.h"
#include "feature_plan.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "target_plan.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

class TableDataset final : public Dataset {
  public:
    TableDataset(DatasetInfo info, std::vector<float> features, std::vector<float> targets)
        : info_(std::move(info))
        , features_(std::move(features))
        , targets_(std::move(targets)) {}

    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        const std::int64_t width = info_.input.size();
        std::copy_n(features_.data() + index * width, width, values);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = targets_[static_cast<std::size_t>(index)];
    }

  private:
    DatasetInfo info_;
    std::vector<float> features_; ///< rows × features
    std::vector<float> targets_;  ///< rows
};

bool withinUnit(const std::vector<float>& features) {
    return std::all_of(features.begin(), features.end(),
                       [](float f) { return std::isnan(f) || (f >= 0 && f <= 1); });
}

char separatorOf(const CsvOptions& options) {
    return options.separator == "comma"       ? ','
           : options.separator == "semicolon" ? ';'
           : options.separator == "tab"       ? '\t'
           : options.separator == "space"     ? ' '
                                              : '\0';
}

} // namespace

Result<std::shared_ptr<const Dataset>> openCsv(const std::filesystem::path& path, const ParamValues& values) {
    const CsvOptions options = CsvOptions::table().read(values);
    const auto text = CsvText::read(path, separatorOf(options));
    if (!text) return tl::unexpected(text.error());
    const auto table = profileTable(*text);
    if (!table) return tl::unexpected(table.error());
    const auto target = planTarget(*text, *table, options);
    if (!target) return tl::unexpected(target.error());
    const auto plan = FeaturePlan::make(*text, *table, target->column);
    if (!plan) return tl::unexpected(plan.error());

    const std::size_t width = plan->width();
    std::vector<float> features, targets;
    features.reserve(static_cast<std::size_t>(table->rows) * width);
    targets.reserve(static_cast<std::size_t>(table->rows));
    const auto status = forEachDataRow(*text, *table, [&](CsvFields fields, std::int64_t) -> Status {
        if (const auto value = target->read(fields[target->column], text->decimalComma())) {
            targets.push_back(*value);
            features.resize(features.size() + width);
            plan->read(fields, text->decimalComma(), features.data() + features.size() - width);
        }
        return {};
    });
    if (!status) return tl::unexpected(status.error());
    if (targets.size() < 2)
        return refuseFile(path, "csv.rows", "The table has too few rows with a target.", "",
                          "Give a table with at least two rows.");

    DatasetInfo info;
    info.id = path.string();
    info.title = nameWithoutEnding(path);
    info.source = std::filesystem::absolute(path).string();
    info.task = target->task;
    info.targets =
        target->task == Task::Multiclass ? static_cast<std::int64_t>(target->classNames.size()) : 1;
    info.classNames = target->classNames;
    info.featureNames = plan->names();
    info.input = {static_cast<std::int64_t>(width), 1, 1};
    info.trainSize = static_cast<std::int64_t>(targets.size());
    info.sha256 = text->sha256();
    info.doc = "Target: " + table->columns[target->column].name + "." + plan->doc();
    info.missingValues =
        std::count_if(features.begin(), features.end(), [](float f) { return std::isnan(f); });
    if (info.missingValues > 0)
        info.doc += " " + std::to_string(info.missingValues) +
                    " missing values are replaced by the mean of their feature in the training split.";
    if (const std::int64_t dropped = table->rows - info.trainSize; dropped > 0)
        info.doc += " " + std::to_string(dropped) + " rows without a target are left out.";
    if (text->wasLatin1()) info.doc += " The text is not UTF-8 and was taken for Latin-1.";
    info.standardise = !withinUnit(features);
    info.standardiseTargets = info.task == Task::Regression;
    info.testShare = options.testShare;
    return std::make_shared<TableDataset>(std::move(info), std::move(features), std::move(targets));
}

} // namespace burdock
