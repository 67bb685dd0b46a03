#include "engine/train/metric.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace burdock {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole, double otherwise = nan) {
    return whole > 0 ? part / whole : otherwise;
}

/// Mean over what is a number.
double meanOf(const std::vector<double>& values) {
    double sum = 0, n = 0;
    for (const double v : values)
        if (std::isfinite(v)) {
            sum += v;
            n += 1;
        }
    return ratio(sum, n);
}

/// What is told of one class: how often it was found rightly, found wrongly, and missed.
struct Found {
    double right = 0, wrongly = 0, missed = 0;
};

std::vector<Found> foundByClass(const Tally& t) {
    std::vector<Found> found(static_cast<std::size_t>(t.classes()));
    for (std::size_t c = 0; c < found.size(); ++c) {
        if (t.task == Task::Multilabel) {
            found[c] = {t.confusion[4 * c + 3], t.confusion[4 * c + 1], t.confusion[4 * c + 2]};
            continue;
        }
        const std::size_t k = found.size();
        found[c].right = t.confusion[c * k + c];
        for (std::size_t other = 0; other < k; ++other)
            if (other != c) {
                found[c].wrongly += t.confusion[other * k + c];
                found[c].missed += t.confusion[c * k + other];
            }
    }
    return found;
}

/// By class; the value is that of "yes" for yes or no, otherwise the mean over classes.
template <class F>
MetricValue byClass(const Tally& t, F f) {
    MetricValue m;
    for (const Found& found : foundByClass(t))
        m.values.push_back(f(found));
    m.value = t.task == Task::Binary ? m.values[1] : meanOf(m.values);
    return m;
}

