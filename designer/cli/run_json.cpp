#include "run_json.h"

#include "engine/graph/graph_json.h"
#include "engine/schema/foreign_json.h"
#include "session/damage.h"
#include "session/diagnostics.h"
#include "session/stored_run.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

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

/// The settings alone: what stands beside them is told elsewhere.
Json settingsJson(const storage::RunSummary& run) {
    Json json = configJson(run);
    const auto config = storedConfig(run.start);
    return config ? Json::parse(toJson(*config).dump()) : json;
}

using Texts = std::vector<std::pair<std::string, std::string>>;

/// Every setting; what "auto" came to mean stands behind it.
void addSettings(const storage::RunSummary& run, Texts& all) {
    const auto config = storedConfig(run.start);
    if (!config) {
        all.emplace_back("settings", oneLine(config.error()));
        return;
    }
    const ParamValues values = TrainConfig::table().write(*config);
    for (const ParamSpec& spec : TrainConfig::table().specs()) {
        std::string value = toString(paramOr(values, spec));
        if (const std::string meant = value == "auto" ? meaningOfAuto(run, spec.key) : ""; !meant.empty())
            value += " (" + meant + ")";
        all.emplace_back(spec.key, value);
        for (const EntrySetting& setting : entrySettings())
            if (setting.key == spec.key)
                for (const auto& [key, own] : (*config).*setting.params)
                    all.emplace_back(setting.key + "_params." + key, toString(own));
    }
    all.emplace_back("augmentation",
                     config->augmentation.empty() ? "none" : formatAugmentation(config->augmentation));
}

std::string keyOf(std::string series) {
    std::replace(series.begin(), series.end(), '.', '_');
    return series;
}

