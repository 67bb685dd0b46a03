#include "confusion_table.h"
#include "engine/schema/number_text.h"
#include "engine/train/memory.h"
#include "program.h"
#include "run_json.h"
#include "session/counted.h"
#include "session/cross_validation.h"
#include "session/damage.h"
#include "session/diagnostics.h"
#include "session/stored_run.h"
#include "text_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace burdock::cli {
namespace {

std::string telling(const Figure& told) {
    return figure(told.series, told.value);
}

std::string deletedText(const storage::RemovedOrphans& deleted) {
    if (deleted.rows == 0) return "There were no orphaned rows.";
    return "Deleted orphaned rows: " + grouped(deleted.rows) +
           (deleted.runs > 0 ? ", of " + counted(deleted.runs, "run") : "") + ", " +
           bytesText(deleted.bytes) + ".";
}

/// That it could not be printed must not look as if nothing was done.
void tellUnprinted(const std::optional<storage::RemovedOrphans>& deleted) {
    if (deleted && !outputIsWhole()) warn("burdock-cli: " + deletedText(*deleted));
}

/// "94.00 % ± 2.10 %" or "94.00 %, 88.00 % to 100.00 %", of the folds that have finished.
std::string telling(const FoldFigure* told) {
    if (!told) return "–";
    return figure(told->series, told->mean) + (told->folds > 1 ? intervalText(*told) : "");
}

/// The runs, newest first; those of a cross-validation stand together under its heading, where the newest of
/// them would be.
void printRuns(const QVector<storage::RunSummary>& runs) {
    TextTable table({{"Run", TextTable::Align::Right},
                     {"Name", TextTable::Align::Left},
                     {"Status", TextTable::Align::Left},
                     {"Epochs", TextTable::Align::Right},
                     {"Metric", TextTable::Align::Left},
                     {"Validation", TextTable::Align::Right},
                     {"Test", TextTable::Align::Right},
                     {"Time", TextTable::Align::Right},
                     {"Started", TextTable::Align::Left}});
    const auto add = [&table](const storage::RunSummary& run, const std::string& name) {
        const Figure validation = tellingOf(run, "validation"), test = tellingOf(run, "test");
        table.add({std::to_string(run.id.value), name,
                   storage::runStateKey(run.state).toStdString() +
                       (run.damaged ? ", " + damagedValue().toStdString() : ""),
                   std::to_string(run.epochs) + "/" + std::to_string(run.start.epochsPlanned),
                   inSentence(test.series.metricTitle), telling(validation), telling(test),
                   duration(run.seconds),
                   run.startedAt.toLocalTime().toString("yyyy-MM-dd HH:mm").toStdString()});
    };
    std::vector<CrossValidation> headings = crossValidations(runs);
    for (const storage::RunSummary& run : runs) {
        const auto heading =
            std::ranges::find_if(headings, [&](const CrossValidation& h) { return h.has(run.id); });
        if (heading == headings.end()) {
            add(run, run.start.name.toStdString());
            continue;
        }
        if (run.id != heading->members.front()) continue; // it stands under its heading
        const FoldFigure* told = heading->telling();
        table.add({"", heading->name.toStdString(),
                   std::to_string(heading->finished) + " of " + std::to_string(heading->folds) + " folds", "",
                   told ? inSentence(told->series.metricTitle) : "", "", telling(told), "", ""});
        for (const storage::RunSummary& fold : runs)
            if (heading->has(fold.id)) add(fold, "  " + fold.start.name.toStdString());
    }
    table.print();
}

Result<int> listRuns(bool withDeleted, bool deleteOrphans, Program& program) {
    Json all = Json::array(), damage;
    std::optional<storage::RemovedOrphans> deleted;
    const auto mend = [&](storage::Notebook& notebook) -> Status {
        if (!deleteOrphans) return {};
        const auto done = notebook.removeOrphans();
        if (!done) return refuse(toDiagnostic(done.error()));
        deleted = *done;
        return {};
    };
    QVector<storage::RunSummary> runs;
    // Before the first training there is no notebook, and nothing wrong with that.
    if (!program.notebookPath.empty() || storage::Notebook::isThere(program.notebook())) {
        const auto notebook = program.openExistingNotebook(mend);
        if (!notebook) return refuse(notebook.error());
        const auto read = (*notebook)->runs(withDeleted);
        if (!read) return refuse(toDiagnostic(read.error()));
        runs = *read;
        if (const auto found = (*notebook)->damage()) damage = text(found->oneLine());
    }
    if (program.json) {
        for (const storage::RunSummary& run : runs)
            all.push_back(runJson(run, damageOf(run)));
        Json json{{"notebook", text(program.notebook())},
                  {"damage", damage},
                  {"runs", all},
                  {"cross_validations", Json::array()}};
        if (deleted)
            json["deleted_orphans"] = {
                {"runs", deleted->runs}, {"rows", deleted->rows}, {"bytes", deleted->bytes}};
        for (const CrossValidation& heading : crossValidations(runs))
            json["cross_validations"].push_back(crossValidationJson(heading));
        printJson(json);
        tellUnprinted(deleted);
        return 0;
    }
    if (deleted) print(deletedText(*deleted));
    tellUnprinted(deleted);
    if (runs.isEmpty()) {
        print("No runs yet: burdock-cli train template:mlp --data fashion-mnist-small");
        return 0;
    }
    printRuns(runs);
    for (const storage::RunSummary& run : runs)
        warnOfDamage(run);
    return 0;
}

/// {"train.loss": {"first_step": 1, "values": […]}}
Json stepsJson(const storage::StepCurves& steps) {
    Json json = Json::object();
    for (const storage::StepSeries& series : steps.series) {
        Json values = Json::array();
        for (const float value : series.values)
            values.push_back(orNull(sameText(value)));
        json[series.name.toStdString()] = {{"first_step", series.firstStep}, {"values", values}};
    }
    return json;
}

/// A row an epoch, a column a series; the best epoch is marked.
void printEpochs(const QVector<storage::EpochRow>& epochs) {
    std::vector<std::string> names;
    for (const storage::EpochRow& row : epochs)
        for (const storage::NamedValue& value : row.values)
            if (const std::string name = value.name.toStdString();
                std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
    names = inReadingOrder(std::move(names));
    std::vector<std::pair<std::string, TextTable::Align>> columns{{"Epoch", TextTable::Align::Right}};
    std::vector<SeriesSchema> series;
    for (const std::string& name : names) {
        series.push_back(describeSeries(name));
        columns.emplace_back(series.back().title, TextTable::Align::Right);
    }
    columns.emplace_back("", TextTable::Align::Left);
    qint64 best = 0;
    for (const storage::EpochRow& row : epochs)
        if (row.best) best = row.epoch;
    TextTable curve(columns);
    for (const storage::EpochRow& row : epochs) {
        std::vector<std::string> cells{std::to_string(row.epoch)};
        for (const SeriesSchema& one : series)
            cells.push_back(
                row.damaged ? damagedValue().toStdString()
                            : figure(one, storage::valueOf(row.values, QString::fromStdString(one.name))));
        cells.emplace_back(row.epoch == best ? "best" : "");
        curve.add(std::move(cells));
    }
    curve.print();
}

Result<int> showRun(storage::RunId id, bool withSteps, Program& program) {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto whole = readWhole(**notebook, id);
    if (!whole) return refuse(whole.error());
    const storage::RunSummary& run = whole->summary;

    if (program.json) {
        Json json = wholeRunJson(*whole);
        json["checkpoints"] = Json::array();
        for (const storage::CheckpointInfo& c : whole->checkpoints)
            json["checkpoints"].push_back({{"id", c.id.value},
                                           {"kind", text(storage::checkpointKindKey(c.kind))},
                                           {"epoch", c.epoch},
                                           {"step", c.step},
                                           {"bytes", c.bytes},
                                           {"saved_at", text(c.savedAt.toString(Qt::ISODateWithMs))},
                                           {"damaged", c.damaged}});
        if (withSteps) json["steps"] = stepsJson(whole->steps);
        json["graph"] = storedJson(run.start.graphJson, "architecture", id);
        printJson(json);
        return 0;
    }
    print("Run " + std::to_string(id.value) + ": " + run.start.name.toStdString());
    TextTable facts({{"", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    for (const auto& all : {runSettings(*whole), runResults(*whole)})
        for (const auto& [name, value] : all)
            facts.add({name, value});
    if (!run.problem.isEmpty()) facts.add({"problem", run.problem.toStdString()});
    if (!run.notes.isEmpty()) facts.add({"notes", run.notes.toStdString()});
    facts.print();
    if (!whole->checkpoints.isEmpty()) {
        print("");
        TextTable kept({{"Checkpoint", TextTable::Align::Right},
                        {"Kind", TextTable::Align::Left},
                        {"Epoch", TextTable::Align::Right},
                        {"Step", TextTable::Align::Right},
                        {"Size", TextTable::Align::Right}});
        for (const storage::CheckpointInfo& c : whole->checkpoints)
            kept.add({std::to_string(c.id.value),
                      (c.damaged ? damagedValue() : storage::checkpointKindKey(c.kind)).toStdString(),
                      std::to_string(c.epoch), std::to_string(c.step), bytesText(c.bytes)});
        kept.print();
    }
    warnOfDamage(id, whole->damage);
    if (!whole->epochs.isEmpty()) {
        print("");
        printEpochs(whole->epochs);
    }
    const NamedMetrics tested = storedMetrics(run.testMetrics);
    printByTarget(tested.values, tested.names);
    printConfusion(tested.values, tested.names);
    return 0;
}

} // namespace

void addRuns(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("runs", "The notebook's runs, newest first");
    command.footer("The runs of a cross-validation stand under one heading, with the mean of its folds and "
                   "its 95 % interval. Metric: the one that tells most of the task, whatever the best epoch "
                   "was chosen by. "
                   "Validation and Test: " +
                   inSentence(bestWeightsText) + ".");
    auto deleted = std::make_shared<bool>(false);
    auto orphans = std::make_shared<bool>(false);
    command.flag("--deleted", *deleted, "Also those in the bin");
    command.flag("--delete-orphans", *orphans,
                 "Deletes for good the orphaned rows of runs that another program has deleted in part");
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return listRuns(*deleted, *orphans, p); }); });
}

void addShow(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("show", "All about one run");
    auto run = std::make_shared<std::string>();
    auto steps = std::make_shared<bool>(false);
    command.flag("--steps", *steps, "With --json: the values of every step too");
    command.option("RUN", *run, "A run's number").required().typeName("").check([](const std::string& s) {
        return isRunId(s) ? "" : "\"" + s + "\" is no run's number.";
    });
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return showRun(runIdFrom(*run), *steps, p); }); });
}

} // namespace burdock::cli
