#pragma once

#include "engine/kernels/layer_request.h"
#include "engine/layers/window.h"

#include <memory>

namespace burdock::fast {

/// Whether the program was built with oneDNN.
bool available();

/// What the processor can do with bfloat16: nothing, emulate it (AVX-512), or multiply it itself.
enum class Bfloat16 { None, Emulated, Native };
Bfloat16 bfloat16();

enum class Pooling { Max, Average };

/// The functions oneDNN computes value by value; those with a parameter name it.
enum class Elementwise {
    Relu,
    LeakyRelu, ///< slope
    Elu,       ///< alpha
    Sigmoid,
    Tanh,
    Softplus,
    GeluTanh,
    Swish ///< factor within the sigmoid
};

// Each returns null where oneDNN is not built in or has no implementation for the request; then the
// layer's Armadillo kernel runs instead.

/// Weights: (filters, channels / groups, height, width) and, with `bias`, (filters).
std::unique_ptr<Step> convolution(const LayerRequest& request, std::int64_t filters, std::int64_t groups,
                                  bool bias, const Window& window);
/// Weights: (channels, filters, height, width) and, with `bias`, (filters). The window is the one that
/// slides over the output, with the input as its places.
std::unique_ptr<Step> transposedConvolution(const LayerRequest& request, std::int64_t filters, bool bias,
                                            const Window& window);
/// Along a sequence {1, T, D} to {1, T', filters}; the axis is that of the positions. Weights: (filters, D,
/// kernel) and, with `bias`, (filters).
std::unique_ptr<Step> convolution1d(const LayerRequest& request, std::int64_t filters, bool bias,
                                    const WindowAxis& axis);
/// Weights: (units, inputs) and, with `bias`, (units). On a sequence, at each position alone.
std::unique_ptr<Step> dense(const LayerRequest& request, std::int64_t units, bool bias);
/// Weights: qkv (3D, D), out (D, D), and with `bias` (3D) and (D) behind each.
std::unique_ptr<Step> attention(const LayerRequest& request, std::int64_t heads, bool causal, bool bias);
std::unique_ptr<Step> pooling(const LayerRequest& request, Pooling kind, const Window& window);
/// With the error function; elementwise() has the approximation.
std::unique_ptr<Step> gelu(const LayerRequest& request);
std::unique_ptr<Step> elementwise(const LayerRequest& request, Elementwise kind, float parameter = 0);
/// Over axis 1, the channels, or 3, the features of a sequence.
std::unique_ptr<Step> softmax(const LayerRequest& request, int axis);
/// Weights: weight, bias, running_mean, running_var, each (channels). `momentum` is the share of the new
/// batch.
std::unique_ptr<Step> batchNorm(const LayerRequest& request, float epsilon, float momentum);
/// Over `rows` runs of `length` neighbouring values of each sample. Weights: weight, bias, each (length).
std::unique_ptr<Step> layerNorm(const LayerRequest& request, std::int64_t rows, std::int64_t length,
                                float epsilon);
/// To the size of the output; between the pixels' centres if bilinear, otherwise the nearest.
std::unique_ptr<Step> resampling(const LayerRequest& request, bool bilinear);
std::unique_ptr<Step> add(const LayerRequest& request);
std::unique_ptr<Step> concatenate(const LayerRequest& request);

} // namespace burdock::fast
