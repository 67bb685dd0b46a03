#pragma once

#include "engine/data/dataset.h"
#include "engine/tensor/tensor.h"

#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>

namespace burdock {

/// One measure of a network on samples that it did not learn from.
struct MetricValue {
    std::string id;
    double value = std::numeric_limits<double>::quiet_NaN(); ///< NaN for a confusion matrix
    std::vector<double> values; ///< by class, label, output or k; or a matrix row by row
    std::int64_t columns = 0;   ///< of the matrix; 0: `values` is a list
};

/// Counts over a network's outputs, batch by batch; all metrics are worked out from it at the end.
class Tally {
  public:
    /// `outputs`: width of the network's output. `yesAbove`: where an output says yes. `logits`: the outputs
    /// of a classifier are inputs of a softmax. `area`: a label has an output for each of so many pixels,
    /// which are counted together.
    Tally(Task task, std::int64_t outputs, float yesAbove, bool logits, std::int64_t area = 1);
    /// One sample a column (see columnsOf).
    void add(const Tensor<float>& outputs, const Tensor<float>& targets);

    static constexpr std::int64_t mostRanks = 10;
    Task task;
    std::int64_t outputs;
    std::int64_t samples = 0;
    /// confusion[true · classes + predicted]; of labels: true negatives, false positives, false negatives and
    /// true positives one after another, by label. Empty for numbers and tokens.
    std::vector<double> confusion;
    std::vector<double> ranks; ///< ranks[k]: samples whose class had the (k+1)-th largest output
    double right = 0;          ///< predictions, or labels, that are right
    double crossEntropy = 0;   ///< of next tokens
    /// Scores by output, one list a class or label, with whether each was true: for ROC curves. Of maps of
    /// many pixels, about a thousand are ranked.
    std::vector<std::vector<std::pair<float, bool>>> scores;
    /// Sums over regression targets, by output.
    std::vector<double> absolute, squared, targetMean, targetSquares;

    std::int64_t classes() const { return task == Task::Binary ? 2 : outputs / area_; }

  private:
    void addClasses(const float* y, std::int64_t target);
    void addYes(const float* y, const float* t);
    void addNumbers(const float* y, const float* t);
    float yesAbove_;
    bool logits_;
    std::int64_t area_;
};

struct MetricSchema {
    std::string id; ///< "f1"
    std::string name;
    std::string doc;
    std::string formula;
    std::vector<Task> tasks;
    std::function<MetricValue(const Tally&)> compute;
    bool each = false; ///< the list holds a value for each class, label or output
};

const std::vector<MetricSchema>& metrics();
const MetricSchema* findMetric(std::string_view id);
/// All metrics of the tally's task.
std::vector<MetricValue> computeMetrics(const Tally& tally);

/// {"accuracy": {"value": 0.9}, "f1": {"value": 0.8, "values": […]}, "confusion_matrix": {"matrix": [[…],
/// …]}}. What is not a number becomes null.
nlohmann::json toJson(const std::vector<MetricValue>& values);
std::vector<MetricValue> metricsFromJson(const nlohmann::json& json);

} // namespace burdock
