#include "engine/train/task_defaults.h"

#include "engine/schema/layer_registry.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"

namespace burdock {

const TaskDefaults& taskDefaults(Task task) {
    // In the order of the enumeration.
    static const std::vector<TaskDefaults> all{
        {Task::Multiclass,
         "Multiclass classification",
         "1 per class",
         "softmax",
         "softmax-cross-entropy",
         {"accuracy", "f1", "confusion_matrix"}},
        {Task::Binary,
         "Binary classification",
         "1",
         "sigmoid",
         "binary-cross-entropy",
         {"accuracy", "f1", "roc_auc", "confusion_matrix"}},
        {Task::Regression, "Regression", "1 per number to predict", "", "mse", {"r2", "rmse", "mae"}},
        {Task::Multilabel,
         "Multilabel classification",
         "1 per label",
         "sigmoid",
         "binary-cross-entropy",
         {"accuracy", "f1", "roc_auc"}},
        {Task::NextToken,
         "Next token",
         "1 per token, at each position",
         "softmax",
         "softmax-cross-entropy",
         {"perplexity", "accuracy"}},
    };
    return all[static_cast<std::size_t>(task)];
}

std::string describeDefaults(Task task) {
    const TaskDefaults& d = taskDefaults(task);
    std::string text = "Outputs: " + d.outputs;
    const LayerSchema* layer = layerRegistry().find(d.outputActivation);
    text += layer ? ", then " + layer->name : ", no activation";
    text += ". Loss: " + findLoss(d.loss)->name + ". Metrics: ";
    for (const std::string& id : d.metrics)
        text += (id == d.metrics.front() ? "" : ", ") + findMetric(id)->name;
    return text + ".";
}

} // namespace burdock
