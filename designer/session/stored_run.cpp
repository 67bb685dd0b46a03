#include "session/stored_run.h"

#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/schema/foreign_json.h"
#include "session/counted.h"
#include "session/diagnostics.h"
#include "session/moved_data.h"
#include "session/speed_meter.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

std::string nameOf(const storage::RunStart& start) {
    return "Run " + start.name.toStdString();
}

// What stands beside the settings.
constexpr const char *firstWeightsKey = "first_weights", *meantKey = "auto_means";

Result<nlohmann::json> configJson(const storage::RunStart& start) {
    return parseForeign(viewOf(start.configJson));
}

/// Of an object; `none` where it holds no such value.
template <class T>
T valueIn(const nlohmann::json& json, const char* key, T none) {
    const auto it = json.is_object() ? json.find(key) : json.end();
    if (it == json.end()) return none;
    if constexpr (std::is_same_v<T, std::string>)
        return it->is_string() ? it->template get<T>() : none;
    else
        return it->is_number_integer() ? it->template get<T>() : none;
}

} // namespace

Result<Graph> storedGraph(const storage::RunStart& start) {
    if (start.graphJson.isEmpty())
        return refuse(problem("run.damaged", "The notebook has lost what this run was begun with.",
                              nameOf(start), "Restore the notebook from a backup.",
                              "Another program has deleted its network and settings."));
    auto graph = graphFromText(viewOf(start.graphJson));
    if (!graph) graph.error().where = nameOf(start);
    return graph;
}

Result<TrainConfig> storedConfig(const storage::RunStart& start) {
    auto json = configJson(start);
    if (!json)
        return refuse(problem("run.config", "The settings of this run cannot be read.", nameOf(start),
                              "Open its network on the canvas and train it with new settings.",
                              json.error().what));
    if (json->is_object())
        for (const char* key : {firstWeightsKey, meantKey})
            json->erase(key);
    return trainConfigFromJson(*json);
}

QByteArray configToStore(const TrainConfig& config, const std::optional<FirstWeights>& first,
                         const std::string& loss, const std::string& bestMetric) {
    nlohmann::json json = toJson(config);
    json[meantKey] = {{"loss", loss}, {"best_metric", bestMetric}};
    if (first)
        json[firstWeightsKey] = {
            {"run", first->run.value},
            {"checkpoint", first->kind ? storage::checkpointKindKey(*first->kind).toStdString() : ""},
            {"epoch", first->epoch},
            {"taken", first->taken},
            {"adapted", first->adapted},
            {"fresh", first->fresh},
            {"left_over", first->leftOver}};
    return QByteArray::fromStdString(json.dump());
}

std::optional<FirstWeights> firstWeights(const storage::RunStart& start) {
    if (!start.parent) return std::nullopt;
    const auto config = configJson(start);
    const auto json =
        config && config->is_object() ? config->value(firstWeightsKey, nlohmann::json()) : nlohmann::json();
    const auto count = [&json](const char* key) { return valueIn(json, key, qint64(0)); };
    return FirstWeights{
        *start.parent,
        storage::checkpointKindFromKey(QString::fromStdString(valueIn(json, "checkpoint", std::string()))),
        count("epoch"),
        count("taken"),
        count("adapted"),
        count("fresh"),
        count("left_over")};
}

std::string toText(const FirstWeights& first) {
    const std::string run = "run " + std::to_string(first.run.value);
    if (!first.kind) return run;
    std::string text =
        *first.kind == storage::CheckpointKind::Epoch
            ? run + ", epoch "
            : run + ", " + storage::checkpointKindKey(*first.kind).toStdString() + " of epoch ";
    text += std::to_string(first.epoch) + ": " + counted(first.taken, "array") + " taken";
    for (const auto& [count, what] : {std::pair(first.adapted, " adapted"), std::pair(first.fresh, " fresh"),
                                      std::pair(first.leftOver, " left over")})
        text += ", " + std::to_string(count) + what;
    return text;
}

