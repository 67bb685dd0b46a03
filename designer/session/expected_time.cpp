#include "session/expected_time.h"

#include "engine/data/subset.h"
#include "engine/train/evaluator.h"
#include "engine/train/free_memory.h"
#include "engine/train/frozen_features.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"
#include "engine/train/target_scaling.h"
#include "engine/train/thread_scope.h"
#include "engine/train/trainer.h"
#include "engine/train/training_refusal.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>

namespace burdock {
namespace {

struct TimeWords {
    Q_DECLARE_TR_FUNCTIONS(burdock::ExpectedTime)
};

using Clock = std::chrono::steady_clock;

constexpr double aSecond = 0.95; ///< what is written as one or more

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// How many samples are for what, by the sizes alone.
struct SampleCounts {
    std::int64_t train = 0, validation = 0, test = 0;
};

SampleCounts countsOf(const Dataset& data, const TrainConfig& config) {
    const DatasetInfo& info = data.info();
    SampleCounts counts;
    counts.train = trainCount(data, splitOptions(config));
    counts.test = config.folds >= 2   ? info.trainSize / config.folds
                  : info.testSize > 0 ? info.testSize
                                      : std::llround(info.testShare * static_cast<double>(info.trainSize));
    const std::int64_t parted = config.folds < 2 && info.testSize > 0 ? 0 : counts.test;
    counts.validation = std::max<std::int64_t>(0, info.trainSize - parted - counts.train);
    return counts;
}

/// So many samples of forward and backward passes are done in about half a second where they are slow.
std::int64_t affordable(const CheckedNetwork& network) {
    constexpr std::int64_t macs = 10'000'000'000;
    return std::max<std::int64_t>(1, macs / std::max<std::int64_t>(1, network.macs()));
}

Diagnostic tooLarge(const DatasetInfo& data) {
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "time.memory";
    d.where = data.title;
    d.what = "It takes too much of the free memory to be tried.";
    return d;
}

Diagnostic stoppedMeasuring(const DatasetInfo& data) {
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "time.stopped";
    d.where = data.title;
    d.what = "The measurement was stopped.";
    return d;
}

/// Seconds of a step's sample, the first `unmeasured` steps left out; NaN where it was stopped before one was
/// measured.
double timeSteps(Stepper& stepper, DataLoader& loader, double learningRate, std::int64_t unmeasured,
                 const std::function<bool()>& stopped) {
    constexpr double enough = 0.25; // seconds
    constexpr std::int64_t least = 2, most = 2000;
    double seconds = 0;
    std::int64_t samples = 0, epoch = 0, measured = 0;
    const MiniBatch* batch = nullptr;
    for (std::int64_t step = 1; measured < least || (seconds < enough && measured < most); ++step) {
        if (stopped && stopped()) break;
        const auto begin = Clock::now();
        while (!batch || !(batch = loader.next())) {
            loader.start(++epoch);
            if ((batch = loader.next())) break;
        }
        const bool whole = batch->size == stepper.batch();
        const Stepper::Outcome outcome = stepper.step(*batch, step, learningRate);
        if (outcome.problem) break; // what it takes is known by now, or the run will tell
        if (step <= unmeasured || (!whole && samples == 0)) continue;
        seconds += secondsSince(begin);
        samples += batch->size;
        ++measured;
    }
    return samples > 0 ? seconds / static_cast<double>(samples) : std::numeric_limits<double>::quiet_NaN();
}

/// The same in epochs behind the first, where what frozen layers give is kept: as `step`, or less.
/// `budgetEach`: bytes of features that a sample may have.
double timeLaterSteps(Stepper& stepper, const std::shared_ptr<const Dataset>& data, const Samples& all,
                      const Scaling& scaling, const TrainConfig& config, double budgetEach, double step,
                      const std::function<bool()>& stopped) {
    const std::int64_t batches = 2, count = std::min(std::ssize(all), batches * stepper.batch());
    const Samples few(all.begin(), all.begin() + count);
    if (config.epochs < 2 || !config.augmentation.empty() ||
        stepper.keepFeatures(few, static_cast<std::int64_t>(budgetEach * static_cast<double>(count))) == 0)
        return step;
    DataLoader loader(data, Part::Train, few, scaling, stepper.batch(), /*shuffle=*/!stepper.fullBatch(), 1);
    loader.setNeedsInputs([&](std::span<const std::int64_t> of) { return stepper.needsInputs(of); });
    // An epoch keeps them, and the next one looks at them.
    const double later = timeSteps(stepper, loader, config.learningRate, 2 * batches, stopped);
    return later < step ? later : step;
}

Result<ExpectedTime> measure(const GraphReport& checked, std::shared_ptr<const Dataset> data,
                             TrainConfig config, int threads, const std::function<bool()>& stopped) {
    for (const Diagnostic& d : checkTraining(checked, data->info(), config))
        if (d.severity == Severity::Error) return refuse(d);
    const auto& network = checked.network;
    data = fittedData(*network, std::move(data), config);
    const SampleCounts counts = countsOf(*data, config);
    if (counts.train < 1) return refuse(nothingToTrainOn(data->info()));
    const ThreadShare share(threads);
    const std::int64_t used = usefulThreads(config.threads, network->macs(config.batch));
    if (const Status had = checkReserve(*network, 0, 2, used); !had) return refuse(had.error());
    const ThreadScope scope(used);
    const LossSchema& loss = *lossFor(config.loss, data->info().task);
    const auto fits = checkMemory(*network, config, loss, counts.train);
    if (!fits) return refuse(fits.error());
    const double budgetEach =
        static_cast<double>(featuresBudget(fits->total())) / static_cast<double>(counts.train);
    const std::int64_t once = affordable(*network);
    if (config.batch > once) {
        config.batch = once;
        config.microBatch = std::min(config.microBatch, once);
    }
    // It must not stand in the way of the run itself.
    const auto needed = estimateMemory(*network, config, loss, counts.train);
    if (!needed) return refuse(needed.error());
    if (const auto free = availableMemory(); free && needed->total() > *free / 3)
        return refuse(tooLarge(data->info()));
    // The first ones, as many as give the loader some mini-batches ahead.
    constexpr std::int64_t batches = 64;
    Samples some(static_cast<std::size_t>(std::min(counts.train, batches * config.batch)));
    std::iota(some.begin(), some.end(), std::int64_t{0});
    auto made = Stepper::make(*network, data, config, some);
    if (!made) return refuse(made.error());
    Stepper& stepper = **made;
    const auto seed = static_cast<std::uint64_t>(config.seed);
    stepper.store()->initialise(seed);
    const Scaling scaling = Scaling::measure(*data, some, config.normalise, targetScaling(*network, config));
    DataLoader loader(data, Part::Train, some, scaling, stepper.batch(), /*shuffle=*/!stepper.fullBatch(),
                      seed, Augmentation(config.augmentation));
    // The first step makes what the others use.
    const double step = timeSteps(stepper, loader, config.learningRate, 1, stopped);
    if ((stopped && stopped()) || std::isnan(step)) return refuse(stoppedMeasuring(data->info()));
    const double later = timeLaterSteps(stepper, data, some, scaling, config, budgetEach, step, stopped);
    // Forward alone is a third of a step, where measuring it would take too long.
    double look = step / 3;
    if (Evaluator::batchFor(*network) <= once) {
        auto evaluator =
            Evaluator::make(*network, stepper.store(), data, config, scaling, some, &stepper.plan());
        if (!evaluator) return refuse(evaluator.error());
        some.resize(std::min<std::size_t>(some.size(), 512));
        const auto goesOn = [&](double) { return !stopped || !stopped(); };
        (*evaluator)->measure(Part::Train, {some.front()}, {});
        const Evaluation measured = (*evaluator)->measure(Part::Train, some, goesOn);
        if (measured.samples > 0) look = measured.seconds / static_cast<double>(measured.samples);
    }
    if (stopped && stopped()) return refuse(stoppedMeasuring(data->info()));
    ExpectedTime time;
    constexpr double keeping = 0.008; // of an epoch: its row and weights in the notebook, on two cores
    const auto epoch = [&](double step, double look) {
        return step * static_cast<double>(counts.train) + look * static_cast<double>(counts.validation) +
               keeping;
    };
    time.epoch = epoch(later, look * later / step);
    const bool allFolds = config.folds >= 2 && config.fold == 0;
    time.run = (epoch(step, look) + time.epoch * static_cast<double>(config.epochs - 1) +
                look * static_cast<double>(counts.test)) *
               static_cast<double>(allFolds ? config.folds : 1);
    time.mayEndSooner = config.patience > 0;
    if (config.folds < 2 && data->info().testSize > 0) time.test = look * static_cast<double>(counts.test);
    return time;
}

} // namespace

Result<ExpectedTime> measureTime(const GraphReport& checked, std::shared_ptr<const Dataset> data,
                                 const TrainConfig& config, int threads,
                                 const std::function<bool()>& stopped) {
    static std::timed_mutex measuring; // two at once would tell each other's time
    std::unique_lock alone(measuring, std::defer_lock);
    while (!alone.try_lock_for(std::chrono::milliseconds(50)))
        if (stopped && stopped()) return refuse(stoppedMeasuring(data->info()));
    const std::string& title = data->info().title;
    return guarded(trainingRefusal("The measurement broke off", title, title, config.batch),
                   [&] { return measure(checked, data, config, threads, stopped); });
}

Result<ExpectedTime> measureTime(const Graph& graph, std::shared_ptr<const Dataset> data,
                                 const TrainConfig& config, int threads,
                                 const std::function<bool()>& stopped) {
    return measureTime(checkGraph(graph), std::move(data), config, threads, stopped);
}

QString roughDuration(double seconds) {
    constexpr double minute = 60, hour = 3600, day = 86'400;
    if (!std::isfinite(seconds) || seconds < 0) return QStringLiteral("–");
    // Two digits, as whole numbers go.
    const auto digits = [](double v) {
        return v < 10 ? QString::number(std::round(v * 10) / 10) : QString::number(std::round(v));
    };
    if (seconds < aSecond) return TimeWords::tr("less than 1 s");
    if (seconds < 1.5 * minute) return TimeWords::tr("%1 s").arg(std::round(seconds));
    if (seconds < 1.5 * hour) return TimeWords::tr("%1 min").arg(digits(seconds / minute));
    if (seconds < 2 * day) return TimeWords::tr("%1 h").arg(digits(seconds / hour));
    return TimeWords::tr("%1 days").arg(digits(seconds / day));
}

QString expectedText(const ExpectedTime& time) {
    const QString run = roughDuration(time.run);
    const QString all =
        time.mayEndSooner ? TimeWords::tr("%1 at most").arg(run) : TimeWords::tr("%1 in all").arg(run);
    if (time.run < aSecond) return all;
    if (time.epoch < aSecond) return TimeWords::tr("about %1").arg(all);
    return TimeWords::tr("about %1 an epoch · %2").arg(roughDuration(time.epoch), all);
}

std::optional<SmallerData> smallerData(const DatasetCatalog& catalog, const std::string& reference,
                                       const DatasetInfo& data, const ExpectedTime& time) {
    constexpr double wanted = 180; // seconds: long enough to see something in
    constexpr double worth = 0.75; // of the time, at most
    constexpr std::size_t leastSamples = 200, leastOfClass = 20;
    if (!time.isLong()) return {};
    auto ref = catalog.resolve(reference);
    if (!ref) return {};
    const ParamSpec spec = shareOption();
    const ParamValue now = paramOr(ref->options, spec);
    const auto* share = std::get_if<double>(&now);
    if (!share) return {};
    const auto least = static_cast<double>(std::max(leastSamples, leastOfClass * data.classNames.size()));
    std::optional<SmallerData> smaller;
    for (const double part : {0.5, 0.2, 0.1, 0.05, 0.02, 0.01}) {
        if (part * static_cast<double>(data.trainSize) < least) break;
        ref->options[spec.key] = std::max(1e-4, *share * part);
        smaller = SmallerData{ref->text(), (time.run - time.test) * part + time.test};
        if (smaller->seconds <= wanted) break;
    }
    return smaller && smaller->seconds <= worth * time.run ? smaller : std::nullopt;
}

} // namespace burdock
