#include "checkpoint_options.h"
#include "config_options.h"
#include "engine/data/split.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/models/adaptation.h"
#include "engine/models/proposal.h"
#include "engine/tensor/dims_text.h"
#include "engine/train/loss.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"
#include "engine/train/trainer.h"
#include "model_source.h"
#include "output.h"
#include "progress_bar.h"
#include "run_arguments.h"
#include "run_json.h"
#include "session/counted.h"
#include "session/cross_validation.h"
#include "session/expected_time.h"
#include "session/moved_data.h"
#include "session/run_queue.h"
#include "session/stop_signal.h"
#include "session/stored_run.h"
#include "session/time_left.h"

#include <QCoreApplication>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace burdock::cli {
namespace {

struct TrainArguments {
    std::vector<std::string> models;
    std::string data, name, weights;
    CheckpointOptions checkpoint;
    int jobs = 1;
    bool fresh = false, resume = false, adapt = false;
    ConfigOptions config;
};

/// "loss 0.2147".
std::string valueText(const NamedValue& value) {
    const SeriesSchema series = describeSeries(value.name);
    return inSentence(series.metricTitle) + " " + figure(series, value.value);
}

/// "test accuracy 92.31 %".
std::string titledText(const NamedValue& value) {
    const SeriesSchema series = describeSeries(value.name);
    return inSentence(series.title) + " " + figure(series, value.value);
}

/// "loss 0.2147, accuracy 92.31 %": those of a split.
std::string valuesOf(const NamedValues& values, std::string_view split) {
    std::vector<std::string> names;
    for (const NamedValue& value : values)
        if (describeSeries(value.name).split == split) names.push_back(value.name);
    std::string all;
    for (const std::string& name : inReadingOrder(std::move(names)))
        all += (all.empty() ? "" : ", ") + valueText({name, valueOf(values, name)});
    return all;
}

/// What is printed of the runs of a queue while they are trained. Of several, each line says whose it is.
class Report {
  public:
    Report(const RunQueue& queue, const DatasetCatalog& catalog, std::shared_ptr<storage::Notebook> notebook,
           bool several, bool json)
        : queue_(queue)
        , catalog_(catalog)
        , notebook_(std::move(notebook))
        , several_(several)
        , json_(json) {}

