// What the templates can be trained on, and what a reader's own faults become.
#include "data_files.h"

#include "engine/data/reading.h"
#include "engine/models/templates.h"
#include "engine/train/loss.h"
#include "engine/train/memory.h"
#include "engine/train/metric.h"
#include "engine/train/rate_finder.h"
#include "engine/train/trainer.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <stdexcept>

using namespace burdock;

namespace {

std::vector<Diagnostic> errorsOf(const Graph& graph, const DatasetInfo& data, const TrainConfig& config) {
    std::vector<Diagnostic> errors;
    for (const Diagnostic& d : checkTraining(graph, data, config))
        if (d.severity == Severity::Error) errors.push_back(d);
    return errors;
}

struct Losses final : TrainObserver {
    std::vector<double> train;
    void onEpoch(const EpochRecord& r) override { train.push_back(r.value("train.loss")); }
};

} // namespace

class TemplateDataTest : public QObject {
    Q_OBJECT
  private slots:
    /// Measuring takes fewer samples at once where they are large: it needs no more than training does.
    void largePicturesAreMeasuredInFewer() {
        TrainConfig config;
        config.batch = 1;
        const auto memory = estimateMemory(*checkNetwork(findTemplate("unet")->build()), config,
                                           *lossFor("auto", Task::Multilabel));
        QVERIFY(memory);
        QVERIFY2(memory->total() < 6'000'000'000, QByteArray::number(qint64(memory->total())));
    }
    /// As it comes, on the data that it comes with: a first step must not end at the machine's memory.
    void everyTemplateTrainsInFewGigabytes() {
        for (const ModelTemplate& t : modelTemplates()) {
            if (t.dataset.empty()) continue;
            const auto data =
                shippedCatalog().open(t.dataset == "fashion-mnist" ? "fashion-mnist-small" : t.dataset);
            QVERIFY2(data, t.id.c_str());
            const auto* loss = lossFor(t.settings.loss, (*data)->info().task);
            QVERIFY2(loss, t.id.c_str());
            const auto memory = estimateMemory(*checkNetwork(t.build()), t.settings, *loss);
            QVERIFY2(memory && memory->total() < 6'000'000'000, t.id.c_str());
        }
    }
    /// Each template fits the data it is meant for as it is; one that has none says what is in the way.
    void everyTemplateFitsItsDataOrSaysWhyNot_data() {
        QTest::addColumn<QString>("id");
        for (const ModelTemplate& t : modelTemplates())
            QTest::newRow(t.id.c_str()) << QString::fromStdString(t.id);
    }
    void everyTemplateFitsItsDataOrSaysWhyNot() {
        QFETCH(QString, id);
        const ModelTemplate& t = *findTemplate(id.toStdString());
        const bool language = id.startsWith("gpt");
        std::string reference = t.dataset;
        if (reference.empty()) reference = language ? "pride-and-prejudice" : "digits";
        if (reference == "fashion-mnist") reference = "fashion-mnist-small"; // the same in little
        const auto data = shippedCatalog().open(reference);
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const auto errors = errorsOf(t.build(), (*data)->info(), t.settings);
        if (!t.dataset.empty()) {
            QVERIFY2(errors.empty(), errors.empty() ? "" : oneLine(errors[0]).c_str());
            return;
        }
        QVERIFY(!errors.empty());
        for (const Diagnostic& d : errors)
            QVERIFY2(!d.what.empty() && !d.mend.empty(), d.code.c_str());
        if (id.startsWith("mcculloch")) QCOMPARE(errors.back().code, "graph.no-parameters");
    }
    /// Readers stop soon after nobody wants their data any more, and read them when somebody does again.
    void readingIsBrokenOff() {
        DataFolder folder;
        QByteArray rows = "a,b,kind\n";
        for (int i = 0; i < 5000; ++i)
            rows +=
                QByteArray::number(i) + "," + QByteArray::number(i % 7) + "," + (i % 2 ? "x" : "y") + "\n";
        for (const std::string& reference :
             {folder.write("table.csv", rows), std::string("digits"), std::string("fashion-mnist-small"),
              std::string("moons:samples=9000"), std::string("pride-and-prejudice"),
              std::string("pride-and-prejudice:tokens=byte-pair")}) {
            std::atomic<int> asked = 0;
            {
                const ReadingScope scope([&asked] { return ++asked > 1; });
                const auto data = shippedCatalog().open(reference);
                QVERIFY2(!data && data.error().why.find("Nobody wants") != std::string::npos,
                         reference.c_str());
            }
            QVERIFY2(asked < 30, reference.c_str()); // once in each thread that reads
            QVERIFY2(shippedCatalog().open(reference), reference.c_str());
        }
    }
    /// Batches that differ much make the loss fall by chance, more steeply than it does by learning.
    void ratesAreNotReadOffChance_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<int>("seed");
        for (const QString& data : {QString("concrete"), QString("sacramento"), QString("diabetes")})
            for (int seed = 1; seed <= 5; ++seed)
                QTest::newRow(qPrintable(QString("%1, seed %2").arg(data).arg(seed))) << data << seed;
    }
    void ratesAreNotReadOffChance() {
        QFETCH(QString, data);
        QFETCH(int, seed);
        const auto opened = shippedCatalog().open(data.toStdString());
        QVERIFY(opened);
        const ModelTemplate& model = *findTemplate("regression-mlp");
        TrainConfig config = adapted(model.settings, (*opened)->info());
        config.seed = seed;
        const auto sweep =
            findLearningRate(adapted(model.build(), (*opened)->info(), config), *opened, config);
        QVERIFY(sweep && sweep->suggested);
        QVERIFY2(*sweep->suggested > 2e-4 && *sweep->suggested < 2e-2,
                 qPrintable(QString::number(*sweep->suggested)));
    }
    void uNetLearnsItsShapes() {
        const auto data = shippedCatalog().open("shapes:samples=64");
        QVERIFY(data);
        TrainConfig config;
        config.epochs = 4;
        config.batch = 8;
        config.learningRate = 2e-3;
        config.threads = 2;
        config.augmentation = {{"flip", {}}};
        const auto trainer = Trainer::make(findTemplate("unet64")->build(), *data, config);
        QVERIFY2(trainer, trainer ? "" : oneLine(trainer.error()).c_str());
        Losses losses;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(losses, control);
        QCOMPARE(finish.status, RunStatus::Finished);
        QCOMPARE(losses.train.size(), 4u);
        QVERIFY2(losses.train.back() < 0.8 * losses.train.front(),
                 QByteArray::number(losses.train.back() / losses.train.front()));
        QVERIFY(valueOf(finish.test, "test.accuracy") > 0.85); // of the pixels' labels
        for (const MetricValue& m : finish.testMetrics)
            if (m.id == "f1" || m.id == "roc_auc") QCOMPARE(m.values.size(), 2u); // circles and squares
    }
    void readersFaultsAreRefusals() {
        DatasetCatalog catalog;
        const auto add = [&catalog](const char* id, auto fail) {
            DatasetEntry entry;
            entry.id = id;
            entry.available = true;
            entry.open = [fail](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
                fail();
                return std::shared_ptr<const Dataset>();
            };
            QVERIFY(catalog.add(std::move(entry)));
        };
        add("memory", [] { throw std::bad_alloc(); });
        add("fault", [] { throw std::runtime_error("index 7"); });
        add("number", [] { throw 7; });
        for (const auto& [id, code] : {std::pair("memory", "data.memory"), std::pair("fault", "data.failed"),
                                       std::pair("number", "data.failed")}) {
            const auto data = catalog.open(id);
            QVERIFY(!data);
            QCOMPARE(data.error().code, code);
            QCOMPARE(data.error().where, id);
            QVERIFY(!data.error().what.empty() && !data.error().mend.empty());
        }
        QVERIFY(catalog.open("fault").error().why.find("index 7") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TemplateDataTest)
#include "template_data_test.moc"
