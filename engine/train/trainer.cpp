#include "engine/train/trainer.h"

#include "engine/graph/check_graph.h"
#include "engine/plan/plan.h"
#include "engine/tensor/random.h"
#include "engine/train/data_loader.h"
#include "engine/train/evaluator.h"
#include "engine/train/loss.h"
#include "engine/train/optimizer.h"
#include "engine/train/thread_scope.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

namespace burdock {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Diagnostic diverged(std::int64_t step, double learningRate) {
    Diagnostic d;
    d.code = "train.diverged";
    d.where = "step " + std::to_string(step);
    d.what = "The loss is not a finite number any more.";
    d.why = "The learning rate is " + toString(ParamValue{learningRate}) + ".";
    d.mend = "Try a learning rate ten times smaller; the last good weights are kept.";
    return d;
}

} // namespace

struct Trainer::Impl {
    Graph graph;
    std::shared_ptr<const Dataset> data;
    TrainConfig config;
    const LossSchema* loss = nullptr;
    Split split;
    Scaling scaling;
    float threshold = 0;
    std::int64_t threads = 1;
    std::shared_ptr<ParameterStore> store;
    std::unique_ptr<Plan> plan, remainder; ///< for full mini-batches and for the last one of an epoch
    std::unique_ptr<Optimizer> optimizer;
    std::unique_ptr<Evaluator> evaluator;
    std::unique_ptr<DataLoader> loader;

    // The run so far.
    std::int64_t step = 0, completeEpochs = 0;
    bool testing = false; ///< the store holds the best weights, not the last
    std::shared_ptr<const WeightSet> best;
    double bestScore = -std::numeric_limits<double>::infinity();
    Clock::time_point started;
    double pausedSeconds = 0;

    std::uint64_t seed() const { return static_cast<std::uint64_t>(config.seed); }
    double seconds() const { return secondsSince(started) - pausedSeconds; }

    Status prepare(std::shared_ptr<const WeightSet> initial) {
        for (const Diagnostic& d : checkTraining(graph, data->info(), config))
            if (d.severity == Severity::Error) return refuse(d);
        data = fittedData(graph, std::move(data), config);
        const std::int64_t macs = checkGraph(graph).macs;
        threads = usefulThreads(config.threads, macs * config.batch);
        const ThreadScope scope(threads);
        loss = config.loss == "auto" ? &defaultLoss(data->info().task) : findLoss(config.loss);
        threshold = binaryThreshold(graph, *loss);
        split = makeSplit(*data, config.validationFraction, seed());
        if (split.train.empty()) {
            Diagnostic d;
            d.code = "data.empty";
            d.where = data->info().title;
            d.what = "No samples are left to train on.";
            d.mend = "Lower the validation share, or choose a larger data set.";
            return refuse(std::move(d));
        }
        scaling = Scaling::measure(*data, split.train, config.normalise);
        const auto samples = static_cast<std::int64_t>(split.train.size());
        const std::int64_t batch = std::min(config.batch, samples), rest = samples % batch;
        const Precision precision = usesBfloat16(precisionOfKey(config.precision), macs * batch)
                                        ? Precision::Mixed
                                        : Precision::Single;
        auto made =
            Plan::make(graph, {.batch = batch, .precision = precision, .leaveOut = loss->outputActivation});
        if (!made) return refuse(made.error());
        plan = std::move(*made);
        store = plan->store();
        if (rest > 0) {
            auto small = Plan::make(
                graph, {.batch = rest, .precision = precision, .leaveOut = loss->outputActivation}, store);
            if (!small) return refuse(small.error());
            remainder = std::move(*small);
        }
        if (initial) {
            if (const Status loaded = store->load(*initial); !loaded) return loaded;
        } else {
            store->initialise(seed());
        }
        optimizer = findOptimizer(config.optimizer)->make(config.optimizerParams, store->values().size());
        auto measuring = Evaluator::make(graph, store, data, *loss, scaling, precision);
        if (!measuring) return refuse(measuring.error());
        evaluator = std::move(*measuring);
        loader = std::make_unique<DataLoader>(data, Part::Train, split.train, scaling, batch,
                                              /*shuffle=*/true, deriveKey(seed(), "shuffle"),
                                              Augmentation(config.augmentation));
        return {};
    }

