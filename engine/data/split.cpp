#include "engine/data/split.h"

#include "engine/data/shared_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace burdock {
namespace {

// Streams of shuffledIndices.
constexpr std::uint64_t testStream = 1;
constexpr std::uint64_t validationStream = 2;
constexpr std::uint64_t foldStream = 3;

/// How many of `count` a fraction is; leaves at least one over.
std::int64_t share(std::int64_t count, double fraction) {
    if (!(fraction > 0) || count < 2) return 0;
    const auto wanted = std::llround(fraction * static_cast<double>(count));
    return std::clamp<std::int64_t>(wanted, 1, count - 1);
}

/// How many samples are given for validation; leaves at least one over.
std::int64_t givenValidation(const DatasetInfo& info) {
    return std::clamp<std::int64_t>(info.validationSize, 0, std::max<std::int64_t>(info.trainSize - 1, 0));
}

bool isCrossValidation(const SplitOptions& options) {
    return options.folds >= 2;
}

bool hasClasses(const DatasetInfo& info) {
    const bool one = !info.task->positions && info.task->targetWidth(info) == 1;
    return one && info.task->targetKind != TargetKind::Number;
}

Diagnostic refusal(const char* code, std::string what, std::string why, std::string mend) {
    Diagnostic d;
    d.code = code;
    d.where = d.param = "split";
    d.what = std::move(what);
    d.why = std::move(why);
    d.mend = std::move(mend);
    return d;
}

std::string plural(std::int64_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

/// What the samples are parted by; empty where the kind of split does not go by it.
struct Traits {
    Labels classes, groups;
    std::vector<double> times;
};

Labels readClasses(const Dataset& data) {
    Labels classes(static_cast<std::size_t>(data.size(Part::Train)));
    float target = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        data.readTarget(Part::Train, static_cast<std::int64_t>(i), &target);
        classes[i] = std::isfinite(target) ? std::llround(target) : -1;
    }
    return classes;
}

Labels readGroups(const Dataset& data, Part part) {
    Labels groups(static_cast<std::size_t>(data.size(part)));
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] = data.groupOf(part, static_cast<std::int64_t>(i));
    return groups;
}

/// The parts of one data set, taken one after the other.
class Parting {
  public:
    Parting(const Dataset& data, const SplitOptions& options)
        : data_(data)
        , info_(data.info())
        , options_(options)
        , kind_(options.kind.value_or(SplitKind::Random))
        , rows_(data)
        , left_(static_cast<std::size_t>(info_.trainSize - givenValidation(info_))) {
        std::iota(left_.begin(), left_.end(), 0);
    }

    Result<Split> make() {
        if (auto why = whyNotSplit(info_, options_)) return refuse(std::move(*why));
        if (const Status read = readTraits(); !read) return refuse(read.error());
        if (isCrossValidation(options_))
            takeFold();
        else
            takeTest();
        takeValidation();
        if (left_.empty() && leftOut_ > 0) return refuse(nothingApart());
        split_.train = std::move(left_);
        if (byTime() && info_.orderedBy.empty()) tellOrder();
        if (leftOut_ > 0 || notTaken_) tellSharedRows();
        if (!traits_.classes.empty()) tellMissingClasses();
        if (!traits_.groups.empty() && split_.testPart == Part::Test) tellSharedGroups();
        return std::move(split_);
    }

  private:
    bool byTime() const { return kind_ == SplitKind::Time; }
    /// In place of one that the data bring; of a share of 0 there is none.
    bool drawsTest() const {
        return isCrossValidation(options_) || (info_.testSize == 0 && info_.testShare > 0);
    }
    bool drawsValidation() const { return givenValidation(info_) == 0 && options_.validationFraction > 0; }
    std::int64_t left() const { return static_cast<std::int64_t>(left_.size()); }

    Status readTraits() {
        if (isCrossValidation(options_) && kind_ == SplitKind::Random && hasClasses(info_))
            kind_ = SplitKind::Stratified;
        if (kind_ == SplitKind::Stratified) traits_.classes = readClasses(data_);
        if (kind_ == SplitKind::Grouped) {
            traits_.groups = readGroups(data_, Part::Train);
            return checkGroups();
        }
        if (byTime()) return readTimes();
        return {};
    }

