#include "engine/train/task_defaults.h"

#include "engine/schema/layer_registry.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"

#include <algorithm>

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

std::vector<std::string> tellingMetrics(const DatasetInfo& data, bool unbalanced) {
    std::vector<std::string> ids;
    const auto add = [&ids](const std::string& id) {
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    };
    const MetricSetup setup = MetricSetup::of(data);
    for (const MetricSchema& metric : metrics())
        if (metric.foremost && metric.fits(setup)) add(metric.id);
    if (unbalanced) add("balanced_accuracy");
    for (const std::string& id : data.task->metrics)
        add(id);
    return ids;
}

bool canBeBest(const MetricSchema& metric, const DatasetInfo& data) {
    return metric.better != MetricSchema::Better::Neither && metric.fits(MetricSetup::of(data));
}

} // namespace burdock
