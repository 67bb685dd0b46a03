#include "engine/train/trainer.h"

#include "engine/graph/check_graph.h"
#include "engine/plan/kernel_trials.h"
#include "engine/tensor/random.h"
#include "engine/tensor/team_placement.h"
#include "engine/train/advice.h"
#include "engine/train/data_loader.h"
#include "engine/train/divergence.h"
#include "engine/train/epoch_judge.h"
#include "engine/train/evaluator.h"
#include "engine/train/frozen_features.h"
#include "engine/train/memory.h"
#include "engine/train/outlier.h"
#include "engine/train/run_checkpoints.h"
#include "engine/train/run_test.h"
#include "engine/train/schedule.h"
#include "engine/train/stepper.h"
#include "engine/train/target_scaling.h"
#include "engine/train/task_defaults.h"
#include "engine/train/thread_scope.h"
#include "engine/train/training_refusal.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace burdock {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

struct Trainer::Impl {
    Graph graph;
    std::shared_ptr<const Dataset> data;
    TrainConfig config;
    std::vector<Diagnostic> warnings;
    std::optional<Diagnostic> outlier; ///< among them: of the data
    Split split;
    Scaling scaling;
    std::int64_t threads = 1;
    std::unique_ptr<Stepper> stepper;
    std::unique_ptr<Schedule> schedule;
    std::unique_ptr<Evaluator> evaluator;
    std::unique_ptr<DataLoader> loader;
    std::optional<RunCheckpoints> checkpoints;
    EpochJudge judge;

    // What is measured.
    std::vector<std::string> stepNames; ///< of every step
    std::vector<double> stepValues;
    MetricChoice epochMetrics; ///< on the validation split

    // The run so far.
    TrainState at;
    bool testing = false; ///< the store holds the best weights, not the last
    Clock::time_point started;
    double pausedSeconds = 0;
    double trainAccuracy = std::numeric_limits<double>::quiet_NaN(); ///< of the last epoch
    std::vector<double> heldBackLosses; ///< of the epochs since the start or the resumption
    bool lastIsBest = false;
    std::int64_t keptFeatures = 0; ///< bytes of them that are still to be told

    std::uint64_t seed() const { return static_cast<std::uint64_t>(config.seed); }
    ParameterStore& store() const { return *stepper->store(); }
    double seconds() const { return at.seconds + secondsSince(started) - pausedSeconds; }
    std::int64_t stepsPerEpoch() const { return stepper->fullBatch() ? 1 : loader->batchesPerEpoch(); }

    Status prepare() {
        const GraphReport report = checkGraph(graph);
        const auto& network = report.network;
        threads = usefulThreads(config.threads, network ? network->macs(config.batch) : 0);
        if (network)
            if (const Status had = checkReserve(*network, 0, 1, threads); !had) return had;
        const ThreadScope scope(threads);
        // Said first: for what fits no machine, nobody need look for data of its shape.
        TrainingMemory needed;
        if (network && checkTrainConfig(config).empty()) {
            const auto fits = checkMemory(*network, config, *lossFor(config.loss, data->info().task),
                                          trainCount(*data, splitOptions(config)));
            if (!fits) return refuse(fits.error());
            needed = *fits;
        }
        const std::vector<Diagnostic> found = checkTraining(report, data->info(), config);
        for (const Diagnostic& d : found)
            if (d.severity == Severity::Error) return refuse(d);
        warnings.assign(found.begin() + static_cast<std::ptrdiff_t>(report.diagnostics.size()), found.end());
        data = fittedData(*network, std::move(data), config);
        auto parted = makeSplit(*data, splitOptions(config));
        if (!parted) return refuse(parted.error());
        split = std::move(*parted);
        warnings.insert(warnings.end(), split.warnings.begin(), split.warnings.end());
        if (split.train.empty()) return refuse(nothingToTrainOn(data->info()));
        if ((outlier = findOutlier(*data, split))) warnings.push_back(*outlier);
        const ClassBalance balance = balanceOf(*data, split.train);
        if (!outlier)
            std::ranges::move(adviseOn(*data, split, balance, config), std::back_inserter(warnings));
        scaling = Scaling::measure(*data, split.train, config.normalise, targetScaling(*network, config));
        if (kernelTrials().isOn()) {
            const LossSchema& loss = *lossFor(config.loss, data->info().task);
            const auto samples = static_cast<std::int64_t>(split.train.size());
            tryKernels(*network, config, loss, samples);
            const auto fits = checkMemory(*network, config, loss, samples);
            if (!fits) return refuse(fits.error());
            needed = *fits;
        }
        const std::int64_t forFeatures = featuresBudget(needed.total());
        auto made = Stepper::make(*network, data, config, split.train, needed.activations);
        if (!made) return refuse(made.error());
        stepper = std::move(*made);
        stepper->setLossUnit(lossUnit(*lossFor(config.loss, data->info().task), scaling, config));
        config.precision = precisionKey(stepper->plan().mixed() ? Precision::Mixed : Precision::Single);
        auto measuring =
            Evaluator::make(*network, stepper->store(), data, config, scaling, split.train, &stepper->plan());
        if (!measuring) return refuse(measuring.error());
        evaluator = std::move(*measuring);
        chooseSeries(config.folds >= 2 ? allAreUnbalanced() : balance.isUnbalanced());
        // The gradient over all samples does not depend on their order.
        loader = std::make_unique<DataLoader>(data, Part::Train, split.train, scaling, stepper->batch(),
                                              /*shuffle=*/!stepper->fullBatch(), deriveKey(seed(), "shuffle"),
                                              Augmentation(config.augmentation));
        keepFeatures(forFeatures);
        schedule = findSchedule(config.schedule)
                       ->make(config.scheduleParams, {config.learningRate, stepsPerEpoch(), config.epochs});
        checkpoints.emplace(*stepper, *schedule, config.checkpointEvery);
        return {};
    }

