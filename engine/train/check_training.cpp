#include "engine/graph/apply_fix.h"
#include "engine/train/loss.h"
#include "engine/train/sample_kind.h"
#include "engine/train/task_defaults.h"
#include "engine/train/trainer.h"

#include <algorithm>

namespace burdock {
namespace {

Diagnostic onStep(const CheckedStep& step, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.node = step.path;
    d.where = step.name;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

/// The layer that sets how many features the output has at each place, looking back over activations that
/// keep them.
const CheckedStep* setterOfFeatures(const CheckedNetwork& network) {
    for (std::size_t at = network.output(); at != network.input();) {
        const CheckedStep& step = network.steps()[at];
        const CheckedLayer& layer = *step.layer;
        if (layer.schema->paramOf(ParamRole::OutputFeatures)) return &step;
        if (layer.schema->category != Category::Activation || layer.inputs.empty() ||
            layer.output() != layer.inputs[0])
            return nullptr;
        at = step.inputs[0].step;
    }
    return nullptr;
}

/// Gives the Input the shape of the data.
Fix inputFix(const NodePath& input, const DatasetInfo& data) {
    return {Fix::Kind::SetParam,
            "Set the Input to " + toString(data.input),
            input,
            "channels",
            data.input.channels,
            {},
            0,
            {{"height", data.input.height},
             {"width", data.input.width},
             {"axes", std::string(data.input.isSequence() ? "sequence" : "maps")}}};
}

void checkInput(const CheckedNetwork& network, const DatasetInfo& data, const TrainConfig& config,
                std::vector<Diagnostic>& found) {
    const Shape& shape = network.inputShape();
    // The same values may be read as the rows of a picture or as positions: that is the Input's to say.
    if (shape.hasSizesOf(data.input)) return;
    if (config.fit != Fit::Off && PictureFit::isPossible(data, shape)) return;
    const std::string wanted = toString(data.input);
    Diagnostic d =
        onStep(network.inputStep(), "data.input-shape", "The Input does not have the shape of the data.",
               "Set it to " + wanted + ", or choose other data.");
    // A network of pictures makes nothing of rows, whatever its Input says.
    if (suits(kindOf(network), kindOf(data)))
        d.fix = inputFix(d.node, data);
    else
        d.mend = "Open a template that is made for such data, or choose other data.";
    if (d.fix && data.task->generates)
        d.mend = "Set it to " + wanted + ", or open the data with its context: " + data.id +
                 ":context=" + std::to_string(shape.channels) + ".";
    d.why = "It is " + toString(shape) + ", and a sample of " + data.title + " is " + wanted + ".";
    if (config.fit == Fit::Off && PictureFit::isPossible(data, shape)) {
        const bool sizes = isPicture(data.input) && isPicture(shape);
        Fix fix;
        fix.kind = Fix::Kind::SetSetting;
        fix.label = (sizes ? "Resize the pictures to " : "Read the samples as ") + toString(shape);
        fix.param = "fit";
        fix.value = std::string("resize");
        d.fix = std::move(fix);
        d.mend += sizes ? " Or let the pictures be resized (setting fit)."
                        : " Or let the samples be read in that shape (setting fit).";
    }
    found.push_back(std::move(d));
}

void checkOutput(const CheckedNetwork& network, const DatasetInfo& data, std::vector<Diagnostic>& found) {
    const Shape& shape = network.outputShape();
    const Shape right = data.outputShape();
    if (shape == right) return;
    const std::string wanted = data.task->wants(data);
    Diagnostic d = onStep(network.outputStep(), "data.output-shape", "The output does not fit the data.",
                          "Give the network " + wanted + ".");
    d.why = "It is " + toString(shape) + ", and " + data.title + " needs " + wanted + ".";
    if (const CheckedStep* step = setterOfFeatures(network)) {
        const std::string& key = step->layer->schema->paramOf(ParamRole::OutputFeatures)->key;
        const std::int64_t features = data.task->positions ? right.width : right.channels;
        // One number mends it only where the layer then gives the right shape.
        ParamValues params = step->layer->params;
        params[key] = features;
        const auto shape = step->layer->schema->inferShape(params, step->layer->inputs);
        if (shape && *shape == right)
            d.fix = Fix{Fix::Kind::SetParam,
                        "Set " + key + " of " + step->name + " to " + std::to_string(features),
                        step->path,
                        key,
                        features,
                        {},
                        0};
    }
    found.push_back(std::move(d));
}

/// Tokens that an embedding has no row for would be taken for others.
void checkVocabulary(const CheckedNetwork& network, const DatasetInfo& data, std::vector<Diagnostic>& found) {
    if (!data.task->generates) return;
    for (const CheckedStep& step : network.steps()) {
        const ParamSpec* spec = step.layer->schema->paramOf(ParamRole::Vocabulary);
        if (!spec) continue;
        const ParamValue& value = paramOr(step.layer->params, *spec);
        const auto* vocabulary = std::get_if<std::int64_t>(&value);
        if (!vocabulary || *vocabulary >= data.targets) continue;
        const std::string wanted = std::to_string(data.targets);
        Diagnostic d = onStep(step, "data.vocabulary", "The data have more tokens than it knows.",
                              "Set the vocabulary to " + wanted + ".");
        d.param = spec->key;
        d.why = data.title + " has " + wanted + ", and it is made for " + std::to_string(*vocabulary) + ".";
        d.fix = Fix{
            Fix::Kind::SetParam, "Set the vocabulary to " + wanted, d.node, spec->key, data.targets, {}, 0};
        found.push_back(std::move(d));
    }
}

void checkLoss(const CheckedNetwork& network, const DatasetInfo& data, const TrainConfig& config,
               std::vector<Diagnostic>& found) {
    const LossSchema* loss = lossFor(config.loss, data.task);
    if (!loss) return; // checkTrainConfig says so
    if (!loss->fits(data.task)) {
        Diagnostic d;
        d.code = "loss.task";
        d.where = "Loss";
        d.param = "loss";
        d.what = loss->name + " does not fit this data.";
        d.mend = "Choose “" + defaultLoss(data.task).name + "”, or leave the choice to the data's task.";
        Fix fix;
        fix.kind = Fix::Kind::SetSetting;
        fix.label = "Leave the loss to the data";
        fix.param = "loss";
        fix.value = std::string("auto");
        d.fix = std::move(fix);
        found.push_back(std::move(d));
    }
    const LayerSchema& last = *network.outputStep().layer->schema;
    const bool distribution = last.gives == OutputKind::Distribution;
    const bool oneOfSeveral = data.task->targetKind == TargetKind::Class;
    const bool contained =
        last.outputFunction != OutputFunction::None && last.outputFunction == loss->contains;
    Diagnostic d = onStep(network.outputStep(), "loss.activation", "", "");
    if (distribution && !oneOfSeveral) {
        d.what = last.name + " is for choosing one class out of several.";
        d.mend = "Remove it, or use a sigmoid for yes or no.";
    } else if (loss->fits(data.task) && !contained && isShare(last.gives) &&
               (loss->expects == OutputKind::Logits || loss->expects == OutputKind::Scores)) {
        d.severity = Severity::Warning;
        d.what = !distribution && oneOfSeveral
                     ? last.name + " is for yes or no, and the data have several classes."
                     : loss->name + " expects " + std::string(outputKindText(loss->expects)) + ", and " +
                           last.name + " gives " + std::string(outputKindText(last.gives)) + ".";
        d.why = "Between 0 and 1 this loss has little to tell apart, and its gradient stays small.";
        const LayerSchema* right = layerOf(loss->contains);
        d.mend =
            !distribution && oneOfSeveral && right ? "Replace it by a " + right->name + "." : "Remove it.";
    } else {
        return;
    }
    if (distribution || last.stopsGradient)
        d.fix = Fix{Fix::Kind::RemoveNode, "Remove the " + last.name, d.node, {}, {}, {}, 0};
    found.push_back(std::move(d));
}

/// Only pictures can be augmented, as the network sees them; and labels of pixels only where each has one.
void checkAugmented(const GraphReport& report, const DatasetInfo& data, const TrainConfig& config,
                    std::vector<Diagnostic>& found) {
    if (config.augmentation.empty()) return;
    Diagnostic d;
    d.where = "Augmentation";
    d.param = "augmentation";
    const auto input = report.shapeOf(report.input);
    const bool flattened = input && isPicture(data.input) && *input != data.input && !isPicture(*input) &&
                           config.fit != Fit::Off;
    if (!isPicture(data.input) || flattened) {
        d.code = "augmentation.data";
        d.what = "Only pictures can be augmented.";
        d.why = flattened ? "The network takes its samples as " + toString(*input) + "."
                          : "A sample of " + data.title + " is " + toString(data.input) + ".";
        d.mend = flattened ? "Leave the augmentation out, or give the network an Input of " +
                                 toString(data.input) + " and a Flatten behind it."
                           : "Leave the augmentation out, or choose data with pictures.";
        found.push_back(std::move(d));
        return;
    }
    for (const TransformUse& use : config.augmentation) {
        const TransformSchema* schema = findTransform(use.id);
        const Shape& seen = input ? *input : data.input;
        if (!schema || !schema->canEmpty || !schema->canEmpty(use.params, seen)) continue;
        d.severity = Severity::Warning;
        d.code = "augmentation.empty";
        d.what = schema->name + " may leave nothing of a picture.";
        d.why = "It is set to " + formatAugmentation({use}) + ", and a picture is " + toString(seen) + ".";
        d.mend = "Set it to a part of the picture.";
        found.push_back(d);
    }
    d.severity = Severity::Error;
    if (!data.mask || (data.mask->height == data.input.height && data.mask->width == data.input.width))
        return;
    for (const TransformUse& use : config.augmentation)
        if (const TransformSchema* schema = findTransform(use.id); schema && schema->movesPixels) {
            d.code = "augmentation.mask";
            d.what = "The labels of the pixels cannot be moved with the picture.";
            d.why = schema->name + " brings in pixels from the border, which has no labels: they are " +
                    toString(*data.mask) + ", and the picture is " + toString(data.input) + ".";
            d.mend = "Leave it out, or choose data whose pixels are all labelled.";
            found.push_back(d);
        }
}

/// A warning for each layer whose slope is zero and that cuts weights off from the loss. `leftOut` is the
/// function that the loss contains, whose layer may stand at the end.
void checkSlopes(const CheckedNetwork& network, OutputFunction leftOut, std::vector<Diagnostic>& found) {
    const std::vector<CheckedStep>& steps = network.steps();
    std::vector<bool> learns(steps.size()); // whether weights lie at or before a step
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const CheckedLayer& layer = *steps[i].layer;
        bool before = false;
        for (const StepOutput& source : steps[i].inputs)
            before = before || learns[source.step];
        const bool leftAway = i == network.output() && leftOut != OutputFunction::None &&
                              layer.schema->outputFunction == leftOut;
        if (layer.schema->stopsGradient && before && !leftAway) {
            Diagnostic d = onStep(
                steps[i], "gradient.zero", "The layers before it learn nothing.",
                "Put a smooth activation in its place, such as Sigmoid or Tanh, or train a single layer "
                "by the perceptron's rule.");
            d.severity = Severity::Warning;
            d.why = layer.schema->name + " has slope zero everywhere, so no gradient passes it.";
            if (i == network.output())
                d.fix = Fix{Fix::Kind::RemoveNode, "Remove the " + layer.schema->name, d.node, {}, {}, {}, 0};
            found.push_back(std::move(d));
        }
        learns[i] = before || (layer.parameters > 0 && !steps[i].frozen);
    }
}

bool holdsBack(const DatasetInfo& data, const TrainConfig& config) {
    return config.validationFraction > 0 || data.validationSize > 0;
}

/// Whether the metric that the best epoch is chosen by can be measured after every epoch.
void checkBestMetric(const DatasetInfo& data, const TrainConfig& config, std::vector<Diagnostic>& found) {
    const MetricSchema* metric = findMetric(config.bestMetric);
    if (!metric) return; // "auto" and "loss"; of an unknown one the settings tell
    const MetricSetup setup = MetricSetup::of(data);
    Diagnostic d;
    d.where = d.param = "best_metric";
    if (!metric->fits(setup)) {
        std::string fitting = "the loss";
        for (const MetricSchema& other : metrics())
            if (canBeBest(other, data)) fitting += ", " + other.name;
        d.code = "settings.best-metric";
        d.what = metric->name + " cannot be measured on these data.";
        d.why = "Their task is " + setup.task->name + ".";
        d.mend = "Choose one of " + fitting + ", or what the data's task brings (auto).";
    } else if (!metric->usual && !holdsBack(data, config)) {
        d.code = "settings.best-unmeasured";
        d.what = metric->name + " is only measured on samples that are held back, and there are none.";
        d.mend = "Set a validation share above 0, or choose the loss.";
    } else {
        return;
    }
    found.push_back(std::move(d));
}

/// Settings that say what will not be done.
void checkIdle(const DatasetInfo& data, const TrainConfig& config, std::vector<Diagnostic>& found) {
    Diagnostic d;
    d.severity = Severity::Warning;
    if (config.microBatch > config.batch) {
        d.code = "settings.micro-batch";
        d.where = d.param = "micro_batch";
        d.what = "The micro-batch is larger than the batch.";
        d.why = "It is " + std::to_string(config.microBatch) + ", and a batch has " +
                std::to_string(config.batch) + ": the batch is put through at once.";
        d.mend = "Choose a smaller one, or 0.";
        found.push_back(d);
    }
    if (config.patience > 0 && !holdsBack(data, config)) {
        d.code = "settings.patience";
        d.where = d.param = "patience";
        d.what = "Early stopping has no validation data to judge by.";
        d.why = "It goes by the training data, on which overfitting cannot be seen.";
        d.mend = "Set a validation share above 0, or the patience to 0.";
        found.push_back(d);
    }
}

} // namespace

Diagnostic nothingToTrainOn(const DatasetInfo& data) {
    Diagnostic d;
    d.code = "data.empty";
    d.where = data.title;
    d.what = "No samples are left to train on.";
    d.mend = "Lower the validation share, or choose a larger data set.";
    return d;
}

std::shared_ptr<const Dataset> fittedData(const CheckedNetwork& network, std::shared_ptr<const Dataset> data,
                                          const TrainConfig& config) {
    return fitted(std::move(data), network.inputShape(), config.fit);
}

TrainConfig adapted(TrainConfig config, const DatasetInfo& data) {
    if (const LossSchema* loss = lossFor(config.loss, data.task); loss && !loss->fits(data.task))
        config = withSetting(std::move(config), "loss", std::string("auto"));
    if (!isPicture(data.input)) config.augmentation.clear();
    if (const MetricSchema* best = findMetric(config.bestMetric); best && !best->fits(MetricSetup::of(data)))
        config.bestMetric = "auto";
    return config;
}

Graph adapted(Graph graph, const DatasetInfo& data, const TrainConfig& config,
              std::vector<std::string>* changes) {
    // The output's size can only be seen once the input fits.
    for (const std::string_view code :
         {"data.input-shape", "data.output-shape", "data.vocabulary", "loss.activation", "gradient.zero"})
        for (const Diagnostic& d : checkTraining(graph, data, config)) {
            if (d.code != code) continue;
            // Its own fix may bring the data to the network instead.
            const auto fix = code == "data.input-shape" ? inputFix(d.node, data) : d.fix;
            if (fix && applyInPlace(graph, *fix) && changes) changes->push_back(fix->label);
        }
    return graph;
}

std::vector<Diagnostic> checkTraining(const GraphReport& report, const DatasetInfo& data,
                                      const TrainConfig& config) {
    std::vector<Diagnostic> found = report.diagnostics;
    if (const auto& network = report.network; network && network->parameters() == 0) {
        found.push_back(onStep(network->outputStep(), "graph.no-parameters",
                               "The network has nothing to learn.",
                               "Add a layer with weights, such as Dense or Convolution 2D. What a network of "
                               "threshold neurons answers stands among the network's facts."));
    } else if (network && network->trainable() == 0) {
        const auto frozen = std::ranges::find_if(network->steps(), [](const CheckedStep& step) {
            return step.frozen && step.layer->parameters > 0;
        });
        found.push_back(onStep(*frozen, "graph.all-frozen", "All layers with weights are frozen.",
                               "Unfreeze one, such as the last: a network learns by weights that move."));
    } else if (network) {
        checkInput(*network, data, config, found);
        checkOutput(*network, data, found);
        checkVocabulary(*network, data, found);
        checkLoss(*network, data, config, found);
        const LossSchema* loss = lossFor(config.loss, data.task);
        checkSlopes(*network, loss ? loss->contains : OutputFunction::None, found);
    }
    checkAugmented(report, data, config, found);
    checkBestMetric(data, config, found);
    checkIdle(data, config, found);
    if (auto why = whyNotSplit(data, splitOptions(config))) found.push_back(std::move(*why));
    for (Diagnostic& d : checkTrainConfig(config))
        found.push_back(std::move(d));
    return found;
}

std::vector<Diagnostic> checkTraining(const Graph& graph, const DatasetInfo& data,
                                      const TrainConfig& config) {
    return checkTraining(checkGraph(graph), data, config);
}

Result<CheckedNetwork> trainableNetwork(const Graph& graph, const DatasetInfo& data,
                                        const TrainConfig& config) {
    GraphReport report = checkGraph(graph);
    for (const Diagnostic& d : checkTraining(report, data, config))
        if (d.severity == Severity::Error) return refuse(d);
    return std::move(*report.network);
}

} // namespace burdock