    StepRecord trainStep(const MiniBatch& batch) {
        Plan& p = batch.size == plan->batch() ? *plan : *remainder;
        ++step;
        const Tensor<float> input = p.input();
        std::memcpy(input.data, batch.inputs.data(), static_cast<std::size_t>(input.size()) * sizeof(float));
        p.forward(deriveKey(deriveKey(seed(), "step"), static_cast<std::uint64_t>(step)));
        const Tensor<float> outputs = p.output();
        const Tensor<float> targets{batch.targets.data(), {data->targetWidth(), 1, 1}, batch.size};
        StepRecord record;
        record.step = step;
        record.epoch = completeEpochs + 1;
        record.loss = static_cast<float>(loss->evaluate(outputs, targets, p.outputGradient()));
        record.accuracy =
            data->info().task == Task::Regression
                ? std::numeric_limits<float>::quiet_NaN()
                : static_cast<float>(countCorrect(outputs, targets, data->info().task, threshold)) /
                      static_cast<float>(batch.size);
        if (!std::isfinite(record.loss)) return record;
        p.backward();
        optimizer->update(store->values(), store->gradients(), config.learningRate, step);
        store->changed();
        return record;
    }

    void checkpoint(TrainObserver& observer, CheckpointRecord::Kind kind,
                    std::shared_ptr<const WeightSet> weights) {
        observer.onCheckpoint({kind, completeEpochs, step, std::move(weights)});
    }
    std::shared_ptr<const WeightSet> snapshot() const {
        return std::make_shared<const WeightSet>(store->save());
    }

    /// One epoch. False if the run is over: stopped, or failed with `problem`.
    bool trainEpoch(TrainObserver& observer, TrainControl& control, std::optional<Diagnostic>& problem) {
        loader->start(completeEpochs + 1);
        double lossSum = 0, accuracySum = 0, trained = 0;
        std::int64_t seen = 0;
        while (const MiniBatch* batch = loader->next()) {
            const auto begun = Clock::now();
            const StepRecord record = trainStep(*batch);
            trained += secondsSince(begun);
            if (!std::isfinite(record.loss)) {
                problem = diverged(step, config.learningRate);
                return false;
            }
            observer.onStep(record);
            lossSum += static_cast<double>(record.loss) * static_cast<double>(batch->size);
            accuracySum += static_cast<double>(record.accuracy) * static_cast<double>(batch->size);
            seen += batch->size;
            if (control.takeSaveRequest()) checkpoint(observer, CheckpointRecord::Kind::Last, snapshot());
            if (control.paused()) waitWhilePaused(observer, control);
            if (control.stopRequested()) return false;
        }
        ++completeEpochs;
        EpochRecord record;
        record.epoch = completeEpochs;
        record.step = step;
        record.trainLoss = lossSum / static_cast<double>(seen);
        record.trainAccuracy = accuracySum / static_cast<double>(seen);
        record.samplesPerSecond = static_cast<double>(seen) / trained;
        record.validationLoss = record.validationAccuracy = nan;
        if (!split.validation.empty()) {
            const Evaluation v = measure(observer, control, "validation", Part::Train, split.validation);
            if (control.stopRequested() && v.samples < static_cast<std::int64_t>(split.validation.size()))
                return false;
            if (!std::isfinite(v.loss)) { // the last step's doing, which no step's loss has told yet
                problem = diverged(step, config.learningRate);
                return false;
            }
            record.validationLoss = v.loss;
            record.validationAccuracy = v.accuracy;
        }
        record.seconds = seconds();
        const double score = scoreOf(record);
        record.best = score > bestScore;
        const auto weights = snapshot();
        if (record.best) {
            bestScore = score;
            best = weights;
        }
        observer.onEpoch(record);
        if (record.best) checkpoint(observer, CheckpointRecord::Kind::Best, weights);
        checkpoint(observer, CheckpointRecord::Kind::Last, weights);
        return !control.stopRequested();
    }

    /// What "best" means: the highest accuracy, or else the lowest loss, on validation data where there are
    /// any.
    double scoreOf(const EpochRecord& r) const {
        const bool validated = !split.validation.empty();
        if (data->info().task != Task::Regression) return validated ? r.validationAccuracy : r.trainAccuracy;
        return -(validated ? r.validationLoss : r.trainLoss);
    }