    void started(storage::RunId id, const std::string& augmentation) {
        const auto run = notebook_->run(id);
        if (!run) return;
        const storage::RunStart& start = run->start;
        const auto graph = graphFromText(start.graphJson.toStdString());
        const auto network = graph ? checkNetwork(*graph) : refuse(graph.error());
        const std::int64_t trainable = network ? network->trainable() : start.parameters;
        bar_.clear();
        if (json_)
            printJson({{"event", "start"},
                       {"run", id.value},
                       {"model", text(start.modelName)},
                       {"data", text(start.datasetId)},
                       {"parameters", start.parameters},
                       {"trainable_parameters", trainable},
                       {"epochs", start.epochsPlanned},
                       {"steps_per_epoch", start.stepsPerEpoch},
                       {"augmentation", augmentation},
                       {"notebook", text(notebook_->path())}});
        else
            print("Run " + std::to_string(id.value) + ": " + start.name.toStdString() + ", " +
                  parametersText(start.parameters, trainable) + ", " + counted(start.stepsPerEpoch, "step") +
                  " an epoch" + (augmentation.empty() ? "" : ", augmented by " + augmentation));
    }
    void transferred(const TransferReport& r) {
        bar_.clear();
        const auto listed = [](const std::vector<TransferReport::Line>& lines) {
            Json list = Json::array();
            for (const auto& line : lines) {
                list.push_back({{"name", line.name}, {"shape", line.dims}});
                if (!line.how.empty()) list.back()["how"] = line.how;
            }
            return list;
        };
        if (json_) {
            printJson({{"event", "weights"},
                       {"taken", listed(r.taken)},
                       {"adapted", listed(r.adapted)},
                       {"fresh", listed(r.fresh)},
                       {"left_over", listed(r.leftOver)}});
            return;
        }
        print("Weights: " + summaryOf(r));
        const auto tell = [](const char* what, const std::vector<TransferReport::Line>& lines) {
            for (const auto& line : lines)
                print(std::string("  ") + what + ": " + line.name + " " + dimsText(line.dims) +
                      (line.how.empty() ? "" : " (" + line.how + ")"));
        };
        tell("adapted", r.adapted);
        tell("fresh", r.fresh);
        tell("left over", r.leftOver);
    }
    void epoch(storage::RunId id, const EpochRecord& r) {
        bar_.clear();
        if (json_) {
            Json json{{"event", "epoch"}, {"run", id.value}, {"epoch", r.epoch}};
            addValues(json, r.values, {"train", "validation"});
            json["samples_per_second"] = orNull(r.samplesPerSecond);
            json["seconds"] = orNull(r.seconds);
            json["best"] = r.best;
            printJson(json);
            return;
        }
        std::string line = (several_ ? "Run " + std::to_string(id.value) + ", epoch " : "Epoch ") +
                           std::to_string(r.epoch) + ": " + valuesOf(r.values, "train");
        if (const std::string held = valuesOf(r.values, "validation"); !held.empty())
            line += "; validation " + held;
        if (std::isfinite(r.samplesPerSecond))
            line += "; " + grouped(std::llround(r.samplesPerSecond)) + " samples/s";
        print(line + (r.best ? " (best)" : ""));
    }
    void finished(storage::RunId id, const FinishRecord& r) {
        bar_.clear();
        if (json_) {
            Json json{{"event", "finished"},
                      {"run", id.value},
                      {"status", runStatusKey(r.status)},
                      {"epochs", r.epochs},
                      {"stopped_early", r.stoppedEarly},
                      {"seconds", orNull(r.seconds)}};
            addValues(json, r.test, {"test"});
            json["test_metrics"] = Json::parse(toJson(r.testMetrics).dump());
            printJson(json);
            return;
        }
        std::string line = "Run " + std::to_string(id.value) + " " + std::string(runStatusKey(r.status)) +
                           " after " + counted(r.epochs, "epoch") + " in " + duration(r.seconds);
        const auto run = notebook_->run(id);
        if (const NamedValue test = run ? headlineOf(*run, r.test) : headline(r.test); !test.name.empty()) {
            line += ": " + titledText(test);
            if (test.name != "test.loss")
                line += ", " + titledText({"test.loss", valueOf(r.test, "test.loss")});
        }
        print(line);
    }
    void headings(const std::vector<storage::RunId>& trained) {
        printCrossValidations(*notebook_, trained, json_);
    }
    void tick() {
        const std::vector<TrainingRun*> active = queue_.active();
        for (const TrainingRun* run : active)
            if (const auto left = timeLeft(*run)) expected(*run, *left);
        if (!bar_.isShown()) return;
        if (active.empty()) return;
        TrainingRun& run = *active.front();
        if (std::exchange(drawn_, run.runId()) != run.runId()) last_ = {};
        if (const StepTable steps = run.takeSteps(); !steps.isEmpty())
            last_ = {steps.names().front(), steps.value(steps.size() - 1, 0)};
        const TrainingProgress p = run.progress();
        std::string before = p.phase.toStdString();
        if (p.steps > 0) before += " " + std::to_string(p.epoch) + "/" + std::to_string(p.epochs);
        std::string after;
        const auto tell = [&after](const std::string& fact) { after += (after.empty() ? "" : " · ") + fact; };
        if (!last_.name.empty()) tell(valueText(last_));
        if (p.samplesPerSecond > 0) tell(grouped(std::llround(p.samplesPerSecond)) + " samples/s");
        if (const auto left = timeLeft(run)) tell("ETA " + duration(*left));
        if (active.size() > 1) tell(std::to_string(active.size()) + " runs at once");
        if (const auto left = queue_.waiting().size(); left > 0) tell(std::to_string(left) + " waiting");
        bar_.draw(before, p.phaseDone, after);
    }
    /// How long an epoch and the run will take, once the first steps tell; with a smaller set where that is
    /// long.
    void expected(const TrainingRun& run, double left) {
        constexpr double brief = 20; // seconds
        const TrainingProgress p = run.progress();
        if (p.epochs < 1 || !toldOf_.insert(run.runId().value).second) return;
        const double all = p.secondsDone + left, epoch = all / static_cast<double>(p.epochs);
        const std::string data = run.request().dataset.toStdString();
        const auto smaller = smallerData(catalog_, data, run.data(), {epoch, all});
        bar_.clear();
        if (json_) {
            Json json{{"event", "expected"},
                      {"run", run.runId().value},
                      {"epoch_seconds", epoch},
                      {"run_seconds", all}};
            if (smaller) json["smaller_data"] = smaller->reference;
            printJson(json);
        } else if (all > brief) {
            print("Expected: " + duration(epoch) + " an epoch, " + duration(all) + " the run." +
                  (smaller ? " With --data " + smaller->reference + " a first look takes about " +
                                 duration(smaller->seconds) + "."
                           : ""));
        }
    }
    void warned(const std::string& run, const Diagnostic& why) {
        bar_.clear();
        warn("burdock-cli: " + (several_ ? run + ": " : "") + oneLine(inOptions(why)));
    }