    /// Of frozen layers at the beginning: they give the same for a sample in every epoch.
    void keepFeatures(std::int64_t budget) {
        if (config.epochs < 2 || !config.augmentation.empty()) return;
        keptFeatures = stepper->keepFeatures(split.train, budget);
        if (keptFeatures == 0) return;
        loader->setNeedsInputs(
            [this](std::span<const std::int64_t> samples) { return stepper->needsInputs(samples); });
        keptFeatures += evaluator->keepFeatures(split.validation, budget - keptFeatures);
    }
    void tellFeatures(TrainObserver& observer) {
        if (keptFeatures == 0 || !stepper->usesFeatures()) return;
        observer.onNotice(featuresKept(graph.name, std::exchange(keptFeatures, 0)));
    }

    /// Of all samples that folds are made of: the folds are to be judged by the same metric.
    bool allAreUnbalanced() const {
        Samples all(static_cast<std::size_t>(data->info().trainSize));
        std::iota(all.begin(), all.end(), 0);
        return balanceOf(*data, all).isUnbalanced();
    }

    void chooseSeries(bool unbalanced) {
        const bool hasAccuracy = data->info().task->hasAccuracy();
        stepNames = {"train.loss"};
        if (hasAccuracy) stepNames.emplace_back("train.accuracy");
        stepNames.emplace_back("learning_rate");
        stepValues.resize(stepNames.size());
        judge =
            EpochJudge(config, data->info(), split.validation.empty() ? "train" : "validation", unbalanced);
        epochMetrics.all = config.epochMetrics == "all";
        epochMetrics.ids = {judge.metric()};
        for (const MetricSchema& metric : metrics())
            if (metric.usual) epochMetrics.ids.push_back(metric.id);
        // A loss tells people little, as the accuracy does of masks and of unbalanced classes.
        if (const auto telling = tellingMetrics(data->info(), unbalanced); !telling.empty())
            epochMetrics.ids.push_back(telling.front());
    }

    Status start(const TensorSource* initial) {
        const ThreadScope scope(threads);
        if (initial) return store().load(*initial);
        store().initialise(seed());
        return {};
    }

    Status start(const TensorSource& weights, TransferReport& report) {
        const ThreadScope scope(threads);
        store().initialise(seed());
        auto loaded = loadPartially(store(), weights);
        if (!loaded) return refuse(loaded.error());
        report = std::move(*loaded);
        if (!report.taken.empty() || !report.adapted.empty()) return {};
        Diagnostic d;
        d.code = "weights.mismatch";
        d.where = graph.name;
        d.what = "None of the weights fits this network.";
        d.why = "Arrays belong together by their names, and have the same shape or one that can be adapted.";
        d.mend = "Give the layers the names that they have there, or choose other weights.";
        return refuse(std::move(d));
    }

    /// What a file says of a run is not believed: it must be a place that this run can have reached.
    Status checkState(const TrainState& state) const {
        const std::int64_t steps = stepsPerEpoch();
        if (state.epochs <= config.epochs && state.batches <= steps &&
            state.step == state.epochs * steps + state.batches && state.samples <= loader->samples())
            return {};
        return refuse(notOfThisRun(graph.name, "It stands at step " + std::to_string(state.step) + ", " +
                                                   std::to_string(state.batches) +
                                                   " batches into an epoch of " + std::to_string(steps) +
                                                   ", after " + std::to_string(state.epochs) + " of " +
                                                   std::to_string(config.epochs) + " epochs."));
    }

