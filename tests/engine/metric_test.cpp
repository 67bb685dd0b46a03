// Metrics against figures worked out by scikit-learn 1.2 on the same small arrays.
#include "engine/train/metric.h"

#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace burdock;

namespace {

MetricValue find(const std::vector<MetricValue>& all, const std::string& id) {
    for (const MetricValue& m : all)
        if (m.id == id) return m;
    return {};
}

std::vector<MetricValue> measure(Task task, std::int64_t width, std::vector<float> y, std::vector<float> t,
                                 float yesAbove = 0, bool logits = true) {
    const auto n = static_cast<std::int64_t>(y.size()) / width;
    Tally tally(task, width, yesAbove, logits);
    tally.add({y.data(), {width, 1, 1}, n}, {t.data(), {static_cast<std::int64_t>(t.size()) / n, 1, 1}, n});
    return computeMetrics(tally);
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
        NEAR(find(all, "top_k").values[1], 1.0);
        const MetricValue matrix = find(all, "confusion_matrix");
        QCOMPARE(matrix.columns, 3);
        QVERIFY((matrix.values == std::vector<double>{1, 0, 1, 1, 1, 0, 0, 1, 1}));
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
    }
    /// Two labels of pictures of 2 × 2: each label's pixels are counted together.
    void labelsOfPixels() {
        Tally tally(Task::Multilabel, 8, 0, true, 4);
        std::vector<float> y{1, 1, -1, -1, 2, -2, -2, 3}, t{1, 0, 0, 0, 1, 1, 0, 1};
        tally.add({y.data(), {2, 2, 2}, 1}, {t.data(), {8, 1, 1}, 1});
        const auto all = computeMetrics(tally);
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
    void perplexity() {
        const auto all = measure(Task::NextToken, 4, {0, 0, 0, 0, 0, 0, 0, 0}, {1, 3});
        NEAR(find(all, "perplexity").value, 4.0);
    }
    /// What was measured can be stored and read, numbers that are missing too.
    void throughJson() {
        auto all = measure(Task::Multiclass, 3, {2, 1, 0, 0, 3, 1}, {0, 1}); // class 2 has no sample
        const auto read = metricsFromJson(nlohmann::json::parse(toJson(all).dump()));
        QCOMPARE(read.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(read[i].id, all[i].id);
            QCOMPARE(read[i].columns, all[i].columns);
            QCOMPARE(read[i].values.size(), all[i].values.size());
            QVERIFY(read[i].value == all[i].value || (std::isnan(read[i].value) && std::isnan(all[i].value)));
        }
        QVERIFY(std::isnan(find(all, "roc_auc").values[2]));
        QVERIFY(metricsFromJson(nlohmann::json::parse(R"([1, {"f1": "x"}])")).empty());
    }
};

QTEST_GUILESS_MAIN(MetricTest)
#include "metric_test.moc"