namespace {

/// What can be seen of data that are read otherwise than when the run was made.
std::string shapesApart(const storage::RunStart& start, const DatasetInfo& now) {
    const auto graph = storedGraph(start);
    if (!graph) return {};
    const GraphReport report = checkGraph(*graph);
    if (!report.network || report.network->inputShape() == now.input) return {};
    return ": a sample is " + toString(now.input) + " now, and its network takes " +
           toString(report.network->inputShape());
}

} // namespace

Status checkSameData(const storage::RunStart& start, const DatasetInfo& now) {
    const std::string then = start.datasetSha256.toStdString();
    if (then.empty() || now.sha256.empty() || then == now.sha256) return {};
    return refuse(
        problem("data.changed", "The data are not those that the run was trained on.", now.title,
                "Bring the old data back. Where the files are the same, train a new run from the "
                "weights of this one, with options that read them as then (such as the size of pictures).",
                "Their contents have changed since, or an older version read them otherwise" +
                    shapesApart(start, now) + "."));
}

Result<std::shared_ptr<const Dataset>> openRunData(const storage::Notebook& notebook,
                                                   const DatasetCatalog& catalog,
                                                   const storage::RunStart& start) {
    auto opened = catalog.open(presentPlace(notebook, start.datasetId).toStdString());
    if (!opened) return refuse(asMissing(opened.error(), start.datasetId));
    if (Status same = checkSameData(start, (*opened)->info()); !same) return refuse(same.error());
    return opened;
}

Result<RunNetwork> loadRun(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                           storage::RunId run, const CheckpointChoice& choice) {
    const auto summary = notebook.run(run);
    if (!summary) return refuse(toDiagnostic(summary.error()));
    const auto graph = storedGraph(summary->start);
    if (!graph) return refuse(graph.error());
    const auto config = storedConfig(summary->start);
    if (!config) return refuse(config.error());
    auto opened = openRunData(notebook, catalog, summary->start);
    if (!opened) return refuse(opened.error());
    const auto weights = StoredWeights::open(notebook, run, choice);
    if (!weights) return refuse(weights.error());
    auto made = Predictor::make(*graph, **weights, *opened, *config);
    if (!made) return refuse(made.error());
    return RunNetwork{std::move(*opened), std::move(*made), (*weights)->info(), summary->bestEpoch};
}

std::optional<double> speedOf(const storage::RunSummary& run) {
    return run.seconds < SpeedMeter::enough ? std::nullopt : run.samplesPerSecond;
}

std::optional<double> speedOf(const storage::EpochRow& epoch) {
    const bool measured = epoch.seconds >= SpeedMeter::enough && std::isfinite(epoch.samplesPerSecond);
    return measured ? std::optional(epoch.samplesPerSecond) : std::nullopt;
}

storage::NamedValues toStored(const NamedValues& values) {
    storage::NamedValues stored;
    for (const NamedValue& value : values)
        if (!std::isnan(value.value)) stored.append({QString::fromStdString(value.name), value.value});
    return stored;
}

namespace {

/// The metric that the run's settings name; the first usual one that it has measured, or the loss.
std::string bestMetric(const storage::RunSummary& run) {
    const std::string chosen =
        valueIn(configJson(run.start).value_or(nlohmann::json()), "best_metric", std::string("auto"));
    return chosen == "auto" ? meaningOfAuto(run, "best_metric") : chosen;
}

} // namespace

NamedValue headlineOf(const storage::RunSummary& run, const NamedValues& values) {
    return headline(values, bestMetric(run));
}

namespace {

/// Of both splits where both were measured, so that they can be compared.
std::string tellingMetric(const storage::RunSummary& run) {
    NamedValues told;
    for (const storage::NamedValues* values : {&run.atBest, &run.test}) {
        for (const storage::NamedValue& value : *values) {
            const SeriesSchema series = describeSeries(value.name.toStdString());
            const auto tested = QString::fromStdString(seriesName("test", series.metric));
            if (series.split != "train" && series.better != MetricSchema::Better::Neither &&
                (run.test.isEmpty() || run.tested(tested)))
                told.push_back({series.name, value.value});
        }
        if (!told.empty()) break;
    }
    return told.empty() ? "loss" : describeSeries(headlineOf(run, told).name).metric;
}

} // namespace

