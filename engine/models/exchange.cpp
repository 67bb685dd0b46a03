#include "engine/models/exchange.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/guarded.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace burdock {
namespace {

/// Patterns are "*" and an ending.
/// Whatever the case: "A.JSON" is one.
bool matches(std::string_view path, const std::vector<std::string>& patterns) {
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    return std::ranges::any_of(patterns, [&](std::string_view pattern) {
        if (!pattern.starts_with('*') || path.size() < pattern.size() - 1) return false;
        return std::ranges::equal(path.substr(path.size() - (pattern.size() - 1)), pattern.substr(1), same);
    });
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

bool isExported(std::string_view path) {
    return std::ranges::any_of(exporters(), [&](const auto& one) { return matches(path, one.patterns); });
}

const ModelExporter& exporterFor(std::string_view path) {
    for (const ModelExporter& exporter : exporters())
        if (matches(path, exporter.patterns)) return exporter;
    return exporters().front();
}

/// A name without an ending is Burdock's, and so is "net v1.5"; by other endings somebody wants a format that
/// is not there.
Result<std::string> writeModel(std::string_view path, const ModelContents& contents) {
    const ModelExporter& exporter = exporterFor(path);
    const std::string ending = std::filesystem::path(path).extension().string();
    const bool names = std::ranges::any_of(ending, [](unsigned char c) { return std::isalpha(c) != 0; });
    if (names && !matches(path, exporter.patterns)) {
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
