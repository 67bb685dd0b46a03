#include "confusion_table.h"
#include "output.h"
#include "program.h"
#include "progress_bar.h"
#include "run_arguments.h"
#include "run_json.h"
#include "session/counted.h"
#include "session/run_evaluator.h"
#include "session/stop_signal.h"
#include "text_table.h"

#include <QCoreApplication>
#include <cmath>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

void printEvaluation(storage::RunId id, const Evaluation& e, const std::vector<std::string>& names) {
    Json json{{"run", id.value}};
    addValues(json, e.values("test"), {"test"});
    json["samples"] = e.samples;
    json["seconds"] = orNull(e.seconds);
    json["metrics"] = Json::parse(toJson(e.metrics).dump());
    if (!names.empty()) json["targets"] = names; // that the lists go by
    printJson(json);
}

/// "accuracy 92.31 %, loss 0.2147".
std::string headlineText(const Evaluation& e, const NamedValue& told) {
    const std::string loss = "loss " + decimal(e.loss);
    if (told.name.empty() || told.name == "test.loss") return loss;
    const SeriesSchema series = describeSeries(told.name);
    return inSentence(series.metricTitle) + " " + figure(series, told.value) + ", " + loss;
}

/// Of the data that were just evaluated on, which are still open.
std::vector<std::string> targetNames(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                                     storage::RunId id) {
    const auto run = notebook.run(id);
    if (!run) return {};
    const auto data = openRunData(notebook, catalog, run->start);
    return data ? targetNamesOf((*data)->info()) : std::vector<std::string>();
}

Result<int> evaluate(const RunArguments& arguments, Program& program) {
    const storage::RunId id = arguments.id();
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto choice = arguments.weights.choose(**notebook, id);
    if (!choice) return refuse(choice.error());
    if (const Status found = arguments.findData(**notebook, program); !found) return refuse(found.error());
    RunEvaluator evaluator(*notebook, program.catalog);
    ProgressBar bar;
    Result<int> result = failed;
    QObject::connect(&evaluator, &RunEvaluator::progressed,
                     [&](storage::RunId, double done) { bar.draw("Testing", done, ""); });
    QObject::connect(&evaluator, &RunEvaluator::failed, [&](storage::RunId, const Diagnostic& why) {
        result = refuse(offeringPlace(why));
        QCoreApplication::quit();
    });
    QObject::connect(&evaluator, &RunEvaluator::cancelled, [&](storage::RunId) {
        result = stoppedByUser;
        QCoreApplication::quit();
    });
    QObject::connect(
        &evaluator, &RunEvaluator::evaluated,
        [&](storage::RunId, const Evaluation& e, const std::optional<Diagnostic>& unkept) {
            bar.clear();
            const auto run = (*notebook)->run(id);
            if (run) warnOfDamage(*run);
            const NamedValues values = e.values("test");
            const std::vector<std::string> names = targetNames(**notebook, program.catalog, id);
            if (program.json)
                printEvaluation(id, e, names);
            else
                print("Run " + std::to_string(id.value) + " on " + counted(e.samples, "test sample") + ": " +
                      headlineText(e, run ? headlineOf(*run, values) : headline(values)) + " (" +
                      duration(e.seconds) + ")");
            if (!program.json) {
                TextTable table({{"Metric", TextTable::Align::Left}, {"Value", TextTable::Align::Right}});
                for (const MetricValue& m : e.metrics)
                    if (const MetricSchema* schema = findMetric(m.id);
                        schema && m.columns == 0 && !std::isnan(m.value) && !mixesUnits(m, names.size()))
                        table.add({schema->name, figure(describeSeries(seriesName("test", m.id)), m.value)});
                table.print();
                printByTarget(e.metrics, names);
                printConfusion(e.metrics, names);
            }
            result = unkept ? failed : 0;
            if (unkept) warn("burdock-cli: The result could not be kept. " + oneLine(*unkept));
            if (auto diverged = divergence(id, e)) result = refuse(std::move(*diverged));
            QCoreApplication::quit();
        });
    const StopSignal stop([&] { evaluator.cancel(); });
    evaluator.evaluate(id, *choice);
    QCoreApplication::exec();
    return result;
}

} // namespace

void addEvaluate(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("evaluate", "Measure a run's weights on its test set");
    auto arguments = std::make_shared<RunArguments>();
    arguments->addRun(command);
    arguments->addOptions(command, program);
    command.callback([=] { choose([=](Program& p) { return evaluate(*arguments, p); }); });
}

} // namespace burdock::cli
