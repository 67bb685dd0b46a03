// Metrics against figures worked out by scikit-learn 1.2 on the same small arrays, and given what is odd.
#include "engine/tensor/random.h"
#include "engine/train/metric.h"
#include "engine/train/series.h"
#include "engine/train/task_defaults.h"
#include "engine/train/train_config.h"

#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace burdock;

namespace {

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN(),
                inf = std::numeric_limits<float>::infinity();

MetricValue find(const std::vector<MetricValue>& all, const std::string& id) {
    for (const MetricValue& m : all)
        if (m.id == id) return m;
    return {};
}
bool has(const std::vector<MetricValue>& all, const std::string& id) {
    return std::ranges::any_of(all, [&](const MetricValue& m) { return m.id == id; });
}

std::vector<MetricValue> measure(const MetricSetup& setup, std::vector<float> y, std::vector<float> t) {
    const auto n = static_cast<std::int64_t>(y.size()) / setup.outputs;
    MetricSet set(setup);
    set.add({y.data(), {setup.outputs, 1, 1}, n},
            {t.data(), {n > 0 ? static_cast<std::int64_t>(t.size()) / n : 1, 1, 1}, n});
    return set.results();
}
std::vector<MetricValue> measure(Task task, std::int64_t width, std::vector<float> y, std::vector<float> t,
                                 float yesAbove = 0, bool logits = true) {
    return measure({task, width, 1, yesAbove, logits}, std::move(y), std::move(t));
}

} // namespace

#define NEAR(value, wanted) QVERIFY2(std::abs((value) - (wanted)) < 1e-6, QByteArray::number(value))

