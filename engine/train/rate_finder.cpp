#include "engine/train/rate_finder.h"

#include "engine/tensor/random.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"
#include "engine/train/target_scaling.h"
#include "engine/train/thread_scope.h"
#include "engine/train/trainer.h"
#include "engine/train/training_refusal.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr double lowest = 1e-7, highest = 10;
constexpr std::int64_t steps = 160; // twenty to a power of ten
constexpr double keep = 0.9;        // of the running mean
constexpr double exploded = 4;      // times the lowest loss
constexpr std::size_t quiet = 24;   // steps at rates that nothing is learned with

/// The loss before anything is learned, at the lowest rates.
struct FirstLoss {
    double mean = 0;
    double chance = 0; ///< by how much the smoothed loss varies from batch to batch: seldom more
    explicit FirstLoss(const std::vector<RatePoint>& points) {
        const auto count = static_cast<double>(std::min(quiet, points.size()));
        if (count == 0) return;
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < quiet && i < points.size(); ++i) {
            sum += points[i].loss;
            squares += points[i].loss * points[i].loss;
        }
        mean = sum / count;
        // A running mean varies by √((1−k)/(1+k)) of what it is taken of.
        const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
        chance = 3 * deviation * std::sqrt((1 - keep) / (1 + keep));
    }
};

/// The rate where the smoothed loss falls most steeply over the logarithm of the rate; none where it does not
/// come to fall below what it was at first.
std::optional<double> steepest(const std::vector<RatePoint>& points) {
    constexpr std::size_t reach = 3; // a slope over seven points
    const FirstLoss first(points);
    const double fall = std::max(0.1 * std::abs(first.mean), first.chance);
    std::optional<double> found;
    double best = 0;
    double lowestLoss = first.mean;
    for (std::size_t i = quiet; i + reach < points.size(); ++i) {
        const double smoothed = points[i].smoothed;
        lowestLoss = std::min(lowestLoss, smoothed);
        const bool hasFallen = lowestLoss < first.mean - fall;
        // Beyond a rise, a fall is only the way back.
        if (hasFallen && smoothed > lowestLoss + fall) break;
        // A fall begins where the loss leaves for good what it varies by; all before is chance, however
        // steep.
        if (!hasFallen && smoothed > first.mean - first.chance) {
            best = 0;
            found.reset();
        }
        const double slope = points[i + reach].smoothed - points[i - reach].smoothed;
        if (slope < best) {
            best = slope;
            found = points[i].learningRate;
        }
    }
    return lowestLoss < first.mean - fall ? found : std::nullopt;
}

Result<RateSweep> sweepRates(const Graph& graph, std::shared_ptr<const Dataset> data,
                             const TrainConfig& config, const TensorSource* initial,
                             const std::function<bool(double)>& progress) {
    const auto network = trainableNetwork(graph, data->info(), config);
    if (!network) return refuse(network.error());
    data = fittedData(*network, std::move(data), config);
    const std::int64_t threads = usefulThreads(config.threads, network->macs(config.batch));
    if (const Status had = checkReserve(*network, 0, 1, threads); !had) return refuse(had.error());
    const ThreadScope scope(threads);
    const auto seed = static_cast<std::uint64_t>(config.seed);
    const auto fits = checkMemory(*network, config, *lossFor(config.loss, data->info().task),
                                  trainCount(*data, splitOptions(config)));
    if (!fits) return refuse(fits.error());
    SplitOptions options = splitOptions(config);
    options.fold = std::max<std::int64_t>(options.fold, 1); // one stands for all
    const auto parted = makeSplit(*data, options);
    if (!parted) return refuse(parted.error());
    const Split& split = *parted;
    if (split.train.empty()) return refuse(nothingToTrainOn(data->info()));
    auto made = Stepper::make(*network, data, config, split.train);
    if (!made) return refuse(made.error());
    Stepper& stepper = **made;
    if (!initial)
        stepper.store()->initialise(seed);
    else if (const Status loaded = stepper.store()->load(*initial); !loaded)
        return refuse(loaded.error());
    const Scaling scaling =
        Scaling::measure(*data, split.train, config.normalise, targetScaling(*network, config));
    stepper.setLossUnit(lossUnit(*lossFor(config.loss, data->info().task), scaling, config));
    DataLoader loader(data, Part::Train, split.train, scaling, stepper.batch(),
                      /*shuffle=*/!stepper.fullBatch(), deriveKey(seed, "shuffle"),
                      Augmentation(config.augmentation));

    RateSweep sweep;
    double mean = 0, lowestLoss = 0;
    std::int64_t epoch = 0;
    const MiniBatch* batch = nullptr;
    for (std::int64_t step = 1; step <= steps; ++step) {
        while (!batch || !(batch = loader.next())) {
            loader.start(++epoch);
            if ((batch = loader.next())) break;
        }
        RatePoint point;
        point.learningRate = lowest * std::pow(highest / lowest, static_cast<double>(step - 1) /
                                                                     static_cast<double>(steps - 1));
        const Stepper::Outcome outcome = stepper.step(*batch, step, point.learningRate);
        if (outcome.problem) break; // beyond what the network bears
        point.loss = outcome.loss;
        mean = keep * mean + (1 - keep) * outcome.loss;
        point.smoothed = mean / (1 - std::pow(keep, static_cast<double>(step)));
        if (step == 1 || point.smoothed < lowestLoss) lowestLoss = point.smoothed;
        sweep.points.push_back(point);
        if (point.smoothed > exploded * std::abs(lowestLoss) + 1e-12 * stepper.lossUnit() && step > 20) break;
        if (progress && !progress(static_cast<double>(step) / static_cast<double>(steps))) break;
    }
    sweep.suggested = steepest(sweep.points);
    return sweep;
}

} // namespace

Result<RateSweep> findLearningRate(const Graph& graph, std::shared_ptr<const Dataset> data,
                                   const TrainConfig& config, const TensorSource* initial,
                                   const std::function<bool(double)>& progress) {
    return guarded(trainingRefusal("The search broke off", graph.name, data->info().title, config.batch),
                   [&] { return sweepRates(graph, std::move(data), config, initial, progress); });
}

} // namespace burdock
