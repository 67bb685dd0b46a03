// Optimizers and schedules against PyTorch's over 50 steps; see tests/reference/make_trajectories.py.
#include "engine/graph/graph_json.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

using namespace burdock;

namespace {

const nlohmann::json& reference() {
    static const auto json = [] {
        QFile file(QStringLiteral(BURDOCK_TESTS_DIR "/reference/trajectories.json"));
        return file.open(QIODevice::ReadOnly) ? nlohmann::json::parse(file.readAll().toStdString())
                                              : nlohmann::json();
    }();
    return json;
}

/// make_trajectories.py has the same.
double gradient(double weight, int i, int step) {
    return (1 + i) * 0.5 * (weight - 0.1 * i) + 0.3 * std::sin(0.7 * step * (i + 1));
}
double lossOf(int epoch) {
    return 1 / (1 + 0.2 * std::min(epoch, 17)) + 0.02 * std::sin(3.0 * epoch);
}

} // namespace

class TrajectoriesTest : public QObject {
    Q_OBJECT
  private slots:
    void optimizersAreAllThere() {
        std::set<std::string> have, tested;
        for (const OptimizerSchema& o : optimizers())
            have.insert(o.id);
        for (const auto& entry : reference().at("optimizers"))
            tested.insert(entry.at("optimizer").get<std::string>());
        QVERIFY(have == tested);
    }
    void followsPyTorch_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(reference().at("optimizers").size()); ++i)
            QTest::newRow(reference()["optimizers"][i]["name"].get<std::string>().c_str()) << i;
    }
    void followsPyTorch() {
        QFETCH(int, index);
        const auto& entry = reference().at("optimizers").at(static_cast<std::size_t>(index));
        const auto first = reference().at("first").get<std::vector<double>>();
        const auto params = paramsFromJson(entry.at("params"), "params");
        QVERIFY(params);
        const OptimizerSchema* schema = findOptimizer(entry.at("optimizer").get<std::string>());
        QVERIFY(schema && checkParams(schema->params, *params).empty());
        // Repeated over several ranges, so that a range's border cannot hide a mistake.
        constexpr std::size_t copies = 20000;
        const std::size_t n = first.size() * copies;
        std::vector<float> weights(n), gradients(n);
        for (std::size_t i = 0; i < n; ++i)
            weights[i] = static_cast<float>(first[i % first.size()]);
        const auto optimizer = schema->make(*params);
        OptimizerState state(*optimizer, {ParameterTensor::plain({static_cast<std::int64_t>(n)})});
        double worst = 0;
        for (int step = 1; step <= 50; ++step) {
            for (std::size_t i = 0; i < n; ++i)
                gradients[i] = static_cast<float>(gradient(weights[i], static_cast<int>(i % 4), step));
            optimizer->update({weights, gradients, state, entry.at("learning_rate"), step,
                               entry.at("weight_decay").get<double>(), n});
            for (std::size_t i = 0; i < 4; ++i) {
                const double wanted = entry.at("trajectory")[static_cast<std::size_t>(step - 1)][i];
                worst = std::max(worst, std::abs(weights[i] - wanted));
                QVERIFY2(std::abs(weights[i] - wanted) < 2e-5,
                         qPrintable(QString("step %1, weight %2: %3, PyTorch has %4")
                                        .arg(step)
                                        .arg(i)
                                        .arg(weights[i])
                                        .arg(wanted)));
                QCOMPARE(weights[n - 4 + i], weights[i]);
            }
        }
        qInfo("largest difference over 50 steps %.1e", worst);
    }
    void rates_data() {
        QTest::addColumn<int>("index");
        std::set<std::string> tested;
        for (int i = 0; i < static_cast<int>(reference().at("schedules").size()); ++i) {
            const auto id = reference()["schedules"][i]["schedule"].get<std::string>();
            tested.insert(id);
            QTest::addRow("%s %d", id.c_str(), i) << i;
        }
        QCOMPARE(tested.size(), schedules().size());
    }
    void rates() {
        QFETCH(int, index);
        const auto& entry = reference().at("schedules").at(static_cast<std::size_t>(index));
        const auto params = paramsFromJson(entry.at("params"), "params");
        QVERIFY(params);
        const ScheduleSchema* schema = findSchedule(entry.at("schedule").get<std::string>());
        QVERIFY(schema && checkParams(schema->params, *params).empty());
        const auto schedule = schema->make(*params, {entry.at("learning_rate").get<double>(), 1, 50});
        for (int step = 1; step <= 50; ++step) {
            const double wanted = entry.at("rates")[static_cast<std::size_t>(step - 1)];
            const double got = schedule->rate(step);
            QVERIFY2(std::abs(got - wanted) < 1e-9 + 1e-6 * wanted,
                     qPrintable(QString("step %1: %2, PyTorch has %3").arg(step).arg(got).arg(wanted)));
            schedule->observe(lossOf(step));
        }
    }
};

QTEST_GUILESS_MAIN(TrajectoriesTest)
#include "trajectories_test.moc"