  private:
    const RunQueue& queue_;
    const DatasetCatalog& catalog_;
    std::shared_ptr<storage::Notebook> notebook_;
    const bool several_, json_;
    ProgressBar bar_;
    storage::RunId drawn_;    ///< the run that the bar is about
    NamedValue last_;         ///< the first series of the last step
    std::set<qint64> toldOf_; ///< runs whose expected time was told
};

/// The weights that the run begins with.
Status chooseWeights(const TrainArguments& arguments, std::optional<storage::RunId> model, Program& program,
                     TrainingRequest& request) {
    if (!arguments.weights.empty()) {
        if (!arguments.weights.starts_with("run:") || !isRunId(arguments.weights))
            return refuse(usageProblem("--weights takes those of a run, not \"" + arguments.weights + "\".",
                                       "Give run:ID."));
        request.initialRun = runIdFrom(arguments.weights);
        request.partly = true;
        const auto notebook = program.openExistingNotebook();
        if (!notebook) return refuse(notebook.error());
        const auto run = (*notebook)->run(*request.initialRun);
        if (!run) return refuse(toDiagnostic(run.error()));
        // Weights have seals of their own, and can be taken from a run that has lost all else.
        warnOfDamage(*run);
    } else if (!arguments.fresh) {
        request.initialRun = model;
        request.partly = arguments.adapt && model; // another output may have another size
    }
    if (!arguments.checkpoint.anyGiven()) return {};
    if (!request.initialRun)
        return refuse(usageProblem("--epoch and --checkpoint choose among the weights of a run.",
                                   "Give run:ID as the model, or --weights run:ID."));
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto choice = arguments.checkpoint.choose(**notebook, *request.initialRun);
    if (!choice) return refuse(choice.error());
    request.initialWeights = *choice;
    return {};
}

constexpr std::string_view proposed = "proposal"; ///< as MODEL: what suits the data

Result<Model> propose(const std::string& data, const Program& program) {
    if (data.empty()) return refuse(usageProblem("--data is required.", "Name a data set, or give a file."));
    const auto opened = program.catalog.open(data);
    if (!opened) return refuse(opened.error());
    auto proposal = proposeFor(**opened);
    if (!proposal) return refuse(proposal.error());
    return Model{std::move(proposal->graph), std::nullopt, std::move(proposal->config)};
}

/// Makes the request's network and settings suit the data, and tells what was changed.
Status adapt(TrainingRequest& request, const std::string& model, const Dataset& data,
             const Program& program) {
    auto made = adaptedTo(std::move(request.graph), data.info(), std::move(request.config),
                          /*keepsSettings=*/true);
    if (!made) return refuse(inOptions(made.error()));
    request.graph = std::move(made->graph);
    request.config = std::move(made->config);
    if (made->changes.empty()) return {};
    if (program.json) {
        printJson({{"event", "adapted"}, {"model", model}, {"changes", made->changes}});
        return {};
    }
    std::string all;
    for (const std::string& change : made->changes)
        all += (all.empty() ? "" : "; ") + change;
    print("Adapted " + model + ": " + all + ".");
    return {};
}

/// A run's own data, where the notebook knows them to be now.
Result<std::string> dataOfRun(const Model& model, const Program& program) {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const QString was = QString::fromStdString(model.data);
    const std::string now = presentPlace(**notebook, was).toStdString();
    if (const auto known = program.catalog.resolve(now); !known)
        return refuse(offeringPlace(asMissing(known.error(), was)));
    return now;
}

/// That a run which goes on from another's weights has not that one's data, for all that it reads them from
/// the same place.
std::optional<Diagnostic> changedData(const TrainingRequest& request, const storage::Notebook& notebook,
                                      const Program& program) {
    const auto before = notebook.run(*request.initialRun);
    const auto now = program.catalog.open(request.dataset.toStdString()); // the run has them open
    if (!before || !now) return std::nullopt;
    const Status same = checkSameData(before->start, (*now)->info());
    if (same) return std::nullopt;
    Diagnostic why = same.error();
    why.mend = "Its test samples may be some that the weights have learned from: bring the old data back, or "
               "begin with new weights (--fresh).";
    return why;
}

/// What the arguments ask to be trained, of the model of that name.
Result<TrainingRequest> requested(const TrainArguments& arguments, const std::string& name,
                                  Program& program) {
    if (arguments.resume) {
        if (!name.starts_with("run:") || !isRunId(name))
            return refuse(usageProblem("--resume takes up a run, not \"" + name + "\".",
                                       "Give run:ID of a stopped or interrupted run."));
        if (!arguments.data.empty() || !arguments.name.empty() || arguments.fresh || arguments.adapt ||
            arguments.config.anyGiven() || !arguments.weights.empty() || arguments.checkpoint.anyGiven())
            return refuse(usageProblem("--resume goes on with the run's own data and settings.",
                                       "Leave the other options out, or train a new run from its weights."));
        const auto notebook = program.openExistingNotebook();
        if (!notebook) return refuse(notebook.error());
        return resumeRequest(**notebook, runIdFrom(name));
    }
    auto model = name == proposed ? propose(arguments.data, program) : loadModel(name, program);
    if (!model) return refuse(model.error());
    std::string reference = arguments.data;
    if (reference.empty() && model->run) {
        auto own = dataOfRun(*model, program);
        if (!own) return refuse(own.error());
        reference = std::move(*own);
    }
    if (reference.empty())
        return refuse(usageProblem("--data is required.", "Name a data set, or give a file."));
    // Before a notebook is made for what cannot be trained on.
    if (const auto known = program.catalog.resolve(reference); !known) return refuse(known.error());
    std::shared_ptr<const Dataset> data;
    if (arguments.adapt) {
        auto opened = program.catalog.open(reference);
        if (!opened) return refuse(opened.error());
        data = std::move(*opened);
        model->config = adapted(std::move(model->config), data->info());
    }
    const auto config = arguments.config.applyTo(model->config, [&]() -> Result<Task> {
        const auto opened = program.catalog.open(reference);
        if (!opened) return refuse(opened.error());
        return (*opened)->info().task;
    });
    if (!config) return refuse(config.error());

    TrainingRequest request;
    request.runName = QString::fromStdString(arguments.name);
    request.graph = std::move(model->graph);
    request.dataset = QString::fromStdString(reference);
    request.config = *config;
    if (data)
        if (const Status made = adapt(request, name, *data, program); !made) return refuse(made.error());
    if (const Status ready = chooseWeights(arguments, model->run, program, request); !ready)
        return refuse(ready.error());
    return request;
}

/// All models' requests, or the first refusal.
Result<std::vector<TrainingRequest>> requests(const TrainArguments& arguments, Program& program) {
    if (arguments.models.size() > 1 && !arguments.name.empty())
        return refuse(usageProblem("--name names one run, and there are several models.", "Leave it out."));
    std::vector<TrainingRequest> all;
    for (const std::string& model : arguments.models) {
        auto request = requested(arguments, model, program);
        if (!request) return refuse(request.error());
        all.push_back(std::move(*request));
    }
    return all;
}

/// Whether all of several runs can begin: that the last one cannot must not be found when the others are
/// through. Gives the data of the last one.
Result<std::shared_ptr<const Dataset>> checkAll(const std::vector<TrainingRequest>& all,
                                                const TrainArguments& arguments, const Program& program) {
    std::shared_ptr<const Dataset> data; // what several learn from is read once
    for (std::size_t i = 0; i < all.size(); ++i) {
        const TrainingRequest& request = all[i];
        const auto named = [&](Diagnostic why) {
            why.where = arguments.models[i] + (why.where.empty() ? "" : ", " + why.where);
            return refuse(std::move(why));
        };
        auto opened = program.catalog.open(request.dataset.toStdString());
        if (!opened) return named(opened.error());
        data = std::move(*opened);
        const auto network = trainableNetwork(request.graph, data->info(), request.config);
        if (!network) return named(offeringToAdapt(network.error()));
        const TrainConfig& config = request.config;
        const auto fits = checkMemory(*network, config, *lossFor(config.loss, data->info().task),
                                      trainCount(*data, splitOptions(config)));
        if (!fits) return named(fits.error());
        for (const TrainingRequest& run : foldRequests(request))
            if (const auto split = makeSplit(*data, splitOptions(run.config)); !split)
                return named(inOptions(split.error()));
    }
    return data;
}

/// Each with all folds that it asks for.
std::vector<TrainingRequest> withFolds(const std::vector<TrainingRequest>& all) {
    std::vector<TrainingRequest> runs;
    for (const TrainingRequest& request : all)
        for (TrainingRequest& run : foldRequests(request))
            runs.push_back(std::move(run));
    return runs;
}

Result<int> train(const TrainArguments& arguments, Program& program) {
    program.writes = true;
    auto wanted = requests(arguments, program);
    if (!wanted) return refuse(wanted.error());
    std::vector<TrainingRequest> runs = withFolds(*wanted);
    const bool several = runs.size() > 1;
    std::shared_ptr<const Dataset> data; // until a run has it
    if (several) {
        auto checked = checkAll(*wanted, arguments, program);
        if (!checked) return refuse(checked.error());
        data = std::move(*checked);
    }
    const auto notebook = program.openNotebook();
    if (!notebook) return refuse(notebook.error());
    RunQueue queue(*notebook, program.catalog);
    queue.setBackground(false);
    queue.setAtOnce(arguments.jobs);
    std::vector<storage::RunId> begun;
    Report report(queue, program.catalog, *notebook, several, program.json);
    Result<int> result = 0;
    bool stopped = false, unread = false;
    const auto fail = [&](const TrainingRun& run, Diagnostic why) {
        if (several) report.warned(run.name().toStdString(), why);
        result = several ? Result<int>(failed) : refuse(std::move(why));
    };
    // A run that fails does not end the others.
    QObject::connect(&queue, &RunQueue::changed, &queue, [&] {
        if (queue.isBusy() || (!stopped && !queue.waiting().empty())) return;
        QCoreApplication::quit();
    });
    const auto stopAll = [&] {
        stopped = true;
        queue.stopAll();
        if (!queue.isBusy()) QCoreApplication::quit();
    };
    const StopSignal stop(stopAll);
    for (TrainingRequest& request : runs) {
        TrainingRun& run = queue.enqueue(std::move(request));
        QObject::connect(&run, &TrainingRun::started, &queue, [&](storage::RunId id) {
            data.reset();
            begun.push_back(id);
            report.started(id, formatAugmentation(run.request().config.augmentation));
            if (const TrainingRequest& request = run.request();
                request.initialRun && arguments.data.empty() && arguments.weights.empty() &&
                !arguments.resume)
                if (const auto changed = changedData(request, **notebook, program))
                    report.warned(run.name().toStdString(), *changed);
        });
        QObject::connect(&run, &TrainingRun::transferred, &queue,
                         [&](const TransferReport& transfer) { report.transferred(transfer); });
        QObject::connect(&run, &TrainingRun::advised, &queue,
                         [&](const Diagnostic& why) { report.warned(run.name().toStdString(), why); });
        QObject::connect(&run, &TrainingRun::epochFinished, &queue,
                         [&](storage::RunId id, const EpochRecord& record) { report.epoch(id, record); });
        QObject::connect(&run, &TrainingRun::warned, &queue, [&](storage::RunId, const Diagnostic& why) {
            report.warned(run.name().toStdString(), why);
        });
        QObject::connect(&run, &TrainingRun::refused, &queue, [&](const Diagnostic& why) {
            if (!stopped) fail(run, offeringToAdapt(why));
        });
        QObject::connect(
            &run, &TrainingRun::finished, &queue, [&](storage::RunId id, const FinishRecord& record) {
                report.finished(id, record);
                if (record.status == RunStatus::Failed)
                    fail(run, record.problem.value_or(problem("train.failed", "Training failed.", "", "")));
            });
    }
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &queue, [&] {
        report.tick();
        // As if it had been killed by the pipe, but with all that was trained.
        if (stopped || !outputIsUnread()) return;
        unread = true;
        stopAll();
    });
    timer.start(100);
    QCoreApplication::exec();
    report.headings(begun);
    if (!stopped || !result) return result;
    if (const auto left = queue.waiting().size(); left > 0)
        warn("burdock-cli: " + std::to_string(left) + (left == 1 ? " run was" : " runs were") +
             " not begun.");
    return unread ? 0 : stoppedByUser; // 0: what is missing of the output is told
}

} // namespace

