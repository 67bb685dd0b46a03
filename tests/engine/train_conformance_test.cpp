#include "engine/graph/check_graph.h"
#include "engine/models/chain.h"
#include "engine/plan/plan.h"
#include "engine/tensor/random.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"
#include "engine/train/stepper.h"
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

    static std::vector<Task> allTasks() {
        std::vector<Task> all;
        for (const TaskSchema& schema : tasks())
            all.emplace_back(schema.id);
        return all;
    }
    template <class Schema>
    static std::vector<Task> tasksOf(const Schema& schema) {
        std::vector<Task> all = allTasks();
        std::erase_if(all, [&](Task task) {
            return std::ranges::find(schema.kinds, task->targetKind) == schema.kinds.end();
        });
        return all;
    }
    static std::int64_t widthOf(Task task) { return task == Task::Binary ? 1 : 6; }

    template <class Schema>
    static void rows(const Registry<Schema>& all) {
        QTest::addColumn<const Schema*>("schema");
        for (const Schema& schema : all)
            QTest::newRow(schema.id.c_str()) << &schema;
    }
    /// What every entry of a registry must say of itself.
    template <class Schema>
    static std::string undocumented(const Registry<Schema>& all) {
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
            QVERIFY(!task->metrics.empty() && !task->doc.empty() && !task->outputs.empty());
            const LossSchema* loss = findLoss(task->loss);
            QVERIFY(loss && loss->fits(task));
            QVERIFY(loss->contains == task->outputFunction);
            QVERIFY(lossFor("auto", task) == loss);
            for (const std::string& id : task->metrics) {
                const MetricSchema* metric = findMetric(id);
                QVERIFY(metric && metric->fits({task, widthOf(task), 1, 0, true}));
            }
        }
    }

    void lossGradients_data() { rows(losses()); }
    void lossGradients();
    void aYesCountsByItsWeight();
    void lossesOfWhatIsNotANumber_data() { rows(losses()); }
    void lossesOfWhatIsNotANumber();
    void optimizerDescends_data() { rows(optimizers()); }
    void optimizerDescends();
    void optimizerState_data() { rows(optimizers()); }
    void optimizerState();
    void copiesFollow_data() { rows(optimizers()); }
    void copiesFollow();
    void scheduleRates_data() { rows(schedules()); }
    void scheduleRates();
    void metricBounds_data() { rows(metrics()); }
    void metricBounds();
};

/// Against central differences in double, and float against double, at large outputs too.
void TrainConformanceTest::lossGradients() {
    QFETCH(const LossSchema*, schema);
    constexpr std::int64_t columns = 6;
    for (const Task task : tasksOf(*schema))
        for (const ParamValues& params : configurations(schema->params))
            for (const double scale : {1.0, 30.0}) {
                const bool byClass = task->targetKind == TargetKind::Class;
                const std::int64_t width = task == Task::Binary ? 1 : 3;
                const Shape shape{width, 1, 1}, targetShape{byClass ? 1 : width, 1, 1};
                std::vector<double> y(static_cast<std::size_t>(columns * width)), g(y.size());
                std::vector<double> t(static_cast<std::size_t>(columns * targetShape.size()));
                for (std::size_t i = 0; i < y.size(); ++i)
                    y[i] = scale * randomNormal(3, i);
                for (std::size_t i = 0; i < t.size(); ++i)
                    t[i] = task->targetKind == TargetKind::Number
                               ? randomNormal(4, i)
                               : static_cast<double>(i % (byClass ? 3u : 2u));
                TargetCounts counts{10, {1, 3, 6}};
                counts.of.resize(static_cast<std::size_t>(width));
                const auto loss = schema->make(params, {task, [&] { return counts; }});
                const auto value = [&](const Tensor<double>& gradient) {
                    return loss
                        ->evaluate(Tensor<double>{y.data(), shape, columns},
                                   Tensor<double>{t.data(), targetShape, columns}, gradient)
                        .mean;
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
                                                     Tensor<float>{gf.data(), shape, columns})
                                          .mean;
                QVERIFY(std::abs(exact - single) < 1e-4 * (1 + std::abs(exact)));
                for (std::size_t i = 0; i < g.size(); ++i)
                    QVERIFY(std::abs(gf[i] - g[i]) < 1e-4 * (1 + std::abs(g[i])));
            }
}

