#pragma once

#include "engine/plan/plan.h"
#include "engine/train/loss.h"
#include "engine/train/train_config.h"

#include <vector>

namespace burdock {

/// Which kernel each node of a network runs on in training with these settings, in the order of the steps.
/// Nothing is allocated for it.
Result<std::vector<NodeKernel>> trainingKernels(const CheckedNetwork& network, const TrainConfig& config,
                                                const LossSchema& loss);

/// Which kernel takes the first sample of each layer in training, in f32 and where the processor can in mixed
/// precision: with whatever instructions the program is held to.
std::vector<NodeKernel> sampleKernels();

/// "oneDNN · convolution · brgconv:avx512_core"; "nothing to compute"; "within conv 1".
std::string kernelText(const NodeKernel& kernel);
/// Why none of the kernels that are asked earlier runs the node: "Burdock, Winograd convolution: needs …".
/// Empty where there are none.
std::string whyNotFaster(const NodeKernel& kernel);

} // namespace burdock
