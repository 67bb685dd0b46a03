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

KernelChoice chooseKernel(const std::any& operation, const LayerRequest& request) {
    KernelChoice choice;
    for (const KernelEntry& entry : kernelRegistry()) {
        if (entry.operation != operation.type()) continue;
        KernelOffer offer = entry.make(operation, request);
        if (offer) {
            choice.step = std::move(*offer);
            choice.use.backend = entry.backend;
            choice.use.kernel = entry.name;
            choice.use.fast = true;
            return choice;
        }
        if (!offer.error().empty())
            choice.use.declined.push_back({entry.backend + ", " + entry.name, std::move(offer.error())});
    }
    return choice;
}

KernelChoice chooseKernel(const LayerSchema& schema, const ParamValues& params, const LayerRequest& request,
                          bool fast) {
    KernelChoice choice;
    if (fast && schema.operation) choice = chooseKernel(schema.operation(params, request.inputs), request);
    if (choice.step) return choice;
    choice.step = makeReferenceStep(schema, params, request);
    choice.use.backend = "Armadillo";
    choice.use.kernel = "reference";
    return choice;
}

} // namespace burdock
