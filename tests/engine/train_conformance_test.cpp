#include "engine/tensor/random.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"
#include "engine/train/task_defaults.h"
#include "engine/train/train_config.h"

#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

using namespace burdock;

/// Every loss, optimizer, schedule and metric of the registries. A new one is tested by being registered.
class TrainConformanceTest : public QObject {
    Q_OBJECT

    template <class Schema>
    static void rows(const std::vector<Schema>& all) {
        QTest::addColumn<const Schema*>("schema");
        for (const Schema& schema : all)
            QTest::newRow(schema.id.c_str()) << &schema;
    }
    /// What every entry of a registry must say of itself.
    template <class Schema>
    static std::string undocumented(const std::vector<Schema>& all) {
        std::set<std::string> ids, names;
        for (const Schema& s : all) {
            if (!ids.insert(s.id).second || !names.insert(s.name).second) return s.id + ": twice";
            if (s.id.empty() || s.name.empty() || s.formula.empty()) return s.id + ": id, name, formula";
            if (s.doc.size() < 30 || !s.doc.ends_with('.')) return s.id + ": doc";
        }
        return {};
    }
    static std::string wrongParams(const std::vector<ParamSpec>& specs) {
        std::set<std::string> keys;
        for (const ParamSpec& p : specs) {
            if (!keys.insert(p.key).second || p.label.empty() || p.doc.size() < 6) return p.key + ": text";
            if (!checkParam(p, p.defaultValue)) return p.key + ": default";
            if (p.type == ParamType::Real || p.type == ParamType::Int) {
                if (!std::isfinite(p.minimum) || !std::isfinite(p.maximum)) return p.key + ": range";
                if (checkParam(p, ParamValue{std::nan("")})) return p.key + ": not a number";
            }
        }
        return {};
    }
    /// The defaults, and every choice and the bounds of each number where they are allowed.
    static std::vector<ParamValues> configurations(const std::vector<ParamSpec>& specs) {
        std::vector<ParamValues> all{{}};
        for (const ParamSpec& p : specs) {
            for (const Choice& choice : p.choices)
                all.push_back({{p.key, choice.key}});
            if (p.type == ParamType::Real)
                for (const double share : {0.1, 0.5, 0.9})
                    if (const ParamValue v = p.minimum + share * std::min(1.0, p.maximum - p.minimum);
                        checkParam(p, v))
                        all.push_back({{p.key, v}});
        }
        return all;
    }

  private slots:
    void documentation() {
        QCOMPARE(undocumented(losses()), std::string());
        QCOMPARE(undocumented(optimizers()), std::string());
        QCOMPARE(undocumented(schedules()), std::string());
        QCOMPARE(undocumented(metrics()), std::string());
        for (const auto& l : losses())
            QCOMPARE(wrongParams(l.params), std::string());
        for (const auto& o : optimizers())
            QCOMPARE(wrongParams(o.params), std::string());
        for (const auto& s : schedules())
            QCOMPARE(wrongParams(s.params), std::string());
        QCOMPARE(wrongParams(TrainConfig::table().specs()), std::string());
    }
    void everyTaskHasDefaults() {
        for (const Task task : allTasks()) {
            const TaskDefaults& d = taskDefaults(task);
            QVERIFY(d.task == task && !d.metrics.empty());
            const LossSchema* loss = findLoss(d.loss);
            QVERIFY(loss && loss->fits(task));
            QCOMPARE(loss->outputActivation, d.outputActivation);
            QVERIFY(lossFor("auto", task) == loss);
            for (const std::string& id : d.metrics) {
                const MetricSchema* metric = findMetric(id);
                QVERIFY(metric && std::count(metric->tasks.begin(), metric->tasks.end(), task) == 1);
            }
        }
    }

    void lossGradients_data() { rows(losses()); }
    void lossGradients();
    void optimizerDescends_data() { rows(optimizers()); }
    void optimizerDescends();
    void optimizerState_data() { rows(optimizers()); }
    void optimizerState();
    void scheduleRates_data() { rows(schedules()); }
    void scheduleRates();
    void metricBounds_data() { rows(metrics()); }
    void metricBounds();
};

