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

std::string kernelTitle(const KernelEntry& kernel) {
    return kernel.backend + ", " + kernel.name;
}

void takeUse(const KernelEntry& kernel, KernelUse& use) {
    use.backend = kernel.backend;
    use.kernel = kernel.name;
    use.id = kernel.id;
    use.fast = true;
    use.competes = kernel.competes;
    use.sumsByThread = kernel.sumsByThread;
}

namespace {

/// True if the kernel's step is the choice now.
bool takes(const KernelEntry& kernel, const std::any& work, const LayerRequest& request,
           KernelChoice& choice) {
    KernelOffer offer = kernel.make(work, request);
    if (offer && kernel.doubts)
        if (std::string why = kernel.doubts(work, request); !why.empty()) offer = declined(std::move(why));
    if (!offer) {
        if (!offer.error().empty())
            choice.use.declined.push_back({kernelTitle(kernel), std::move(offer.error())});
        return false;
    }
    choice.step = std::move(*offer);
    takeUse(kernel, choice.use);
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

KernelOffer makeStep(const KernelEntry& kernel, const LayerSchema& schema, const ParamValues& params,
                     const LayerRequest& request) {
    const std::any operation = schema.operation ? schema.operation(params, request.inputs) : std::any();
    const std::any work = workFor(kernel, schema, params, operation);
    return work.has_value() ? kernel.make(work, request) : declined({});
}

std::unique_ptr<Step> stepOf(const KernelUse& use, const LayerSchema& schema, const ParamValues& params,
                             const LayerRequest& request) {
    const KernelEntry* const kernel = kernelRegistry().find(use.id);
    KernelOffer offer = kernel ? makeStep(*kernel, schema, params, request) : declined({});
    return offer ? std::move(*offer) : makeReferenceStep(schema, params, request);
}

std::vector<const KernelEntry*> competingKernels(const LayerSchema& schema, const ParamValues& params,
                                                 const LayerRequest& request) {
    const std::any operation = schema.operation ? schema.operation(params, request.inputs) : std::any();
    std::vector<const KernelEntry*> competing;
    for (const KernelEntry& kernel : kernelRegistry())
        if (kernel.competes && workFor(kernel, schema, params, operation).has_value())
            competing.push_back(&kernel);
    return competing;
}

} // namespace burdock