/// L = mean of w·t·log(1 + e^−z) + (1 − t)·log(1 + e^z), w = n of no / n of yes: as PyTorch's
/// BCEWithLogitsLoss with its pos_weight.
void TrainConformanceTest::aYesCountsByItsWeight() {
    const TargetCounts counts{10, {1, 2}}; // weights of 9 and 4
    const auto loss =
        findLoss("binary-cross-entropy")
            ->make({{"class_weights", std::string("positive")}}, {Task::Multilabel, [&] { return counts; }});
    std::vector<double> z{0.5, -1.2, -0.3, 2, 1.5, 0.1}, t{1, 0, 0, 1, 0, 0};
    const double value = loss->evaluate(Tensor<double>{z.data(), {2, 1, 1}, 3},
                                        Tensor<double>{t.data(), {2, 1, 1}, 3}, Tensor<double>{})
                             .mean;
    double expected = 0;
    for (std::size_t i = 0; i < z.size(); ++i)
        expected +=
            t[i] > 0 ? (i % 2 == 0 ? 9 : 4) * std::log1p(std::exp(-z[i])) : std::log1p(std::exp(z[i]));
    QVERIFY(std::abs(value - expected / 6) < 1e-12);
}

/// No loss hides an output that is not a number; and a batch's weight is the samples' where none is weighted.
void TrainConformanceTest::lossesOfWhatIsNotANumber() {
    QFETCH(const LossSchema*, schema);
    for (const Task task : tasksOf(*schema)) {
        const std::int64_t width = widthOf(task), n = 40;
        const std::int64_t targetWidth = task->targetKind == TargetKind::Class ? 1 : width;
        std::vector<float> y(static_cast<std::size_t>(n * width), 0.5f),
            t(static_cast<std::size_t>(n * targetWidth));
        const auto loss = schema->make({}, {task, {}});
        const auto value = [&] {
            return loss->evaluate(Tensor<float>{y.data(), {width, 1, 1}, n},
                                  Tensor<float>{t.data(), {targetWidth, 1, 1}, n}, {});
        };
        QVERIFY(std::isfinite(value().mean));
        QCOMPARE(value().weight, 40.0);
        for (std::int64_t c = 0; c < width; ++c) {
            y[static_cast<std::size_t>(17 * width + c)] = std::nanf("");
            QVERIFY2(!std::isfinite(value().mean), schema->id.c_str());
            y[static_cast<std::size_t>(17 * width + c)] = 0.5f;
        }
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
        const auto optimizer = schema->make(params);
        OptimizerState state(*optimizer, {ParameterTensor::plain({4})});
        for (int step = 1; step <= 500; ++step) {
            for (std::size_t i = 0; i < 4; ++i)
                g[i] = steepness[i] * w[i];
            optimizer->update({w, g, state, schema->defaultLearningRate, step, 0, 0});
        }
        QVERIFY2(height() < before, qPrintable(QString("%1 from %2").arg(height()).arg(before)));
        // Without a gradient, decay alone moves what decays, and nothing else.
        std::vector<float> still{1, 1}, none(2);
        ParameterTensor first = ParameterTensor::plain({1}), second = first;
        second.offset = 1;
        // As one block, although each is far shorter than a line.
        const auto decaying = schema->make(params);
        OptimizerState other(*decaying, {first, second});
        decaying->update({still, none, other, schema->defaultLearningRate, 1, 0.1, 1});
        QVERIFY(still[0] < 1 && still[0] > -0.1f);
        QCOMPARE(still[1], 1.0f);
    }
}

/// All that an optimizer remembers lies in its slots and in the step's number.
void TrainConformanceTest::optimizerState() {
    QFETCH(const OptimizerSchema*, schema);
    constexpr std::size_t n = 40000;
    std::vector<float> w(n), g(n);
    ParameterTensor matrix = ParameterTensor::plain({100, 200}), vector = ParameterTensor::plain({n / 2});
    matrix.name = "matrix";
    vector.name = "vector";
    vector.offset = n / 2;
    const auto gradientAt = [&](int step) {
        for (std::size_t i = 0; i < n; ++i)
            g[i] = static_cast<float>(randomNormal(static_cast<std::uint64_t>(step), i));
    };
    const auto update = [&](Optimizer& o, OptimizerState& state, std::vector<float>& weights, int step) {
        gradientAt(step);
        o.update({weights, g, state, schema->defaultLearningRate, step, 0.01, n / 2});
    };
    const auto first = schema->make({}), second = schema->make({});
    OptimizerState from(*first, {matrix, vector}), to(*second, {matrix, vector});
    for (int step = 1; step <= 7; ++step)
        update(*first, from, w, step);
    std::vector<float> other = w;
    const auto kept = from.save();
    std::set<std::string> names;
    std::int64_t floats = 0;
    for (const NamedTensor& tensor : kept) {
        QVERIFY(names.insert(tensor.name).second);
        floats += static_cast<std::int64_t>(tensor.values.size());
    }
    QCOMPARE(OptimizerState::floats(*first, from.tensors()), floats);
    QVERIFY(to.load(TensorsInMemory(kept)));
    if (!kept.empty()) { // nothing is taken for another's
        auto less = kept;
        less.pop_back();
        QVERIFY(!to.load(TensorsInMemory(less)));
        less = kept;
        less.back().dims.push_back(1);
        QVERIFY(!to.load(TensorsInMemory(less)));
    }
    for (int step = 8; step <= 12; ++step) {
        update(*first, from, w, step);
        update(*second, to, other, step);
    }
    QVERIFY(w == other);
}

