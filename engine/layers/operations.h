#pragma once

#include "engine/layers/feature_axis.h"
#include "engine/layers/window.h"

#include <array>
#include <cstdint>
#include <vector>

/// What layers compute, said to backends: a layer of any name that computes one of these runs on the kernels
/// that are registered for it. Weights lie in the order of the layer's weightSpecs.
namespace burdock::operation {

/// Weights: (filters, channels / groups, height, width) and, with `bias`, (filters).
struct Convolution {
    std::int64_t filters, groups;
    bool bias;
    Window window;
};
/// Weights: (channels, filters, height, width) and, with `bias`, (filters). The window is the one that slides
/// over the output, with the input as its places.
struct TransposedConvolution {
    std::int64_t filters;
    bool bias;
    Window window;
};
/// Along a sequence {1, T, D} to {1, T', filters}; the axis is that of the positions. Weights: (filters, D,
/// kernel) and, with `bias`, (filters).
struct Convolution1d {
    std::int64_t filters;
    bool bias;
    WindowAxis axis;
};
/// Weights: (units, inputs) and, with `bias`, (units). On a sequence, at each position alone.
struct Dense {
    std::int64_t units;
    bool bias;
};
/// Weights: qkv (3D, D), out (D, D), and with `bias` (3D) and (D) behind each.
struct Attention {
    std::int64_t heads;
    bool causal, bias;
};
/// Along a sequence, from a state of zeros, see engine/layers/recurrent.cpp. Weights: of the input (G·units,
/// D) and of the state (G·units, units), with `bias` (G·units) of each behind both. A second output beside a
/// whole sequence is the last state.
struct Recurrent {
    /// Gates in the order of PyTorch: LSTM input, forget, cell, output; GRU reset, update, new.
    enum class Cell { Simple, Lstm, Gru };
    Cell cell;
    std::int64_t units;
    bool wholeSequence; ///< or the last state alone
    bool bias;
};
/// G
constexpr std::int64_t gatesOf(Recurrent::Cell cell) {
    return cell == Recurrent::Cell::Simple ? 1 : cell == Recurrent::Cell::Lstm ? 4 : 3;
}
struct Pooling {
    enum class Kind { Max, Average };
    Kind kind;
    Window window;
};
/// One function of each value.
struct Elementwise {
    enum class Function {
        Relu,
        LeakyRelu, ///< parameter: the slope
        Elu,       ///< parameter: alpha
        Sigmoid,
        Tanh,
        Softplus,
        Gelu,     ///< with the error function
        GeluTanh, ///< its approximation
        Swish,    ///< parameter: the factor within the sigmoid
        Selu,
        HardSigmoid,
        Step, ///< parameter: the threshold
        Sign
    };
    Function function;
    float parameter = 0;
};
/// Over axis 1, the channels, or 3, the features of a sequence.
struct Softmax {
    int axis;
};
/// Weights: weight, bias, running_mean, running_var, each (channels). `momentum` is the share of the new
/// batch.
struct BatchNorm {
    float epsilon, momentum;
};
/// Over `rows` runs of `length` neighbouring values of each sample. Weights: weight and, where the mean is
/// taken off, bias, each (length).
struct LayerNorm {
    std::int64_t rows, length;
    float epsilon;
    bool centred = true;
};
/// Over equal groups of neighbouring features of each sample. Weights: weight, bias, each (features).
struct GroupNorm {
    std::int64_t groups;
    float epsilon;
    FeatureAxis axis;
};
/// To the size of the output; between the pixels' centres if bilinear, otherwise the nearest.
struct Resampling {
    bool bilinear;
};
/// In training, each unit is left out where DropoutMask says so, and the rest is scaled up; otherwise the
/// values pass. A unit is a value, or a feature of a sample over all its places (FeatureAxis).
struct Dropout {
    enum class Unit { Value, Feature };
    double rate;
    Unit unit;
};
/// Rows of a table for tokens: whole numbers held as floats, of which one out of range counts as the nearest.
/// Weight: (vocabulary, features).
struct Embedding {
    std::int64_t vocabulary, features;
};
/// Adds the same numbers to each sample of a sequence {1, T, D}: the weight (T, D), or where nothing is
/// learned positionWave() of embedding.h.
struct Positions {
    bool learned;
};
/// Between maps of two sizes: output pixel (i, j) is input pixel (i + down, j + across), or zero where there
/// is none.
struct Shift {
    std::int64_t down, across;
};
/// Unit i is 1 where Σ weights[i][j]·x[j] is not below thresholds[i], and 0 elsewhere. Nothing is learned.
struct ThresholdUnits {
    std::vector<std::vector<double>> weights;
    std::vector<double> thresholds;
};
/// y = x, or weight[c]·x where x is negative, of each feature c. Weight: (features).
struct Prelu {
    FeatureAxis axis;
};
/// Of the output's channel, height and width, which of the input's each is: 0 the channel, 1 the height.
struct Permute {
    std::array<std::size_t, 3> axes;
};
/// Cuts each run of parts·slice neighbouring values into `parts` outputs.
struct Split {
    std::int64_t parts, slice;
};
struct Multiply {};    ///< of all inputs, of which a vector after the first counts for whole channels
struct Add {};         ///< of all inputs
struct Concatenate {}; ///< of all inputs, along the channels

} // namespace burdock::operation
