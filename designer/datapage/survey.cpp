#include "datapage/survey.h"

#include "engine/data/reading.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

constexpr std::int64_t mostKept = std::int64_t(1) << 24; ///< values, for quartiles and histograms: 64 MiB
constexpr std::size_t mostBars = 24, mostShared = 100, mostFirst = 32;

class Measure {
  public:
    void add(float value, bool keep) {
        if (std::isnan(value)) {
            ++made_.missing;
            return;
        }
        const double v = value;
        if (made_.count == 0) made_.minimum = made_.maximum = v;
        made_.minimum = std::min(made_.minimum, v);
        made_.maximum = std::max(made_.maximum, v);
        made_.whole = made_.whole && v == std::trunc(v);
        const double before = v - made_.mean;
        made_.mean += before / static_cast<double>(++made_.count);
        square_ += before * (v - made_.mean);
        if (keep) kept_.push_back(value);
    }
    ColumnSurvey take(std::string name) {
        made_.name = std::move(name);
        if (made_.count == 0) return std::move(made_);
        made_.deviation = std::sqrt(square_ / static_cast<double>(made_.count));
        fillHistogram();
        for (std::size_t i = 0; i < 3; ++i)
            made_.quartiles[i] = quantile(0.25 * static_cast<double>(i + 1));
        kept_ = {};
        return std::move(made_);
    }

  private:
    double quantile(double share) {
        if (kept_.empty()) return std::numeric_limits<double>::quiet_NaN(); // all that were kept are missing
        const double place = share * static_cast<double>(kept_.size() - 1);
        const auto below = kept_.begin() + static_cast<std::ptrdiff_t>(place);
        std::nth_element(kept_.begin(), below, kept_.end());
        const double low = *below, part = place - std::floor(place);
        if (part == 0 || below + 1 == kept_.end()) return low;
        return low + part * (*std::min_element(below + 1, kept_.end()) - low);
    }
    void fillHistogram() {
        const double span = made_.maximum - made_.minimum;
        const bool each = made_.whole && span < static_cast<double>(mostBars);
        made_.histogram.assign(each ? static_cast<std::size_t>(span) + 1 : mostBars, 0);
        const std::size_t last = made_.histogram.size() - 1;
        const double width = each ? 1 : span / static_cast<double>(mostBars);
        for (const float value : kept_) {
            const double bar = width > 0 && std::isfinite(width) ? (value - made_.minimum) / width : 0;
            ++made_.histogram[std::min(last, static_cast<std::size_t>(std::max(bar, 0.0)))];
        }
    }
    ColumnSurvey made_;
    double square_ = 0;
    std::vector<float> kept_;
};

/// FNV's idea on whole values, with the mixing of SplitMix64 behind it.
std::uint64_t hashOf(std::span<const float> values) {
    std::uint64_t hash = 0x9e3779b97f4a7c15;
    for (const float value : values) {
        hash ^= std::bit_cast<std::uint32_t>(value == 0 ? 0.0f : value); // -0 is 0
        hash *= 0xbf58476d1ce4e5b9;
        hash ^= hash >> 29;
    }
    return hash;
}

struct Seen {
    std::uint64_t hash;
    std::int64_t index;
    friend auto operator<=>(const Seen&, const Seen&) = default;
};

void findRepeated(std::vector<Seen>& train, const std::vector<Seen>& test, DataSurvey& survey) {
    std::sort(train.begin(), train.end());
    for (std::size_t i = 1; i < train.size(); ++i)
        survey.repeated += train[i].hash == train[i - 1].hash;
    for (const Seen& sample : test) {
        const auto it = std::lower_bound(train.begin(), train.end(), Seen{sample.hash, 0});
        if (it == train.end() || it->hash != sample.hash) continue;
        ++survey.shared;
        if (survey.sharedSamples.size() < mostShared)
            survey.sharedSamples.push_back({sample.index, it->index});
    }
}

std::vector<std::string> classNames(const Dataset& data) {
    const DatasetInfo& info = data.info();
    if (const Tokenizer* tokenizer = data.tokenizer()) {
        std::vector<std::string> names;
        for (std::int64_t i = 0; i < tokenizer->size(); ++i)
            names.push_back(tokenizer->name(i));
        return names;
    }
    if (info.task->targetKind == TargetKind::Number || info.task->positions) return {};
    std::vector<std::string> names = info.classNames;
    if (names.empty() && info.task->targetKind == TargetKind::YesNo && !info.mask)
        names = info.targets == 1 ? std::vector<std::string>{"no", "yes"} : std::vector<std::string>{};
    return names;
}

