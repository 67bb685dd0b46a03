#include "engine/train/kernel_report.h"

#include "engine/schema/layer_registry.h"
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

std::vector<NodeKernel> sampleKernels() {
    std::vector<NodeKernel> all;
    for (const LayerSchema& schema : layerRegistry())
        for (const Precision precision : {Precision::Single, Precision::Mixed}) {
            const bool mixed = usesBfloat16(precision, 0);
            if (schema.inputs.maximum == 0 || schema.samples.empty()) continue; // a plugin's may have none
            if (mixed != (precision == Precision::Mixed)) continue;
            const LayerSample& sample = schema.samples.front();
            constexpr std::int64_t batch = 32;
            KernelChoice choice =
                chooseKernel(schema, sample.params, requestFor(schema, sample, batch, true, mixed));
            NodeKernel kernel{.node = schema.id, .precision = std::string(precisionKey(precision))};
            if (!choice.step->aliasesInput()) {
                kernel.use = std::move(choice.use);
                kernel.implementation = choice.step->implementation();
                kernel.order = choice.step->outputLayout().order();
            }
            all.push_back(std::move(kernel));
        }
    return all;
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