std::string meaningOfAuto(const storage::RunSummary& run, const std::string& key) {
    const auto config = configJson(run.start);
    const std::string meant =
        config && config->is_object()
            ? valueIn(config->value(meantKey, nlohmann::json()), key.c_str(), std::string())
            : std::string();
    if (!meant.empty() || key != "best_metric") return meant;
    // Runs that do not tell went by what each of their epochs measured.
    for (const std::string& name : usualSeries())
        if (const SeriesSchema series = describeSeries(name);
            series.metric != "loss" && run.find(QString::fromStdString(name)))
            return series.metric;
    return "loss";
}

Figure bestOf(const storage::RunSummary& run) {
    const std::string metric = bestMetric(run);
    for (const char* split : {"validation", "train"})
        if (const double value =
                storage::valueOf(run.atBest, QString::fromStdString(seriesName(split, metric)));
            !std::isnan(value))
            return {describeSeries(seriesName(split, metric)), value};
    return {describeSeries(seriesName("validation", metric))};
}

Figure tellingOf(const storage::RunSummary& run, const std::string& split) {
    const std::string name = seriesName(split, tellingMetric(run));
    const storage::NamedValues& values = split == "test" ? run.test : run.atBest;
    return {describeSeries(name), storage::valueOf(values, QString::fromStdString(name))};
}

std::string RunFigure::title() const {
    return series.title + (best ? ", best epoch" : ", last epoch");
}

std::vector<RunFigure> figuresOf(const storage::RunSummary& run) {
    std::vector<std::string> names;
    for (const storage::SeriesSummary& series : run.series)
        names.push_back(series.name.toStdString());
    const NamedMetrics tested = storedMetrics(run.testMetrics);
    const auto isOfOneUnit = [&tested](const storage::NamedValue& value) {
        return std::ranges::none_of(tested.values, [&](const MetricValue& m) {
            return mixesUnits(m, tested.names.size()) && seriesName("test", m.id) == value.name.toStdString();
        });
    };
    for (const storage::NamedValue& value : run.test)
        if (isOfOneUnit(value)) names.push_back(value.name.toStdString());
    std::vector<RunFigure> best, last;
    for (const std::string& name : inReadingOrder(std::move(names))) {
        const SeriesSchema series = describeSeries(name);
        const QString stored = QString::fromStdString(name);
        const storage::SeriesSummary* told = run.find(stored);
        if (!told)
            best.push_back({series, true, storage::valueOf(run.test, stored)});
        else if (run.bestEpoch && series.better != MetricSchema::Better::Neither)
            best.push_back({series, true, storage::valueOf(run.atBest, stored)});
        if (told) last.push_back({series, false, told->last});
    }
    best.insert(best.end(), last.begin(), last.end());
    return best;
}

namespace {

std::vector<std::string> noAndYes(const std::string& label) {
    return {"not " + label, label};
}

/// Of one label, runs of before kept its name alone, beside two values of some metrics and one of others.
void setNoBeforeYes(NamedMetrics& metrics) {
    const auto isOfBoth = [](const MetricValue& m) { return m.columns == 2 || m.values.size() == 2; };
    if (metrics.names.size() != 1 || std::ranges::none_of(metrics.values, isOfBoth)) return;
    metrics.names = noAndYes(metrics.names[0]);
    for (MetricValue& m : metrics.values)
        if (const MetricSchema* schema = findMetric(m.id); schema && schema->each && m.values.size() == 1)
            m.values.insert(m.values.begin(), std::nan(""));
}

} // namespace

std::vector<std::string> targetNamesOf(const DatasetInfo& data) {
    if (data.task->targetKind == TargetKind::Number) return data.targetNames;
    if (data.task->targetKind == TargetKind::YesNo && data.classNames.size() == 1)
        return noAndYes(data.classNames[0]);
    return data.classNames;
}

QByteArray metricsToStore(const std::vector<MetricValue>& values, const DatasetInfo& data) {
    if (values.empty()) return {};
    nlohmann::json json = toJson(values);
    if (!data.task->generates) json["classes"] = targetNamesOf(data);
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
    setNoBeforeYes(metrics);
    return metrics;
}

} // namespace burdock