    Status resume(const TensorSource& weights, const TensorSource& optimizer, const TrainState& state) {
        const ThreadScope scope(threads);
        if (const Status loaded = store().load(weights); !loaded) return loaded;
        if (const Status loaded = stepper->optimizerState().load(optimizer); !loaded) return loaded;
        if (const Status fits = checkState(state); !fits) return fits;
        at = state;
        at.optimizer.clear();
        judge.goOn(at);
        if (!schedule->restore(at.schedule))
            return refuse(notOfThisRun(graph.name, "The schedule cannot have come to where it stands."));
        checkpoints->setKept(at.step);
        return {};
    }

    // Checkpoints. -------------------------------------------------------------------------------------

    TrainState now() const {
        TrainState state = at;
        state.seconds = seconds();
        return state;
    }
    /// Answers what was asked for. The test has the best weights in the store, which are kept already.
    void serve(TrainObserver& observer, TrainControl& control) {
        const bool save = control.takeSaveRequest() && !testing, byHand = control.takeCheckpointRequest();
        const bool look = control.takeSnapshotRequest() && !testing;
        if (byHand && testing) return observer.onNotice(notWhileTesting(graph.name));
        if (!(save || byHand || look) || !stepper->weightsAreFinite()) return; // the run is about to fail
        if (look)
            observer.onSnapshot({at.epochs, at.step, std::make_shared<const WeightSet>(store().save())});
        if (save) checkpoints->keepLast(observer, now(), /*needed=*/false);
        if (byHand) checkpoints->keepByHand(observer, now());
    }
    // Training. ----------------------------------------------------------------------------------------

    /// What a full-batch step does with its mini-batches; none if the run was told to stop meanwhile.
    std::optional<Stepper::Outcome> gatherStep(const MiniBatch* batch, TrainObserver& observer,
                                               TrainControl& control, double rate) {
        stepper->beginGathering();
        for (; batch; batch = loader->next()) {
            if (!stepper->gather(*batch, at.step + 1)) break;
            TeamPlacement::tend();
            if (control.paused()) waitWhilePaused(observer, control, /*serves=*/false); // the step will
            if (!control.stopRequested()) continue;
            stepper->abandonGathering();
            return std::nullopt;
        }
        return stepper->finishGathering(at.step + 1, rate);
    }

    /// The rest of an epoch. False if the run is over: stopped, or failed with `problem`.
    bool trainEpoch(TrainObserver& observer, TrainControl& control, std::optional<Diagnostic>& problem) {
        const bool over = stepper->fullBatch() && at.batches > 0; // but for its validation
        auto begun = Clock::now();
        double pausedBefore = pausedSeconds;
        loader->start(at.epochs + 1, over ? loader->batchesPerEpoch() : at.batches);
        while (const MiniBatch* batch = loader->next()) {
            const double rate = schedule->rate(at.step + 1);
            const auto outcome = stepper->fullBatch() ? gatherStep(batch, observer, control, rate)
                                                      : stepper->step(*batch, at.step + 1, rate);
            if (!outcome) return false;
            if (outcome->problem) {
                if (at.step > 0 && stepper->weightsAreFinite()) checkpoints->keepLast(observer, now(), true);
                problem = outcome->problem;
                return false;
            }
            if (!at.firstLoss) at.firstLoss = outcome->loss;
            ++at.step;
            ++at.batches;
            at.trained += secondsSince(begun) - (pausedSeconds - pausedBefore);
            begun = Clock::now(); // what follows, and waiting for data, counts with the next step
            pausedBefore = pausedSeconds;
            at.lossSum += outcome->loss * outcome->weight;
            at.lossWeight += outcome->weight;
            at.accuracySum += outcome->accuracy * static_cast<double>(outcome->samples);
            at.samples += outcome->samples;
            stepValues.front() = outcome->loss;
            if (stepValues.size() > 2) stepValues[1] = outcome->accuracy;
            stepValues.back() = rate;
            observer.onStep({at.step, at.epochs + 1, stepNames, stepValues});
            tellFeatures(observer);
            TeamPlacement::tend();
            serve(observer, control);
            if (control.paused()) waitWhilePaused(observer, control, true);
            if (control.stopRequested()) return false;
        }
        return finishEpoch(observer, control, problem);
    }