    Status checkGroups() const {
        const auto groups = static_cast<std::int64_t>(countLabels(left_, traits_.groups).size());
        const bool crossed = isCrossValidation(options_);
        const std::int64_t folds = crossed ? options_.folds : 1 + (drawsTest() ? 1 : 0);
        // Of two folds one is the test, and validation takes a group of the other.
        const std::int64_t needed =
            crossed ? std::max<std::int64_t>(folds, drawsValidation() ? 3 : 2) : folds + drawsValidation();
        if (groups >= needed) return {};
        return refuse(refusal("split.few-groups", "There are too few groups to split the data by.",
                              info_.title + " has " + plural(groups, "group") + " by " + info_.groupedBy +
                                  ", and " + std::to_string(needed) + " are needed.",
                              crossed ? "Choose fewer folds, a validation share of 0, or another split."
                                      : "Choose a validation share of 0, or another split."));
    }

    Status readTimes() {
        traits_.times.resize(static_cast<std::size_t>(info_.trainSize));
        std::int64_t unknown = 0;
        for (std::size_t i = 0; i < traits_.times.size(); ++i) {
            traits_.times[i] = data_.timeOf(Part::Train, static_cast<std::int64_t>(i));
            unknown += std::isnan(traits_.times[i]);
        }
        if (unknown == 0) return {};
        return refuse(refusal("split.times", "The data cannot be split by time.",
                              plural(unknown, "sample") + " of " + info_.title + " " +
                                  (unknown == 1 ? "has" : "have") + " no value in " + info_.orderedBy + ".",
                              "Fill them in or leave those rows out, or choose another split."));
    }

    /// At random, or by class: of samples that share rows the neighbours go with them, block by block.
    bool byBlocks() const {
        return rows_.any() && (kind_ == SplitKind::Random || kind_ == SplitKind::Stratified);
    }

    /// Some whole blocks. What lies around one is lost, so they are few, and long beside a sample.
    Samples takeBlocks(std::int64_t count, std::uint64_t seed, std::uint64_t stream) const {
        if (count <= 0) return {};
        constexpr std::int64_t most = 4, longBeside = 4;
        const std::int64_t wanted = std::clamp<std::int64_t>(count / (longBeside * rows_.longest()), 1, most);
        const std::int64_t size = (count + wanted - 1) / wanted;
        return takeGroups(left_, rows_.blocks(left_, (left() + size - 1) / size), count, 1, seed, stream);
    }

    /// Sets apart what was taken, and leaves out what shares rows with it. Where that is all, nothing is
    /// taken, unless it must be.
    Samples setApart(Samples taken, bool must = false) {
        Samples others = without(left_, taken);
        const Samples meeting = rows_.meeting(others, taken);
        if (!meeting.empty() && meeting.size() == others.size() && !must) {
            notTaken_ = true;
            return {};
        }
        leftOut_ += std::ssize(meeting);
        left_ = without(others, meeting);
        return taken;
    }

    /// Takes a part of what is left.
    Samples take(std::int64_t count, std::int64_t sparedGroups, std::uint64_t seed, std::uint64_t stream) {
        if (byBlocks()) return setApart(takeBlocks(count, seed, stream));
        Samples taken;
        switch (kind_) {
        case SplitKind::Random:
            taken = takeRandomly(left_, count, seed, stream);
            break;
        case SplitKind::Stratified:
            taken = takeStratified(left_, traits_.classes, count, seed, stream);
            break;
        case SplitKind::Grouped:
            taken = takeGroups(left_, traits_.groups, count, sparedGroups, seed, stream);
            break;
        case SplitKind::Time:
            taken = takeLast(left_, traits_.times, count);
            break;
        }
        return setApart(std::move(taken));
    }

    void takeTest() {
        if (info_.testSize == 0) {
            split_.testPart = Part::Train;
            split_.test = take(share(left(), info_.testShare), 1 + drawsValidation(), 0, testStream);
            return;
        }
        split_.test.resize(static_cast<std::size_t>(info_.testSize));
        std::iota(split_.test.begin(), split_.test.end(), 0);
    }

    void takeFold() {
        const std::int64_t fold = options_.fold - 1, folds = options_.folds;
        split_.testPart = Part::Train;
        if (byTime()) {
            const std::int64_t size = left() / (folds + 1), later = (folds - 1 - fold) * size;
            left_ = without(left_, takeLast(left_, traits_.times, later));
            split_.test = takeLast(left_, traits_.times, size);
        } else if (kind_ == SplitKind::Grouped) {
            split_.test = foldGroups(left_, traits_.groups, fold, folds, 0, foldStream);
        } else if (byBlocks()) {
            split_.test = foldGroups(left_, rows_.blocks(left_, folds), fold, folds, 0, foldStream);
        } else {
            const Labels alike(static_cast<std::size_t>(info_.trainSize));
            const Labels& classes = traits_.classes.empty() ? alike : traits_.classes;
            split_.test = foldStratified(left_, classes, fold, folds, 0, foldStream);
        }
        split_.test = setApart(std::move(split_.test), /*must=*/true);
    }

