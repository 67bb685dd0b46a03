#pragma once

#include "plugin_api/registries.h"

#include <string>
#include <utility>
#include <vector>

namespace burdock {

/// One thing that an entry says of itself besides name, text, formula and hyperparameters.
struct EntryFact {
    std::string key; ///< for JSON: "expects"
    std::string label;
    std::string text;
};

std::vector<EntryFact> factsOf(const LayerSchema& layer);
std::vector<EntryFact> factsOf(const LossSchema& loss);
std::vector<EntryFact> factsOf(const TaskSchema& task);
std::vector<EntryFact> factsOf(const MetricSchema& metric);
std::vector<EntryFact> factsOf(const OptimizerSchema& optimizer);
std::vector<EntryFact> factsOf(const TransformSchema& transform);
std::vector<EntryFact> factsOf(const DatasetFormat& format);
std::vector<EntryFact> factsOf(const DatasetEntry& data);
std::vector<EntryFact> factsOf(const ModelExporter& exporter);
std::vector<EntryFact> factsOf(const ModelImporter& importer);
/// Entries of a kind that has no more to say.
template <class T>
std::vector<EntryFact> factsOf(const T&) {
    return {};
}

/// "1 to 65,536", "above 0, up to 1", "valid, same or explicit": what a hyperparameter may be.
std::string rangeText(const ParamSpec& spec);

/// What every kind of entry has, or has in part.
struct EntryText {
    std::string id, name, doc, formula;
    std::vector<ParamSpec> params;
    std::vector<EntryFact> facts;
};

template <class T>
EntryText textOf(const T& entry) {
    EntryText text{entry.id, {}, entry.doc, {}, {}, factsOf(entry)};
    if constexpr (requires { entry.backend; })
        text.name = entry.backend + ": " + entry.name;
    else if constexpr (requires { entry.name; })
        text.name = entry.name;
    else
        text.name = entry.title;
    if constexpr (requires { entry.formula; }) text.formula = entry.formula;
    if constexpr (requires { entry.params; }) text.params = entry.params;
    return text;
}

} // namespace burdock
