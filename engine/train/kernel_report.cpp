#include "engine/train/kernel_report.h"

#include "engine/train/stepper.h"
#include "engine/train/thread_scope.h"

namespace burdock {

Result<std::vector<NodeKernel>> trainingKernels(const CheckedNetwork& network, const TrainConfig& config,
                                                const LossSchema& loss) {
    const ThreadScope scope(usefulThreads(config.threads, network.macs(config.batch)));
    const PassSizes passes(config.batch, config, findOptimizer(config.optimizer)->fullBatch);
    PlanOptions options = planOptions(network, config, loss, passes.sizes.front(), true);
    options.measureOnly = true;
    const auto plan = Plan::make(network, options);
    if (!plan) return refuse(plan.error());
    return (*plan)->kernels();
}

std::string kernelText(const NodeKernel& kernel) {
    if (!kernel.includedIn.empty()) return "within " + kernel.includedIn;
    if (kernel.use.backend.empty()) return kernel.node.empty() ? "copy" : "nothing to compute";
    std::string text = kernel.use.backend + " · " + kernel.use.kernel;
    if (!kernel.implementation.empty()) text += " · " + kernel.implementation;
    return text;
}

std::string whyNotFaster(const NodeKernel& kernel) {
    const bool own = !kernel.use.fast && !kernel.use.backend.empty();
    if (own && kernel.use.declined.empty()) return "no other kernel is written for this layer";
    std::string text;
    for (const DeclinedKernel& declined : kernel.use.declined)
        text += (text.empty() ? "" : "; ") + declined.kernel + ": " + declined.why;
    return text;
}

} // namespace burdock