/// Against central differences in double, and float against double, at large outputs too.
void TrainConformanceTest::lossGradients() {
    QFETCH(const LossSchema*, schema);
    constexpr std::int64_t columns = 6;
    for (const Task task : schema->tasks)
        for (const ParamValues& params : configurations(schema->params))
            for (const double scale : {1.0, 30.0}) {
                const bool byClass = task == Task::Multiclass || task == Task::NextToken;
                const std::int64_t width = task == Task::Binary ? 1 : 3;
                const Shape shape{width, 1, 1}, targetShape{byClass ? 1 : width, 1, 1};
                std::vector<double> y(static_cast<std::size_t>(columns * width)), g(y.size());
                std::vector<double> t(static_cast<std::size_t>(columns * targetShape.size()));
                for (std::size_t i = 0; i < y.size(); ++i)
                    y[i] = scale * randomNormal(3, i);
                for (std::size_t i = 0; i < t.size(); ++i)
                    t[i] = task == Task::Regression ? randomNormal(4, i)
                                                    : static_cast<double>(i % (byClass ? 3u : 2u));
                TargetCounts counts{10, {1, 3, 6}};
                counts.of.resize(static_cast<std::size_t>(width));
                const auto loss = schema->make(params, {task, [&] { return counts; }});
                const auto value = [&](const Tensor<double>& gradient) {
                    return loss->evaluate(Tensor<double>{y.data(), shape, columns},
                                          Tensor<double>{t.data(), targetShape, columns}, gradient);
                };
                const double exact = value({g.data(), shape, columns});
                QVERIFY(std::isfinite(exact) && exact >= 0);
                for (std::size_t i = 0; i < y.size(); ++i) {
                    const double kept = y[i], h = 1e-6;
                    y[i] = kept + h;
                    const double up = value({});
                    y[i] = kept - h;
                    const double down = value({});
                    y[i] = kept;
                    const double slope = (up - down) / (2 * h);
                    QVERIFY2(std::abs(slope - g[i]) <= 1e-5 + 1e-3 * std::abs(slope),
                             QByteArray::number(g[i]) + " for " + QByteArray::number(slope));
                }
                std::vector<float> yf(y.begin(), y.end()), tf(t.begin(), t.end()), gf(y.size());
                const double single = loss->evaluate(Tensor<float>{yf.data(), shape, columns},
                                                     Tensor<float>{tf.data(), targetShape, columns},
                                                     Tensor<float>{gf.data(), shape, columns});
                QVERIFY(std::abs(exact - single) < 1e-4 * (1 + std::abs(exact)));
                for (std::size_t i = 0; i < g.size(); ++i)
                    QVERIFY(std::abs(gf[i] - g[i]) < 1e-4 * (1 + std::abs(g[i])));
            }
}

/// Down a bowl whose sides differ in steepness by a hundred, at the rate the schema calls usual.
void TrainConformanceTest::optimizerDescends() {
    QFETCH(const OptimizerSchema*, schema);
    for (const ParamValues& params : configurations(schema->params)) {
        std::vector<float> w{1, -1, 0.5f, 2}, g(4);
        const float steepness[] = {0.01f, 0.1f, 0.5f, 1};
        const auto height = [&] {
            double sum = 0;
            for (std::size_t i = 0; i < 4; ++i)
                sum += 0.5 * steepness[i] * w[i] * w[i];
            return sum;
        };
        const double before = height();
        const auto optimizer = schema->make(params, 4);
        for (int step = 1; step <= 500; ++step) {
            for (std::size_t i = 0; i < 4; ++i)
                g[i] = steepness[i] * w[i];
            optimizer->update({w, g, schema->defaultLearningRate, step, 0, 0});
        }
        QVERIFY2(height() < before, qPrintable(QString("%1 from %2").arg(height()).arg(before)));
        // Without a gradient, decay alone moves what decays, and nothing else.
        std::vector<float> still{1, 1}, none(2);
        schema->make(params, 2)->update({still, none, schema->defaultLearningRate, 1, 0.1, 1});
        QVERIFY(still[0] < 1 && still[0] > -0.1f);
        QCOMPARE(still[1], 1.0f);
    }
}

