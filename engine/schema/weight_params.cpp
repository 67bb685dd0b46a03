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
    ParamTable<WeightParams> t;
    t.addChoice(&WeightParams::initializer,
                {.key = "initializer",
                 .label = "First weights",
                 .doc = "How the weights are drawn before training.",
                 .advanced = true},
                {{{"auto", "The layer's own", "What suits this kind of layer."}}, initializers().choices()});
    t.add(&WeightParams::initialValue, {.key = "initial_value",
                                        .label = "First value",
                                        .minimum = -1e6,
                                        .maximum = 1e6,
                                        .doc = "The value of every weight, or their standard deviation.",
                                        .onlyIfKey = "initializer",
                                        .onlyIfValue = "constant|normal",
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

const std::vector<ParamSpec>& weightParamSpecs() {
    return table().specs();
}

std::vector<WeightSpec> withWeightParams(std::vector<WeightSpec> specs, const ParamValues& values) {
    const WeightParams p = table().read(values);
    for (WeightSpec& spec : specs) {
        if (!spec.isParameter() || !spec.decays) continue;
        if (initializers().find(p.initializer)) {
            spec.initializer = p.initializer;
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
