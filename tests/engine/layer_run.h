#pragma once

#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"

#include <cmath>
#include <numeric>

namespace burdock::testing {

/// Runs one layer on given numbers: a batch of columns, one after another.
inline std::vector<double> run(const char* id, const ParamValues& params, std::vector<Shape> shapes,
                               std::vector<std::vector<double>> inputs, bool training = false,
                               std::vector<std::vector<double>> weights = {}, std::uint64_t seed = 1) {
    const LayerSchema* schema = layerRegistry().find(id);
    const std::int64_t batch = std::int64_t(inputs[0].size()) / shapes[0].size();
    const Shape shape = *schema->inferShape(params, shapes);
    std::vector<double> output(std::size_t(shape.size() * batch));
    std::vector<Tensor<double>> tensors;
    for (std::size_t i = 0; i < shapes.size(); ++i)
        tensors.push_back({inputs[i].data(), shapes[i], batch});
    std::vector<double*> pointers;
    for (auto& w : weights)
        pointers.push_back(w.data());
    Pass<double> pass;
    pass.inputs = tensors;
    pass.output = {output.data(), shape, batch};
    pass.weights = pointers;
    pass.training = training;
    pass.seed = seed;
    schema->makeOracle(params, shapes)->forward(pass);
    for (auto& w : weights) // running statistics
        output.insert(output.end(), w.begin(), w.end());
    return output;
}

inline bool near(const std::vector<double>& got, const std::vector<double>& wanted,
                 double tolerance = 1e-12) {
    if (got.size() != wanted.size()) return false;
    for (std::size_t i = 0; i < got.size(); ++i)
        if (!(std::abs(got[i] - wanted[i]) <= tolerance)) return false;
    return true;
}

inline std::vector<double> counted(std::size_t n) {
    std::vector<double> values(n);
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

} // namespace burdock::testing