/// One pass over all samples.
class Pass {
  public:
    explicit Pass(const Dataset& data)
        : data_(data)
        , info_(data.info())
        , input_(static_cast<std::size_t>(info_.input.size()))
        , target_(static_cast<std::size_t>(data.targetWidth()))
        , columns_(surveyedColumns(info_))
        , numbers_(info_.task->targetKind == TargetKind::Number ? target_.size() : 0) {
        for (std::string& name : classNames(data))
            survey_.classes.push_back({std::move(name), 0, 0, {}});
    }
    DataSurvey run(SurveyProgress* progress) {
        const Split split = makeSplit(data_, 0, 1);
        survey_.trainSize = std::ssize(split.train) + std::ssize(split.validation);
        survey_.testSize = std::ssize(split.test);
        survey_.testPart = split.testPart;
        const std::int64_t samples = survey_.trainSize + survey_.testSize;
        const auto width = static_cast<std::int64_t>(columns_.empty() ? 1 : input_.size());
        every_ = std::max<std::int64_t>(1, (samples * width + mostKept - 1) / mostKept);
        survey_.sampled = every_ > 1;
        if (progress) progress->of = samples;
        read(Part::Train, split.train, true, progress);
        read(Part::Train, split.validation, true, progress); // where the data bring one
        read(split.testPart, split.test, false, progress);
        findRepeated(train_, test_, survey_);
        const bool named = info_.featureNames.size() == columns_.size();
        for (std::size_t i = 0; i < columns_.size(); ++i)
            survey_.inputs.push_back(columns_[i].take(named ? info_.featureNames[i] : channelName(i)));
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            survey_.targets.push_back(numbers_[i].take(targetName(i)));
        for (std::size_t i = 0; i < std::min(info_.targetOffsets.size(), survey_.targets.size()); ++i)
            survey_.targets[i].shift(info_.targetOffsets[i]);
        return std::move(survey_);
    }

  private:
    std::string targetName(std::size_t i) const {
        if (i < info_.targetNames.size()) return info_.targetNames[i];
        return numbers_.size() == 1 ? "target" : "target " + std::to_string(i + 1);
    }
    std::string channelName(std::size_t i) const {
        static constexpr std::array<const char*, 3> colours{"red", "green", "blue"};
        if (info_.input.isFlat()) return "feature " + std::to_string(i + 1);
        if (columns_.size() == 1) return info_.input.isSequence() ? "value" : "brightness";
        if (columns_.size() == 3 && !info_.input.isSequence()) return colours[i];
        return (info_.input.isSequence() ? "feature " : "channel ") + std::to_string(i + 1);
    }
    void read(Part part, const std::vector<std::int64_t>& samples, bool train, SurveyProgress* progress) {
        constexpr std::int64_t block = 16; // each may be a picture to be decoded
        (train ? train_ : test_).reserve(samples.size());
        for (const std::int64_t index : samples) {
            if (done_ % block == 0) {
                continueReading();
                if (progress) progress->done = done_;
            }
            data_.readInput(part, index, input_.data());
            data_.readCheckedTarget(part, index, target_);
            (train ? train_ : test_).push_back({hashOf(input_), index});
            take(index, done_ % every_ == 0, train);
            ++done_;
        }
    }
    void take(std::int64_t index, bool keep, bool train) {
        const bool sequence = info_.input.isSequence();
        const auto area = static_cast<std::size_t>(info_.input.isFlat() ? 1 : info_.input.area());
        if (!columns_.empty())
            for (std::size_t i = 0; i < input_.size(); ++i)
                columns_[sequence ? i % columns_.size() : i / area].add(input_[i], keep);
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            numbers_[i].add(target_[i], keep);
        if (survey_.classes.empty()) return;
        const auto count = [&](std::size_t i) {
            if (i >= survey_.classes.size()) return;
            ClassSurvey& of = survey_.classes[i];
            ++(train ? of.train : of.test);
            if (train && of.first.size() < mostFirst && (of.first.empty() || of.first.back() != index))
                of.first.push_back(index);
        };
        if (data_.tokenizer())
            for (const float token : input_)
                count(static_cast<std::size_t>(token));
        else if (!hasLabels(info_))
            count(static_cast<std::size_t>(target_[0]));
        else { // of a mask, those that any of its pixels has
            const std::size_t each = target_.size() / survey_.classes.size();
            for (std::size_t label = 0; label < survey_.classes.size(); ++label)
                if (std::ranges::any_of(std::span(target_).subspan(label * each, each),
                                        [](float value) { return value > 0; }))
                    count(label);
        }
    }

    const Dataset& data_;
    const DatasetInfo& info_;
    std::vector<float> input_, target_;
    std::vector<Measure> columns_, numbers_;
    std::vector<Seen> train_, test_;
    std::int64_t every_ = 1, done_ = 0;
    DataSurvey survey_;
};

} // namespace

void ColumnSurvey::shift(double by) {
    for (double* value : {&mean, &minimum, &maximum, &quartiles[0], &quartiles[1], &quartiles[2]})
        *value += by;
    whole = whole && by == std::trunc(by);
}

bool hasLabels(const DatasetInfo& info) {
    // Of yes and no, two names are of one question.
    return info.task->targetKind == TargetKind::YesNo && (info.targets > 1 || info.classNames.size() == 1);
}

std::size_t surveyedColumns(const DatasetInfo& info) {
    if (info.task->generates) return 0;
    return static_cast<std::size_t>(info.input.isSequence() ? info.input.width : info.input.channels);
}

DataSurvey surveyOf(const Dataset& data, SurveyProgress* progress) {
    return Pass(data).run(progress);
}

std::string typeOf(const ColumnSurvey& column) {
    if (column.count == 0) return "nothing";
    if (column.isConstant()) return "constant";
    if (column.whole && column.minimum == 0 && column.maximum == 1) return "0 or 1";
    return column.whole ? "whole number" : "number";
}

} // namespace burdock