    Evaluation measure(TrainObserver& observer, TrainControl& control, std::string_view what, Part part,
                       const std::vector<std::int64_t>& samples) {
        return evaluator->measure(part, samples, [&](double done) {
            observer.onEvaluating(what, done);
            if (control.paused()) waitWhilePaused(observer, control);
            return !control.stopRequested();
        });
    }

    void waitWhilePaused(TrainObserver& observer, TrainControl& control) {
        const auto begun = Clock::now();
        while (control.paused() && !control.stopRequested()) {
            control.waitWhilePaused();
            if (control.takeSaveRequest() && !testing)
                checkpoint(observer, CheckpointRecord::Kind::Last, snapshot());
        }
        pausedSeconds += secondsSince(begun);
    }

    FinishRecord run(TrainObserver& observer, TrainControl& control) {
        const ThreadScope scope(threads);
        started = Clock::now();
        FinishRecord finish;
        finish.testLoss = finish.testAccuracy = nan;
        bool going = true;
        while (going && completeEpochs < config.epochs)
            going = trainEpoch(observer, control, finish.problem);
        if (finish.problem) {
            finish.status = RunStatus::Failed;
        } else if (control.stopRequested()) {
            finish.status = RunStatus::Stopped;
            checkpoint(observer, CheckpointRecord::Kind::Last, snapshot());
        } else if (!split.test.empty()) {
            testing = true;
            if (best) [[maybe_unused]]
                const Status loaded = store->load(*best);
            const Evaluation test = measure(observer, control, "test", split.testPart, split.test);
            if (test.samples > 0 && !std::isfinite(test.loss)) {
                finish.status = RunStatus::Failed;
                finish.problem = diverged(step, config.learningRate);
            } else if (test.samples == static_cast<std::int64_t>(split.test.size())) {
                finish.testLoss = test.loss;
                finish.testAccuracy = test.accuracy;
            }
        }
        finish.epochs = completeEpochs;
        finish.seconds = seconds();
        return finish;
    }
};

Result<std::unique_ptr<Trainer>> Trainer::make(Graph graph, std::shared_ptr<const Dataset> data,
                                               TrainConfig config, std::shared_ptr<const WeightSet> initial) {
    auto impl = std::make_unique<Impl>();
    impl->graph = std::move(graph);
    impl->data = std::move(data);
    impl->config = std::move(config);
    try {
        if (const Status ready = impl->prepare(std::move(initial)); !ready) return refuse(ready.error());
    } catch (const std::bad_alloc&) {
        Diagnostic d;
        d.code = "memory";
        d.where = impl->graph.name;
        d.what =
            "The network does not fit into memory at batch size " + std::to_string(impl->config.batch) + ".";
        d.mend = "Choose a smaller batch, or a smaller network.";
        return refuse(std::move(d));
    } catch (const std::exception& e) {
        Diagnostic d;
        d.code = "train.failed";
        d.where = impl->data->info().title;
        d.what = std::string("Training cannot begin: ") + e.what() + ".";
        d.mend = "Check the data set, then try again.";
        return refuse(std::move(d));
    }
    return std::unique_ptr<Trainer>(new Trainer(std::move(impl)));
}

Trainer::Trainer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Trainer::~Trainer() = default;

std::int64_t Trainer::stepsPerEpoch() const {
    return impl_->loader->batchesPerEpoch();
}

std::int64_t Trainer::batch() const {
    return impl_->plan->batch();
}

std::int64_t Trainer::parameters() const {
    std::int64_t count = 0;
    for (const auto& entry : impl_->store->entries())
        if (entry.spec.trainable) count += entry.spec.size();
    return count;
}

FinishRecord Trainer::run(TrainObserver& observer, TrainControl& control) {
    FinishRecord finish;
    try {
        finish = impl_->run(observer, control);
    } catch (const std::exception& e) {
        finish.status = RunStatus::Failed;
        finish.testLoss = finish.testAccuracy = nan;
        finish.epochs = impl_->completeEpochs;
        finish.seconds = impl_->seconds();
        Diagnostic d;
        d.code = "train.failed";
        d.where = "step " + std::to_string(impl_->step);
        d.what = std::string("Training failed: ") + e.what() + ".";
        d.mend = "Try a smaller batch; the run's last checkpoint is kept.";
        finish.problem = std::move(d);
    }
    observer.onFinish(finish);
    return finish;
}

} // namespace burdock
