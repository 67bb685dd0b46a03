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

/// A kernel that was asked before the chosen one, and why it could not be taken.
struct DeclinedKernel {
    std::string kernel; ///< "Burdock, Winograd convolution"
    std::string why;
};

/// Which kernel a step is of.
struct KernelUse {
    std::string backend; ///< "oneDNN"
    std::string kernel;  ///< "convolution"
    std::vector<DeclinedKernel> declined;
    bool fast = false;         ///< false: the layer's own Armadillo kernel
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
/// The first registered kernel that takes the request; no step where none does.
KernelChoice chooseKernel(const std::any& operation, const LayerRequest& request);
/// The same for a layer. Where no kernel takes it, or none but the layer's own is wanted, its own.
KernelChoice chooseKernel(const LayerSchema& schema, const ParamValues& params, const LayerRequest& request,
                          bool fast = true);

} // namespace burdock
