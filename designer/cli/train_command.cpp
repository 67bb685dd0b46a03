#include "checkpoint_options.h"
#include "config_options.h"
#include "engine/train/trainer.h"
#include "model_source.h"
#include "output.h"
#include "progress_bar.h"
#include "session/training_session.h"
#include "unix_signals.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <QTimer>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

struct TrainArguments {
    std::string model, data, name, weights;
    CheckpointOptions checkpoint;
    bool fresh = false, resume = false, adapt = false;
    ConfigOptions config;
};

/// What is printed of a run while it is trained.
class Report {
  public:
    Report(TrainingSession& session, std::shared_ptr<storage::Notebook> notebook, std::string augmentation,
           bool json)
        : session_(session)
        , notebook_(std::move(notebook))
        , augmentation_(std::move(augmentation))
        , json_(json) {}

    void started(storage::RunId id) {
        const auto run = notebook_->run(id);
        if (!run) return;
        const storage::RunStart& start = run->start;
        bar_.clear();
        if (json_)
            printJson({{"event", "start"},
                       {"run", id.value},
                       {"model", text(start.modelName)},
                       {"data", text(start.datasetId)},
                       {"parameters", start.parameters},
                       {"epochs", start.epochsPlanned},
                       {"steps_per_epoch", start.stepsPerEpoch},
                       {"augmentation", augmentation_},
                       {"notebook", text(notebook_->path())}});
        else
            print("Run " + std::to_string(id.value) + ": " + start.name.toStdString() + ", " +
                  grouped(start.parameters) + " parameters, " + grouped(start.stepsPerEpoch) +
                  " steps an epoch" + (augmentation_.empty() ? "" : ", augmented by " + augmentation_));
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
    void epoch(const EpochRecord& r) {
        bar_.clear();
        if (json_) {
            printJson({{"event", "epoch"},
                       {"epoch", r.epoch},
                       {"train_loss", orNull(r.trainLoss)},
                       {"train_accuracy", orNull(r.trainAccuracy)},
                       {"validation_loss", orNull(r.validationLoss)},
                       {"validation_accuracy", orNull(r.validationAccuracy)},
                       {"learning_rate", orNull(r.learningRate)},
                       {"samples_per_second", orNull(r.samplesPerSecond)},
                       {"seconds", orNull(r.seconds)},
                       {"best", r.best}});
            return;
        }
        std::string line = "Epoch " + std::to_string(r.epoch) + ": loss " + decimal(r.trainLoss);
        if (!std::isnan(r.trainAccuracy)) line += ", accuracy " + percent(r.trainAccuracy);
        if (!std::isnan(r.validationLoss)) line += "; validation loss " + decimal(r.validationLoss);
        if (!std::isnan(r.validationAccuracy)) line += ", accuracy " + percent(r.validationAccuracy);
        print(line + "; " + grouped(std::llround(r.samplesPerSecond)) + " samples/s" +
              (r.best ? " (best)" : ""));
    }
    void finished(storage::RunId id, const FinishRecord& r) {
        bar_.clear();
        if (json_) {
            printJson({{"event", "finished"},
                       {"run", id.value},
                       {"status", runStatusKey(r.status)},
                       {"epochs", r.epochs},
                       {"test_loss", orNull(r.testLoss)},
                       {"test_accuracy", orNull(r.testAccuracy)},
                       {"test_metrics", Json::parse(toJson(r.testMetrics).dump())},
                       {"stopped_early", r.stoppedEarly},
                       {"seconds", orNull(r.seconds)}});
            return;
        }
        std::string line = "Run " + std::to_string(id.value) + " " + std::string(runStatusKey(r.status)) +
                           " after " + std::to_string(r.epochs) +
                           (r.epochs == 1 ? " epoch in " : " epochs in ") + duration(r.seconds);
        if (!std::isnan(r.testAccuracy)) line += ": test accuracy " + percent(r.testAccuracy);
        if (!std::isnan(r.testLoss))
            line +=
                std::string(std::isnan(r.testAccuracy) ? ": " : ", ") + "test loss " + decimal(r.testLoss);
        print(line);
    }
    void tick() {
        if (!bar_.isShown()) return;
        if (const auto steps = session_.takeSteps(); !steps.empty()) loss_ = steps.back().loss;
        const TrainingProgress p = session_.progress();
        std::string before = p.phase.toStdString();
        if (p.steps > 0) before += " " + std::to_string(p.epoch) + "/" + std::to_string(p.epochs);
        std::string after;
        const auto tell = [&after](const std::string& fact) { after += (after.empty() ? "" : " · ") + fact; };
        if (std::isfinite(loss_)) tell("loss " + decimal(loss_));
        if (p.samplesPerSecond > 0) tell(grouped(std::llround(p.samplesPerSecond)) + " samples/s");
        if (std::isfinite(p.secondsLeft)) tell(duration(p.secondsLeft) + " left");
        bar_.draw(before, p.phaseDone, after);
    }
    void warned(const Diagnostic& why) {
        bar_.clear();
        warn("burdock-cli: " + oneLine(why));
    }

  private:
    TrainingSession& session_;
    std::shared_ptr<storage::Notebook> notebook_;
    const std::string augmentation_;
    const bool json_;
    ProgressBar bar_;
    double loss_ = std::numeric_limits<double>::quiet_NaN();
};

/// A refusal that --adapt would mend says so.
Diagnostic offeringToAdapt(Diagnostic why) {
    if ((why.code.starts_with("data.") || why.code == "loss.activation") && why.fix)
        why.mend += " Or let --adapt do it.";
    return why;
}

/// The weights that the run begins with.
Status chooseWeights(const TrainArguments& arguments, std::optional<storage::RunId> model, Program& program,
                     TrainingRequest& request) {
    if (!arguments.weights.empty()) {
        if (!arguments.weights.starts_with("run:") || !isRunId(arguments.weights))
            return refuse(usageProblem("--weights takes those of a run, not \"" + arguments.weights + "\".",
                                       "Give run:ID."));
        request.initialRun = runIdFrom(arguments.weights);
        request.partly = true;
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

/// What the arguments ask to be trained.
Result<TrainingRequest> requested(const TrainArguments& arguments, Program& program) {
    if (arguments.resume) {
        if (!arguments.model.starts_with("run:") || !isRunId(arguments.model))
            return refuse(usageProblem("--resume takes up a run, not \"" + arguments.model + "\".",
                                       "Give run:ID of a stopped or interrupted run."));
        if (!arguments.data.empty() || !arguments.name.empty() || arguments.fresh || arguments.adapt ||
            arguments.config.anyGiven() || !arguments.weights.empty() || arguments.checkpoint.anyGiven())
            return refuse(usageProblem("--resume goes on with the run's own data and settings.",
                                       "Leave the other options out, or train a new run from its weights."));
        const auto notebook = program.openExistingNotebook();
        if (!notebook) return refuse(notebook.error());
        return resumeRequest(**notebook, runIdFrom(arguments.model));
    }
    auto model = loadModel(arguments.model, program);
    if (!model) return refuse(model.error());
    const std::string reference = arguments.data.empty() ? model->data : arguments.data;
    if (reference.empty())
        return refuse(usageProblem("--data is required.", "Name a data set, or give a file."));
    std::shared_ptr<const Dataset> data;
    if (arguments.adapt) {
        auto opened = program.catalog.open(reference);
        if (!opened) return refuse(opened.error());
        data = std::move(*opened);
        model->config = adapted(std::move(model->config), data->info());
    }
    const auto config = arguments.config.applyTo(model->config);
    if (!config) return refuse(config.error());

    TrainingRequest request;
    request.runName = QString::fromStdString(arguments.name);
    request.graph = data ? adapted(std::move(model->graph), data->info(), *config) : std::move(model->graph);
    request.dataset = QString::fromStdString(reference);
    request.config = *config;
    if (const Status ready = chooseWeights(arguments, model->run, program, request); !ready)
        return refuse(ready.error());
    return request;
}

Result<int> train(const TrainArguments& arguments, Program& program) {
    auto request = requested(arguments, program);
    if (!request) return refuse(request.error());
    const auto notebook = program.openNotebook();
    if (!notebook) return refuse(notebook.error());
    TrainingSession session(*notebook, program.catalog);
    session.setBackground(false);
    Report report(session, *notebook, formatAugmentation(request->config.augmentation), program.json);
    Result<int> result = failed;
    bool stopped = false;
    QObject::connect(&session, &TrainingSession::started, [&](storage::RunId id) { report.started(id); });
    QObject::connect(&session, &TrainingSession::transferred,
                     [&](const TransferReport& transfer) { report.transferred(transfer); });
    QObject::connect(&session, &TrainingSession::epochFinished,
                     [&](storage::RunId, const EpochRecord& record) { report.epoch(record); });
    QObject::connect(&session, &TrainingSession::warned,
                     [&](storage::RunId, const Diagnostic& why) { report.warned(why); });
    QObject::connect(&session, &TrainingSession::refused, [&](const Diagnostic& why) {
        if (stopped)
            result = stoppedByUser;
        else
            result = refuse(offeringToAdapt(why));
        QCoreApplication::quit();
    });
    QObject::connect(
        &session, &TrainingSession::finished, [&](storage::RunId id, const FinishRecord& record) {
            report.finished(id, record);
            if (record.status == RunStatus::Failed)
                result = refuse(record.problem.value_or(problem("train.failed", "Training failed.", "", "")));
            else
                result = stopped ? stoppedByUser : 0;
            QCoreApplication::quit();
        });
    const StopSignal stop([&] {
        stopped = true;
        session.stop();
    });
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, [&] { report.tick(); });
    timer.start(100);
    session.start(std::move(*request));
    QCoreApplication::exec();
    return result;
}

} // namespace

void addTrain(CLI::App& app, Program& program, Chosen choose) {
    CLI::App* command = app.add_subcommand("train", "Train a model and keep the run in the notebook");
    auto arguments = std::make_shared<TrainArguments>();
    command->add_option("MODEL", arguments->model, std::string(modelHelp) + " (goes on from its weights)")
        ->required()
        ->type_name("");
    command
        ->add_option("--data", arguments->data,
                     "A data set's name (see `burdock-cli datasets`), or a file; options behind a colon. "
                     "With run:ID: that run's, unless given")
        ->type_name("NAME|FILE[:KEY=VALUE,…]");
    command->add_flag("--adapt", arguments->adapt,
                      "Gives the network's input and output the sizes that the data need, and takes back the "
                      "model's own loss and augmentation where they are for other data");
    command->add_option("--name", arguments->name, "The run's name (default: model and data)")
        ->type_name("TEXT");
    command->add_flag("--fresh", arguments->fresh, "With run:ID: new weights instead of that run's");
    command
        ->add_option("--weights", arguments->weights,
                     "Begins with a run's weights as far as they fit, and tells which do")
        ->type_name("run:ID");
    arguments->checkpoint.addTo(*command, /*withKinds=*/false);
    command->add_flag("--resume", arguments->resume,
                      "With run:ID: a stopped or interrupted run goes on, as if it had never stopped");
    addNotebookOption(*command, program);
    addJsonFlag(*command, program);
    arguments->config.addTo(*command);
    command->footer("Ctrl+C ends the run after the current step; it is kept as stopped (exit code 130).");
    command->callback([=] { choose([=](Program& p) { return train(*arguments, p); }); });
}

} // namespace burdock::cli