/// The chance that a true sample scores above a false one, ties counting half (Mann and Whitney 1947).
double areaUnderRoc(std::vector<std::pair<float, bool>> scores) {
    std::sort(scores.begin(), scores.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    double yes = 0, no = 0, rankSum = 0;
    for (std::size_t i = 0; i < scores.size();) {
        std::size_t end = i;
        double yesHere = 0;
        for (; end < scores.size() && scores[end].first == scores[i].first; ++end)
            yesHere += scores[end].second ? 1 : 0;
        const double here = static_cast<double>(end - i);
        rankSum += yesHere * (static_cast<double>(i) + (here + 1) / 2);
        yes += yesHere;
        no += here - yesHere;
        i = end;
    }
    return ratio(rankSum - yes * (yes + 1) / 2, yes * no);
}

MetricValue overOutputs(const Tally& t, double (*f)(const Tally&, std::size_t)) {
    MetricValue m;
    for (std::size_t i = 0; i < static_cast<std::size_t>(t.outputs); ++i)
        m.values.push_back(f(t, i));
    m.value = meanOf(m.values);
    if (t.outputs == 1) m.values.clear();
    return m;
}

MetricValue only(double value) {
    MetricValue m;
    m.value = value;
    return m;
}

const std::vector<Task> choices{Task::Multiclass, Task::Binary, Task::Multilabel};

std::vector<MetricSchema> makeAll() {
    return {
        {"accuracy",
         "Accuracy",
         "The share of answers (of labels: of yes and no) that are right.",
         "right / all",
         {Task::Multiclass, Task::Binary, Task::Multilabel, Task::NextToken},
         [](const Tally& t) {
             const double labels = t.task == Task::Multilabel ? static_cast<double>(t.outputs) : 1;
             return only(ratio(t.right, static_cast<double>(t.samples) * labels));
         }},
        {"top_k",
         "Top-5 accuracy",
         "The share of samples whose class is among the five likeliest; the list holds top-1, top-2, ….",
         "class among the k largest / all",
         {Task::Multiclass, Task::NextToken},
         [](const Tally& t) {
             MetricValue m;
             double sum = 0;
             for (const double r : t.ranks)
                 m.values.push_back(ratio(sum += r, static_cast<double>(t.samples)));
             m.value = m.values[std::min<std::size_t>(4, m.values.size() - 1)];
             return m;
         }},
        {"precision", "Precision", "Of what was called a class, the share that is one.",
         "true positives / (true + false positives)", choices,
         [](const Tally& t) {
             return byClass(t, [](const Found& f) { return ratio(f.right, f.right + f.wrongly, 0); });
         },
         /*each=*/true},
        {"recall", "Recall", "Of a class's samples, the share that was found.",
         "true positives / (true positives + false negatives)", choices,
         [](const Tally& t) {
             return byClass(t, [](const Found& f) { return ratio(f.right, f.right + f.missed, 0); });
         },
         /*each=*/true},
        {"f1", "F1", "The harmonic mean of precision and recall.", "2·P·R / (P + R)", choices,
         [](const Tally& t) {
             return byClass(
                 t, [](const Found& f) { return ratio(2 * f.right, 2 * f.right + f.wrongly + f.missed, 0); });
         },
         /*each=*/true},
        {"roc_auc", "ROC AUC",
         "How well the outputs rank: the chance that a sample of a class scores above one of another.",
         "area under true positive rate over false positive rate", choices,
         [](const Tally& t) {
             MetricValue m;
             for (const auto& scores : t.scores)
                 m.values.push_back(areaUnderRoc(scores));
             m.value = meanOf(m.values);
             if (m.values.size() == 1) m.values.clear();
             return m;
         },
         /*each=*/true},
        {"confusion_matrix",
         "Confusion matrix",
         "How many samples of each class (row) were taken for each class (column).",
         "n(true, predicted)",
         {Task::Multiclass, Task::Binary},
         [](const Tally& t) {
             MetricValue m;
             m.values = t.confusion;
             m.columns = t.classes();
             return m;
         }},
        {"mae",
         "Mean absolute error",
         "The mean size of the errors, in the target's unit.",
         "Σ|y − t| / n",
         {Task::Regression},
         [](const Tally& t) {
             return overOutputs(t, [](const Tally& tally, std::size_t i) {
                 return ratio(tally.absolute[i], static_cast<double>(tally.samples));
             });
         },
         /*each=*/true},
        {"rmse",
         "Root mean squared error",
         "The size of the errors where large ones weigh more, in the target's unit.",
         "√(Σ(y − t)² / n)",
         {Task::Regression},
         [](const Tally& t) {
             return overOutputs(t, [](const Tally& tally, std::size_t i) {
                 return std::sqrt(ratio(tally.squared[i], static_cast<double>(tally.samples)));
             });
         },
         /*each=*/true},
        {"r2",
         "R²",
         "The share of the targets' variance that is explained; 0 is as good as their mean.",
         "1 − Σ(y − t)² / Σ(t − t̄)²",
         {Task::Regression},
         [](const Tally& t) {
             return overOutputs(t, [](const Tally& tally, std::size_t i) {
                 return 1 - ratio(tally.squared[i], tally.targetSquares[i]);
             });
         },
         /*each=*/true},
        {"perplexity",
         "Perplexity",
         "Among how many equally likely tokens the network seems to choose.",
         "exp(mean cross-entropy)",
         {Task::NextToken},
         [](const Tally& t) {
             return only(std::exp(ratio(t.crossEntropy, static_cast<double>(t.samples))));
         }},
    };
}

} // namespace

Tally::Tally(Task t, std::int64_t width, float yesAbove, bool logits, std::int64_t area)
    : task(t)
    , outputs(width)
    , yesAbove_(yesAbove)
    , logits_(logits)
    , area_(area) {
    const auto n = static_cast<std::size_t>(width / area);
    if (task == Task::Multiclass || task == Task::NextToken)
        ranks.assign(static_cast<std::size_t>(std::min(width, mostRanks)), 0.0);
    if (task == Task::Multiclass || task == Task::Binary)
        confusion.assign(static_cast<std::size_t>(classes() * classes()), 0.0);
    if (task == Task::Multilabel) confusion.assign(4 * n, 0.0);
    if (task == Task::Multiclass || task == Task::Binary || task == Task::Multilabel) scores.resize(n);
    if (task == Task::Regression)
        for (auto* sums : {&absolute, &squared, &targetMean, &targetSquares})
            sums->assign(n, 0.0);
}

