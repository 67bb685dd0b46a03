#include "session/stored_run.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/foreign_json.h"
#include "session/diagnostics.h"

#include <cmath>

namespace burdock {
namespace {

std::string nameOf(const storage::RunStart& start) {
    return "Run " + start.name.toStdString();
}

} // namespace

Result<WeightSet> readWeights(const storage::Notebook& notebook, storage::RunId run,
                              const CheckpointChoice& choice) {
    const auto stored = StoredWeights::open(notebook, run, choice);
    if (!stored) return refuse(stored.error());
    return (*stored)->readAll();
}

Result<Graph> storedGraph(const storage::RunStart& start) {
    auto graph = graphFromText(viewOf(start.graphJson));
    if (!graph) graph.error().where = nameOf(start);
    return graph;
}

Result<TrainConfig> storedConfig(const storage::RunStart& start) {
    const auto json = parseForeign(viewOf(start.configJson));
    if (!json)
        return refuse(problem("run.config", "The settings of this run cannot be read.", nameOf(start),
                              "Open its network on the canvas and train it with new settings.",
                              json.error().what));
    return trainConfigFromJson(*json);
}

Status checkSameData(const storage::RunStart& start, const DatasetInfo& now) {
    const std::string then = start.datasetSha256.toStdString();
    if (then.empty() || now.sha256.empty() || then == now.sha256) return {};
    return refuse(problem("data.changed", "The data are not those that the run was trained on.", now.title,
                          "Bring the old data back, or train a new run.",
                          "Their contents have changed since."));
}

Result<RunNetwork> loadRun(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                           storage::RunId run, const CheckpointChoice& choice) {
    const auto summary = notebook.run(run);
    if (!summary) return refuse(toDiagnostic(summary.error()));
    const auto graph = storedGraph(summary->start);
    if (!graph) return refuse(graph.error());
    const auto config = storedConfig(summary->start);
    if (!config) return refuse(config.error());
    auto opened = catalog.open(summary->start.datasetId.toStdString());
    if (!opened) return refuse(opened.error());
    if (Status same = checkSameData(summary->start, (*opened)->info()); !same) return refuse(same.error());
    const auto weights = readWeights(notebook, run, choice);
    if (!weights) return refuse(weights.error());
    auto made = Predictor::make(*graph, *weights, *opened, *config);
    if (!made) return refuse(made.error());
    return RunNetwork{std::move(*opened), std::move(*made)};
}

storage::NamedValues toStored(const NamedValues& values) {
    storage::NamedValues stored;
    for (const NamedValue& value : values)
        if (!std::isnan(value.value)) stored.append({QString::fromStdString(value.name), value.value});
    return stored;
}

double bestOf(const storage::SeriesSummary& series) {
    const auto better = describeSeries(series.name.toStdString()).better;
    return better == MetricSchema::Better::Larger ? series.greatest : series.least;
}

namespace {

/// The metric that the run's settings name; the first usual one that it has measured, or the loss.
std::string bestMetric(const storage::RunSummary& run) {
    const auto json = parseForeign(viewOf(run.start.configJson));
    const nlohmann::json named =
        json && json->is_object() ? json->value("best_metric", nlohmann::json()) : nlohmann::json();
    const std::string chosen = named.is_string() ? named.get<std::string>() : "auto";
    if (chosen != "auto") return chosen;
    for (const std::string& name : usualSeries())
        if (const SeriesSchema series = describeSeries(name);
            series.metric != "loss" && run.find(QString::fromStdString(name)))
            return series.metric;
    return "loss";
}

} // namespace

Figure bestOf(const storage::RunSummary& run) {
    const std::string metric = bestMetric(run);
    for (const char* split : {"validation", "train"})
        if (const auto* series = run.find(QString::fromStdString(seriesName(split, metric))))
            return {describeSeries(seriesName(split, metric)), bestOf(*series)};
    return {describeSeries(seriesName("validation", metric))};
}

Figure tellingOf(const storage::RunSummary& run, const std::string& split) {
    Figure told;
    for (const std::string& metric : {bestMetric(run), std::string("loss")}) {
        told.series = describeSeries(seriesName(split, metric));
        const QString name = QString::fromStdString(told.series.name);
        const auto last = run.last(name);
        if (const auto value = last ? last : run.tested(name)) {
            told.value = *value;
            break;
        }
    }
    return told;
}

QByteArray metricsToStore(const std::vector<MetricValue>& values, const DatasetInfo& data) {
    if (values.empty()) return {};
    nlohmann::json json = toJson(values);
    if (!data.task->generates) json["classes"] = data.classNames;
    return QByteArray::fromStdString(json.dump());
}

NamedMetrics storedMetrics(const QByteArray& text) {
    const auto json = parseForeign(viewOf(text));
    NamedMetrics metrics;
    if (!json || !json->is_object()) return metrics;
    metrics.values = metricsFromJson(*json);
    if (const auto names = json->find("classes"); names != json->end() && names->is_array())
        for (const auto& name : *names)
            metrics.names.push_back(name.is_string() ? name.get<std::string>() : std::string());
    return metrics;
}

} // namespace burdock
