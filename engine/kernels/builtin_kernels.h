#pragma once

#include "engine/kernels/kernel_entry.h"

/// The one list of the kernels that come with the engine. A line names the function that describes one and is
/// defined in its file. Of several for one operation the first that takes a request runs it, or one of those
/// that compete with it.
#define BURDOCK_KERNELS(LINE)                                                                                \
    LINE(onednnPointwiseConvolution)                                                                         \
    LINE(vectorWinograd)                                                                                     \
    LINE(vectorDepthwise)                                                                                    \
    LINE(onednnMergedGroups)                                                                                 \
    LINE(onednnBlockedPointwise)                                                                             \
    LINE(onednnConvolution)                                                                                  \
    LINE(onednnBlockedConvolution)                                                                           \
    LINE(onednnChannelsLastConvolution)                                                                      \
    LINE(onednnPlainConvolution)                                                                             \
    LINE(onednnPatchedConvolution)                                                                           \
    LINE(onednnTransposedConvolution)                                                                        \
    LINE(onednnConvolution1d)                                                                                \
    LINE(onednnDense)                                                                                        \
    LINE(vectorAttention)                                                                                    \
    LINE(vectorRecurrent)                                                                                    \
    LINE(vectorMaxPool)                                                                                      \
    LINE(onednnPooling)                                                                                      \
    LINE(vectorGelu)                                                                                         \
    LINE(vectorFunctions)                                                                                    \
    LINE(onednnElementwise)                                                                                  \
    LINE(vectorPrelu)                                                                                        \
    LINE(vectorSoftmax)                                                                                      \
    LINE(onednnSoftmax)                                                                                      \
    LINE(vectorBatchNorm)                                                                                    \
    LINE(onednnBatchNorm)                                                                                    \
    LINE(vectorLayerNorm)                                                                                    \
    LINE(vectorGroupNorm)                                                                                    \
    LINE(onednnResampling)                                                                                   \
    LINE(vectorDropout)                                                                                      \
    LINE(vectorEmbedding)                                                                                    \
    LINE(vectorPositions)                                                                                    \
    LINE(vectorShift)                                                                                        \
    LINE(vectorThresholdUnits)                                                                               \
    LINE(onednnPermute)                                                                                      \
    LINE(vectorSplit)                                                                                        \
    LINE(vectorMultiply)                                                                                     \
    LINE(onednnAdd)                                                                                          \
    LINE(onednnConcatenate)

namespace burdock {

#define BURDOCK_DECLARE(function) KernelEntry function();
BURDOCK_KERNELS(BURDOCK_DECLARE)
#undef BURDOCK_DECLARE

} // namespace burdock