class MetricTest : public QObject {
    Q_OBJECT
  private slots:
    void multiclass() {
        // Largest outputs: 0, 1, 1, 2, 0, 2 for the classes 0, 1, 2, 2, 1, 0.
        const auto all = measure(Task::Multiclass, 3, {2, 1, 0, 0, 3, 1, 0, 2, 1, 0, 1, 4, 2, 1, 0, 1, 0, 3},
                                 {0, 1, 2, 2, 1, 0});
        NEAR(find(all, "accuracy").value, 0.5);
        NEAR(find(all, "precision").value, 0.5);
        NEAR(find(all, "recall").value, 0.5);
        NEAR(find(all, "f1").value, 0.5);
        const MetricValue matrix = find(all, "confusion_matrix");
        QCOMPARE(matrix.columns, 3);
        QVERIFY((matrix.values == std::vector<double>{1, 0, 1, 1, 1, 0, 0, 1, 1}));
    }
    /// What is kept of a run does not grow with the square of the classes.
    void manyClasses() {
        constexpr std::int64_t k = 6000;
        std::vector<float> y(k * 3, 0.0f);
        y[5999] = y[k + 1] = y[2 * k + 7] = 1; // found: 5999, 1, 7
        const auto all = measure(Task::Multiclass, k, y, {5999, 2, 7});
        QVERIFY(!has(all, "confusion_matrix"));
        NEAR(find(all, "accuracy").value, 2.0 / 3);
        QCOMPARE(find(all, "recall").values.size(), std::size_t(k));
        NEAR(find(all, "recall").value, 2.0 / 3);
        NEAR(find(all, "precision").values[5999], 1.0);
        NEAR(find(all, "precision").values[1], 0.0);
        NEAR(find(all, "f1").values[7], 1.0);
        QVERIFY(toJson(all).dump().size() < 1'000'000);
        QVERIFY(has(measure(Task::Multiclass, 256, std::vector<float>(256), {0}), "confusion_matrix"));
        QVERIFY(!has(measure(Task::Multiclass, 257, std::vector<float>(257), {0}), "confusion_matrix"));
    }
    void topK() {
        const std::vector<float> y{5, 4, 3, 2, 1, 0, 9}, t{6};
        const MetricValue seven = find(measure(Task::Multiclass, 7, y, t), "top_k");
        QCOMPARE(seven.values.size(), 7U);
        NEAR(seven.values[0], 1.0);
        NEAR(find(measure(Task::Multiclass, 7, y, {5}), "top_k").value, 0.0);
        NEAR(find(measure(Task::Multiclass, 7, y, {3}), "top_k").value, 1.0);
        // Among five classes or fewer it says nothing.
        QVERIFY(!has(measure(Task::Multiclass, 5, {1, 2, 3, 4, 5}, {0}), "top_k"));
        QVERIFY(!has(measure(Task::Multiclass, 3, {1, 2, 3}, {0}), "top_k"));
    }
    void binary() {
        const auto all = measure(Task::Binary, 1, {0.1f, 0.4f, 0.35f, 0.8f, 0.8f}, {0, 0, 1, 1, 0}, 0.5f);
        NEAR(find(all, "accuracy").value, 0.6);
        NEAR(find(all, "precision").value, 0.5);
        NEAR(find(all, "recall").value, 0.5);
        NEAR(find(all, "roc_auc").value, 3.5 / 6); // a tie counts half
        QVERIFY((find(all, "confusion_matrix").values == std::vector<double>{2, 1, 1, 1}));
        NEAR(find(all, "precision").values[0], 2.0 / 3);
    }
    void multilabel() {
        const auto all = measure(Task::Multilabel, 2, {1, -1, 1, 1, -1, -2, -1, 3}, {1, 0, 0, 1, 0, 1, 1, 1});
        NEAR(find(all, "accuracy").value, 5.0 / 8);
        NEAR(find(all, "precision").values[0], 0.5);
        NEAR(find(all, "recall").values[1], 2.0 / 3);
        NEAR(find(all, "f1").value, (0.5 + 0.8) / 2);
        QVERIFY(!has(all, "confusion_matrix"));
    }
    /// Two labels of pictures of 2 × 2: each label's pixels are counted together.
    void labelsOfPixels() {
        const auto all = measure({Task::Multilabel, 8, 4, 0, true}, {1, 1, -1, -1, 2, -2, -2, 3},
                                 {1, 0, 0, 0, 1, 1, 0, 1});
        NEAR(find(all, "accuracy").value, 6.0 / 8);
        QCOMPARE(find(all, "f1").values.size(), 2u);
        NEAR(find(all, "precision").values[0], 0.5);
        NEAR(find(all, "recall").values[1], 2.0 / 3);
        NEAR(find(all, "roc_auc").values[0], 2.5 / 3);
    }
    void regression() {
        const auto all = measure(Task::Regression, 1, {2.5f, 0, 2, 8}, {3, -0.5f, 2, 7});
        NEAR(find(all, "mae").value, 0.5);
        NEAR(find(all, "rmse").value, 0.6123724356957945);
        NEAR(find(all, "r2").value, 0.9486081370449679);
    }
    /// Figures of scikit-learn for the same eight samples; what is no number is an answer that no class is.
    void againstScikitLearn() {
        const std::vector<float> z{2, 1, 0, 0, 3, 1, 0, 2, 1, 0, 1, 4, 2, 1, 0, 1, 0, 3, 3, 1, 0, 2, 2.5f, 1},
            t{0, 1, 2, 2, 1, 0, 0, 0};
        const auto classes = measure(Task::Multiclass, 3, z, t);
        NEAR(find(classes, "balanced_accuracy").value, 0.5);
        NEAR(find(classes, "mcc").value, 0.2439750182371333);
        NEAR(find(classes, "log_loss").value, 0.8627963076370194);
        const auto yesNo = measure({Task::Binary, 1, 1, 0.5f, false, OutputKind::Probabilities},
                                   {0.1f, 0.4f, 0.35f, 0.8f, 0.8f}, {0, 0, 1, 1, 0});
        NEAR(find(yesNo, "balanced_accuracy").value, 0.5833333333333333);
        NEAR(find(yesNo, "mcc").value, 0.16666666666666666);
        NEAR(find(yesNo, "log_loss").value, 0.6997179455341611);
        const auto labels =
            measure(Task::Multilabel, 2, {1, -1, 1, 1, -1, -2, -1, 3}, {1, 0, 0, 1, 0, 1, 1, 1});
        NEAR(find(labels, "balanced_accuracy").values[1], 0.8333333333333333);
        NEAR(find(labels, "mcc").value, 0.5773502691896258 / 2);
        NEAR(find(labels, "log_loss").value, 0.7568856859657564);
        NEAR(find(measure(Task::Regression, 1, {2.5f, 0, 2, 8}, {3, -0.5f, 2, 7}), "mape").value,
             0.3273809523809524);
    }
    /// Three pictures of 2 × 2 with two labels each; the second picture has nothing of the first label.
    void overlapsOfMasks() {
        const MetricSetup setup{Task::Multilabel, 8, 4, 0, true};
        std::vector<float> y{1, 1, -1, -1, 2, -2, -2, 3,  -1, -1, -1, -1,
                             1, 1, -1, 1,  1, 1,  -1, -1, -1, -1, -1, 2};
        const std::vector<float> t{1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0};
        const auto all = measure(setup, y, t);
        NEAR(find(all, "iou").values[0], 0.6);
        NEAR(find(all, "iou").values[1], 0.625);
        NEAR(find(all, "iou").value, 0.6125);
        NEAR(find(all, "dice").values[0], (0.6666666666666666 + 0.8) / 2);
        NEAR(find(all, "dice").values[1], (0.8 + 0.8571428571428571 + 0.0) / 3);
        // What is no number marks nothing, and is not right where nothing is to be marked.
        y[8] = notANumber;
        NEAR(find(measure(setup, y, t), "dice").values[0], (0.6666666666666666 + 0.0 + 0.8) / 3);
        NEAR(find(measure(setup, y, t), "iou").values[0], 3.0 / 6);
        // Of one label all lists hold "no" and "yes".
        const auto one = measure({Task::Multilabel, 4, 4, 0, true}, {1, 1, -1, -1}, {1, 0, 0, 0});
        for (const char* id : {"precision", "recall", "f1", "iou", "dice"})
            QCOMPARE(find(one, id).values.size(), 2u);
        QVERIFY(std::isnan(find(one, "iou").values[0]));
        NEAR(find(one, "iou").values[1], 0.5);
        NEAR(find(one, "iou").value, 0.5);
        // Of labels that are not those of pixels there is no picture to overlap; of no marks at all, no
        // share.
        QVERIFY(!has(measure(Task::Multilabel, 2, {1, 2}, {0, 1}), "iou"));
        QVERIFY(!has(measure(Task::Binary, 1, {1}, {0}), "dice"));
        const auto none = measure(setup, std::vector<float>(8, -1.0f), std::vector<float>(8, 0.0f));
        QVERIFY(std::isnan(find(none, "iou").value) && std::isnan(find(none, "dice").value));
    }
    void whatTellsMost() {
        DatasetInfo info;
        info.task = Task::Multiclass;
        info.targets = 3;
        QCOMPARE(tellingMetrics(info).front(), "accuracy");
        QCOMPARE(tellingMetrics(info, /*unbalanced=*/true).front(), "balanced_accuracy");
        info.task = Task::Multilabel;
        QCOMPARE(tellingMetrics(info).front(), "accuracy");
        info.mask = Shape{2, 4, 4};
        info.targets = 32;
        QCOMPARE(tellingMetrics(info).front(), "iou");
        QCOMPARE(describeSeries("validation.iou").title, "Validation IoU");
        QCOMPARE(describeSeries("validation.balanced_accuracy").title, "Validation balanced accuracy");
        QCOMPARE(headline({{"test.accuracy", 0.93}, {"test.f1", 0.4}, {"test.iou", 0.2}}).name, "test.iou");
        // By what the best epoch was chosen, where that tells of all runs on these data.
        const NamedValues test{{"test.loss", 0.3},
                               {"test.accuracy", 0.93},
                               {"test.balanced_accuracy", 0.6},
                               {"test.mcc", 0.5},
                               {"test.f1", 0.4}};
        QCOMPARE(headline(test).name, "test.accuracy");
        for (const char* other : {"accuracy", "loss", "mcc", "f1", "none"})
            QCOMPARE(headline(test, other).name, "test.accuracy");
        QCOMPARE(headline(test, "balanced_accuracy").name, "test.balanced_accuracy");
        QCOMPARE(headline({{"test.accuracy", 0.93}, {"test.iou", 0.2}}, "accuracy").name, "test.iou");
        info.task = Task::Regression;
        info.mask = {};
        QCOMPARE(tellingMetrics(info).front(), "r2");
    }
    void perplexity() {
        const auto all = measure(Task::NextToken, 4, {0, 0, 0, 0, 0, 0, 0, 0}, {1, 3});
        NEAR(find(all, "perplexity").value, 4.0);
        QVERIFY(!has(all, "f1"));
        // Shares are no inputs of a softmax: those of ½ and ¼ for the tokens that came.
        const auto shares = measure(Task::NextToken, 4, {0.5f, 0.25f, 0.125f, 0.125f, 0.5f, 0.25f, 0.25f, 0},
                                    {0, 1}, 0, /*logits=*/false);
        NEAR(find(shares, "perplexity").value, std::sqrt(8.0));
    }
    /// Also where somebody asked for the settings before a plugin brought its metric.
    void theBestMayBeByAPluginsMetric() {
        const auto offered = [](std::string_view id) {
            const auto specs = TrainConfig::table().specs();
            const auto spec = std::ranges::find(specs, "best_metric", &ParamSpec::key);
            for (const Choice& choice : spec->choices)
                if (choice.key == id) return true;
            return false;
        };
        QVERIFY(offered("auto") && offered("loss") && offered("f1") && !offered("confusion_matrix"));
        const std::size_t before = metrics().size();
        MetricSchema late = *findMetric("f1");
        late.id = "test.late";
        QVERIFY(metrics().add(late));
        QVERIFY(offered("test.late"));
        metrics().truncate(before);
        QVERIFY(!offered("test.late") && offered("f1"));
    }

