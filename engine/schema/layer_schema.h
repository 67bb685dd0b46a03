#pragma once

#include "engine/schema/initializer.h"
#include "engine/schema/output_kind.h"
#include "engine/schema/param_table.h"
#include "engine/tensor/shape.h"

#include <any>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace burdock {

enum class Category {
    Input,
    Dense,
    Convolution,
    Pooling,
    Sequence,
    Activation,
    Normalization,
    Regularization,
    Merge,
    Reshape
};

std::string_view categoryKey(Category category);   ///< "convolution": theme tokens, JSON
std::string_view categoryLabel(Category category); ///< "Convolution"
std::span<const Category> allCategories();         ///< in the order of the palette

/// What a number that a layer keeps is for.
enum class WeightRole {
    Parameter, ///< moved along its gradient by training
    Statistic  ///< measured on what passes through, and not counted as a parameter
};

/// One weight of a layer. `dims` are row-major (the last runs fastest), in PyTorch's order:
/// Dense (out, in), Conv2D (out, in, height, width), BatchNorm (channels).
struct WeightSpec {
    std::string name; ///< "weight", "bias", "running_mean"
    std::vector<std::int64_t> dims;
    std::string initializer = Initializer::Zeros; ///< the id of an InitializerSchema
    std::int64_t fanIn = 1;
    std::int64_t fanOut = 1;
    WeightRole role = WeightRole::Parameter;
    bool decays = true;      ///< false: biases and scales, left out of weight decay
    double initialValue = 0; ///< of Initializer::Constant and Normal
    double l1 = 0, l2 = 0;   ///< training makes the loss + l1·Σ|w| + l2/2·Σw² small
    double maxNorm = 0;      ///< above 0: no row (of the first dim) is ever longer
    /// Each row stands for one place: of a longer or shorter table the common rows mean the same.
    bool rowsArePlaces = false;
    /// "tokens.weight": it is that weight of an earlier layer, used a second time and counted once; empty:
    /// its own.
    std::string sharedWith{};
    bool table = false; ///< its rows are looked up, and not multiplied

    std::int64_t size() const;
    bool isParameter() const { return role == WeightRole::Parameter; }
};

/// What one sample costs in the forward pass.
struct Cost {
    std::int64_t macs = 0; ///< multiply-adds
};

/// The number of inputs a layer takes: `minimum` to `maximum`, where -1 is "any number".
struct InputPorts {
    int minimum = 1;
    int maximum = 1;
    std::vector<std::string> names; ///< empty: "in", or "in 1", "in 2", …
};

/// A configuration that tests and documentation go through.
struct LayerSample {
    std::string name;
    ParamValues params;
    std::vector<Shape> inputs;
};

/// What surrounds a node of an older version of its layer.
struct MigrationContext {
    bool isReadPerPosition =
        false;                   ///< by a layer that works on positions, maybe behind others that keep axes
    bool isFedSequences = false; ///< as far as can be told without shapes, a sequence may flow in
};

template <class T>
class Kernel;

/// The one description of a layer, standing beside its kernel. Palette, inspector, JSON, checker,
/// planner, exporters, documentation and the conformance test iterate over these and know nothing else.
struct LayerSchema {
    static constexpr std::string_view kind = "layer", plural = "layers";
    std::string id;   ///< "conv2d"; stored in files, never changed
    int version = 1;  ///< raised when the meaning of a hyperparameter changes; stored with each node
    std::string name; ///< "Convolution 2D"
    Category category = Category::Activation;
    std::string doc;      ///< one short paragraph
    std::string formula;  ///< Unicode mathematics: "y = W·x + b"
    std::string keywords; ///< further words a search should find it by
    InputPorts inputs;

    // Traits: all that checker, planner, trainer, predictor and designer ask of a layer besides its
    // functions.
    bool isInput = false;       ///< where samples enter; in a block, where what flows in enters
    bool keepsShape = false;    ///< the output has the shape of the input
    bool perPosition = false;   ///< takes a sequence otherwise than a picture of one channel
    int perPositionSince = 1;   ///< the version from which it does
    bool keepsValues = false;   ///< the output holds the input's values in their order: nothing to compute
    bool stopsGradient = false; ///< its slope is zero everywhere: nothing before it learns by gradients
    bool trainingOnly = false;  ///< disturbs values in training and passes them on when the network is used
    bool rectifies = false;     ///< y = max(0, x), which the step before it may include
    OutputKind gives = OutputKind::Numbers;
    OutputFunction outputFunction = OutputFunction::None; ///< the one that it computes

    std::vector<ParamSpec> params;
    std::vector<LayerSample> samples;

    /// The names of the outputs, of a layer with several; empty: it has one.
    std::function<std::vector<std::string>(const ParamValues&)> outputNames;
    /// The shapes of the outputs after the first, for inputs that inferShape takes; empty: there are none.
    std::function<std::vector<Shape>(const ParamValues&, std::span<const Shape>)> moreShapes;

    /// The (first) output's shape, or why these inputs do not fit. Called with as many shapes as inputs
    /// allow.
    std::function<Result<Shape>(const ParamValues&, std::span<const Shape>)> inferShape;
    std::function<std::vector<WeightSpec>(const ParamValues&, std::span<const Shape>)> weightSpecs;
    std::function<Cost(const ParamValues&, std::span<const Shape>)> cost;
    std::function<std::unique_ptr<Kernel<float>>(const ParamValues&, std::span<const Shape>)> makeKernel;
    std::function<std::unique_ptr<Kernel<double>>(const ParamValues&, std::span<const Shape>)> makeOracle;
    /// What is computed, as one of the structs of engine/layers/operations.h, so that backends can offer
    /// their kernels for it; empty where only makeKernel's can run.
    std::function<std::any(const ParamValues&, std::span<const Shape>)> operation;
    /// The hyperparameters with which it makes `to` of `from`, and keeps all that both have in common: what a
    /// fix may insert. A size of 0 is left to the layer. Empty, or none: it is not meant for that.
    std::function<std::optional<ParamValues>(const Shape& from, const Shape& to)> makes;
    /// Whether a sequence at an input is one at the output; empty: if the shape is kept.
    std::function<bool(const ParamValues&)> keepsAxes;
    /// Brings the hyperparameters of an older version's node to this one's meaning; needed from version 2 on.
    std::function<void(int from, ParamValues&, const MigrationContext&)> migrate;
    /// Two or three telling hyperparameters for a node's card: "64 filters · 7×7".
    std::function<std::string(const ParamValues&)> summary;
    /// For activations: the function itself, to draw.
    std::function<double(double, const ParamValues&)> curve;

    std::string_view lacks() const;
    const ParamSpec* param(std::string_view key) const;
    bool passesSequences(const ParamValues& values) const {
        return keepsAxes ? keepsAxes(values) : keepsShape;
    }
    int outputCount(const ParamValues& values) const; ///< at least 1
    const ParamSpec* paramOf(ParamRole role) const;   ///< the one that plays this role, if any
};

} // namespace burdock