Json firstWeightsJson(const storage::RunStart& start) {
    const auto first = firstWeights(start);
    if (!first) return {};
    Json json{{"run", first->run.value}};
    if (!first->kind) return json;
    json["checkpoint"] = text(storage::checkpointKindKey(*first->kind));
    json["epoch"] = first->epoch;
    json["taken"] = first->taken;
    json["adapted"] = first->adapted;
    json["fresh"] = first->fresh;
    json["left_over"] = first->leftOver;
    return json;
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

void warnOfDamage(storage::RunId run, const QString& damage) {
    if (!damage.isEmpty())
        warn("burdock-cli: run " + std::to_string(run.value) + ": " + damage.toStdString() + " " +
             damageMend().toStdString());
}

void warnOfDamage(const storage::RunSummary& run) {
    warnOfDamage(run.id, damageOf(run));
}

Result<WholeRun> readWhole(const storage::Notebook& notebook, storage::RunId run) {
    auto summary = notebook.run(run);
    if (!summary) return refuse(toDiagnostic(summary.error()));
    auto epochs = notebook.epochs(run);
    if (!epochs) return refuse(toDiagnostic(epochs.error()));
    auto steps = notebook.steps(run);
    if (!steps) return refuse(toDiagnostic(steps.error()));
    auto checkpoints = notebook.checkpoints(run);
    if (!checkpoints) return refuse(toDiagnostic(checkpoints.error()));
    const QString damage = damageOf(*summary, *epochs, *steps, *checkpoints);
    std::optional<CrossValidation> heading;
    if (!foldText(summary->start).isEmpty())
        if (const auto all = notebook.runs()) heading = crossValidationOf(run, *all);
    return WholeRun{
        std::move(*summary), std::move(*epochs), std::move(*steps), std::move(*checkpoints), damage,
        std::move(heading)};
}

Json runJson(const storage::RunSummary& run, const QString& damage) {
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
              {"config", settingsJson(run)},
              {"parent", s.parent ? Json(s.parent->value) : Json()},
              {"first_weights", firstWeightsJson(s)},
              {"started_at", text(run.startedAt.toUTC().toString(Qt::ISODate))},
              {"seconds", run.seconds},
              {"epochs", run.epochs},
              {"epochs_planned", s.epochsPlanned},
              {"steps", run.steps},
              {"steps_per_epoch", s.stepsPerEpoch}};
    NamedValues last, best, tested;
    for (const storage::SeriesSummary& series : run.series) {
        const std::string name = series.name.toStdString();
        last.push_back({name, series.last});
        if (const SeriesSchema schema = describeSeries(name);
            schema.split == "validation" && schema.better != MetricSchema::Better::Neither)
            best.push_back({name, storage::valueOf(run.atBest, series.name)});
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
    json["samples_per_second"] = orNull(speedOf(run));
    json["program_version"] = text(s.programVersion);
    json["machine"] = text(s.machine);
    json["problem"] = run.problem.isEmpty() ? Json() : text(run.problem);
    json["notes"] = text(run.notes);
    json["tags"] = tags;
    json["damaged"] = !damage.isEmpty();
    json["damage"] = damage.isEmpty() ? Json() : text(damage);
    return json;
}

namespace {

Json epochJson(const storage::EpochRow& row) {
    Json json{{"epoch", row.epoch}, {"step", row.step}};
    NamedValues values;
    for (const storage::NamedValue& value : row.values)
        values.push_back({value.name.toStdString(), value.value});
    addValues(json, values, {"train", "validation"});
    json["samples_per_second"] = orNull(speedOf(row));
    json["seconds"] = orNull(row.seconds);
    json["best"] = row.best;
    json["damaged"] = row.damaged;
    return json;
}

} // namespace

Json wholeRunJson(const WholeRun& run) {
    Json json = runJson(run.summary, run.damage);
    json["cross_validation"] = run.heading ? crossValidationJson(*run.heading) : Json();
    json["damaged_chunks"] = run.steps.damagedChunks;
    json["curve"] = Json::array();
    for (const storage::EpochRow& row : run.epochs)
        json["curve"].push_back(epochJson(row));
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
    for (const std::string& name : inReadingOrder(names))
        json[keyOf(name)] = orNull(valueOf(values, name));
}

Json crossValidationJson(const CrossValidation& heading) {
    Json runs = Json::array(), metrics = Json::object();
    for (const storage::RunId run : heading.runs)
        runs.push_back(run.value);
    for (const FoldFigure& figure : heading.figures)
        metrics[keyOf(figure.series.name)] = {{"folds", figure.folds},
                                              {"mean", orNull(figure.mean)},
                                              {"deviation", orNull(figure.deviation)},
                                              {"margin", orNull(figure.margin)},
                                              {"low", orNull(figure.low())},
                                              {"high", orNull(figure.high())}};
    return {{"name", text(heading.name)},
            {"folds", heading.folds},
            {"finished", heading.finished},
            {"runs", runs},
            {"metrics", metrics}};
}

std::string crossValidationText(const CrossValidation& heading) {
    std::string runs;
    for (const storage::RunId run : heading.runs)
        runs += (runs.empty() ? "" : ", ") + std::to_string(run.value);
    return "Cross-validation of " + heading.name.toStdString() + ": " + std::to_string(heading.finished) +
           " of " + std::to_string(heading.folds) +
           (heading.runs.size() == 1 ? " folds, run " : " folds, runs ") + runs;
}

std::string intervalText(const FoldFigure& told) {
    if (told.isClipped())
        return ", " + figure(told.series, told.low()) + " to " + figure(told.series, told.high());
    return " ± " + figure(told.series, told.margin);
}

std::string foldFigureText(const FoldFigure& told) {
    std::string all = figure(told.series, told.mean);
    if (told.folds < 2) return all + " (1 fold)";
    return all + intervalText(told) + " (95 % interval, " + std::to_string(told.folds) + " folds)";
}

void printCrossValidations(const storage::Notebook& notebook, const std::vector<storage::RunId>& trained,
                           bool json) {
    const auto runs = notebook.runs();
    if (!runs) return;
    for (const CrossValidation& heading : crossValidations(*runs)) {
        if (std::ranges::none_of(trained, [&](storage::RunId run) { return heading.has(run); })) continue;
        if (json) {
            Json event{{"event", "cross_validation"}};
            event.update(crossValidationJson(heading));
            printJson(event);
            continue;
        }
        print(crossValidationText(heading));
        for (const FoldFigure& told : heading.figures)
            print("  " + inSentence(told.series.title) + " " + foldFigureText(told));
    }
}

std::string figure(const SeriesSchema& series, double value) {
    return series.share ? percent(value) : decimal(value);
}

std::vector<std::pair<std::string, std::string>> runSettings(const WholeRun& whole) {
    const storage::RunSummary& run = whole.summary;
    const storage::RunStart& s = run.start;
    const auto first = firstWeights(s);
    Texts all{{"model", s.modelName.toStdString()},
              {"architecture", architectureHash(s)},
              {"parameters", grouped(s.parameters)},
              {"data", s.datasetId.toStdString()},
              {"data_sha256", s.datasetSha256.left(10).toStdString()},
              {"first_weights", first ? toText(*first) : "drawn by the seed"}};
    addSettings(run, all);
    all.emplace_back("program_version", s.programVersion.toStdString());
    all.emplace_back("machine", s.machine.toStdString());
    return all;
}

std::vector<std::pair<std::string, std::string>> runResults(const WholeRun& whole) {
    const storage::RunSummary& run = whole.summary;
    Texts all;
    if (!whole.damage.isEmpty()) all.emplace_back("damage", damagedValue().toStdString());
    all.emplace_back("status", storage::runStateKey(run.state).toStdString());
    all.emplace_back("epochs_done", std::to_string(run.epochs));
    if (run.bestEpoch)
        all.emplace_back("best_epoch",
                         std::to_string(*run.bestEpoch) + ", by " + inSentence(bestOf(run).series.title));
    all.emplace_back("seconds", duration(run.seconds));
    const auto speed = speedOf(run);
    all.emplace_back("samples_per_second", speed ? grouped(std::llround(*speed)) : std::string("–"));
    for (const RunFigure& told : figuresOf(run))
        all.emplace_back(told.title(), figure(told.series, told.value));
    if (!whole.heading) return all;
    for (const FoldFigure& told : whole.heading->figures)
        all.emplace_back(told.series.title + ", all folds", foldFigureText(told));
    return all;
}

} // namespace burdock::cli
