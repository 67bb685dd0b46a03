#include "engine/train/advice.h"

#include "engine/data/picture.h"
#include "engine/data/sample_facts.h"
#include "engine/schema/number_text.h"
#include "engine/tensor/random.h"
#include "engine/train/loss.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

std::string classNamed(const DatasetInfo& info, std::int64_t index) {
    const auto at = static_cast<std::size_t>(index);
    return at < info.classNames.size() ? "“" + info.classNames[at] + "”" : "class " + std::to_string(index);
}

/// Chooses a loss, with a setting of its own.
Fix lossFix(const LossSchema& loss, std::string label, ParamValues own = {}) {
    Fix fix;
    fix.kind = Fix::Kind::SetSetting;
    fix.label = std::move(label);
    fix.param = "loss";
    fix.value = loss.id;
    fix.layerParams = std::move(own);
    return fix;
}

/// With the loss's own setting that does it, where it has one.
std::optional<Diagnostic> adviseWeights(const DatasetInfo& info, const ClassBalance& balance,
                                        const TrainConfig& config) {
    const LossSchema* loss = lossFor(config.loss, info.task);
    auto told = loss ? tellUnbalanced(info, balance) : std::nullopt;
    if (!told) return std::nullopt;
    const auto weights = std::ranges::find(loss->params, classWeightsKey, &ParamSpec::key);
    if (weights == loss->params.end()) return told;
    if (paramOr(config.lossParams, *weights) != weights->defaultValue) return std::nullopt;
    const bool labels = balance.hasRareLabels();
    const std::string by = labels      ? "Give the labels positive weights"
                           : info.mask ? "Give yes and no balanced weights"
                                       : "Give the classes balanced weights";
    told->mend = by + ", and l" + told->mend.substr(1);
    told->fix =
        lossFix(*loss, labels ? "Weigh the rare labels" : "Balance the classes' weights",
                {{std::string(classWeightsKey), std::string(labels ? positiveWeights : balancedWeights)}});
    return told;
}

std::optional<Diagnostic> adviseLoss(const DatasetInfo& info, const std::vector<Spread>& spreads,
                                     const TrainConfig& config) {
    const LossSchema* loss = lossFor(config.loss, info.task);
    const auto far = std::ranges::find_if(spreads, &Spread::hasOutliers);
    if (!loss || loss->id != info.task->loss || far == spreads.end()) return std::nullopt;
    const LossSchema& robust = *findLoss("huber");
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "data.outliers";
    d.where = info.title;
    d.what = "Some of the numbers to predict lie far from the others: a squared error is mostly theirs.";
    d.why =
        "Half of them lie between " + spreadText(far->lower) + " and " + spreadText(far->upper) + ", " +
        std::to_string(far->outliers) + " reach as far as " +
        spreadText(far->largest - far->upper > far->lower - far->smallest ? far->largest : far->smallest) +
        ".";
    d.mend = "Choose the loss “" + robust.name + "”, or “" + findLoss("mae")->name +
             "”, if the usual ones matter more.";
    d.fix = lossFix(robust, "Choose " + robust.name);
    return d;
}

} // namespace

std::optional<Diagnostic> tellUnbalanced(const DatasetInfo& info, const ClassBalance& balance) {
    if (!balance.isUnbalanced()) return std::nullopt;
    const auto count = [](double n) { return std::to_string(std::llround(n)); };
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "data.unbalanced";
    d.where = info.title;
    if (balance.hasRareLabels()) {
        const auto others = balance.rareLabels.size() - 1;
        d.code = "data.rare-labels";
        d.what = "Few samples carry some of the labels: a network that never gives them is mostly right.";
        d.why = classNamed(info, balance.rare) + " has " + count(balance.least) + " of " +
                count(balance.samples) + " samples" +
                (others == 0 ? "."
                             : ", and " + std::to_string(others) +
                                   (others == 1 ? " other is" : " others are") + " rare too.");
        d.mend = "Look at the F1 of each label.";
    } else if (info.mask) {
        d.what =
            "Few pixels carry a label: accuracy tells little, and a network that marks none is mostly right.";
        d.why = "Of all labels of pixels " +
                shortestText(static_cast<float>(std::llround(1000 * balance.least / balance.samples)) / 10) +
                (balance.rare == 1 ? " % are yes." : " % are no.");
        d.mend = "Look at the IoU.";
    } else {
        d.what = "The classes are unbalanced: accuracy tells little of the rare ones.";
        d.why = classNamed(info, balance.common) + " has " + count(balance.most) + " of " +
                count(balance.samples) + " samples, " + classNamed(info, balance.rare) + " has " +
                count(balance.least) + ".";
        d.mend = "Look at the balanced accuracy.";
    }
    return d;
}