    bool finishEpoch(TrainObserver& observer, TrainControl& control, std::optional<Diagnostic>& problem) {
        if ((problem = stepper->checkWeights(at.step))) return false;
        EpochRecord record;
        record.epoch = at.epochs + 1;
        record.step = at.step;
        record.values = {{"train.loss", at.lossSum / at.lossWeight}};
        if (data->info().task->hasAccuracy())
            record.values.push_back(
                {"train.accuracy", trainAccuracy = at.accuracySum / static_cast<double>(at.samples)});
        record.samplesPerSecond = static_cast<double>(at.samples) / at.trained;
        if (!split.validation.empty()) {
            const Evaluation v =
                measure(observer, control, "validation", Part::Train, split.validation, epochMetrics);
            if (control.stopRequested() && v.samples < static_cast<std::int64_t>(split.validation.size()))
                return false;
            for (NamedValue& value : v.values("validation"))
                record.values.push_back(std::move(value));
        }
        const double loss = record.value(split.validation.empty() ? "train.loss" : "validation.loss");
        if (hasDiverged(
                loss, at.firstLoss,
                stepper->lossUnit())) { // maybe the last step's doing, which no step's loss has told yet
            problem = diverged(at.step, config.learningRate, loss);
            return false;
        }
        ++at.epochs;
        at.batches = at.samples = 0;
        at.lossSum = at.lossWeight = at.accuracySum = at.trained = 0;
        record.seconds = seconds();
        record.values.push_back({"learning_rate", schedule->rate(at.step)});
        record.best = lastIsBest = judge.isBest(record, loss, at);
        if (!split.validation.empty()) heldBackLosses.push_back(loss);
        schedule->observe(loss);
        checkpoints->keepEpoch(observer, now(), record);
        return !control.stopRequested();
    }

    Evaluation measure(TrainObserver& observer, TrainControl& control, std::string_view what, Part part,
                       const std::vector<std::int64_t>& samples, const MetricChoice& metrics) {
        const auto progress = [&](double done) {
            observer.onEvaluating(what, done);
            TeamPlacement::tend();
            serve(observer, control);
            if (control.paused()) waitWhilePaused(observer, control, true);
            return !control.stopRequested();
        };
        return evaluator->measure(part, samples, progress, metrics);
    }

    void waitWhilePaused(TrainObserver& observer, TrainControl& control, bool serves) {
        const auto begun = Clock::now();
        while (control.paused() && !control.stopRequested()) {
            control.waitWhilePaused(/*forRequests=*/serves);
            if (serves) serve(observer, control);
        }
        pausedSeconds += secondsSince(begun);
    }

    FinishRecord run(TrainObserver& observer, TrainControl& control) {
        const ThreadScope scope(threads);
        const TeamPlacement placement(threads);
        if (const auto problem = kernelTrials().takeProblem()) observer.onNotice(*problem);
        started = Clock::now();
        FinishRecord finish;
        bool going = true;
        while (going && at.epochs < config.epochs && !judge.stopsEarly(at))
            going = trainEpoch(observer, control, finish.problem);
        finish.stoppedEarly = going && at.epochs < config.epochs;
        if (const auto told = tellInseparable(config, data->info(), at.epochs, trainAccuracy))
            observer.onNotice(*told);
        else if (going && !finish.stoppedEarly && lastIsBest && config.folds < 2) // a fold is not trained on
            if (const auto learning = tellStillLearning(data->info(), heldBackLosses))
                observer.onNotice(*learning);
        if (!finish.problem && control.stopRequested()) finish.problem = stepper->checkWeights(at.step);
        if (finish.problem) {
            finish.status = RunStatus::Failed;
            finish.problem = checkpoints->withWhatIsKept(explained(*finish.problem, outlier));
        } else if (control.stopRequested()) {
            finish.status = RunStatus::Stopped;
            serve(observer, control); // what came amid a step that was given up
            checkpoints->keepLast(observer, now(), true);
        } else {
            test(observer, control, finish);
        }
        finish.epochs = at.epochs;
        finish.seconds = seconds();
        return finish;
    }

    /// Of the best weights.
    void test(TrainObserver& observer, TrainControl& control, FinishRecord& finish) {
        testing = true;
        const auto measured = [&] {
            return measure(observer, control, "test", split.testPart, split.test, {.all = true});
        };
        const RunTest last{config, split, at, outlier, *checkpoints, store(), stepper->lossUnit()};
        if (const Status tested = last.run(observer, measured, finish); !tested) {
            finish.status = RunStatus::Failed;
            finish.problem = tested.error();
        }
    }
};

