#pragma once

#include "engine/graph/check_graph.h"
#include "engine/plan/weights.h"
#include "engine/schema/registry.h"

#include <functional>
#include <optional>

namespace burdock {

/// What a model file holds: a network and, in formats that keep them, its weights.
struct ModelContents {
    Graph graph;
    std::optional<WeightSet> weights{};
};

/// Writes models into files of one format.
struct ModelExporter {
    static constexpr std::string_view kind = "exporter", plural = "exporters";
    std::string id;
    std::string name;                  ///< "Burdock model"
    std::vector<std::string> patterns; ///< file name patterns: "*.json"
    std::string doc;
    /// The bytes of the file, also of a network that is not finished: a format for going on with the work.
    /// Refuses what the format cannot say, naming the node.
    std::function<Result<std::string>(const ModelContents&)> write;
    /// In the place of `write`, of a format that other programs run: the blocks expanded, each step with its
    /// shapes and weights. A network with errors is refused before.
    std::function<Result<std::string>(const CheckedNetwork&, const WeightSet*)> writeNetwork{};

    std::string_view lacks() const {
        return (write || writeNetwork) && !patterns.empty() ? "" : "patterns and write or writeNetwork";
    }
};

/// Reads models from files of one format.
struct ModelImporter {
    static constexpr std::string_view kind = "importer", plural = "importers";
    std::string id;
    std::string name;
    std::vector<std::string> patterns;
    std::string doc;
    /// Whether bytes look like the format.
    std::function<bool(std::string_view bytes)> recognises;
    std::function<Result<ModelContents>(std::string_view bytes)> read;

    std::string_view lacks() const {
        return recognises && read && !patterns.empty() ? "" : "patterns, recognises and read";
    }
};

/// Burdock's own format comes first: what no other claims is written and read by it.
Registry<ModelExporter>& exporters();
Registry<ModelImporter>& importers();

/// Whether the name has the ending of a format that is written.
bool isExported(std::string_view path);
/// By the ending of the file's name; of other endings the first.
const ModelExporter& exporterFor(std::string_view path);
/// The bytes of a model file of that name.
Result<std::string> writeModel(std::string_view path, const ModelContents& contents);
/// By the importer that recognises the bytes. What an importer throws becomes a refusal.
Result<ModelContents> readModel(std::string_view path, std::string_view bytes);

} // namespace burdock