std::optional<Diagnostic> tellAbsent(const DatasetInfo& info, const ClassBalance& balance) {
    if (balance.absent.empty() || balance.samples == 0) return std::nullopt;
    constexpr std::size_t most = 5;
    std::string names;
    for (std::size_t i = 0; i < std::min(most, balance.absent.size()); ++i)
        names += (i > 0 ? ", " : "") + classNamed(info, balance.absent[i]);
    if (balance.absent.size() > most) names += ", …";
    Diagnostic d;
    d.severity = Severity::Warning;
    d.code = "data.class-absent";
    d.where = info.title;
    d.what = balance.absent.size() == 1 ? "A class has no sample to train on: " + names + "."
                                        : std::to_string(balance.absent.size()) +
                                              " classes have no sample to train on: " + names + ".";
    d.why = "It cannot be learned, and metrics go by the others.";
    d.mend = "Add samples of it, or lower the validation share.";
    return d;
}

namespace {

/// What a transform exchanges, as it does to some picture of noise.
struct Mirrored {
    bool sides = false, ends = false; ///< left and right, top and bottom
};
Mirrored mirroredBy(TransformUse use) {
    constexpr Shape shape{1, 67, 71}; // larger than what is mirrored at borders
    constexpr std::uint64_t draws = 32;
    std::vector<float> picture(shape.size()), sides(picture), ends(picture), scratch;
    const auto at = [](std::int64_t y, std::int64_t x) {
        return static_cast<std::size_t>(y * shape.width + x);
    };
    for (std::size_t i = 0; i < picture.size(); ++i)
        picture[i] = static_cast<float>(randomUniform(1, i));
    for (std::int64_t y = 0; y < shape.height; ++y)
        for (std::int64_t x = 0; x < shape.width; ++x) {
            sides[at(y, x)] = picture[at(y, shape.width - 1 - x)];
            ends[at(y, x)] = picture[at(shape.height - 1 - y, x)];
        }
    use.params["probability"] = 1.0;
    const Augmentation augmentation({use});
    Mirrored found;
    for (std::uint64_t key = 0; key < draws; ++key) {
        std::vector<float> changed = picture;
        augmentation.apply(shape, changed.data(), key, scratch);
        found.sides = found.sides || changed == sides;
        found.ends = found.ends || changed == ends;
    }
    return found;
}

} // namespace

std::vector<Diagnostic> warnOfMirrors(const Dataset& data, const TrainConfig& config) {
    std::vector<Diagnostic> found;
    const PictureAxes axes = factsOf(data).axes();
    if (!isPicture(data.info().input) || (axes.width.empty() && axes.height.empty())) return found;
    for (const TransformUse& use : config.augmentation) {
        const TransformSchema* schema = findTransform(use.id);
        if (!schema || !checkAugmentation({use}).empty()) continue;
        const Mirrored mirrored = mirroredBy(use);
        const bool sides = mirrored.sides && !axes.width.empty(),
                   ends = mirrored.ends && !axes.height.empty();
        if (!sides && !ends) continue;
        const std::string both = sides && ends ? axes.width + " and " + axes.height
                                 : sides       ? axes.width
                                               : axes.height;
        Diagnostic d;
        d.severity = Severity::Warning;
        d.code = "augmentation.axes";
        d.where = "Augmentation";
        d.param = "augmentation";
        d.what = schema->name + " turns " + both + " round: no sample to predict is like that.";
        d.why = "A sample of " + data.info().title + " is no picture of places: its height is " +
                axes.height + ", its width " + axes.width + ".";
        d.mend = "Leave it out; a shift, noise or a cutout suits such samples.";
        found.push_back(shortened(std::move(d)));
    }
    return found;
}