    void takeValidation() {
        if (const std::int64_t given = givenValidation(info_); given > 0) {
            split_.validation.resize(static_cast<std::size_t>(given));
            std::iota(split_.validation.begin(), split_.validation.end(), info_.trainSize - given);
            split_.validation = setApart(std::move(split_.validation));
        } else {
            split_.validation =
                take(share(left(), options_.validationFraction), 1, options_.seed, validationStream);
        }
    }

    void tellOrder() {
        Diagnostic d = refusal("split.order",
                               "Nothing tells the time of a sample: the order of the data is taken for it.",
                               "", "Where the data are a table, name the column of the time (order=…).");
        d.severity = Severity::Hint;
        split_.warnings.push_back(std::move(d));
    }

    Diagnostic nothingApart() const {
        return refusal("split.shared-rows", "No sample is left to train on.",
                       "Every one shares rows with a sample of the test or the validation.",
                       "Take a shorter window, fewer folds or a smaller validation share.");
    }

    void tellSharedRows() {
        Diagnostic d = refusal("split.shared-rows", "Samples that share rows stay together.", "", "");
        d.severity = Severity::Hint;
        d.why = plural(leftOut_, "sample") + (leftOut_ == 1 ? " is" : " are") + " left out of the " +
                std::to_string(info_.trainSize) + ", as " + (leftOut_ == 1 ? "it shares" : "they share") +
                " rows with another part" +
                (byBlocks() ? ", and parts are taken in blocks of neighbours." : ".");
        if (notTaken_) {
            d.severity = Severity::Warning;
            d.what = "A part could not be taken: all samples share rows with it.";
            d.why = "There are " + plural(info_.trainSize, "sample") + " of up to " +
                    plural(rows_.longest(), "row") + ", one beginning soon after the other.";
            d.mend = "Take a shorter window, or bring more rows.";
        }
        split_.warnings.push_back(std::move(d));
    }

    void tellMissingClasses() {
        std::vector<std::pair<const char*, const Samples*>> parts{{"training", &split_.train}};
        if (drawsValidation()) parts.emplace_back("validation", &split_.validation);
        if (drawsTest()) parts.emplace_back("test", &split_.test);
        std::map<std::int64_t, std::map<const char*, std::int64_t>> counts; // by class and part
        for (const auto& [name, samples] : parts)
            for (const LabelCount& count : countLabels(*samples, traits_.classes))
                counts[count.label][name] = count.samples;
        std::string told;
        int classes = 0;
        for (const auto& [label, inParts] : counts) {
            if (inParts.size() == parts.size() || ++classes > 3) continue;
            std::int64_t samples = 0;
            std::string missing;
            for (const auto& [name, list] : parts)
                if (const auto part = inParts.find(name); part != inParts.end())
                    samples += part->second;
                else
                    missing += (missing.empty() ? "" : " and ") + std::string(name);
            told += (told.empty() ? "" : "; ") + className(label) + ", which has " +
                    plural(samples, "sample") + ", is not in the " + missing + " part";
        }
        if (classes == 0) return;
        if (classes > 3) told += "; so it is with " + std::to_string(classes - 3) + " more";
        const bool crossed = isCrossValidation(options_);
        Diagnostic d = refusal(
            "split.classes", "Not every class is in every part of the split.", told + ".",
            "Bring more samples of it: " + std::to_string(crossed ? options_.folds : std::ssize(parts)) +
                " at the least, one for each " + (crossed ? "fold." : "part."));
        d.severity = Severity::Warning;
        split_.warnings.push_back(std::move(d));
    }

    std::string className(std::int64_t label) const {
        const auto at = static_cast<std::size_t>(label);
        return at < info_.classNames.size() ? "“" + info_.classNames[at] + "”"
                                            : "Class " + std::to_string(label);
    }

    void tellSharedGroups() {
        const auto tested = countLabels(split_.test, readGroups(data_, Part::Test));
        const auto trained = countLabels(split_.train, traits_.groups);
        const auto shared = std::count_if(tested.begin(), tested.end(), [&trained](const LabelCount& group) {
            const auto same = std::lower_bound(
                trained.begin(), trained.end(), group.label,
                [](const LabelCount& other, std::int64_t label) { return other.label < label; });
            return same != trained.end() && same->label == group.label;
        });
        if (shared == 0) return;
        Diagnostic d = refusal("split.shared-groups", "The test part has groups that are trained on too.",
                               std::to_string(shared) + " of its " + plural(std::ssize(tested), "group") +
                                   " by " + info_.groupedBy + ": the data bring their test part themselves.",
                               "Put both parts into one file, so that it is split by groups.");
        d.severity = Severity::Warning;
        split_.warnings.push_back(std::move(d));
    }

