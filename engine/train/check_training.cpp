#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/train/loss.h"
#include "engine/train/trainer.h"

#include <algorithm>
#include <map>

namespace burdock {
namespace {

Diagnostic onNode(const Graph& graph, NodeId id, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.node = id;
    d.where = graph.find(id)->name;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

/// The layer of this type whose width is that of the output, looking back over activations that keep it.
NodeId lastOf(std::string_view type, const Graph& graph, const GraphReport& report, NodeId id) {
    while (id) {
        const Node* node = graph.find(id);
        if (node->type == type) return id;
        const LayerSchema* schema = layerRegistry().find(node->type);
        if (!schema || schema->category != Category::Activation) return {};
        const NodeReport* known = report.find(id);
        if (!known || known->inputs.empty() || known->output != known->inputs[0]) return {};
        const Edge* edge = graph.edgeAt(id, 0);
        id = edge ? edge->from : NodeId{};
    }
    return {};
}

/// Gives the Input the shape of the data.
Fix inputFix(NodeId input, const DatasetInfo& data) {
    return {Fix::Kind::SetParam,
            "Set the Input to " + toString(data.input),
            input,
            "channels",
            data.input.channels,
            {},
            0,
            {{"height", data.input.height}, {"width", data.input.width}}};
}

void checkInput(const Graph& graph, const GraphReport& report, const DatasetInfo& data,
                const TrainConfig& config, std::vector<Diagnostic>& found) {
    const auto shape = report.shapeOf(report.input);
    if (!shape || *shape == data.input) return;
    if (config.fit != Fit::Off && PictureFit::isPossible(data, *shape)) return;
    const std::string wanted = toString(data.input);
    Diagnostic d =
        onNode(graph, report.input, "data.input-shape", "The Input does not have the shape of the data.",
               "Set it to " + wanted + ", or choose other data.");
    d.fix = inputFix(report.input, data);
    if (data.task->generates)
        d.mend = "Set it to " + wanted + ", or open the data with its context: " + data.id +
                 ":context=" + std::to_string(shape->channels) + ".";
    d.why = "It is " + toString(*shape) + ", and a sample of " + data.title + " is " + wanted + ".";
    if (config.fit == Fit::Off && PictureFit::isPossible(data, *shape)) {
        const bool sizes = isPicture(data.input) && isPicture(*shape);
        Fix fix;
        fix.kind = Fix::Kind::SetSetting;
        fix.label = (sizes ? "Resize the pictures to " : "Read the samples as ") + toString(*shape);
        fix.param = "fit";
        fix.value = std::string("resize");
        d.fix = std::move(fix);
        d.mend += sizes ? " Or let the pictures be resized (setting fit)."
                        : " Or let the samples be read in that shape (setting fit).";
    }
    found.push_back(std::move(d));
}

void checkOutput(const Graph& graph, const GraphReport& report, const DatasetInfo& data,
                 std::vector<Diagnostic>& found) {
    const auto shape = report.shapeOf(report.output);
    const Shape right = data.outputShape();
    if (!shape || *shape == right) return;
    const std::string wanted = data.task->wants(data);
    Diagnostic d = onNode(graph, report.output, "data.output-shape", "The output does not fit the data.",
                          "Give the network " + wanted + ".");
    d.why = "It is " + toString(*shape) + ", and " + data.title + " needs " + wanted + ".";
    // A dense layer sets the width of a sequence's positions, or a vector's size: one number cannot mend
    // more.
    const bool onePosition = shape->height == 1 && shape->width == 1;
    const bool fitting =
        data.task->positions ? shape->channels == 1 && shape->height == right.height : onePosition;
    const auto offer = [&](const char* type, const char* param, std::int64_t value) {
        if (const NodeId node = lastOf(type, graph, report, report.output))
            d.fix = Fix{Fix::Kind::SetParam,
                        "Set " + std::string(param) + " to " + std::to_string(value),
                        node,
                        param,
                        value,
                        {},
                        0};
    };
    if (!data.mask && fitting) offer("dense", "units", data.task->positions ? right.width : right.channels);
    if (data.mask && shape->height == right.height && shape->width == right.width)
        offer("conv2d", "filters", right.channels);
    found.push_back(std::move(d));
}

/// Tokens that an embedding has no row for would be taken for others.
void checkVocabulary(const Graph& graph, const DatasetInfo& data, std::vector<Diagnostic>& found) {
    if (!data.task->generates) return;
    for (const Node& node : graph.nodes()) {
        if (node.type != "embedding" || node.bypassed) continue;
        const ParamValue& value = paramOr(node.params, *layerRegistry().find(node.type)->param("vocabulary"));
        const auto* vocabulary = std::get_if<std::int64_t>(&value);
        if (!vocabulary || *vocabulary >= data.targets) continue;
        const std::string wanted = std::to_string(data.targets);
        Diagnostic d = onNode(graph, node.id, "data.vocabulary", "The data have more tokens than it knows.",
                              "Set the vocabulary to " + wanted + ".");
        d.param = "vocabulary";
        d.why = data.title + " has " + wanted + ", and it is made for " + std::to_string(*vocabulary) + ".";
        d.fix = Fix{Fix::Kind::SetParam,
                    "Set the vocabulary to " + wanted,
                    node.id,
                    "vocabulary",
                    data.targets,
                    {},
                    0};
        found.push_back(std::move(d));
    }
}

void checkLoss(const Graph& graph, const GraphReport& report, const DatasetInfo& data,
               const TrainConfig& config, std::vector<Diagnostic>& found) {
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
    const Node* output = graph.find(report.output);
    while (output && output->bypassed) {
        const Edge* edge = graph.edgeAt(output->id, 0);
        output = edge ? graph.find(edge->from) : nullptr;
    }
    if (!output) return;
    const bool oneOfSeveral = data.task->targetKind == TargetKind::Class;
    if (output->type == "softmax" && !oneOfSeveral) {
        found.push_back(onNode(graph, output->id, "loss.activation",
                               "Softmax is for choosing one class out of several.",
                               "Remove it, or use a sigmoid for yes or no."));
        found.back().fix = Fix{Fix::Kind::RemoveNode, "Remove the Softmax", output->id, {}, {}, {}, 0};
    }
    if (output->type == "sigmoid" && oneOfSeveral) {
        found.push_back(onNode(graph, output->id, "loss.activation",
                               "Sigmoid is for yes or no, and the data have several classes.",
                               "Replace it by a softmax."));
        found.back().severity = Severity::Warning;
    }
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
/// layer that the loss contains, which may stand at the end.
void checkSlopes(const Graph& graph, std::string_view leftOut, std::vector<Diagnostic>& found) {
    const Graph flat = flatten(graph);
    const GraphReport report = checkGraph(flat);
    std::map<NodeId, bool> learns; // whether weights lie at or before a node
    for (const NodeId id : report.order) {
        const Node& node = *flat.find(id);
        bool before = false;
        for (const Edge& e : flat.inputsOf(id))
            before = before || learns[e.from];
        const LayerSchema* schema = layerRegistry().find(node.type);
        if (schema->stopsGradient && before && !(id == report.output && node.type == leftOut)) {
            Diagnostic d;
            d.severity = Severity::Warning;
            d.code = "gradient.zero";
            d.where = node.name;
            if (const Node* top = graph.findByName(node.name.substr(0, node.name.find('/'))))
                d.node = top->id;
            d.what = "The layers before it learn nothing.";
            d.why = schema->name + " has slope zero everywhere, so no gradient passes it.";
            d.mend = "Put a smooth activation in its place, such as Sigmoid or Tanh, or train a single layer "
                     "by the perceptron's rule.";
            found.push_back(std::move(d));
        }
        learns[id] = before || report.find(id)->parameters > 0;
    }
}

} // namespace

std::shared_ptr<const Dataset> fittedData(const Graph& graph, std::shared_ptr<const Dataset> data,
                                          const TrainConfig& config) {
    const GraphReport report = checkGraph(graph);
    const auto shape = report.shapeOf(report.input);
    return shape ? fitted(std::move(data), *shape, config.fit) : data;
}

TrainConfig adapted(TrainConfig config, const DatasetInfo& data) {
    if (const LossSchema* loss = lossFor(config.loss, data.task); loss && !loss->fits(data.task))
        config = withSetting(std::move(config), "loss", std::string("auto"));
    if (!isPicture(data.input)) config.augmentation.clear();
    return config;
}

Graph adapted(Graph graph, const DatasetInfo& data, const TrainConfig& config) {
    // The output's size can only be seen once the input fits.
    for (const std::string_view code :
         {"data.input-shape", "data.output-shape", "data.vocabulary", "loss.activation"})
        for (const Diagnostic& d : checkTraining(graph, data, config)) {
            if (d.code != code) continue;
            // Its own fix may bring the data to the network instead.
            if (code == "data.input-shape")
                applyInPlace(graph, inputFix(d.node, data));
            else if (d.fix)
                applyInPlace(graph, *d.fix);
        }
    return graph;
}

std::vector<Diagnostic> checkTraining(const Graph& graph, const DatasetInfo& data,
                                      const TrainConfig& config) {
    const GraphReport report = checkGraph(graph);
    std::vector<Diagnostic> found = report.diagnostics;
    if (!report.hasErrors() && report.parameters == 0) {
        found.push_back(onNode(graph, report.output, "graph.no-parameters",
                               "The network has nothing to learn.",
                               "Add a layer with weights, such as Dense or Convolution 2D. What a network of "
                               "threshold neurons answers stands among the network's facts."));
    } else if (!report.hasErrors()) {
        checkInput(graph, report, data, config, found);
        checkOutput(graph, report, data, found);
        checkVocabulary(graph, data, found);
        checkLoss(graph, report, data, config, found);
        const LossSchema* loss = lossFor(config.loss, data.task);
        checkSlopes(graph, loss ? loss->outputActivation : std::string_view(), found);
    }
    checkAugmented(report, data, config, found);
    for (Diagnostic& d : checkTrainConfig(config))
        found.push_back(std::move(d));
    return found;
}

} // namespace burdock
