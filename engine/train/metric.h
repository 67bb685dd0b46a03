#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/registry.h"
#include "engine/tensor/tensor.h"

#include <functional>
#include <limits>
#include <nlohmann/json_fwd.hpp>

namespace burdock {

/// One measure of a network on samples that it did not learn from.
struct MetricValue {
    std::string id;
    double value = std::numeric_limits<double>::quiet_NaN(); ///< NaN for a matrix, and where it is undefined
    std::vector<double> values; ///< by class, label, output or k; or a matrix row by row
    std::int64_t columns = 0;   ///< of the matrix; 0: `values` is a list
};

/// What a metric is to measure.
struct MetricSetup {
    Task task;
    std::int64_t outputs = 1; ///< of a column (see columnsOf)
    std::int64_t area = 1;    ///< a label has an output for each of so many pixels, counted together
    float yesAbove = 0;       ///< where an output says yes
    bool logits = false;      ///< the outputs of a classifier are inputs of a softmax
    OutputKind reads = OutputKind::Logits; ///< what the outputs are
    std::vector<double> offsets{};         ///< DatasetInfo::targetOffsets

    static MetricSetup of(const DatasetInfo& info);
    std::int64_t labels() const { return outputs / area; }
};

/// Accumulates over a network's outputs, batch by batch, in memory that does not grow with the samples.
/// Whatever it is given (not a number, infinity, a target that names no class, nothing at all), it ends: what
/// is undefined is not a number, and an output that is not a number is never right.
class Metric {
  public:
    virtual ~Metric() = default;
    /// One sample a column (see columnsOf), as wide as the setup said; targets as Dataset::readTarget gives
    /// them.
    virtual void add(const Tensor<float>& outputs, const Tensor<float>& targets) = 0;
    /// Over all that was added. The id is left to the caller.
    virtual MetricValue result() const = 0;
};

struct MetricSchema {
    static constexpr std::string_view kind = "metric", plural = "metrics";
    std::string id; ///< "f1"
    std::string name;
    std::string doc;
    std::string formula;
    std::vector<TargetKind> kinds; ///< of targets that it measures
    std::function<std::unique_ptr<Metric>(const MetricSetup&)> make;
    bool each = false; ///< the list holds a value for each class, label or output
    enum class Better { Larger, Smaller, Neither };
    Better better = Better::Larger;
    bool share = false;    ///< a part of one, which people read as a percentage
    bool inUnits = false;  ///< of the target: those of different targets have no mean
    bool usual = false;    ///< followed in every epoch of every run
    bool foremost = false; ///< wherever it applies, it tells more than the usual ones
    // What it cannot go past.
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    /// Of more classes or labels it would take too much room, whoever asks for it.
    std::int64_t mostLabels = std::numeric_limits<std::int64_t>::max();
    /// Where it says something, of tasks of its kinds; empty: everywhere.
    std::function<bool(const MetricSetup&)> applies{};

    /// By the kind of targets and `applies`, or because the task asks for it; within `mostLabels`.
    bool fits(const MetricSetup& setup) const;
    bool isRanked() const { return better != Better::Neither; }
    std::string_view lacks() const { return make ? "" : "make"; }
};

Registry<MetricSchema>& metrics();
const MetricSchema* findMetric(std::string_view id);

/// Whether the value of several targets, as many as have names, is a mean of numbers in different units.
bool mixesUnits(const MetricValue& metric, std::size_t names);

/// Which metrics are measured: every one, or those that are named.
struct MetricChoice {
    bool all = false;
    std::vector<std::string> ids{};

    bool isEmpty() const { return !all && ids.empty(); }
    bool has(const std::string& id) const;
};

/// All that fit, of those that were chosen.
class MetricSet {
  public:
    explicit MetricSet(const MetricSetup& setup, const MetricChoice& choice = {.all = true});
    void add(const Tensor<float>& outputs, const Tensor<float>& targets);
    /// In the order of the registry; none before anything was added.
    std::vector<MetricValue> results() const;

  private:
    std::vector<std::pair<const MetricSchema*, std::unique_ptr<Metric>>> all_;
    std::int64_t samples_ = 0;
};

/// {"accuracy": {"value": 0.9}, "f1": {"value": 0.8, "values": […], "macro": 0.8}, "confusion_matrix":
/// {"matrix": [[…], …]}}. What is not a number becomes null.
nlohmann::json toJson(const std::vector<MetricValue>& values);
std::vector<MetricValue> metricsFromJson(const nlohmann::json& json);

} // namespace burdock
