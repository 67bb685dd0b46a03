#include "engine/train/metric.h"

#include "engine/train/metrics/common.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace burdock {

MetricSetup MetricSetup::of(const DatasetInfo& info) {
    MetricSetup setup;
    setup.task = info.task;
    const Shape output = info.outputShape();
    setup.outputs = info.task->positions ? output.width : output.size();
    setup.offsets = info.targetOffsets;
    setup.area = info.mask ? info.mask->area() : 1;
    return setup;
}

bool MetricSchema::fits(const MetricSetup& setup) const {
    const TaskSchema& task = setup.task.schema();
    const bool asked = std::ranges::find(task.metrics, id) != task.metrics.end();
    const bool kind = std::ranges::find(kinds, task.targetKind) != kinds.end();
    if (setup.labels() > mostLabels) return false;
    return asked || (kind && (!applies || applies(setup)));
}

Registry<MetricSchema>& metrics() {
    static Registry<MetricSchema> all([] {
        std::vector<MetricSchema> list;
#define BURDOCK_ADD_METRIC(function) list.push_back(function());
        BURDOCK_METRICS(BURDOCK_ADD_METRIC)
#undef BURDOCK_ADD_METRIC
        return list;
    }());
    return all;
}

const MetricSchema* findMetric(std::string_view id) {
    return metrics().find(id);
}

bool mixesUnits(const MetricValue& metric, std::size_t names) {
    const MetricSchema* schema = findMetric(metric.id);
    return schema && schema->inUnits && metric.values.size() > 1 && names == metric.values.size();
}

double meanOf(const std::vector<double>& values) {
    double sum = 0, n = 0;
    for (const double v : values)
        if (std::isfinite(v)) {
            sum += v;
            n += 1;
        }
    return ratio(sum, n);
}

bool MetricChoice::has(const std::string& id) const {
    return all || std::ranges::find(ids, id) != ids.end();
}

MetricSet::MetricSet(const MetricSetup& setup, const MetricChoice& choice) {
    for (const MetricSchema& schema : metrics())
        if (choice.has(schema.id) && schema.fits(setup)) all_.emplace_back(&schema, schema.make(setup));
}

void MetricSet::add(const Tensor<float>& outputs, const Tensor<float>& targets) {
    samples_ += outputs.batch;
    for (const auto& [schema, metric] : all_)
        metric->add(outputs, targets);
}

std::vector<MetricValue> MetricSet::results() const {
    std::vector<MetricValue> values;
    if (samples_ == 0) return values;
    for (const auto& [schema, metric] : all_) {
        values.push_back(metric->result());
        values.back().id = schema->id;
    }
    return values;
}

nlohmann::json toJson(const std::vector<MetricValue>& values) {
    const auto number = [](double v) { return std::isfinite(v) ? nlohmann::json(v) : nlohmann::json(); };
    nlohmann::json all = nlohmann::json::object();
    for (const MetricValue& m : values) {
        nlohmann::json entry = nlohmann::json::object();
        nlohmann::json list = nlohmann::json::array();
        for (std::size_t i = 0; i < m.values.size(); ++i) {
            if (m.columns > 0 && i % static_cast<std::size_t>(m.columns) == 0)
                list.push_back(nlohmann::json::array());
            (m.columns > 0 ? list.back() : list).push_back(number(m.values[i]));
        }
        if (m.columns > 0) {
            entry["matrix"] = std::move(list);
        } else {
            entry["value"] = number(m.value);
            if (!m.values.empty()) entry["values"] = std::move(list);
            const MetricSchema* schema = findMetric(m.id);
            if (schema && schema->each && !m.values.empty()) entry["macro"] = number(meanOf(m.values));
        }
        all[m.id] = std::move(entry);
    }
    return all;
}

std::vector<MetricValue> metricsFromJson(const nlohmann::json& json) {
    std::vector<MetricValue> values;
    if (!json.is_object()) return values;
    const auto number = [](const nlohmann::json& v) { return v.is_number() ? v.get<double>() : undefined; };
    for (const MetricSchema& schema : metrics()) { // in the order of the registry
        const auto it = json.find(schema.id);
        if (it == json.end() || !it->is_object()) continue;
        MetricValue m;
        m.id = schema.id;
        if (const auto matrix = it->find("matrix"); matrix != it->end() && matrix->is_array())
            for (const auto& row : *matrix) {
                if (!row.is_array()) continue;
                m.columns = static_cast<std::int64_t>(row.size());
                for (const auto& v : row)
                    m.values.push_back(number(v));
            }
        if (const auto value = it->find("value"); value != it->end()) m.value = number(*value);
        if (const auto list = it->find("values"); list != it->end() && list->is_array())
            for (const auto& v : *list)
                m.values.push_back(number(v));
        values.push_back(std::move(m));
    }
    return values;
}

} // namespace burdock