/// What an optimizer writes beside the weights is what a copy of them would be: forward and backward give the
/// same bits, whether copies have followed or are made anew.
void TrainConformanceTest::copiesFollow() {
    QFETCH(const OptimizerSchema*, schema);
    const Graph graph = Chain("copies", {48, 8, 8})
                            .conv(64, 3)
                            .relu()
                            .conv(96, 3)
                            .flatten()
                            .dense(300)
                            .relu()
                            .dense(128, {{"max_norm", 0.5}})
                            .relu()
                            .dense(65)
                            .softmax();
    auto plan =
        Plan::make(*checkNetwork(graph), {.batch = 8, .training = true, .precision = Precision::Mixed});
    QVERIFY(plan);
    ParameterStore& store = *(*plan)->store();
    store.initialise(1);
    const auto optimizer = schema->make({});
    OptimizerState state(*optimizer, parameterTensors(store));
    const auto pass = [&] {
        for (std::size_t i = 0; i < (*plan)->input().values().size(); ++i)
            (*plan)->input().values()[i] = static_cast<float>(randomNormal(1, i));
        (*plan)->forward();
        std::vector<float> all((*plan)->output().values().begin(), (*plan)->output().values().end());
        for (std::size_t i = 0; i < all.size(); ++i)
            (*plan)->outputGradient().values()[i] = static_cast<float>(randomNormal(2, i));
        (*plan)->backward();
        all.insert(all.end(), store.gradients().begin(), store.gradients().end());
        return all;
    };
    std::vector<float> before = pass();
    for (int step = 1; step <= 3; ++step) {
        optimizer->update({store.values(), store.gradients(), state, 0.1 * schema->defaultLearningRate, step,
                           0.01, store.decayingFloats(), &store});
        store.changed();
        const std::vector<float> followed = pass();
        QVERIFY(followed != before);
        store.changed();
        QVERIFY(pass() == followed);
        before = followed;
    }
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
    using Better = MetricSchema::Better;
    const bool error =
        (schema->better == Better::Smaller && schema->low == 0) || schema->better == Better::Neither;
    int measured = 0;
    for (const Task task : tasksOf(*schema)) {
        const bool byClass = task->targetKind == TargetKind::Class;
        const std::int64_t width = widthOf(task), n = 60;
        MetricSetup setup{task, width, 1, 0, true};
        if (!schema->fits(setup) && task == Task::Multilabel) setup.area = width / 2; // of pixels
        if (!schema->fits(setup)) continue;
        ++measured;
        std::vector<float> good(static_cast<std::size_t>(width * n)), any(good.size());
        std::vector<float> t(static_cast<std::size_t>(byClass ? n : width * n));
        for (std::size_t i = 0; i < t.size(); ++i)
            t[i] = task->targetKind == TargetKind::Number
                       ? static_cast<float>(randomNormal(1, i))
                       : static_cast<float>(randomBelow(2, i, byClass ? 6 : 2));
        for (std::size_t i = 0; i < good.size(); ++i) {
            any[i] = static_cast<float>(randomNormal(3, i));
            if (byClass)
                good[i] = static_cast<std::size_t>(t[i / 6]) == i % 6 ? 50.0f : 0.0f;
            else
                good[i] = task->targetKind == TargetKind::Number ? t[i] : t[i] > 0.5f ? 50.0f : -50.0f;
        }
        const auto measure = [&](std::vector<float>& y) {
            const auto metric = schema->make(setup);
            metric->add({y.data(), {width, 1, 1}, n}, {t.data(), {byClass ? 1 : width, 1, 1}, n});
            return metric->result();
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
        QVERIFY(schema->better == Better::Smaller  ? poor.value > perfect.value
                : schema->better == Better::Larger ? poor.value < perfect.value
                                                   : poor.value != perfect.value);
    }
    QVERIFY(measured > 0);
}

QTEST_GUILESS_MAIN(TrainConformanceTest)
#include "train_conformance_test.moc"
