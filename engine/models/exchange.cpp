#include "engine/models/exchange.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/guarded.h"

#include <filesystem>

namespace burdock {
namespace {

/// Patterns are "*" and an ending.
bool matches(std::string_view path, const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns)
        if (pattern.starts_with('*') && path.ends_with(std::string_view(pattern).substr(1))) return true;
    return false;
}

std::vector<ModelExporter> builtinExporters() {
    return {
        {"burdock",
         "Burdock model",
         {"*.json"},
         "The network with its layers, hyperparameters and places on the canvas, as JSON.",
         [](const ModelContents& contents) -> Result<std::string> { return graphToText(contents.graph); }}};
}

std::vector<ModelImporter> builtinImporters() {
    return {{"burdock",
             "Burdock model",
             {"*.json"},
             "What Burdock saved, also in older versions.",
             [](std::string_view bytes) { return bytes.find("\"burdock_model\"") != std::string_view::npos; },
             [](std::string_view bytes) -> Result<ModelContents> {
                 auto graph = graphFromText(bytes);
                 if (!graph) return refuse(graph.error());
                 return ModelContents{std::move(*graph)};
             }}};
}

auto failed(std::string_view path, const std::string& format) {
    return [path, format](const Breakdown& broken) {
        Diagnostic d;
        d.code = "model.failed";
        d.where = path;
        d.what = broken.outOfMemory ? "The model does not fit into memory." : "“" + format + "” failed.";
        d.why = broken.why;
        d.mend = broken.outOfMemory ? "Close other programs." : "Tell the maker of that format.";
        return d;
    };
}

} // namespace

Registry<ModelExporter>& exporters() {
    static Registry<ModelExporter> all(builtinExporters());
    return all;
}

Registry<ModelImporter>& importers() {
    static Registry<ModelImporter> all(builtinImporters());
    return all;
}

const ModelExporter& exporterFor(std::string_view path) {
    for (const ModelExporter& exporter : exporters())
        if (matches(path, exporter.patterns)) return exporter;
    return exporters().front();
}

/// A name without an ending is Burdock's; by another ending somebody wants a format that is not there.
Result<std::string> writeModel(std::string_view path, const ModelContents& contents) {
    const ModelExporter& exporter = exporterFor(path);
    const std::string ending = std::filesystem::path(path).extension().string();
    if (!ending.empty() && !matches(path, exporter.patterns)) {
        Diagnostic d;
        d.code = "model.format";
        d.where = path;
        d.what = "There is no format with the ending " + ending + ".";
        d.mend = "Choose one of: ";
        for (const ModelExporter& one : exporters()) {
            d.mend += (&one == &exporters().front() ? "" : ", ") + one.name + " (";
            for (std::size_t i = 0; i < one.patterns.size(); ++i)
                d.mend += (i > 0 ? " " : "") + one.patterns[i];
            d.mend += ")";
        }
        d.mend += "; or load the plugin that brings it.";
        return refuse(std::move(d));
    }
    return guarded(failed(path, exporter.name), [&]() -> Result<std::string> {
        if (exporter.write) return exporter.write(contents);
        const auto network = checkNetwork(contents.graph);
        if (!network) return refuse(network.error());
        return exporter.writeNetwork(*network, contents.weights ? &*contents.weights : nullptr);
    });
}

Result<ModelContents> readModel(std::string_view path, std::string_view bytes) {
    const ModelImporter* chosen = &importers().front(); // which says what is wrong with other files
    for (const ModelImporter& importer : importers())
        if (importer.recognises(bytes)) {
            chosen = &importer;
            break;
        }
    return guarded(failed(path, chosen->name), [&] { return chosen->read(bytes); });
}

} // namespace burdock
