#include "run_json.h"

#include "engine/graph/graph_json.h"
#include "session/stored_run.h"

#include <QCryptographicHash>

#include <cmath>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

/// Names the architecture: the same for networks that differ only in where their nodes lie on the canvas.
std::string architectureHash(const storage::RunStart& start) {
    auto graph = storedGraph(start);
    if (!graph) return "unreadable";
    std::vector<NodeId> ids;
    for (const Node& node : graph->nodes())
        ids.push_back(node.id);
    for (const NodeId id : ids)
        graph->edit(id)->position = {};
    graph->name.clear();
    const QByteArray text = QByteArray::fromStdString(toJson(*graph).dump());
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(10).toStdString();
}

Json configJson(const storage::RunStart& start) {
    Json json = Json::parse(start.configJson.begin(), start.configJson.end(), nullptr, false);
    return json.is_discarded() ? Json() : json;
}

void flatten(const Json& json, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& out) {
    for (const auto& [key, value] : json.items())
        if (value.is_object())
            flatten(value, prefix + key + ".", out);
        else
            out.emplace_back(prefix + key, value.is_string() ? value.get<std::string>() : value.dump());
}

} // namespace

Json runJson(const storage::RunSummary& run) {
    const storage::RunStart& s = run.start;
    Json tags = Json::array();
    for (const QString& tag : run.tags)
        tags.push_back(text(tag));
    return {{"run", run.id.value},
            {"name", text(s.name)},
            {"status", text(storage::runStateKey(run.state))},
            {"model", text(s.modelName)},
            {"data", text(s.datasetId)},
            {"data_title", text(s.datasetTitle)},
            {"data_sha256", text(s.datasetSha256)},
            {"architecture", architectureHash(s)},
            {"parameters", s.parameters},
            {"seed", s.seed},
            {"config", configJson(s)},
            {"parent", s.parent ? Json(s.parent->value) : Json()},
            {"started_at", text(run.startedAt.toUTC().toString(Qt::ISODate))},
            {"seconds", run.seconds},
            {"epochs", run.epochs},
            {"epochs_planned", s.epochsPlanned},
            {"steps", run.steps},
            {"steps_per_epoch", s.stepsPerEpoch},
            {"train_loss", orNull(run.last(u"train.loss"))},
            {"train_accuracy", orNull(run.last(u"train.accuracy"))},
            {"validation_loss", orNull(run.last(u"validation.loss"))},
            {"validation_accuracy", orNull(run.last(u"validation.accuracy"))},
            {"best_validation_loss", orNull(run.least(u"validation.loss"))},
            {"best_validation_accuracy", orNull(run.greatest(u"validation.accuracy"))},
            {"test_loss", orNull(run.tested(u"test.loss"))},
            {"test_accuracy", orNull(run.tested(u"test.accuracy"))},
            {"test_metrics", run.testMetrics.isEmpty() ? Json()
                                                       : Json::parse(run.testMetrics.begin(),
                                                                     run.testMetrics.end(), nullptr, false)},
            {"samples_per_second", orNull(run.samplesPerSecond)},
            {"program_version", text(s.programVersion)},
            {"machine", text(s.machine)},
            {"problem", run.problem.isEmpty() ? Json() : text(run.problem)},
            {"notes", text(run.notes)},
            {"tags", tags}};
}

Json epochJson(const storage::EpochRow& row) {
    return {{"epoch", row.epoch},
            {"step", row.step},
            {"train_loss", orNull(storage::valueOf(row.values, u"train.loss"))},
            {"train_accuracy", orNull(storage::valueOf(row.values, u"train.accuracy"))},
            {"validation_loss", orNull(storage::valueOf(row.values, u"validation.loss"))},
            {"validation_accuracy", orNull(storage::valueOf(row.values, u"validation.accuracy"))},
            {"samples_per_second", orNull(row.samplesPerSecond)},
            {"seconds", orNull(row.seconds)},
            {"learning_rate", orNull(storage::valueOf(row.values, u"learning_rate"))}};
}

std::vector<std::pair<std::string, std::string>> runSettings(const storage::RunSummary& run) {
    const storage::RunStart& s = run.start;
    std::vector<std::pair<std::string, std::string>> all{
        {"model", s.modelName.toStdString()},
        {"architecture", architectureHash(s)},
        {"parameters", grouped(s.parameters)},
        {"data", s.datasetId.toStdString()},
        {"data_sha256", s.datasetSha256.left(10).toStdString()},
        {"first_weights", s.parent ? "run " + std::to_string(s.parent->value) : "drawn by the seed"}};
    if (const Json config = configJson(s); config.is_object()) flatten(config, "", all);
    all.emplace_back("program_version", s.programVersion.toStdString());
    all.emplace_back("machine", s.machine.toStdString());
    return all;
}

std::vector<std::pair<std::string, std::string>> runResults(const storage::RunSummary& run) {
    return {{"status", storage::runStateKey(run.state).toStdString()},
            {"epochs_done", std::to_string(run.epochs)},
            {"seconds", duration(run.seconds)},
            {"samples_per_second",
             run.samplesPerSecond ? grouped(std::llround(*run.samplesPerSecond)) : std::string("–")},
            {"train_loss", decimal(run.last(u"train.loss"))},
            {"train_accuracy", percent(run.last(u"train.accuracy"))},
            {"validation_loss", decimal(run.last(u"validation.loss"))},
            {"validation_accuracy", percent(run.last(u"validation.accuracy"))},
            {"best_validation_accuracy", percent(run.greatest(u"validation.accuracy"))},
            {"test_loss", decimal(run.tested(u"test.loss"))},
            {"test_accuracy", percent(run.tested(u"test.accuracy"))}};
}

} // namespace burdock::cli