Result<std::unique_ptr<Trainer>> Trainer::make(Graph graph, std::shared_ptr<const Dataset> data,
                                               TrainConfig config, std::shared_ptr<const WeightSet> initial) {
    return makeWith(std::move(graph), std::move(data), std::move(config), [&](Impl& impl) {
        if (!initial) return impl.start(nullptr);
        const TensorsInMemory weights(*initial);
        return impl.start(&weights);
    });
}

Result<std::unique_ptr<Trainer>> Trainer::make(Graph graph, std::shared_ptr<const Dataset> data,
                                               TrainConfig config, const TensorSource& initial) {
    return makeWith(std::move(graph), std::move(data), std::move(config),
                    [&](Impl& impl) { return impl.start(&initial); });
}

Result<std::unique_ptr<Trainer>> Trainer::makeFrom(Graph graph, std::shared_ptr<const Dataset> data,
                                                   TrainConfig config, const TensorSource& weights,
                                                   TransferReport& report) {
    return makeWith(std::move(graph), std::move(data), std::move(config),
                    [&](Impl& impl) { return impl.start(weights, report); });
}

Result<std::unique_ptr<Trainer>> Trainer::resume(Graph graph, std::shared_ptr<const Dataset> data,
                                                 TrainConfig config, const ResumePoint& from) {
    return makeWith(std::move(graph), std::move(data), std::move(config), [&](Impl& impl) {
        impl.checkpoints->setBest(from.best);
        return impl.resume(TensorsInMemory(*from.weights), TensorsInMemory(from.state->optimizer),
                           *from.state);
    });
}

Result<std::unique_ptr<Trainer>> Trainer::resume(Graph graph, std::shared_ptr<const Dataset> data,
                                                 TrainConfig config, const TensorSource& weights,
                                                 const TensorSource& optimizer, const TrainState& state) {
    return makeWith(std::move(graph), std::move(data), std::move(config),
                    [&](Impl& impl) { return impl.resume(weights, optimizer, state); });
}

Result<std::unique_ptr<Trainer>> Trainer::makeWith(Graph graph, std::shared_ptr<const Dataset> data,
                                                   TrainConfig config,
                                                   const std::function<Status(Impl&)>& begin) {
    auto impl = std::make_unique<Impl>();
    impl->graph = std::move(graph);
    impl->data = std::move(data);
    impl->config = std::move(config);
    const Status ready = guarded(trainingRefusal("Training cannot begin", impl->graph.name,
                                                 impl->data->info().title, impl->config.batch),
                                 [&]() -> Status {
                                     if (const Status prepared = impl->prepare(); !prepared) return prepared;
                                     return begin(*impl);
                                 });
    if (!ready) return refuse(ready.error());
    return std::unique_ptr<Trainer>(new Trainer(std::move(impl)));
}

Trainer::Trainer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Trainer::~Trainer() = default;

std::int64_t Trainer::stepsPerEpoch() const {
    return impl_->stepsPerEpoch();
}

std::int64_t Trainer::batch() const {
    return impl_->stepper->fullBatch() ? impl_->loader->samples() : impl_->stepper->batch();
}

const TrainConfig& Trainer::config() const {
    return impl_->config;
}

const std::string& Trainer::bestMetric() const {
    return impl_->judge.metric();
}

std::int64_t Trainer::parameters() const {
    std::int64_t count = 0;
    for (const auto& entry : impl_->store().entries())
        if (entry.spec.isParameter()) count += entry.spec.size();
    return count;
}

const std::vector<Diagnostic>& Trainer::warnings() const {
    return impl_->warnings;
}

FinishRecord Trainer::run(TrainObserver& observer, TrainControl& control) {
    const auto brokenOff = [this](const Breakdown& broken) {
        Diagnostic d = trainingRefusal("Training failed", impl_->graph.name, impl_->data->info().title,
                                       impl_->config.batch)(broken);
        d.where = "step " + std::to_string(impl_->at.step);
        d.mend = std::string(broken.outOfMemory ? "Try a smaller batch" : "Check the data set") +
                 "; the run's last checkpoint is kept.";
        return d;
    };
    FinishRecord finish;
    const auto fail = [&](Diagnostic why) {
        finish.status = RunStatus::Failed;
        finish.problem = std::move(why);
    };
    if (auto ran =
            guarded(brokenOff, [&]() -> Result<FinishRecord> { return impl_->run(observer, control); })) {
        finish = std::move(*ran);
    } else {
        fail(ran.error());
        finish.epochs = impl_->at.epochs;
        finish.seconds = impl_->seconds();
    }
    const Status told = guarded(brokenOff, [&]() -> Status {
        observer.onFinish(finish);
        return {};
    });
    if (!told) fail(told.error());
    return finish;
}

} // namespace burdock