std::optional<Diagnostic> tellInseparable(const TrainConfig& config, const DatasetInfo& data,
                                          std::int64_t epochs, double accuracy) {
    const LossSchema* loss = lossFor(config.loss, data.task);
    if (!loss || loss->contains != OutputFunction::Threshold || !(accuracy < 1)) return std::nullopt;
    constexpr double whole = 1000;
    const double mistakes = std::ceil((1 - accuracy) * whole) / whole * 100;
    Diagnostic d;
    d.severity = Severity::Warning;
    d.code = "perceptron.inseparable";
    d.where = data.title;
    d.what = "After " + std::to_string(epochs) + (epochs == 1 ? " epoch" : " epochs") +
             " the rule still makes mistakes on the samples it is trained on: " +
             shortestText(static_cast<float>(mistakes)) + " %.";
    d.why = "It comes to rest only where a straight line or plane parts the classes (Novikoff, 1962); on "
            "others, such as XOR, the weights change for ever.";
    d.mend = "Train for more epochs; if mistakes remain, put a hidden layer with a smooth activation before "
             "the output, and choose another loss.";
    return d;
}

std::optional<Diagnostic> tellStillLearning(const DatasetInfo& data, std::span<const double> losses) {
    constexpr std::size_t fewest = 10;
    constexpr double least = 0.001; // small, since a cosine's last steps are
    if (losses.size() < fewest) return std::nullopt;
    const double before = losses[losses.size() - 1 - losses.size() / 5], after = losses.back();
    if (!(before > 0 && after < before * (1 - least))) return std::nullopt;
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "run.still-learning";
    d.where = data.title;
    d.what = "The network is still learning: its last epoch is the best, and the loss still fell.";
    d.mend = "Train on for more epochs (setting epochs).";
    return d;
}

std::string spreadText(double value) {
    const auto single = static_cast<float>(value);
    // A whole number is told to its last digit: 1700000128, not what single precision would need of it.
    const bool whole = value == std::floor(value) && std::abs(value) < 9e15;
    return static_cast<double>(single) == value && !whole ? shortestText(single) : shortestText(value);
}

Spread spreadOf(std::vector<float> values) {
    std::erase_if(values, [](float v) { return std::isnan(v); });
    if (values.empty()) return {};
    std::ranges::sort(values);
    const auto at = [&](double share) {
        return static_cast<double>(
            values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))]);
    };
    Spread s{at(0), at(1), at(0.25), at(0.75)};
    const double reach = 3 * (s.upper - s.lower), median = at(0.5);
    double all = 0, far = 0;
    for (const float v : values) {
        const double off = static_cast<double>(v) - median, square = off * off;
        all += square;
        if (v >= s.lower - reach && v <= s.upper + reach) continue;
        far += square;
        ++s.outliers;
    }
    // Where most are the same number, the others are no outliers but what there is to tell.
    if (!(reach > 0)) s.outliers = 0;
    s.weight = all > 0 ? far / all : 0;
    return s;
}

std::vector<Spread> targetSpreads(const Dataset& data, std::span<const std::int64_t> samples) {
    constexpr std::size_t looked = 50'000;
    if (data.info().task->targetKind != TargetKind::Number) return {};
    std::vector<float> target(static_cast<std::size_t>(data.targetWidth()));
    std::vector<std::vector<float>> columns(target.size());
    const std::size_t stride = std::max<std::size_t>(1, samples.size() / looked);
    for (std::size_t i = 0; i < samples.size(); i += stride) {
        data.readTarget(Part::Train, samples[i], target.data());
        for (std::size_t c = 0; c < target.size(); ++c)
            columns[c].push_back(target[c]);
    }
    std::vector<Spread> spreads;
    const std::vector<double>& offsets = data.info().targetOffsets;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        Spread& s = spreads.emplace_back(spreadOf(std::move(columns[c])));
        for (double* place : {&s.smallest, &s.largest, &s.lower, &s.upper})
            *place += c < offsets.size() ? offsets[c] : 0;
    }
    return spreads;
}

std::vector<Diagnostic> adviseOn(const Dataset& data, const Split& split, const ClassBalance& balance,
                                 const TrainConfig& config) {
    std::vector<Diagnostic> found;
    const auto add = [&found](std::optional<Diagnostic> d) {
        if (d) found.push_back(shortened(std::move(*d)));
    };
    add(tellAbsent(data.info(), balance));
    add(adviseWeights(data.info(), balance, config));
    add(adviseLoss(data.info(), targetSpreads(data, split.train), config));
    for (Diagnostic& d : warnOfMirrors(data, config))
        found.push_back(std::move(d));
    return found;
}

} // namespace burdock