void Tally::add(const Tensor<float>& values, const Tensor<float>& targets) {
    const std::int64_t targetWidth = targets.shape.size();
    for (std::int64_t b = 0; b < values.batch; ++b) {
        const float* const y = values.data + b * outputs;
        const float* const t = targets.data + b * targetWidth;
        ++samples;
        if (task == Task::Multiclass || task == Task::NextToken)
            addClasses(y, static_cast<std::int64_t>(*t));
        else if (task == Task::Regression)
            addNumbers(y, t);
        else
            addYes(y, t);
    }
}

void Tally::addClasses(const float* y, std::int64_t target) {
    std::int64_t rank = 0; // of equal outputs, the first counts as the larger
    for (std::int64_t c = 0; c < outputs; ++c)
        rank += y[c] > y[target] || (y[c] == y[target] && c < target) ? 1 : 0;
    if (rank < static_cast<std::int64_t>(ranks.size())) ranks[static_cast<std::size_t>(rank)] += 1;
    const auto predicted = std::max_element(y, y + outputs) - y;
    right += predicted == target ? 1 : 0;
    const float top = *std::max_element(y, y + outputs);
    double sum = 0;
    for (std::int64_t c = 0; c < outputs; ++c)
        sum += std::exp(static_cast<double>(y[c] - top));
    if (task == Task::NextToken) {
        crossEntropy += std::log(sum) - static_cast<double>(y[target] - top);
        return;
    }
    confusion[static_cast<std::size_t>(target * outputs + predicted)] += 1;
    for (std::int64_t c = 0; c < outputs; ++c) {
        // Logits of different samples cannot be compared, their softmax can.
        const float score =
            logits_ ? static_cast<float>(std::exp(static_cast<double>(y[c] - top)) / sum) : y[c];
        scores[static_cast<std::size_t>(c)].emplace_back(score, c == target);
    }
}

void Tally::addYes(const float* y, const float* t) {
    constexpr std::int64_t mostRanked = 1024;
    const std::int64_t step = area_ > mostRanked ? area_ / mostRanked | 1 : 1; // odd: not one column only
    for (std::int64_t i = 0; i < outputs; ++i) {
        const bool said = y[i] > yesAbove_, is = t[i] > 0.5f;
        right += said == is ? 1 : 0;
        const std::size_t cell = (is ? 2u : 0u) + (said ? 1u : 0u);
        const auto label = static_cast<std::size_t>(i / area_);
        confusion[(task == Task::Multilabel ? 4 * label : 0) + cell] += 1;
        if (i % area_ % step == 0) scores[label].emplace_back(y[i], is);
    }
}

void Tally::addNumbers(const float* y, const float* t) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(outputs); ++i) {
        const double error = static_cast<double>(y[i]) - static_cast<double>(t[i]);
        absolute[i] += std::abs(error);
        squared[i] += error * error;
        const double before = t[i] - targetMean[i]; // Welford 1962
        targetMean[i] += before / static_cast<double>(samples);
        targetSquares[i] += before * (t[i] - targetMean[i]);
    }
}

const std::vector<MetricSchema>& metrics() {
    static const std::vector<MetricSchema> all = makeAll();
    return all;
}

const MetricSchema* findMetric(std::string_view id) {
    for (const MetricSchema& schema : metrics())
        if (schema.id == id) return &schema;
    return nullptr;
}

std::vector<MetricValue> computeMetrics(const Tally& tally) {
    std::vector<MetricValue> values;
    if (tally.samples == 0) return values;
    for (const MetricSchema& schema : metrics())
        if (std::find(schema.tasks.begin(), schema.tasks.end(), tally.task) != schema.tasks.end()) {
            values.push_back(schema.compute(tally));
            values.back().id = schema.id;
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
            if (!m.values.empty()) {
                entry["values"] = std::move(list);
                entry["macro"] = number(meanOf(m.values));
            }
        }
        all[m.id] = std::move(entry);
    }
    return all;
}

std::vector<MetricValue> metricsFromJson(const nlohmann::json& json) {
    std::vector<MetricValue> values;
    if (!json.is_object()) return values;
    const auto number = [](const nlohmann::json& v) { return v.is_number() ? v.get<double>() : nan; };
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
