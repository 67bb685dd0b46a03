#pragma once

#include "engine/kernels/kernel_entry.h"
#include "engine/schema/layer_schema.h"
#include "engine/schema/registry.h"

#include <vector>

namespace burdock {

/// All fast kernels of the program, in the order in which they are asked: the built-in ones as
/// builtin_kernels.h lists them, then those of plugins.
using KernelRegistry = Registry<KernelEntry>;
KernelRegistry& kernelRegistry();

/// A kernel that was asked and not taken, and why.
struct DeclinedKernel {
    std::string kernel; ///< "Burdock, Winograd convolution"
    std::string why;
};

/// Which kernel a step is of.
struct KernelUse {
    std::string backend{}; ///< "oneDNN"
    std::string kernel{};  ///< "convolution"
    std::string id{};      ///< of its entry; empty: the layer's own Armadillo kernel
    std::vector<DeclinedKernel> declined{};
    bool fast = false;         ///< false: the layer's own Armadillo kernel
    bool competes = false;     ///< see KernelEntry
    bool sumsByThread = false; ///< see KernelEntry
};
struct KernelChoice {
    std::unique_ptr<Step> step;
    KernelUse use;
};

/// As a plan would ask for the sample, in plain batches of that size. All gradients are wanted in training.
LayerRequest requestFor(const LayerSchema& schema, const LayerSample& sample, std::int64_t batch,
                        bool training, bool mixed);
/// What a kernel is given of a layer, whose operation is `operation` (if it says one): that, or the
/// hyperparameters where the kernel is for this very layer; nothing where it computes something else.
std::any workFor(const KernelEntry& kernel, const LayerSchema& schema, const ParamValues& params,
                 const std::any& operation);
/// By rule, nothing being tried: the first registered kernel that takes the request and has no doubts; no
/// step where none does.
KernelChoice chooseKernel(const std::any& operation, const LayerRequest& request);
/// The same for a layer. Where no kernel takes it, or none but the layer's own is wanted, its own.
KernelChoice chooseKernel(const LayerSchema& schema, const ParamValues& params, const LayerRequest& request,
                          bool fast = true);
/// The step of just that kernel, its doubts left aside, or why there is none.
KernelOffer makeStep(const KernelEntry& kernel, const LayerSchema& schema, const ParamValues& params,
                     const LayerRequest& request);
/// All kernels that compete for the layer, as registered.
std::vector<const KernelEntry*> competingKernels(const LayerSchema& schema, const ParamValues& params,
                                                 const LayerRequest& request);
/// Another step of the kernel that was chosen for the same request.
std::unique_ptr<Step> stepOf(const KernelUse& use, const LayerSchema& schema, const ParamValues& params,
                             const LayerRequest& request);
/// As reports name a kernel: "Burdock, Winograd convolution".
std::string kernelTitle(const KernelEntry& kernel);
/// Of a step that is that kernel's.
void takeUse(const KernelEntry& kernel, KernelUse& use);

} // namespace burdock
