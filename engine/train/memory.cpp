#include "engine/train/memory.h"

#include "engine/schema/number_text.h"
#include "engine/train/evaluator.h"
#include "engine/train/optimizer.h"
#include "engine/train/stepper.h"
#include "engine/train/thread_scope.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace burdock {
namespace {

constexpr std::int64_t largest = std::int64_t{1} << 60;

std::int64_t product(std::int64_t a, std::int64_t b) {
    return a > 0 && b > largest / a ? largest : a * b;
}

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
    return weights + gradients + optimizer + activations + checkpoints;
}

Result<TrainingMemory> estimateMemory(const CheckedNetwork& network, const TrainConfig& config,
                                      const LossSchema& loss) {
    const OptimizerSchema& schema = *findOptimizer(config.optimizer);
    const auto optimizer = schema.make(config.optimizerParams);
    const MicroBatches parts(std::max<std::int64_t>(1, config.batch), config.microBatch);
    const bool accumulates = schema.fullBatch || parts.count > 1;
    TrainingMemory memory;
    const auto share = [&](std::int64_t weights, std::int64_t gradients,
                           const std::vector<ParameterTensor>& tensors) {
        memory.weights = weights;
        memory.gradients = gradients + GradientSeam::bytes(gradients, accumulates);
        memory.optimizer = product(OptimizerState::floats(*optimizer, tensors), sizeof(float));
        memory.checkpoints = std::min(largest, weights + memory.optimizer);
    };
    // oneDNN's scratch memory depends on the number of threads.
    const ThreadScope scope(usefulThreads(config.threads, network.macs(config.batch)));
    PlanOptions options = planOptions(network, config, loss, parts.largest, true);
    options.measureOnly = true;
    const auto training = Plan::make(network, options);
    if (!training) return refuse(training.error());
    const std::int64_t batch = Evaluator::batchBeside((*training)->memory().arena, network, config, loss);
    options = planOptions(network, config, loss, batch, false);
    options.measureOnly = true;
    const auto measuring = Plan::make(network, options, (*training)->store());
    if (!measuring) return refuse(measuring.error());
    const PlanMemory own = (*training)->memory();
    // The last mini-batch of an epoch may want weights in other formats again: an odd one does most likely.
    options = planOptions(network, config, loss, parts.largest / 3 | 1, true);
    options.measureOnly = true;
    const auto rest = Plan::make(network, options, (*training)->store());
    if (!rest) return refuse(rest.error());
    share(own.weights, own.gradients, parameterTensors(*(*training)->store()));
    memory.weights += (*rest)->memory().copies;
    const std::int64_t other = (*measuring)->memory().arena;
    memory.activations = std::max(own.arena, other); // they never run at the same time
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
            bytesText(needed->checkpoints) + ".";
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
