#include "engine/train/loss.h"

#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"
#include "engine/train/balance.h"
#include "engine/train/loss_rules.h"

#include <algorithm>
#include <numeric>

namespace burdock {

namespace {

BURDOCK_INLINE loss_rules::Exponentials<float> exponentialsOf(const float* z, std::int64_t n, float* to) {
    float top = z[0], sum = 0;
#pragma omp simd reduction(max : top)
    for (std::int64_t i = 0; i < n; ++i)
        top = std::max(top, z[i]);
    if (!to) {
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < n; ++i)
            sum += expNegative(z[i] - top);
        return {top, sum};
    }
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) {
        to[i] = expNegative(z[i] - top);
        sum += to[i];
    }
    return {top, sum};
}

} // namespace

loss_rules::Exponentials<float> loss_rules::exponentials(const float* z, std::int64_t n, float* to) {
    return perProcessor<exponentialsOf>(z, n, to);
}

namespace {

using namespace loss_rules;

// Settings. --------------------------------------------------------------------------------------------

enum class ClassWeights { None, Balanced, Positive };
struct CrossEntropyParams {
    double smoothing = 0;
    ClassWeights weights = ClassWeights::None;
};
enum class Told { Mistakes, Distance };
struct PerceptronParams {
    Told told = Told::Mistakes;
};
struct HuberParams {
    double delta = 1;
};

/// `ofYes`: the loss is of yes or no, and the yes of a label may have a weight of its own.
void addClassWeights(ParamTable<CrossEntropyParams>& t, bool ofYes) {
    std::vector<Choice> choices{
        {"none", "All alike", "Every sample counts as much."},
        {"balanced", "Balanced", "A sample of a rare class counts more: n / (classes · n of class)."}};
    if (ofYes)
        choices.push_back({std::string(positiveWeights), "Positive",
                           "The yes of a label counts n of no / n of yes, and its no 1: pos_weight in "
                           "PyTorch's BCEWithLogitsLoss."});
    t.addChoice(&CrossEntropyParams::weights,
                {.key = std::string(classWeightsKey),
                 .label = "Class weights",
                 .doc = "How much each class counts where some are rare."},
                std::move(choices));
}

std::unique_ptr<Loss> makeSoftmax(const CrossEntropyParams& p, const LossSetup& setup) {
    SoftmaxCrossEntropy rule;
    rule.smoothing = p.smoothing;
    if (p.weights == ClassWeights::Balanced && setup.counts) {
        const TargetCounts counts = setup.counts();
        for (const double n : counts.of)
            // A class without samples has the weight of one that has its share of them.
            rule.weights.push_back(n > 0 ? counts.samples / (static_cast<double>(counts.of.size()) * n)
                                         : 1.0);
        rule.weightSum = std::accumulate(rule.weights.begin(), rule.weights.end(), 0.0);
    }
    return std::make_unique<ColumnLoss<SoftmaxCrossEntropy>>(std::move(rule));
}

std::unique_ptr<Loss> makeBinary(const CrossEntropyParams& p, const LossSetup& setup) {
    BinaryCrossEntropy rule;
    if (p.weights != ClassWeights::None && setup.counts) {
        const TargetCounts counts = setup.counts();
        for (const double yes : counts.of) {
            const double no = counts.samples - yes;
            if (p.weights == ClassWeights::Positive) {
                rule.ofYes.push_back(yes > 0 && no > 0 ? no / yes : 1.0);
                rule.ofNo.push_back(1.0);
                continue;
            }
            rule.ofYes.push_back(yes > 0 ? counts.samples / (2 * yes) : 1.0);
            rule.ofNo.push_back(no > 0 ? counts.samples / (2 * no) : 1.0);
        }
    }
    return std::make_unique<ColumnLoss<BinaryCrossEntropy>>(std::move(rule));
}

template <class Rule>
std::unique_ptr<Loss> makePlain(const ParamValues&, const LossSetup&) {
    return std::make_unique<ColumnLoss<Rule>>(Rule{});
}

std::vector<LossSchema> makeAll() {
    ParamTable<CrossEntropyParams> softmax, binary;
    softmax.add(&CrossEntropyParams::smoothing,
                {.key = "label_smoothing",
                 .label = "Label smoothing",
                 .minimum = 0,
                 .maximum = 1,
                 .maximumExcluded = true,
                 .doc = "ε: the share of each target that is spread over all classes."});
    addClassWeights(softmax, false);
    addClassWeights(binary, true);
    ParamTable<HuberParams> huber;
    huber.add(&HuberParams::delta,
              {.key = "delta",
               .label = "δ",
               .minimum = 0,
               .maximum = 1e6,
               .minimumExcluded = true,
               .doc = "Errors below it count squared, those above by their size; where targets are "
                      "scaled, in units of their deviation."});
    ParamTable<PerceptronParams> perceptron;
    perceptron.addChoice(
        &PerceptronParams::told,
        {.key = std::string(toldKey),
         .label = "Told as",
         .doc = "How the loss is told; the rule is the same."},
        {{std::string(toldAsMistakes), "Share of mistakes", "Whatever the size of the weights."},
         {"distance", "Distance", "By which the wrong side was taken: as small as the weights are."}});
    return {
        {"softmax-cross-entropy",
         "Softmax cross-entropy",
         "For one class out of several: how surprised the network is by the right class.",
         "L = −log softmax(z)ₜ",
         OutputKind::Logits,
         OutputFunction::Softmax,
         {TargetKind::Class},
         0,
         softmax.specs(),
         [softmax](const ParamValues& v, const LossSetup& s) { return makeSoftmax(softmax.read(v), s); }},
        {"binary-cross-entropy",
         "Binary cross-entropy",
         "For yes or no, also for several labels: how surprised the network is by the right answer.",
         "L = −t·log σ(z) − (1−t)·log(1−σ(z))",
         OutputKind::Logits,
         OutputFunction::Logistic,
         {TargetKind::YesNo},
         0,
         binary.specs(),
         [binary](const ParamValues& v, const LossSetup& s) { return makeBinary(binary.read(v), s); }},
        {"mse",
         "Mean squared error",
         "For numbers: the mean of the squared differences.",
         "L = (y − t)²",
         OutputKind::Numbers,
         OutputFunction::None,
         {TargetKind::Number, TargetKind::YesNo},
         0.5f,
         {},
         makePlain<MeanSquaredError>,
         2},
        {"mae",
         "Mean absolute error",
         "For numbers with outliers: the mean size of the differences.",
         "L = |y − t|",
         OutputKind::Numbers,
         OutputFunction::None,
         {TargetKind::Number, TargetKind::YesNo},
         0.5f,
         {},
         makePlain<MeanAbsoluteError>,
         1},
        {"huber",
         "Huber",
         "For numbers with outliers: squared for small errors, their size for large ones.",
         "L = (y−t)²/2 if |y−t| ≤ δ, else δ·(|y−t| − δ/2)",
         OutputKind::Numbers,
         OutputFunction::None,
         {TargetKind::Number, TargetKind::YesNo},
         0.5f,
         huber.specs(),
         [huber](const ParamValues& v, const LossSetup&) {
             Huber rule;
             rule.delta = huber.read(v).delta;
             return std::make_unique<ColumnLoss<Huber>>(rule);
         },
         2}, // with a δ that is told in the same unit
        {"hinge",
         "Hinge",
         "For classes, as in support vector machines: right answers cost nothing once their margin is 1.",
         "L = max(0, 1 − (2t−1)·z);  classes: Σ max(0, 1 − zₜ + z_c) / classes",
         OutputKind::Scores,
         OutputFunction::None,
         {TargetKind::YesNo, TargetKind::Class},
         0,
         {},
         [](const ParamValues&, const LossSetup& s) -> std::unique_ptr<Loss> {
             if (s.task->targetKind == TargetKind::Class)
                 return std::make_unique<ColumnLoss<ClassHinge>>(ClassHinge{});
             return std::make_unique<ColumnLoss<BinaryHinge>>(BinaryHinge{});
         }},
        {"perceptron",
         "Perceptron rule",
         "Rosenblatt's rule for threshold units, one sample at a time: batch size 1 and SGD, behind a step.",
         "w ← w + η·(y − ŷ)·x,  ŷ = step(z)",
         OutputKind::Scores,
         OutputFunction::Threshold,
         {TargetKind::YesNo, TargetKind::Class},
         0,
         perceptron.specs(),
         [](const ParamValues&, const LossSetup& s) {
             Perceptron rule;
             rule.classes = s.task->targetKind == TargetKind::Class;
             return std::make_unique<ColumnLoss<Perceptron>>(rule);
         }},
    };
}

} // namespace

