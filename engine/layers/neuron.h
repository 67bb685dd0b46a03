#pragma once

#include "engine/schema/param_value.h"

#include <optional>
#include <string>
#include <vector>

namespace burdock {

/// How one unit of a layer decides: it fires (1) where weights·x reaches the threshold, and is 0 elsewhere.
struct ThresholdNeuron {
    std::vector<double> weights; ///< one for each input; empty: it sees the one input of its own index
    double threshold = 0;
};

/// The unit of that index in a layer of threshold neurons: of McCulloch and Pitts, or of Step. None of other
/// layers, nor of one whose hyperparameters are refused. `params` are the layer's own.
std::optional<ThresholdNeuron> thresholdNeuron(const std::string& layerId, const ParamValues& params,
                                               std::size_t unit);

// Each is told beside its layer.
inline constexpr const char* stepLayerId = "step";
std::optional<ThresholdNeuron> mccullochPittsNeuron(const ParamValues& params, std::size_t unit);
ThresholdNeuron stepNeuron(const ParamValues& params);

} // namespace burdock
