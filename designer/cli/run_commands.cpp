#include "engine/train/memory.h"
#include "program.h"
#include "run_json.h"
#include "session/diagnostics.h"
#include "text_table.h"

#include <CLI/CLI.hpp>
#include <QFileInfo>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

Result<int> listRuns(bool withDeleted, Program& program) {
    Json all = Json::array();
    QVector<storage::RunSummary> runs;
    // Before the first training there is no notebook, and nothing wrong with that.
    if (!program.notebookPath.empty() || QFileInfo::exists(program.notebook())) {
        const auto notebook = program.openExistingNotebook();
        if (!notebook) return refuse(notebook.error());
        const auto read = (*notebook)->runs(withDeleted);
        if (!read) return refuse(toDiagnostic(read.error()));
        runs = *read;
    }
    if (program.json) {
        for (const storage::RunSummary& run : runs)
            all.push_back(runJson(run));
        printJson({{"notebook", text(program.notebook())}, {"runs", all}});
        return 0;
    }
    if (runs.isEmpty()) {
        print("No runs yet: burdock-cli train template:mlp --data fashion-mnist-small");
        return 0;
    }
    TextTable table({{"Run", TextTable::Align::Right},
                     {"Name", TextTable::Align::Left},
                     {"Status", TextTable::Align::Left},
                     {"Epochs", TextTable::Align::Right},
                     {"Validation", TextTable::Align::Right},
                     {"Test", TextTable::Align::Right},
                     {"Time", TextTable::Align::Right},
                     {"Started", TextTable::Align::Left}});
    for (const storage::RunSummary& run : runs)
        table.add({std::to_string(run.id.value), run.start.name.toStdString(),
                   storage::runStateKey(run.state).toStdString(),
                   std::to_string(run.epochs) + "/" + std::to_string(run.start.epochsPlanned),
                   run.last(u"validation.accuracy") ? percent(run.last(u"validation.accuracy"))
                                                    : decimal(run.last(u"validation.loss")),
                   run.tested(u"test.accuracy") ? percent(run.tested(u"test.accuracy"))
                                                : decimal(run.tested(u"test.loss")),
                   duration(run.seconds),
                   run.startedAt.toLocalTime().toString("yyyy-MM-dd HH:mm").toStdString()});
    table.print();
    return 0;
}

Result<int> showRun(storage::RunId id, Program& program) {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto run = (*notebook)->run(id);
    if (!run) return refuse(toDiagnostic(run.error()));
    const auto epochs = (*notebook)->epochs(id);
    if (!epochs) return refuse(toDiagnostic(epochs.error()));
    const auto checkpoints = (*notebook)->checkpoints(id);
    if (!checkpoints) return refuse(toDiagnostic(checkpoints.error()));

    if (program.json) {
        Json json = runJson(*run);
        json["curve"] = Json::array();
        for (const storage::EpochRow& row : *epochs)
            json["curve"].push_back(epochJson(row));
        json["checkpoints"] = Json::array();
        for (const storage::CheckpointInfo& c : *checkpoints)
            json["checkpoints"].push_back({{"id", c.id.value},
                                           {"kind", text(storage::checkpointKindKey(c.kind))},
                                           {"epoch", c.epoch},
                                           {"step", c.step},
                                           {"bytes", c.bytes},
                                           {"saved_at", text(c.savedAt.toString(Qt::ISODateWithMs))}});
        Json graph = Json::parse(run->start.graphJson.begin(), run->start.graphJson.end(), nullptr, false);
        json["graph"] = graph.is_discarded() ? Json() : graph;
        printJson(json);
        return 0;
    }
    print("Run " + std::to_string(id.value) + ": " + run->start.name.toStdString());
    TextTable facts({{"", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    for (const auto& all : {runSettings(*run), runResults(*run)})
        for (const auto& [name, value] : all)
            facts.add({name, value});
    if (!run->problem.isEmpty()) facts.add({"problem", run->problem.toStdString()});
    if (!run->notes.isEmpty()) facts.add({"notes", run->notes.toStdString()});
    facts.print();
    if (!checkpoints->isEmpty()) {
        print("");
        TextTable kept({{"Checkpoint", TextTable::Align::Right},
                        {"Kind", TextTable::Align::Left},
                        {"Epoch", TextTable::Align::Right},
                        {"Step", TextTable::Align::Right},
                        {"Size", TextTable::Align::Right}});
        for (const storage::CheckpointInfo& c : *checkpoints)
            kept.add({std::to_string(c.id.value), text(storage::checkpointKindKey(c.kind)),
                      std::to_string(c.epoch), std::to_string(c.step), bytesText(c.bytes)});
        kept.print();
    }
    if (epochs->isEmpty()) return 0;
    print("");
    TextTable curve({{"Epoch", TextTable::Align::Right},
                     {"Loss", TextTable::Align::Right},
                     {"Accuracy", TextTable::Align::Right},
                     {"Validation loss", TextTable::Align::Right},
                     {"Validation accuracy", TextTable::Align::Right}});
    for (const storage::EpochRow& row : *epochs)
        curve.add({std::to_string(row.epoch), decimal(storage::valueOf(row.values, u"train.loss")),
                   percent(storage::valueOf(row.values, u"train.accuracy")),
                   decimal(storage::valueOf(row.values, u"validation.loss")),
                   percent(storage::valueOf(row.values, u"validation.accuracy"))});
    curve.print();
    return 0;
}

} // namespace

void addRuns(CLI::App& app, Program& program, Chosen choose) {
    CLI::App* command = app.add_subcommand("runs", "The notebook's runs, newest first");
    auto deleted = std::make_shared<bool>(false);
    command->add_flag("--deleted", *deleted, "Also those in the bin");
    addNotebookOption(*command, program);
    addJsonFlag(*command, program);
    command->callback([=] { choose([=](Program& p) { return listRuns(*deleted, p); }); });
}

void addShow(CLI::App& app, Program& program, Chosen choose) {
    CLI::App* command = app.add_subcommand("show", "All about one run");
    auto run = std::make_shared<std::string>();
    command->add_option("RUN", *run, "A run's number")
        ->required()
        ->type_name("")
        ->check([](const std::string& s) { return isRunId(s) ? "" : "\"" + s + "\" is no run's number."; });
    addNotebookOption(*command, program);
    addJsonFlag(*command, program);
    command->callback([=] { choose([=](Program& p) { return showRun(runIdFrom(*run), p); }); });
}

} // namespace burdock::cli