void addTrain(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("train", "Train a model and keep the run in the notebook");
    auto arguments = std::make_shared<TrainArguments>();
    command
        .option("MODEL", arguments->models,
                std::string(modelHelp) +
                    " (goes on from its weights), or proposal: what `burdock-cli propose` "
                    "proposes for the data; several are checked, then trained in "
                    "turn, with the same settings")
        .required()
        .typeName("");
    command
        .option("--data", arguments->data,
                "A data set's name (see `burdock-cli datasets`), or a file; options behind a colon. "
                "With run:ID: that run's, unless given")
        .typeName("NAME|FILE[:KEY=VALUE,…]");
    command.flag("--adapt", arguments->adapt, adaptHelp);
    command.option("--name", arguments->name, "The run's name (default: model and data)")
        .typeName("TEXT")
        .check([](const std::string& name) {
            constexpr qsizetype most = 200;
            return QString::fromStdString(name).size() <= most
                       ? std::string()
                       : "It has more than " + std::to_string(most) + " characters";
        });
    command.flag("--fresh", arguments->fresh, "With run:ID: new weights instead of that run's");
    command
        .option("--weights", arguments->weights,
                "Begins with a run's weights as far as they fit, and tells which do")
        .typeName("run:ID");
    arguments->checkpoint.addTo(command, /*withKinds=*/false);
    command.flag("--resume", arguments->resume,
                 "With run:ID: a stopped or interrupted run goes on, as if it had never stopped");
    command
        .option("--jobs", arguments->jobs,
                "How many of several models are trained at once (default: 1); the processors are shared out")
        .range(1, RunQueue::maxAtOnce)
        .typeName("N");
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    arguments->config.addTo(command);
    command.footer(
        "Ctrl+C, SIGTERM and SIGHUP end a run after the current step; it is kept as stopped (exit code "
        "130). So does a pipe whose reader ends (exit code 1).");
    command.callback([=] { choose([=](Program& p) { return train(*arguments, p); }); });
}

} // namespace burdock::cli