/// All that an optimizer remembers lies in its slots and in the step's number.
void TrainConformanceTest::optimizerState() {
    QFETCH(const OptimizerSchema*, schema);
    constexpr std::size_t n = 40000;
    std::vector<float> w(n), g(n);
    const auto gradientAt = [&](int step) {
        for (std::size_t i = 0; i < n; ++i)
            g[i] = static_cast<float>(randomNormal(static_cast<std::uint64_t>(step), i));
    };
    const auto update = [&](Optimizer& o, std::vector<float>& weights, int step) {
        gradientAt(step);
        o.update({weights, g, schema->defaultLearningRate, step, 0.01, n / 2});
    };
    const auto first = schema->make({}, n);
    for (int step = 1; step <= 7; ++step)
        update(*first, w, step);
    std::vector<float> other = w;
    const auto second = schema->make({}, n);
    const auto from = first->state(), to = second->state();
    std::set<std::string> names;
    for (std::size_t s = 0; s < from.size(); ++s) {
        QVERIFY(names.insert(from[s].name).second && from[s].values.size() == n);
        std::copy(from[s].values.begin(), from[s].values.end(), to[s].values.begin());
    }
    for (int step = 8; step <= 12; ++step) {
        update(*first, w, step);
        update(*second, other, step);
    }
    QVERIFY(w == other);
}

void TrainConformanceTest::scheduleRates() {
    QFETCH(const ScheduleSchema*, schema);
    for (const ParamValues& params : configurations(schema->params)) {
        const ScheduleSetup setup{0.1, 7, 11};
        const auto schedule = schema->make(params, setup), other = schema->make(params, setup);
        for (std::int64_t step = 1; step <= setup.steps() + 5; ++step) { // a resumed run may be longer
            const double rate = schedule->rate(step);
            QVERIFY(std::isfinite(rate) && rate >= 0 && rate <= 0.1 * (1 + 1e-12));
            if (step % 7 == 0) schedule->observe(1.0);
        }
        other->restore(schedule->state());
        QCOMPARE(other->rate(30), schedule->rate(30));
    }
}

/// A network that is always right, and one that answers anything.
void TrainConformanceTest::metricBounds() {
    QFETCH(const MetricSchema*, schema);
    const bool error = schema->id == "mae" || schema->id == "rmse";
    for (const Task task : schema->tasks) {
        const bool byClass = task == Task::Multiclass || task == Task::NextToken;
        const std::int64_t width = task == Task::Binary ? 1 : 4, n = 60;
        std::vector<float> good(static_cast<std::size_t>(width * n)), any(good.size());
        std::vector<float> t(static_cast<std::size_t>(byClass ? n : width * n));
        for (std::size_t i = 0; i < t.size(); ++i)
            t[i] = task == Task::Regression ? static_cast<float>(randomNormal(1, i))
                                            : static_cast<float>(randomBelow(2, i, byClass ? 4 : 2));
        for (std::size_t i = 0; i < good.size(); ++i) {
            any[i] = static_cast<float>(randomNormal(3, i));
            if (byClass)
                good[i] = static_cast<std::size_t>(t[i / 4]) == i % 4 ? 50.0f : 0.0f;
            else
                good[i] = task == Task::Regression ? t[i] : t[i] > 0.5f ? 5.0f : -5.0f;
        }
        const auto measure = [&](std::vector<float>& y) {
            Tally tally(task, width, 0, true);
            tally.add({y.data(), {width, 1, 1}, n}, {t.data(), {byClass ? 1 : width, 1, 1}, n});
            return schema->compute(tally);
        };
        const MetricValue perfect = measure(good), poor = measure(any);
        if (perfect.columns > 0) {
            double sum = 0, diagonal = 0;
            for (std::size_t i = 0; i < perfect.values.size(); ++i) {
                sum += perfect.values[i];
                const auto k = static_cast<std::size_t>(perfect.columns);
                diagonal += i / k == i % k ? perfect.values[i] : 0;
            }
            QCOMPARE(sum, 60.0);
            QCOMPARE(diagonal, 60.0);
            continue;
        }
        QVERIFY(std::abs(perfect.value - (error ? 0.0 : 1.0)) < 1e-6);
        if (error || schema->id == "perplexity")
            QVERIFY(poor.value > perfect.value);
        else if (schema->id != "top_k") // of four classes, the fifth try is always right
            QVERIFY(poor.value < perfect.value);
    }
}

QTEST_GUILESS_MAIN(TrainConformanceTest)
#include "train_conformance_test.moc"
