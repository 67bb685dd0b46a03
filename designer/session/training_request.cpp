#include "session/training_request.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/foreign_json.h"
#include "session/cross_validation.h"
#include "session/moved_data.h"
#include "session/stored_run.h"
#include "storage/notebook/going_on.h"

#include <QDir>
#include <QFileInfo>

namespace burdock {
namespace {

Diagnostic notGoingOn(const storage::RunSummary& run, const storage::StorageError& error, const char* code) {
    Diagnostic why = toDiagnostic(error);
    why.code = code;
    why.where = placeOf(run);
    return why;
}

} // namespace

Result<TrainingRequest> requestOf(const storage::RunStart& start) {
    auto graph = storedGraph(start);
    if (!graph) return refuse(graph.error());
    auto config = storedConfig(start);
    if (!config) return refuse(config.error());
    TrainingRequest request;
    request.graph = std::move(*graph);
    request.dataset = start.datasetId;
    request.config = std::move(*config);
    return request;
}

Status checkMayGoOn(const storage::RunSummary& run) {
    using storage::Hindrance;
    const auto hindrance = storage::hindranceOf(run);
    if (!hindrance) return {};
    return refuse(notGoingOn(run, storage::mayGoOn(run).error(),
                             *hindrance == Hindrance::Binned    ? "train.binned"
                             : *hindrance == Hindrance::Missing ? "train.missing"
                                                                : "train.resume"));
}

Result<TrainingRequest> resumeRequest(const storage::Notebook& notebook, storage::RunId id) {
    const auto run = notebook.run(id);
    if (!run) return refuse(toDiagnostic(run.error()));
    if (const Status may = checkMayGoOn(*run); !may) return refuse(may.error());
    auto request = requestOf(run->start);
    if (!request) return request;
    request->dataset = presentPlace(notebook, request->dataset);
    request->runName = run->start.name;
    request->resumed = id;
    // It goes on from its last weights, which may be older than the last steps that were written.
    StandingPoint standing{run->steps, run->start.stepsPerEpoch, run->seconds};
    qint64 epochs = run->epochs;
    if (const auto kept = notebook.checkpoints(id))
        for (const storage::CheckpointInfo& checkpoint : *kept)
            if (checkpoint.kind == storage::CheckpointKind::Last && !checkpoint.damaged) {
                standing.step = checkpoint.step;
                epochs = checkpoint.epoch;
            }
    if (const auto may = notebook.mayContinue(id, epochs, standing.step); !may)
        return refuse(notGoingOn(*run, may.error(), "train.missing"));
    request->standing = standing;
    return request;
}

QString requestName(const TrainingRequest& request, const QString& dataTitle) {
    if (!request.runName.isEmpty()) return request.runName;
    QStringList parts{QString::fromStdString(request.graph.name), dataTitle, foldText(request.config)};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString requestName(const TrainingRequest& request, const DatasetCatalog& catalog) {
    const QString source = request.dataset.section(QLatin1Char(':'), 0, 0);
    if (const DatasetEntry* known = catalog.find(source.toStdString()))
        return requestName(request, QString::fromStdString(known->title));
    const QFileInfo file(QDir::cleanPath(source));
    return requestName(request, file.isDir() ? file.fileName() : file.completeBaseName());
}

QByteArray requestToText(const TrainingRequest& request) {
    nlohmann::json json{{"name", request.runName.toStdString()},
                        {"graph", nlohmann::json::parse(graphToText(request.graph))},
                        {"data", request.dataset.toStdString()},
                        {"settings", nlohmann::json::parse(toJson(request.config).dump())}};
    if (request.initialRun) {
        json["from_run"] = request.initialRun->value;
        json["weights"] = storage::checkpointKindKey(request.initialWeights.kind).toStdString();
        json["checkpoint"] = request.initialWeights.id.value;
        json["partly"] = request.partly;
    }
    if (request.resumed) json["resumed"] = request.resumed->value;
    return QByteArray::fromStdString(json.dump());
}

Result<TrainingRequest> requestFromText(const QByteArray& text) {
    const auto unreadable = [](std::string why) {
        return refuse(problem("queue.unreadable", "A waiting run cannot be read.", "Queue",
                              "Put it into the queue again.", std::move(why)));
    };
    const auto parsed = parseForeign(viewOf(text));
    if (!parsed) return unreadable(parsed.error().what);
    const nlohmann::json& json = *parsed;
    if (!json.is_object() || !json.contains("graph") || !json.contains("settings"))
        return unreadable("It is not a run's description.");
    const auto word = [&json](const char* key) {
        const auto it = json.find(key);
        return it != json.end() && it->is_string() ? QString::fromStdString(it->get<std::string>())
                                                   : QString();
    };
    const auto run = [&json](const char* key) -> std::optional<storage::RunId> {
        const auto it = json.find(key);
        if (it == json.end() || !it->is_number_integer()) return std::nullopt;
        return storage::RunId{it->get<qint64>()};
    };
    auto graph = graphFromText(json["graph"].dump());
    if (!graph) return unreadable(oneLine(graph.error()));
    auto config = trainConfigFromJson(json["settings"]);
    if (!config) return unreadable(oneLine(config.error()));
    TrainingRequest request;
    request.runName = word("name");
    request.graph = std::move(*graph);
    request.dataset = word("data");
    request.config = std::move(*config);
    request.initialRun = run("from_run");
    if (const auto kind = storage::checkpointKindFromKey(word("weights")))
        request.initialWeights.kind = *kind;
    if (const auto it = json.find("checkpoint"); it != json.end() && it->is_number_integer())
        request.initialWeights.id = {it->get<qint64>()};
    if (const auto it = json.find("partly"); it != json.end() && it->is_boolean())
        request.partly = it->get<bool>();
    request.resumed = run("resumed");
    return request;
}

} // namespace burdock
