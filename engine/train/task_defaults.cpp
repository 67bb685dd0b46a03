#include "engine/train/task_defaults.h"

#include "engine/schema/layer_registry.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"

namespace burdock {

std::string describeDefaults(Task task) {
    std::string text = "Outputs: " + task->outputs;
    const LayerSchema* layer = layerOf(task->outputFunction);
    if (!layer) layer = layerRegistry().find(task->outputActivation);
    text += layer ? ", then " + layer->name : ", no activation";
    text += ". Loss: " + findLoss(task->loss)->name + ". Metrics: ";
    for (const std::string& id : task->metrics)
        text += (id == task->metrics.front() ? "" : ", ") + findMetric(id)->name;
    return text + ".";
}

bool canBeBest(const MetricSchema& metric, const DatasetInfo& data) {
    return metric.better != MetricSchema::Better::Neither && metric.fits(MetricSetup::of(data));
}

} // namespace burdock