    const Dataset& data_;
    const DatasetInfo& info_;
    const SplitOptions& options_;
    SplitKind kind_;
    SharedRows rows_;
    Samples left_;
    std::int64_t leftOut_ = 0; ///< samples, as they share rows with another part
    bool notTaken_ = false;    ///< a part, as all samples share rows with it
    Traits traits_;
    Split split_;
};

} // namespace

const std::vector<Choice>& splitKinds() {
    static const std::vector<Choice> all{
        {"random", "At random", "Each sample for itself."},
        {"stratified", "Stratified by class", "Of each class its share in every part."},
        {"grouped", "By groups",
         "All samples of a group in one part, such as those of one patient: by the column that a "
         "table's options name."},
        {"time", "By time",
         "The last samples are the test, those before them the validation: in the order of the data, "
         "or by the column that a table's options name."}};
    return all;
}

const char* splitKindKey(SplitKind kind) {
    return splitKinds().at(static_cast<std::size_t>(kind)).key.c_str();
}

std::optional<SplitKind> splitKindFromKey(std::string_view key) {
    const std::vector<Choice>& all = splitKinds();
    const auto found = std::ranges::find(all, key, &Choice::key);
    if (found == all.end()) return std::nullopt;
    return static_cast<SplitKind>(found - all.begin());
}

std::optional<Diagnostic> whyNotSplit(const DatasetInfo& data, const SplitOptions& options) {
    if (options.kind == SplitKind::Stratified && !hasClasses(data))
        return refusal("split.no-classes", "The data cannot be split by class.",
                       "The task of " + data.title + " is " + data.task->name + ": no sample has one class.",
                       "Choose another split (setting split).");
    if (options.kind == SplitKind::Grouped && data.groupedBy.empty())
        return refusal(
            "split.no-groups", "The data cannot be split by groups.",
            "Nothing in " + data.title + " is known to tell the groups of its samples.",
            "Name the column that does, where the data are a table, or choose another split (setting "
            "split).");
    if (!isCrossValidation(options)) return std::nullopt;
    const std::int64_t samples = data.trainSize - givenValidation(data);
    const std::int64_t parts = options.folds + (options.kind == SplitKind::Time ? 1 : 0);
    Diagnostic d;
    d.where = d.param = "folds";
    if (samples < parts) {
        d.code = "split.folds";
        d.what = "There are more folds than samples.";
        d.why = data.title + " has " + plural(samples, "sample") + " to train on.";
        d.mend = "Choose fewer folds.";
        return d;
    }
    return std::nullopt;
}

Result<Split> makeSplit(const Dataset& data, const SplitOptions& options) {
    if (!options.kind) {
        std::string known;
        for (const Choice& kind : splitKinds())
            known += (known.empty() ? "" : ", ") + kind.key;
        return refuse(refusal("split.kind", "There is no such split.", "", "Choose one of " + known + "."));
    }
    if (isCrossValidation(options) && (options.fold < 1 || options.fold > options.folds)) {
        Diagnostic d;
        d.code = "split.fold";
        d.where = d.param = "fold";
        d.what = "A run tests one fold, and there is no fold " + std::to_string(options.fold) + ".";
        d.mend = "Choose one from 1 to " + std::to_string(options.folds) + ".";
        return refuse(std::move(d));
    }
    return Parting(data, options).make();
}

Split makeSplit(const Dataset& data, double validationFraction, std::uint64_t seed) {
    return *makeSplit(data, SplitOptions{validationFraction, seed});
}

std::int64_t trainCount(const Dataset& data, const SplitOptions& options) {
    const DatasetInfo& info = data.info();
    const std::int64_t given = givenValidation(info), all = info.trainSize - given;
    SplitOptions one = options;
    one.fold = std::max<std::int64_t>(one.fold, 1);
    if (options.kind == SplitKind::Grouped || SharedRows(data).any()) {
        const auto split = makeSplit(data, one);
        return split ? static_cast<std::int64_t>(split->train.size()) : info.trainSize;
    }
    std::int64_t left = all;
    if (isCrossValidation(options)) {
        if (whyNotSplit(info, one)) return info.trainSize;
        left = options.kind == SplitKind::Time
                   ? all - (options.folds - one.fold + 1) * (all / (options.folds + 1))
                   : all - all / options.folds - (one.fold <= all % options.folds ? 1 : 0);
    } else if (info.testSize == 0) {
        left -= share(left, info.testShare);
    }
    return given > 0 ? left : left - share(left, options.validationFraction);
}

std::int64_t trainCount(const Dataset& data, double validationFraction) {
    return trainCount(data, SplitOptions{validationFraction});
}

} // namespace burdock
