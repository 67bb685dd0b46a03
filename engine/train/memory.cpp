#include "engine/train/memory.h"

#include "engine/plan/kernel_trials.h"
#include "engine/schema/number_text.h"
#include "engine/tensor/address_space.h"
#include "engine/tensor/saturated.h"
#include "engine/train/evaluator.h"
#include "engine/train/free_memory.h"
#include "engine/train/optimizer.h"
#include "engine/train/stepper.h"
#include "engine/train/thread_scope.h"

#include <algorithm>

namespace burdock {
namespace {

/// So that sums of a few do not overflow.
constexpr std::int64_t largest = std::int64_t{1} << 59;

} // namespace

std::int64_t TrainingMemory::total() const {
    return weights + gradients + optimizer + activations + checkpoints + writing;
}

namespace {

/// `tries`: kernels that compete.
Result<TrainingMemory> estimate(const CheckedNetwork& network, const TrainConfig& config,
                                const LossSchema& loss, std::optional<std::int64_t> samples, bool tries) {
    // Checkpoints are written in slices.
    constexpr std::int64_t mostWriting = 64'000'000;
    const OptimizerSchema& schema = *findOptimizer(config.optimizer);
    const auto optimizer = schema.make(config.optimizerParams);
    const std::int64_t batch = std::max<std::int64_t>(1, config.batch);
    // An odd rest is the likeliest to want weights in other formats again.
    const PassSizes passes(std::max<std::int64_t>(1, samples.value_or(batch + (batch / 3 | 1))), config,
                           schema.fullBatch);
    // oneDNN's scratch memory depends on the number of threads.
    const ThreadScope scope(usefulThreads(config.threads, network.macs(config.batch)));
    std::shared_ptr<ParameterStore> store;
    /// Of a plan of that many samples, which shares the weights with those before.
    const auto measure = [&](std::int64_t batch, bool training) -> Result<PlanMemory> {
        PlanOptions options = planOptions(network, config, loss, batch, training);
        options.measureOnly = true;
        options.tries = tries;
        const auto plan = Plan::make(network, options, store);
        if (!plan) return refuse(plan.error());
        store = (*plan)->store();
        return (*plan)->memory();
    };
    PlanMemory training; // of the largest, whose arena the others share
    std::int64_t arena = 0;
    for (const std::int64_t size : passes.sizes) {
        const auto plan = measure(size, true);
        if (!plan) return refuse(plan.error());
        if (size == passes.sizes.front()) training = *plan;
        arena = std::max(arena, plan->arena);
    }
    const auto evaluating = measure(Evaluator::batchBeside(training.arena, network, config, loss), false);
    if (!evaluating) return refuse(evaluating.error());
    TrainingMemory memory;
    const auto atMost = [](std::int64_t bytes) { return std::min(largest, bytes); };
    const std::int64_t slots = OptimizerState::floats(*optimizer, parameterTensors(*store));
    memory.weights = atMost(saturatedSum(training.weights, evaluating->copies)); // all plans' copies
    memory.gradients =
        atMost(saturatedSum(training.gradients, GradientSeam::bytes(training.gradients, passes.accumulates)));
    memory.optimizer = atMost(saturatedProduct(slots, sizeof(float)));
    memory.checkpoints = atMost(saturatedSum(training.weights, memory.optimizer));
    memory.writing = std::min(memory.checkpoints, mostWriting);
    memory.activations = atMost(std::max(arena, evaluating->arena)); // never at the same time
    return memory;
}

} // namespace

Result<TrainingMemory> estimateMemory(const CheckedNetwork& network, const TrainConfig& config,
                                      const LossSchema& loss, std::optional<std::int64_t> samples) {
    return estimate(network, config, loss, samples, /*tries=*/false);
}

void tryKernels(const CheckedNetwork& network, const TrainConfig& config, const LossSchema& loss,
                std::optional<std::int64_t> samples) {
    if (kernelTrials().isOn()) (void)estimate(network, config, loss, samples, /*tries=*/true);
}

Status checkReserve(const CheckedNetwork& network, std::int64_t bytes, std::int64_t plans,
                    std::int64_t threads) {
    const auto kernels = saturatedProduct(plans, static_cast<std::int64_t>(network.steps().size()));
    const std::int64_t needed = saturatedSum(bytes, libraryBytes(kernels, threads));
    if (canReserve(needed)) return {};
    Diagnostic d;
    d.code = "memory";
    d.where = network.name();
    d.what = "It takes " + bytesText(needed) +
             " of memory with what the numerical libraries reserve, and the system refuses so much.";
    d.why = reserveLimits();
    d.mend = "Raise the limit, or set fewer threads, a smaller batch or a smaller network.";
    return refuse(std::move(d));
}

Result<TrainingMemory> checkMemory(const CheckedNetwork& network, const TrainConfig& config,
                                   const LossSchema& loss, std::optional<std::int64_t> samples) {
    const auto needed = estimateMemory(network, config, loss, samples);
    if (!needed) return needed;
    const auto there = availableMemory();
    if (!there || needed->total() <= *there) {
        constexpr std::int64_t plans =
            5; // of batches, their rests and parts, and of samples that are measured
        const Status had = checkReserve(network, needed->total(), plans,
                                        usefulThreads(config.threads, network.macs(config.batch)));
        if (!had) return refuse(had.error());
        return needed;
    }
    Diagnostic d;
    d.code = "memory";
    d.where = network.name();
    d.what = "Training it takes " + bytesText(needed->total()) + " of memory, and " + bytesText(*there) +
             " are free.";
    d.why = "Weights " + bytesText(needed->weights) + ", gradients " + bytesText(needed->gradients) +
            ", optimizer " + bytesText(needed->optimizer) + ", activations at batch size " +
            std::to_string(samples ? std::min(config.batch, *samples) : config.batch) + " " +
            bytesText(needed->activations) + ", checkpoints " +
            bytesText(needed->checkpoints + needed->writing) + ".";
    d.mend = needed->activations > needed->total() / 2 ? "Choose a smaller batch, or a smaller network."
                                                       : "Choose a smaller network, or close other programs.";
    return refuse(std::move(d));
}

std::string bytesText(std::int64_t bytes) {
    static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < std::size(units); ++unit)
        value /= 1000;
    return fixedText(value, value < 9.95 && unit > 0 ? 1 : 0) + " " + units[unit];
}

} // namespace burdock
