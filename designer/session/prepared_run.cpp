#include "session/prepared_run.h"
#include "session/moved_data.h"

#include "engine/data/reading.h"
#include "engine/graph/graph_json.h"
#include "engine/train/loss.h"
#include "session/machine.h"
#include "session/stored_run.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace burdock {
namespace {

storage::RunStart describe(const DatasetCatalog& catalog, const TrainingRequest& request,
                           const Trainer& trainer, const DatasetInfo& data,
                           const std::optional<FirstWeights>& first) {
    storage::RunStart start;
    start.modelName = QString::fromStdString(request.graph.name);
    start.datasetTitle = QString::fromStdString(data.title);
    start.name = requestName(request, start.datasetTitle);
    start.graphJson = QByteArray::fromStdString(toJson(request.graph).dump());
    const TrainConfig& config = trainer.config();
    start.configJson =
        configToStore(config, first, lossFor(config.loss, data.task)->id, trainer.bestMetric());
    // With its options and an absolute path: the run must find its data again from any folder.
    const auto reference = catalog.resolve(request.dataset.toStdString());
    start.datasetId = QString::fromStdString(reference ? reference->text() : data.id);
    start.datasetSha256 = QString::fromStdString(data.sha256);
    start.seed = request.config.seed;
    start.parameters = trainer.parameters();
    start.stepsPerEpoch = trainer.stepsPerEpoch();
    start.epochsPlanned = request.config.epochs;
    start.programVersion = programVersion();
    start.machine = machineDescription();
    start.parent = request.initialRun;
    return start;
}

/// Whether the data are read by other options, such as another share to test; not where what they were read
/// by is no longer there to tell.
bool readOtherwise(const DatasetCatalog& catalog, const std::string& then, const std::string& now) {
    const auto before = catalog.resolve(then), after = catalog.resolve(now);
    if (!before || !after) return false;
    const auto differs = [&](const ParamSpec& option) {
        return option.key != formatOption &&
               paramOr(before->options, option) != paramOr(after->options, option);
    };
    return std::ranges::any_of(after->params, differs) || std::ranges::any_of(before->params, differs);
}

/// A warning where a run begins with weights that may have learnt from the samples it tests: those of a run
/// on the same data that were parted in another way.
std::optional<Diagnostic> seenTest(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                                   const TrainingRequest& request, const DatasetInfo& data) {
    const auto before = notebook.run(*request.initialRun);
    if (!before || data.sha256.empty() || before->start.datasetSha256.toStdString() != data.sha256) return {};
    const TrainConfig& now = request.config;
    if (now.folds == 0 && data.testSize > 0) return {};
    const auto then = storedConfig(before->start);
    if (!then) return {};
    const bool asBefore = then->split == now.split && then->folds == now.folds && then->fold == now.fold;
    if (asBefore && !readOtherwise(catalog, presentPlace(notebook, before->start.datasetId).toStdString(),
                                   presentPlace(notebook, request.dataset).toStdString()))
        return {};
    Diagnostic why =
        problem("train.seen-test", "The run begins with weights that know its test.", placeOf(*before),
                "Begin with new weights (--fresh), or keep that run's split.",
                "They were trained on the same data, parted in another way, so that the test tells "
                "too much.");
    why.severity = Severity::Warning;
    return why;
}

Status prepareNew(storage::Notebook& notebook, const DatasetCatalog& catalog, const TrainingRequest& request,
                  const std::shared_ptr<const Dataset>& data, const PreparationWatch& watch,
                  PreparedRun& run) {
    std::unique_ptr<StoredWeights> stored;
    if (request.initialRun) {
        auto opened = StoredWeights::open(notebook, *request.initialRun, request.initialWeights);
        if (!opened) return refuse(opened.error());
        stored = std::move(*opened);
    }
    TransferReport report;
    auto made = !stored          ? Trainer::make(request.graph, data, request.config)
                : request.partly ? Trainer::makeFrom(request.graph, data, request.config, *stored, report)
                                 : Trainer::make(request.graph, data, request.config, *stored);
    if (!made) return refuse(made.error());
    for (const Diagnostic& why : (*made)->warnings())
        watch.advised(why);
    if (stored)
        if (const auto seen = seenTest(notebook, catalog, request, data->info())) watch.advised(*seen);
    if (request.partly) watch.transferred(report);
    std::optional<FirstWeights> first;
    if (stored) {
        const auto count = [](const auto& arrays) { return static_cast<qint64>(arrays.size()); };
        first = {*request.initialRun,   stored->info().kind,
                 stored->info().epoch,  request.partly ? count(report.taken) : count(stored->entries()),
                 count(report.adapted), count(report.fresh),
                 count(report.leftOver)};
    }
    const storage::RunStart start = describe(catalog, request, **made, data->info(), first);
    auto writer = notebook.startRun(start);
    if (!writer) return refuse(toDiagnostic(writer.error()));
    run.name = start.name;
    run.trainer = std::move(*made);
    run.writer = std::move(*writer);
    return {};
}

Diagnostic stoppedBefore() {
    auto stopped = problem("train.stopped", "Stopped before the first step.", "Training", "");
    stopped.severity = Severity::Hint;
    return stopped;
}

/// Of a run whose program was killed after it had kept the best weights of an epoch, which take the place of
/// those before, and before it had kept where it stood then.
Diagnostic bestLost(const std::string& where, qint64 epoch) {
    Diagnostic told = problem("train.best", "The run goes on without the weights of its best epoch before.",
                              where, "The next epoch is taken for the best one so far.",
                              "Those of epoch " + std::to_string(epoch) +
                                  " had replaced them when its program was killed, and it goes on from "
                                  "before that epoch's end.");
    told.severity = Severity::Warning;
    return told;
}

/// The weights that are tested if no later epoch is better: that they are gone or damaged must not be found
/// out when the training is through. Forgets a score that they are not of.
Status checkBest(const storage::Notebook& notebook, storage::RunId run, TrainState& state,
                 const std::string& where, const PreparationWatch& watch) {
    if (!state.bestScore) return {};
    const auto best = StoredWeights::open(notebook, run, storage::CheckpointKind::Best);
    if (!best) return refuse(best.error());
    if ((*best)->info().kind != storage::CheckpointKind::Best)
        return refuse(missingWeights(notebook, run, storage::CheckpointKind::Best));
    if ((*best)->info().step > state.step) {
        watch.advised(bestLost(where, (*best)->info().epoch));
        state.bestScore.reset();
        state.bestLoss.reset();
        return {};
    }
    if (const Status sound = (*best)->check(watch.stopped); !sound) return sound;
    if (watch.stopped()) return refuse(stoppedBefore());
    return {};
}

/// A trainer that begins where the resumed run stopped, and the writer of that run.
Status prepareResumed(storage::Notebook& notebook, const TrainingRequest& request,
                      const std::shared_ptr<const Dataset>& data, const PreparationWatch& watch,
                      PreparedRun& prepared) {
    const auto run = notebook.run(*request.resumed);
    if (!run) return refuse(toDiagnostic(run.error()));
    // It may have waited for long, and other programs write into the notebook too.
    if (const Status may = checkMayGoOn(*run); !may) return may;
    const std::string name = placeOf(*run);
    if (Status same = checkSameData(run->start, data->info()); !same) return same;
    auto last = StoredWeights::open(notebook, *request.resumed, storage::CheckpointKind::Last);
    if (!last) return refuse(last.error());
    auto state = (*last)->readState();
    if (!state) return refuse(state.error());
    if (!*state)
        return refuse(problem("train.resume", "The run has kept weights, but not where its training stood.",
                              name, "Train a new run from its weights."));
    // Weights are kept after the steps that led to them; older programs could be killed between both.
    if ((*state)->step > run->steps + std::max<std::int64_t>(1, run->start.stepsPerEpoch))
        return refuse(
            problem("train.resume",
                    "The run's weights are of step " + std::to_string((*state)->step) +
                        ", but its curves end at step " + std::to_string(run->steps) + ".",
                    name,
                    "The notebook was changed: restore it from a backup, or train a new run from the "
                    "weights."));
    if (const Status best = checkBest(notebook, *request.resumed, **state, name, watch); !best) return best;
    auto made = Trainer::resume(request.graph, data, request.config, **last, (*last)->optimizer(), **state);
    if (!made) return refuse(made.error());
    last->reset(); // before the run is written to
    auto writer = notebook.continueRun(*request.resumed, (*state)->epochs, (*state)->step);
    if (!writer) return refuse(toDiagnostic(writer.error()));
    prepared.stepsBefore = (*state)->step;
    prepared.secondsBefore = (*state)->seconds;
    prepared.name = run->start.name;
    prepared.trainer = std::move(*made);
    prepared.writer = std::move(*writer);
    return {};
}

} // namespace

Result<PreparedRun> prepareRun(storage::Notebook& notebook, const DatasetCatalog& catalog,
                               const TrainingRequest& request, const PreparationWatch& watch) {
    const auto data = [&] {
        const ReadingScope scope(watch.stopped);
        return catalog.open(presentPlace(notebook, request.dataset).toStdString());
    }();
    if (watch.stopped()) return refuse(stoppedBefore());
    if (!data) return refuse(asMissing(data.error(), request.dataset));
    watch.loaded();
    PreparedRun run;
    run.data = (*data)->info();
    run.samples = *data;
    const Status ready = request.resumed ? prepareResumed(notebook, request, *data, watch, run)
                                         : prepareNew(notebook, catalog, request, *data, watch, run);
    if (!ready) return refuse(ready.error());
    return run;
}

} // namespace burdock
