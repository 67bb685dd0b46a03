#include "session/stored_run.h"

#include "engine/graph/graph_json.h"
#include "session/diagnostics.h"

#include <nlohmann/json.hpp>

namespace burdock {
namespace {

using storage::CheckpointKind;

std::string nameOf(const storage::RunStart& start) {
    return "Run " + start.name.toStdString();
}

} // namespace

Result<StoredCheckpoint> readCheckpoint(const storage::Notebook& notebook, storage::RunId run,
                                        CheckpointKind kind) {
    const auto bytes = notebook.checkpointData(run, kind);
    if (!bytes) return refuse(toDiagnostic(bytes.error()));
    return decodeCheckpoint(
        std::as_bytes(std::span(bytes->constData(), static_cast<std::size_t>(bytes->size()))));
}

Result<WeightSet> readWeights(const storage::Notebook& notebook, storage::RunId run, CheckpointKind kind) {
    auto stored = readCheckpoint(notebook, run, kind);
    if (!stored && stored.error().code == "notebook.missing")
        stored = readCheckpoint(notebook, run,
                                kind == CheckpointKind::Best ? CheckpointKind::Last : CheckpointKind::Best);
    if (!stored) return refuse(stored.error());
    return std::move(stored->weights);
}

Result<Graph> storedGraph(const storage::RunStart& start) {
    auto graph = graphFromText(
        std::string_view(start.graphJson.constData(), static_cast<std::size_t>(start.graphJson.size())));
    if (!graph) graph.error().where = nameOf(start);
    return graph;
}

Result<TrainConfig> storedConfig(const storage::RunStart& start) {
    const auto json = nlohmann::json::parse(start.configJson.begin(), start.configJson.end(), nullptr, false);
    if (json.is_discarded())
        return refuse(problem("run.config", "The settings of this run cannot be read.", nameOf(start),
                              "Open its network on the canvas and train it with new settings."));
    return trainConfigFromJson(json);
}

} // namespace burdock
