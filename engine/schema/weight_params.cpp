#include "engine/schema/weight_params.h"

#include <algorithm>

namespace burdock {
namespace {

struct WeightParams {
    std::string initializer = "auto";
    double initialValue = 0;
    double l1 = 0, l2 = 0, maxNorm = 0;
};

ParamTable<WeightParams> makeTable() {
    std::vector<Choice> choices{{"auto", "The layer's own", "What suits this kind of layer."}};
    for (const InitializerEntry& entry : initializers())
        choices.push_back({entry.key, entry.name, entry.doc + " " + entry.formula});
    ParamTable<WeightParams> t;
    t.addChoice(&WeightParams::initializer,
                {.key = "initializer",
                 .label = "First weights",
                 .doc = "How the weights are drawn before training.",
                 .advanced = true},
                std::move(choices));
    t.add(&WeightParams::initialValue, {.key = "initial_value",
                                        .label = "First value",
                                        .minimum = -1e6,
                                        .maximum = 1e6,
                                        .doc = "The value of every weight.",
                                        .onlyIfKey = "initializer",
                                        .onlyIfValue = "constant",
                                        .advanced = true});
    t.add(&WeightParams::l1, {.key = "l1",
                              .label = "L1 penalty",
                              .minimum = 0,
                              .maximum = 1e6,
                              .doc = "Adds l1·Σ|w| to what training makes small: weights that matter little "
                                     "become zero. With L2 it is the elastic net.",
                              .advanced = true});
    t.add(&WeightParams::l2,
          {.key = "l2",
           .label = "L2 penalty",
           .minimum = 0,
           .maximum = 1e6,
           .doc = "Adds l2/2·Σw² to what training makes small: it keeps all weights of the layer small.",
           .advanced = true});
    t.add(&WeightParams::maxNorm,
          {.key = "max_norm",
           .label = "Max-norm",
           .minimum = 0,
           .maximum = 1e6,
           .doc = "After each step, the incoming weights of a unit are scaled back to "
                  "this length if they are longer; 0 sets no limit.",
           .advanced = true});
    return t;
}

const ParamTable<WeightParams>& table() {
    static const ParamTable<WeightParams> t = makeTable();
    return t;
}

} // namespace

const std::vector<InitializerEntry>& initializers() {
    // Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998; Saxe et al. 2014.
    static const std::vector<InitializerEntry> all{
        {Initializer::GlorotUniform, "glorot_uniform", "Glorot, uniform",
         "For tanh, sigmoid and softmax layers.", "U(±√(6 / (in + out)))"},
        {Initializer::GlorotNormal, "glorot_normal", "Glorot, normal",
         "For tanh, sigmoid and softmax layers.", "N(0, 2 / (in + out))"},
        {Initializer::HeUniform, "he_uniform", "He, uniform", "For ReLU and its relatives.", "U(±√(6 / in))"},
        {Initializer::HeNormal, "he_normal", "He, normal", "For ReLU and its relatives.", "N(0, 2 / in)"},
        {Initializer::LecunUniform, "lecun_uniform", "LeCun, uniform", "For SELU.", "U(±√(3 / in))"},
        {Initializer::LecunNormal, "lecun_normal", "LeCun, normal", "For SELU.", "N(0, 1 / in)"},
        {Initializer::Orthogonal, "orthogonal", "Orthogonal",
         "Keeps the length of what flows through; for deep and recurrent networks.", "W·Wᵗ = I"},
        {Initializer::Zeros, "zeros", "Zeros", "All equal: units of a hidden layer would stay alike.",
         "w = 0"},
        {Initializer::Ones, "ones", "Ones", "All equal: units of a hidden layer would stay alike.", "w = 1"},
        {Initializer::Constant, "constant", "Constant",
         "All equal: units of a hidden layer would stay alike.", "w = c"},
    };
    return all;
}

const std::vector<ParamSpec>& weightParamSpecs() {
    return table().specs();
}

std::vector<WeightSpec> withWeightParams(std::vector<WeightSpec> specs, const ParamValues& values) {
    const WeightParams p = table().read(values);
    for (WeightSpec& spec : specs) {
        if (!spec.isParameter() || !spec.decays) continue;
        for (const InitializerEntry& entry : initializers())
            if (entry.key == p.initializer) {
                spec.initializer = entry.initializer;
                spec.initialValue = p.initialValue;
            }
        spec.l1 = p.l1;
        spec.l2 = p.l2;
        spec.maxNorm = p.maxNorm;
    }
    return specs;
}

void addWeightParams(LayerSchema& schema) {
    const bool decays =
        std::any_of(schema.samples.begin(), schema.samples.end(), [&](const LayerSample& sample) {
            const auto specs = schema.weightSpecs(sample.params, sample.inputs);
            return std::any_of(specs.begin(), specs.end(),
                               [](const WeightSpec& w) { return w.isParameter() && w.decays; });
        });
    if (decays)
        schema.params.insert(schema.params.end(), weightParamSpecs().begin(), weightParamSpecs().end());
}

} // namespace burdock
