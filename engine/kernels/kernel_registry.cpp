#include "engine/kernels/kernel_registry.h"

#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/reference/reference_step.h"

namespace burdock {

KernelRegistry& kernelRegistry() {
    static KernelRegistry registry([] {
        std::vector<KernelEntry> all;
#ifdef BURDOCK_ONEDNN
#define BURDOCK_ADD(function) all.push_back(function());
        BURDOCK_KERNELS(BURDOCK_ADD)
#undef BURDOCK_ADD
#endif
        return all;
    }());
    return registry;
}

LayerRequest requestFor(const LayerSchema& schema, const LayerSample& sample, std::int64_t batch,
                        bool training, bool mixed) {
    LayerRequest r;
    r.batch = batch;
    r.training = training;
    r.mixed = mixed;
    r.inputs = sample.inputs;
    r.output = *schema.inferShape(sample.params, sample.inputs);
    if (schema.moreShapes) r.moreOutputs = schema.moreShapes(sample.params, sample.inputs);
    for (const Shape& shape : sample.inputs) {
        r.inputLayouts.push_back(Layout::plainBatch(batch, shape));
        r.inputGradients.push_back(training);
    }
    return r;
}

std::any workFor(const KernelEntry& kernel, const LayerSchema& schema, const ParamValues& params,
                 const std::any& operation) {
    if (!kernel.layer.empty()) return kernel.layer == schema.id ? std::any(params) : std::any();
    return kernel.operation == operation.type() ? operation : std::any();
}

namespace {

/// True if the kernel's step is the choice now.
bool takes(const KernelEntry& kernel, const std::any& work, const LayerRequest& request,
           KernelChoice& choice) {
    KernelOffer offer = kernel.make(work, request);
    if (!offer) {
        if (!offer.error().empty())
            choice.use.declined.push_back({kernel.backend + ", " + kernel.name, std::move(offer.error())});
        return false;
    }
    choice.step = std::move(*offer);
    choice.use.backend = kernel.backend;
    choice.use.kernel = kernel.name;
    choice.use.fast = true;
    choice.use.sumsByThread = kernel.sumsByThread;
    return true;
}

} // namespace

KernelChoice chooseKernel(const std::any& operation, const LayerRequest& request) {
    KernelChoice choice;
    for (const KernelEntry& kernel : kernelRegistry())
        if (kernel.layer.empty() && kernel.operation == operation.type() &&
            takes(kernel, operation, request, choice))
            break;
    return choice;
}

KernelChoice chooseKernel(const LayerSchema& schema, const ParamValues& params, const LayerRequest& request,
                          bool fast) {
    KernelChoice choice;
    const bool says = fast && schema.operation;
    const std::any operation = says ? schema.operation(params, request.inputs) : std::any();
    if (fast)
        for (const KernelEntry& kernel : kernelRegistry())
            if (const std::any work = workFor(kernel, schema, params, operation);
                work.has_value() && takes(kernel, work, request, choice))
                return choice;
    choice.step = makeReferenceStep(schema, params, request);
    choice.use.backend = "Armadillo";
    choice.use.kernel = "reference";
    return choice;
}

} // namespace burdock
