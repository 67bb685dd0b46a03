#pragma once

#include "engine/plan/plan.h"
#include "output.h"

namespace burdock::cli {

/// What each node runs on, and the copies between formats.
Json kernelsJson(const std::vector<NodeKernel>& kernels);
void printKernels(const std::vector<NodeKernel>& kernels);

} // namespace burdock::cli