TargetCounts countTargets(const Dataset& data, std::span<const std::int64_t> samples) {
    const TaskSchema& task = data.info().task.schema();
    TargetCounts counts;
    counts.samples = static_cast<double>(samples.size());
    counts.of.assign(static_cast<std::size_t>(data.info().targets), 0.0);
    std::vector<float> target(static_cast<std::size_t>(data.targetWidth()));
    for (const std::int64_t sample : samples) {
        data.readCheckedTarget(Part::Train, sample, target);
        if (task.targetKind == TargetKind::Class)
            for (const float id : target)
                counts.of[static_cast<std::size_t>(id)] += 1;
        else
            for (std::size_t i = 0; i < std::min(counts.of.size(), target.size()); ++i)
                counts.of[i] += target[i] > 0.5f ? 1 : 0;
    }
    if (task.positions) counts.samples *= static_cast<double>(target.size());
    return counts;
}

bool tellsMistakes(const LossSchema& loss, const ParamValues& params) {
    const auto told = std::ranges::find(loss.params, toldKey, &ParamSpec::key);
    return told != loss.params.end() && paramOr(params, *told) == ParamValue{std::string(toldAsMistakes)};
}

bool LossSchema::fits(Task task) const {
    return task->loss == id || std::ranges::find(kinds, task->targetKind) != kinds.end();
}

Registry<LossSchema>& losses() {
    static Registry<LossSchema> all(makeAll());
    return all;
}

const LossSchema* findLoss(std::string_view id) {
    return losses().find(id);
}

const LossSchema& defaultLoss(Task task) {
    return *findLoss(task->loss);
}

const LossSchema* lossFor(std::string_view id, Task task) {
    return id == "auto" ? &defaultLoss(task) : findLoss(id);
}

} // namespace burdock
