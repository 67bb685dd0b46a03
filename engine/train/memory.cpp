#include "engine/train/memory.h"

#include "engine/schema/number_text.h"
#include "engine/tensor/saturated.h"
#include "engine/train/evaluator.h"
#include "engine/train/optimizer.h"
#include "engine/train/stepper.h"
#include "engine/train/thread_scope.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace burdock {
namespace {

/// So that sums of a few do not overflow.
constexpr std::int64_t largest = std::int64_t{1} << 59;

/// The number that stands in a file of the kernel's, behind `key` if it is given.
std::optional<std::int64_t> numberIn(const char* path, const std::string& key = {}) {
    std::ifstream file(path);
    std::string word;
    if (!key.empty())
        while (file >> word && word != key) {
        }
    std::int64_t number = 0;
    if (file >> number) return number;
    return std::nullopt;
}

} // namespace

std::int64_t TrainingMemory::total() const {
    return weights + gradients + optimizer + activations + checkpoints + writing;
}

Result<TrainingMemory> estimateMemory(const CheckedNetwork& network, const TrainConfig& config,
                                      const LossSchema& loss) {
    // Checkpoints are written in slices.
    constexpr std::int64_t mostWriting = 64'000'000;
    const OptimizerSchema& schema = *findOptimizer(config.optimizer);
    const auto optimizer = schema.make(config.optimizerParams);
    const MicroBatches parts(std::max<std::int64_t>(1, config.batch), config.microBatch);
    // oneDNN's scratch memory depends on the number of threads.
    const ThreadScope scope(usefulThreads(config.threads, network.macs(config.batch)));
    std::shared_ptr<ParameterStore> store;
    /// Of a plan of that many samples, which shares the weights with those before.
    const auto measure = [&](std::int64_t batch, bool training) -> Result<PlanMemory> {
        PlanOptions options = planOptions(network, config, loss, batch, training);
        options.measureOnly = true;
        const auto plan = Plan::make(network, options, store);
        if (!plan) return refuse(plan.error());
        store = (*plan)->store();
        return (*plan)->memory();
    };
    const auto training = measure(parts.largest, true);
    if (!training) return refuse(training.error());
    const auto evaluating = measure(Evaluator::batchBeside(training->arena, network, config, loss), false);
    if (!evaluating) return refuse(evaluating.error());
    // The last mini-batch of an epoch may want weights in other formats again: an odd one does most likely.
    const auto rest = measure(parts.largest / 3 | 1, true);
    if (!rest) return refuse(rest.error());
    TrainingMemory memory;
    const auto atMost = [](std::int64_t bytes) { return std::min(largest, bytes); };
    const std::int64_t slots = OptimizerState::floats(*optimizer, parameterTensors(*store));
    memory.weights = atMost(saturatedSum(training->weights, rest->copies));
    memory.gradients = atMost(saturatedSum(
        training->gradients, GradientSeam::bytes(training->gradients, schema.fullBatch || parts.count > 1)));
    memory.optimizer = atMost(saturatedProduct(slots, sizeof(float)));
    memory.checkpoints = atMost(saturatedSum(training->weights, memory.optimizer));
    memory.writing = std::min(memory.checkpoints, mostWriting);
    memory.activations = atMost(std::max(training->arena, evaluating->arena)); // never at the same time
    return memory;
}

std::optional<std::int64_t> availableMemory() {
    std::optional<std::int64_t> free;
    if (const auto kilobytes = numberIn("/proc/meminfo", "MemAvailable:")) free = *kilobytes * 1024;
    // Version 2, then version 1 of control groups; "max" is no number.
    static constexpr std::array<const char*, 3> groups[] = {
        {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat"},
        {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes",
         "/sys/fs/cgroup/memory/memory.stat"}};
    for (const auto& [limit, used, statistics] : groups) {
        const auto most = numberIn(limit), now = numberIn(used);
        if (!most || !now) continue;
        // Files that are kept in memory count as used, and give way to what is asked for.
        const std::int64_t files = numberIn(statistics, "inactive_file").value_or(0);
        free = std::min(free.value_or(*most), std::max<std::int64_t>(0, *most - *now + files));
    }
    return free;
}

Result<TrainingMemory> checkMemory(const CheckedNetwork& network, const TrainConfig& config,
                                   const LossSchema& loss) {
    const auto needed = estimateMemory(network, config, loss);
    if (!needed) return needed;
    const auto there = availableMemory();
    if (!there || needed->total() <= *there) return needed;
    Diagnostic d;
    d.code = "memory";
    d.where = network.name();
    d.what = "Training it takes " + bytesText(needed->total()) + " of memory, and " + bytesText(*there) +
             " are free.";
    d.why = "Weights " + bytesText(needed->weights) + ", gradients " + bytesText(needed->gradients) +
            ", optimizer " + bytesText(needed->optimizer) + ", activations at batch size " +
            std::to_string(config.batch) + " " + bytesText(needed->activations) + ", checkpoints " +
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