    /// A class without samples that was never predicted has no precision, recall or F1, and does not pull the
    /// mean down; one that was predicted has a precision of 0.
    void classesWithoutSamples() {
        const auto never = measure(Task::Multiclass, 3, {2, 1, 0, 0, 3, 1}, {0, 1});
        for (const char* id : {"precision", "recall", "f1"}) {
            NEAR(find(never, id).value, 1.0);
            QVERIFY(std::isnan(find(never, id).values[2]));
        }
        QVERIFY(std::isnan(find(never, "roc_auc").values[2]));
        const auto taken = measure(Task::Multiclass, 3, {2, 1, 0, 0, 3, 1, 0, 0, 5}, {0, 1, 1});
        NEAR(find(taken, "precision").values[2], 0.0);
        QVERIFY(std::isnan(find(taken, "recall").values[2]));
        NEAR(find(taken, "f1").values[2], 0.0);
        NEAR(find(taken, "recall").value, 0.75);
        // Neither counts for the balanced accuracy, as in scikit-learn.
        const auto absent = measure(Task::Multiclass, 3, {2, 1, 0, 0, 3, 1, 0, 0, 5, 1, 0, 0}, {0, 1, 1, 0});
        NEAR(find(absent, "balanced_accuracy").value, 0.75);
        NEAR(find(absent, "mcc").value, 0.6708203932499369);
        // One answer for all is no better than chance; of one class alone nothing can be told.
        const auto constant = measure(Task::Binary, 1, {1, 1, 1}, {0, 1, 1});
        NEAR(find(constant, "mcc").value, 0.0);
        NEAR(find(constant, "balanced_accuracy").value, 0.5);
        QVERIFY(std::isnan(find(measure(Task::Binary, 1, {1, -1, 1}, {1, 1, 1}), "mcc").value));
        // A class that is there and was never predicted.
        NEAR(find(measure(Task::Multiclass, 2, {1, 0, 1, 0}, {0, 1}), "precision").values[1], 0.0);
    }
    void oneClass() {
        for (const Task task : {Task::Multiclass, Task::Binary, Task::Multilabel}) {
            const std::int64_t width = task == Task::Binary ? 1 : 2;
            std::vector<float> y(static_cast<std::size_t>(3 * width), 1.0f);
            std::vector<float> t(task == Task::Multiclass ? 3 : y.size(), 1.0f);
            const auto all = measure(task, width, y, t);
            QVERIFY(std::isnan(find(all, "roc_auc").value));
            QVERIFY(std::isfinite(find(all, "accuracy").value));
        }
        const auto constant = measure(Task::Regression, 1, {1, 2}, {3, 3});
        QVERIFY(std::isnan(find(constant, "r2").value));
        NEAR(find(constant, "mae").value, 1.5);
        // Nothing is a share of 0.
        NEAR(find(measure(Task::Regression, 1, {1, 2, 3}, {0, 4, 2}), "mape").value, 0.5);
        QVERIFY(std::isnan(find(measure(Task::Regression, 1, {1}, {0}), "mape").value));
    }

