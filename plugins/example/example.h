#pragma once

#include <plugin_api/plugin.h>

namespace example {

burdock::LayerSchema clampLayer();
burdock::LossSchema logCoshLoss();
burdock::MetricSchema biasMetric();
burdock::OptimizerSchema signOptimizer();
burdock::DatasetFormat pointsFormat();
burdock::ModelExporter dotExporter();

} // namespace example
