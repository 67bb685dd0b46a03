#include "run_json.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/foreign_json.h"
#include "session/damage.h"
#include "session/stored_run.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cmath>
#include <memory>

namespace burdock::cli {
namespace {

/// Without where the nodes lie on the canvas, and on those of the blocks, and what the network is called.
Graph bare(Graph graph) {
    std::vector<NodeId> ids;
    for (const Node& node : graph.nodes())
        ids.push_back(node.id);
    for (const NodeId id : ids) {
        Node& node = *graph.edit(id);
        node.position = {};
        if (node.block && node.block->body)
            node.block->body = std::make_shared<const Graph>(bare(*node.block->body));
    }
    graph.name.clear();
    return graph;
}

/// Names the architecture: the same for networks that differ in nothing but that.
std::string architectureHash(const storage::RunStart& start) {
    auto graph = storedGraph(start);
    if (!graph) return "unreadable";
    const QByteArray text = QByteArray::fromStdString(toJson(bare(std::move(*graph))).dump());
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(10).toStdString();
}

Json configJson(const storage::RunSummary& run) {
    return storedJson(run.start.configJson, "settings", run.id);
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

Json storedJson(const QByteArray& stored, const char* what, storage::RunId run) {
    if (stored.isEmpty()) return {};
    auto json = parseForeign<Json>(viewOf(stored));
    if (json) return std::move(*json);
    warn("burdock-cli: Run " + std::to_string(run.value) + ": Its " + what + " cannot be read. " +
         json.error().what + " Restore the notebook from a backup.");
    return {};
}

Json runJson(const storage::RunSummary& run) {
    const storage::RunStart& s = run.start;
    Json tags = Json::array();
    for (const QString& tag : run.tags)
        tags.push_back(text(tag));
    Json json{{"run", run.id.value},
              {"name", text(s.name)},
              {"status", text(storage::runStateKey(run.state))},
              {"model", text(s.modelName)},
              {"data", text(s.datasetId)},
              {"data_title", text(s.datasetTitle)},
              {"data_sha256", text(s.datasetSha256)},
              {"architecture", architectureHash(s)},
              {"parameters", s.parameters},
              {"seed", s.seed},
              {"config", configJson(run)},
              {"parent", s.parent ? Json(s.parent->value) : Json()},
              {"started_at", text(run.startedAt.toUTC().toString(Qt::ISODate))},
              {"seconds", run.seconds},
              {"epochs", run.epochs},
              {"epochs_planned", s.epochsPlanned},
              {"steps", run.steps},
              {"steps_per_epoch", s.stepsPerEpoch}};
    NamedValues last, best, tested;
    for (const storage::SeriesSummary& series : run.series) {
        const SeriesSchema schema = describeSeries(series.name.toStdString());
        last.push_back({schema.name, series.last});
        if (schema.better != MetricSchema::Better::Neither) best.push_back({schema.name, bestOf(series)});
    }
    for (const storage::NamedValue& value : run.test)
        tested.push_back({value.name.toStdString(), value.value});
    addValues(json, last, {"train", "validation"});
    Json bests = Json::object();
    addValues(bests, best, {"validation"});
    for (const auto& [key, value] : bests.items())
        json["best_" + key] = value;
    json["best_epoch"] = run.bestEpoch ? Json(*run.bestEpoch) : Json();
    addValues(json, tested, {"test"});
    json["test_metrics"] = storedJson(run.testMetrics, "test metrics", run.id);
    json["samples_per_second"] = orNull(run.samplesPerSecond);
    json["program_version"] = text(s.programVersion);
    json["machine"] = text(s.machine);
    json["problem"] = run.problem.isEmpty() ? Json() : text(run.problem);
    json["notes"] = text(run.notes);
    json["tags"] = tags;
    json["damaged"] = run.damaged;
    return json;
}

Json epochJson(const storage::EpochRow& row) {
    Json json{{"epoch", row.epoch}, {"step", row.step}};
    NamedValues values;
    for (const storage::NamedValue& value : row.values)
        values.push_back({value.name.toStdString(), value.value});
    addValues(json, values, {"train", "validation"});
    json["samples_per_second"] = orNull(row.samplesPerSecond);
    json["seconds"] = orNull(row.seconds);
    json["best"] = row.best;
    json["damaged"] = row.damaged;
    return json;
}

void addValues(Json& json, const NamedValues& values, const std::vector<std::string>& splits) {
    std::vector<std::string> names;
    for (const NamedValue& value : values)
        names.push_back(value.name);
    for (const std::string& name : usualSeries())
        if (std::find(splits.begin(), splits.end(), describeSeries(name).split) != splits.end() &&
            std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    for (const std::string& name : inReadingOrder(names)) {
        std::string key = name;
        std::replace(key.begin(), key.end(), '.', '_');
        json[key] = orNull(valueOf(values, name));
    }
}

std::string figure(const SeriesSchema& series, double value) {
    return series.share ? percent(value) : decimal(value);
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
    if (const Json config = configJson(run); config.is_object()) flatten(config, "", all);
    all.emplace_back("program_version", s.programVersion.toStdString());
    all.emplace_back("machine", s.machine.toStdString());
    return all;
}

std::vector<std::pair<std::string, std::string>> runResults(const storage::RunSummary& run) {
    std::vector<std::pair<std::string, std::string>> all;
    if (run.damaged) all.emplace_back("damage", damagedValue().toStdString());
    all.emplace_back("status", storage::runStateKey(run.state).toStdString());
    all.emplace_back("epochs_done", std::to_string(run.epochs));
    if (run.bestEpoch) all.emplace_back("best_epoch", std::to_string(*run.bestEpoch));
    all.emplace_back("seconds", duration(run.seconds));
    all.emplace_back("samples_per_second",
                     run.samplesPerSecond ? grouped(std::llround(*run.samplesPerSecond)) : std::string("–"));
    std::vector<std::string> names;
    for (const storage::SeriesSummary& series : run.series)
        names.push_back(series.name.toStdString());
    for (const storage::NamedValue& value : run.test)
        names.push_back(value.name.toStdString());
    for (const std::string& name : inReadingOrder(names)) {
        const SeriesSchema schema = describeSeries(name);
        std::string key = name;
        std::replace(key.begin(), key.end(), '.', '_');
        if (const storage::SeriesSummary* series = run.find(QString::fromStdString(name))) {
            all.emplace_back(key, figure(schema, series->last));
            if (schema.split == "validation" && schema.better != MetricSchema::Better::Neither)
                all.emplace_back("best_" + key, figure(schema, bestOf(*series)));
        } else {
            all.emplace_back(key, figure(schema, storage::valueOf(run.test, QString::fromStdString(name))));
        }
    }
    return all;
}

} // namespace burdock::cli
