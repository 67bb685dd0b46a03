#include "reference/entry_facts.h"

#include <cmath>

namespace burdock {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ") {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : std::string(between)) + part;
    return text;
}

std::string portsText(const InputPorts& ports) {
    if (ports.maximum == 0) return "none";
    const std::string least = std::to_string(ports.minimum);
    if (ports.maximum < 0) return least + " or more";
    return ports.minimum == ports.maximum ? least : least + " to " + std::to_string(ports.maximum);
}

const char* textOf(TargetKind kind) {
    return kind == TargetKind::Class ? "classes" : kind == TargetKind::YesNo ? "yes or no" : "numbers";
}

EntryFact targetsFact(const std::vector<TargetKind>& kinds) {
    std::vector<std::string> texts;
    for (const TargetKind kind : kinds)
        texts.emplace_back(textOf(kind));
    return {"targets", "Targets", joined(texts)};
}

void addFiles(std::vector<EntryFact>& facts, const std::vector<std::string>& patterns, bool folders = false) {
    std::string text = joined(patterns);
    if (folders) text += text.empty() ? "a folder" : ", or a folder";
    facts.push_back({"files", "Files", text});
}

std::string number(double v) {
    return std::abs(v) < 1e15 && v == std::floor(v) ? toString(ParamValue{static_cast<std::int64_t>(v)})
                                                    : toString(ParamValue{v});
}

} // namespace

std::vector<EntryFact> factsOf(const LayerSchema& layer) {
    std::vector<EntryFact> facts{{"category", "Category", std::string(categoryLabel(layer.category))},
                                 {"version", "Version", std::to_string(layer.version)},
                                 {"inputs", "Inputs", portsText(layer.inputs)}};
    std::vector<std::string> traits;
    const auto trait = [&traits](bool has, const char* text) {
        if (has) traits.emplace_back(text);
    };
    trait(layer.isInput, "samples enter here");
    trait(layer.keepsShape, "keeps the shape");
    trait(layer.keepsValues, "computes nothing");
    trait(layer.perPosition, "takes a sequence position by position");
    trait(layer.stopsGradient, "lets no gradient through");
    trait(layer.trainingOnly, "does nothing when the network is used");
    trait(layer.rectifies, "joins the layer before it");
    if (!traits.empty()) facts.push_back({"traits", "Traits", joined(traits)});
    if (layer.gives != OutputKind::Numbers)
        facts.push_back({"gives", "Gives", std::string(outputKindText(layer.gives))});
    // Weights at the first sample: their names do not depend on it.
    if (!layer.samples.empty()) {
        std::vector<std::string> weights;
        for (const WeightSpec& w : layer.weightSpecs(layer.samples[0].params, layer.samples[0].inputs))
            weights.push_back(w.name + (w.isParameter() ? "" : " (a statistic)"));
        if (!weights.empty()) facts.push_back({"weights", "Weights", joined(weights)});
    }
    return facts;
}

std::vector<EntryFact> factsOf(const LossSchema& loss) {
    std::vector<EntryFact> facts{targetsFact(loss.kinds),
                                 {"expects", "Expects", std::string(outputKindText(loss.expects))}};
    if (const LayerSchema* layer = layerOf(loss.contains))
        facts.push_back({"contains", "Contains", layer->name + ", where the network ends in it"});
    return facts;
}

std::vector<EntryFact> factsOf(const TaskSchema& task) {
    std::vector<EntryFact> facts = {targetsFact({task.targetKind}), {"outputs", "Outputs", task.outputs}};
    const LayerSchema* layer = layerOf(task.outputFunction);
    if (!layer) layer = layerRegistry().find(task.outputActivation);
    if (layer) facts.push_back({"output_activation", "Then", layer->name});
    facts.push_back({"loss", "Loss", task.loss});
    facts.push_back({"metrics", "Metrics", joined(task.metrics)});
    return facts;
}

std::vector<EntryFact> factsOf(const MetricSchema& metric) {
    std::vector<EntryFact> facts{targetsFact(metric.kinds)};
    if (metric.better != MetricSchema::Better::Neither)
        facts.push_back(
            {"better", "Better", metric.better == MetricSchema::Better::Larger ? "larger" : "smaller"});
    if (metric.each) facts.push_back({"each", "Told for", "each class, label or output"});
    return facts;
}

std::vector<EntryFact> factsOf(const OptimizerSchema& optimizer) {
    std::vector<EntryFact> facts{
        {"learning_rate", "Usual learning rate", toString(ParamValue{optimizer.defaultLearningRate})}};
    if (optimizer.fullBatch) facts.push_back({"step", "A step", "over all training samples"});
    return facts;
}

std::vector<EntryFact> factsOf(const TransformSchema& transform) {
    return {{"moves_pixels", "Moves pixels", transform.movesPixels ? "yes" : "no"}};
}

std::vector<EntryFact> factsOf(const DatasetFormat& format) {
    std::vector<EntryFact> facts;
    addFiles(facts, format.patterns, format.folders);
    return facts;
}

std::vector<EntryFact> factsOf(const DatasetEntry& data) {
    std::vector<EntryFact> facts{{"task", "Task", std::string(data.task.id())}};
    if (!data.licence.empty()) facts.push_back({"licence", "Licence", data.licence});
    if (!data.available) facts.push_back({"unavailable", "Not here", data.unavailable});
    return facts;
}

std::vector<EntryFact> factsOf(const ModelExporter& exporter) {
    std::vector<EntryFact> facts;
    addFiles(facts, exporter.patterns);
    return facts;
}

std::vector<EntryFact> factsOf(const ModelImporter& importer) {
    std::vector<EntryFact> facts;
    addFiles(facts, importer.patterns);
    return facts;
}

std::string rangeText(const ParamSpec& spec) {
    switch (spec.type) {
    case ParamType::Bool:
        return "yes or no";
    case ParamType::Text:
        return "text";
    case ParamType::Choice: {
        std::string text;
        for (std::size_t i = 0; i < spec.choices.size(); ++i)
            text += (i == 0 ? "" : i + 1 == spec.choices.size() ? " or " : ", ") + spec.choices[i].key;
        return text;
    }
    case ParamType::Int:
    case ParamType::Real:
    case ParamType::Pair:
        break;
    }
    std::string text = spec.type == ParamType::Real  ? "number"
                       : spec.type == ParamType::Int ? "whole number"
                                                     : "height × width";
    if (std::isfinite(spec.minimum))
        text += (spec.minimumExcluded ? " above " : " from ") + number(spec.minimum);
    if (std::isfinite(spec.maximum))
        text += (spec.maximumExcluded ? " below " : " to ") + number(spec.maximum);
    return text;
}

} // namespace burdock