    /// A share is one of what the data say, not of what single precision kept of it.
    void sharesOfShiftedNumbers() {
        MetricSetup setup{Task::Regression, 2, 1, 0, true};
        setup.offsets = {1'700'000'000, 0};
        const auto all = measure(setup, {8, 1, 2, 3}, {0, 2, 1, 4});
        NEAR(find(all, "mape").values[0] * 1.7e9, 4.5);
        NEAR(find(all, "mape").values[1], 0.375);
        NEAR(find(all, "mae").value, 2.75);
        DatasetInfo info;
        info.task = Task::Regression;
        info.targetOffsets = {5};
        QCOMPARE(MetricSetup::of(info).offsets, info.targetOffsets);
    }

    /// Every metric of the registry, for every task, given what is not a number, infinity, targets that name
    /// nothing, and nothing.
    void oddValuesEnd_data() {
        QTest::addColumn<QString>("task");
        for (const TaskSchema& task : tasks())
            QTest::newRow(task.id.c_str()) << QString::fromStdString(task.id);
    }
    void oddValuesEnd() {
        QFETCH(QString, task);
        const TaskSchema& schema = *tasks().find(task.toStdString());
        const Task of(schema.id);
        const std::int64_t width = of == Task::Binary ? 1 : 6, n = 400;
        const std::int64_t targetWidth = schema.targetKind == TargetKind::Class ? 1 : width;
        MetricSetup setup{of, width, 1, 0, true};
        std::size_t measured = 0;
        for (const bool logits : {true, false})
            for (const float odd : {notANumber, inf, -inf, 3e38f, -3e38f})
                for (const std::int64_t every : {1, 2, 7, 400})
                    for (const bool inTargets : {false, true}) {
                        setup.logits = logits;
                        std::vector<float> y(static_cast<std::size_t>(n * width)),
                            t(static_cast<std::size_t>(n * targetWidth));
                        for (std::size_t i = 0; i < y.size(); ++i)
                            y[i] = static_cast<float>(randomNormal(1, i));
                        for (std::size_t i = 0; i < t.size(); ++i)
                            t[i] = static_cast<float>(randomBelow(2, i, 2));
                        std::vector<float>& hit = inTargets ? t : y;
                        for (std::size_t i = 0; i < hit.size(); i += static_cast<std::size_t>(every))
                            hit[i] = odd;
                        for (const MetricValue& m : measure(setup, y, t)) {
                            ++measured;
                            const auto again = metricsFromJson(nlohmann::json::parse(toJson({m}).dump()));
                            QCOMPARE(again.size(), 1U);
                            if (m.id == "accuracy" || m.id == "f1")
                                QVERIFY(std::isnan(m.value) || (m.value >= 0 && m.value <= 1));
                        }
                    }
        QVERIFY(measured > 0);
        for (const MetricSchema& metric : metrics())
            if (metric.fits(setup)) {
                const auto fresh = metric.make(setup);
                fresh->add({nullptr, {width, 1, 1}, 0}, {nullptr, {targetWidth, 1, 1}, 0});
                QVERIFY(std::isnan(fresh->result().value)); // of nothing
            }
        QVERIFY(MetricSet(setup).results().empty());
    }
    /// What is not a number is never right, and its class has missed a sample.
    void notANumberIsNeverRight() {
        const auto all =
            measure(Task::Multiclass, 2, {notANumber, 0, 1, 0, notANumber, notANumber, 0, 1}, {0, 0, 1, 1});
        NEAR(find(all, "accuracy").value, 0.5);
        NEAR(find(all, "recall").values[0], 0.5);
        NEAR(find(all, "precision").values[0], 1.0);
        NEAR(find(all, "balanced_accuracy").value, 0.5);
        NEAR(find(all, "mcc").value, (2.0 * 4 - 4) / std::sqrt((16.0 - 8) * (16 - 4 - 1 - 1)));
        QVERIFY(std::isnan(find(all, "log_loss").value));
        QVERIFY(std::isnan(find(all, "roc_auc").value)); // it has no rank
        NEAR(find(measure(Task::Binary, 1, {notANumber, notANumber, 1, -1}, {0, 1, 1, 0}), "accuracy").value,
             0.5);
        QVERIFY(!std::isfinite(
            find(measure(Task::Regression, 2, {1, notANumber, 2, 3}, {1, 1, 2, 2}), "mae").value));
        NEAR(find(measure(Task::Multiclass, 2, {1, 0, 1, 0, 1, 0}, {0, 9, notANumber}), "accuracy").value,
             1.0 / 3);
        // Infinity is larger than all numbers.
        NEAR(find(measure(Task::Binary, 1, {-inf, inf, inf}, {0, 1, 0}), "roc_auc").value, 0.75);
    }

    /// A million scores in bounded memory: as good as exact, ties too.
    void rocOfManySamples() {
        constexpr std::int64_t n = 4096, batches = 250;
        for (const bool coarse : {false, true}) {
            const MetricSetup setup{Task::Binary, 1, 1, 0, false};
            const auto metric = findMetric("roc_auc")->make(setup);
            std::vector<float> y(n), t(n);
            std::vector<std::pair<float, bool>> all;
            for (std::int64_t b = 0; b < batches; ++b) {
                for (std::int64_t i = 0; i < n; ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    const auto index = static_cast<std::uint64_t>(b * n + i);
                    t[at] = static_cast<float>(randomBelow(3, index, 4) == 0);
                    y[at] = t[at] + static_cast<float>(randomNormal(4, index));
                    if (coarse) y[at] = std::round(4 * y[at]);
                    all.emplace_back(y[at], t[at] > 0.5f);
                }
                metric->add({y.data(), {1, 1, 1}, n}, {t.data(), {1, 1, 1}, n});
            }
            std::ranges::sort(all);
            double pairs = 0, below = 0, yes = 0;
            for (std::size_t i = 0; i < all.size();) {
                double yesHere = 0, noHere = 0;
                std::size_t end = i;
                for (; end < all.size() && all[end].first == all[i].first; ++end)
                    (all[end].second ? yesHere : noHere) += 1;
                pairs += yesHere * (below + noHere / 2);
                below += noHere;
                yes += yesHere;
                i = end;
            }
            const double exact = pairs / (yes * below), got = metric->result().value;
            QVERIFY2(std::abs(got - exact) < (coarse ? 1e-12 : 1e-4),
                     qPrintable(QStringLiteral("%1 for %2").arg(got, 0, 'g', 9).arg(exact, 0, 'g', 9)));
        }
    }

    /// What was measured can be stored and read, numbers that are missing too.
    void throughJson() {
        auto all = measure(Task::Multiclass, 6, {2, 1, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0}, {0, 1});
        const nlohmann::json json = toJson(all);
        const auto read = metricsFromJson(nlohmann::json::parse(json.dump()));
        QCOMPARE(read.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(read[i].id, all[i].id);
            QCOMPARE(read[i].columns, all[i].columns);
            QCOMPARE(read[i].values.size(), all[i].values.size());
            QVERIFY(read[i].value == all[i].value || (std::isnan(read[i].value) && std::isnan(all[i].value)));
        }
        QVERIFY(std::isnan(find(all, "roc_auc").values[2]));
        QVERIFY(json["f1"].contains("macro"));
        QVERIFY(!json["top_k"].contains("macro")); // a list over k has no mean
        QVERIFY(metricsFromJson(nlohmann::json::parse(R"([1, {"f1": "x"}])")).empty());
    }
};

QTEST_GUILESS_MAIN(MetricTest)
#include "metric_test.moc"
