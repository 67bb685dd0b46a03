#include "engine/train/outlier.h"

#include "engine/schema/number_text.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// Single precision tells numbers apart to a ten millionth.
constexpr double tooFar = 1e6;
constexpr double measurable = 1e30; // nothing is that far from numbers that are all the same

/// The samples of a data set as rows of numbers: its features, then its numbers to predict.
class Rows {
  public:
    explicit Rows(const Dataset& data)
        : data_(data)
        , inputs_(data.info().featureNames.empty() ? 0 : static_cast<std::size_t>(data.info().input.size()))
        , targets_(data.info().task->targetKind == TargetKind::Number
                       ? static_cast<std::size_t>(data.targetWidth())
                       : 0)
        , row_(inputs_ + targets_) {}
    std::size_t width() const { return row_.size(); }
    const std::vector<float>& read(Part part, std::int64_t sample) {
        if (inputs_ > 0) data_.readInput(part, sample, row_.data());
        if (targets_ > 0) data_.readTarget(part, sample, row_.data() + inputs_);
        return row_;
    }
    std::string name(std::size_t column) const {
        if (column >= inputs_) return targets_ == 1 ? "The number to predict" : "A number to predict";
        const auto& names = data_.info().featureNames;
        return column < names.size() ? "Column “" + names[column] + "”"
                                     : "Column " + std::to_string(column + 1);
    }

  private:
    const Dataset& data_;
    std::size_t inputs_, targets_;
    std::vector<float> row_;
};

/// Where most of a column's values lie.
struct Usual {
    float median = 0, reach = 0; ///< reach: of the middle 98 %; 0: they are all the same
};

Usual usualOf(std::vector<float>& values) {
    std::erase_if(values, [](float v) { return std::isnan(v); });
    if (values.empty()) return {};
    std::ranges::sort(values);
    const std::size_t last = values.size() - 1, cut = (last + 99) / 100;
    return {values[last / 2], values[last - std::min(cut, last)] - values[std::min(cut, last)]};
}

} // namespace

std::optional<Diagnostic> findOutlier(const Dataset& data, const Split& split) {
    constexpr std::size_t looked = 2048; // samples tell where most values lie
    Rows rows(data);
    if (rows.width() == 0 || split.train.empty()) return std::nullopt;
    std::vector<std::vector<float>> columns(rows.width());
    const std::size_t stride = std::max<std::size_t>(1, split.train.size() / looked);
    for (std::size_t i = 0; i < split.train.size(); i += stride) {
        const std::vector<float>& row = rows.read(Part::Train, split.train[i]);
        for (std::size_t c = 0; c < row.size(); ++c)
            columns[c].push_back(row[c]);
    }
    std::vector<Usual> usual;
    for (std::vector<float>& values : columns)
        usual.push_back(usualOf(values));
    const auto look = [&](Part part, const std::vector<std::int64_t>& samples) -> std::optional<Diagnostic> {
        for (const std::int64_t sample : samples) {
            const std::vector<float>& row = rows.read(part, sample);
            for (std::size_t c = 0; c < row.size(); ++c) {
                const double off = std::abs(static_cast<double>(row[c]) - usual[c].median);
                if (!(off > (usual[c].reach > 0 ? tooFar * usual[c].reach : measurable))) continue;
                Diagnostic d;
                d.severity = Severity::Warning;
                d.code = "data.outlier";
                d.where = data.info().title;
                d.what = rows.name(c) + " has a value of " + shortestText(row[c]) +
                         ", over a million times as far off as its others lie apart.";
                d.why = "Beside it they are all the same number, and no rate suits both.";
                d.mend = "Correct that value, or leave its field empty.";
                return d;
            }
        }
        return std::nullopt;
    };
    for (const auto& [part, samples] :
         {std::pair(Part::Train, &split.train), std::pair(Part::Train, &split.validation),
          std::pair(split.testPart, &split.test)})
        if (auto found = look(part, *samples)) return found;
    return std::nullopt;
}

} // namespace burdock
