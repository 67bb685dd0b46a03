// Every template on every shipped data set: adapted to them, or refused with a template that fits.
#include "data_files.h"

#include "engine/models/adaptation.h"
#include "engine/models/proposal.h"
#include "engine/models/templates.h"
#include "engine/train/advice.h"
#include "engine/train/loss.h"
#include "engine/train/memory.h"
#include "engine/train/metric.h"
#include "engine/train/trainer.h"

#include <QtTest>

using namespace burdock;

namespace {

/// Of each task and shape that the program brings, in little.
const std::vector<std::string>& references() {
    static const std::vector<std::string> all{"moons:samples=60",
                                              "clusters:samples=60",
                                              "sine:samples=60",
                                              "shapes:samples=6",
                                              "shapes:samples=6,size=96",
                                              "shapes:samples=4,size=572,mask=388",
                                              "fashion-mnist-small",
                                              "textures",
                                              "digits",
                                              "iris",
                                              "wine",
                                              "breast-cancer",
                                              "penguins",
                                              "diabetes",
                                              "concrete",
                                              "sacramento",
                                              "pride-and-prejudice",
                                              "pride-and-prejudice:context=32"};
    return all;
}

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    static std::map<std::string, std::shared_ptr<const Dataset>> kept;
    auto& data = kept[reference];
    if (!data) {
        auto read = shippedCatalog().open(reference);
        if (!read) qFatal("%s", oneLine(read.error()).c_str());
        data = *read;
    }
    return data;
}

std::vector<Diagnostic> errorsOf(const Adaptation& made, const DatasetInfo& data) {
    std::vector<Diagnostic> errors;
    for (const Diagnostic& d : checkTraining(made.graph, data, made.config))
        if (d.severity == Severity::Error) errors.push_back(d);
    return errors;
}

/// The first samples of a data set: enough for a step.
class Few final : public Dataset {
  public:
    explicit Few(std::shared_ptr<const Dataset> data)
        : data_(std::move(data))
        , info_(data_->info()) {
        info_.trainSize = std::min<std::int64_t>(info_.trainSize, 6);
        info_.testSize = std::min<std::int64_t>(info_.testSize, 2);
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t i, float* values) const override {
        data_->readInput(part, i, values);
    }
    void readTarget(Part part, std::int64_t i, float* values) const override {
        data_->readTarget(part, i, values);
    }

  private:
    std::shared_ptr<const Dataset> data_;
    DatasetInfo info_;
};

} // namespace

class AdaptationTest : public QObject {
    Q_OBJECT
  private slots:
    void everyTemplateOnAllData_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("reference");
        for (const ModelTemplate& t : modelTemplates())
            for (const std::string& reference : references())
                QTest::addRow("%s on %s", t.id.c_str(), reference.c_str())
                    << QString::fromStdString(t.id) << QString::fromStdString(reference);
    }
    void everyTemplateOnAllData() {
        QFETCH(QString, id);
        QFETCH(QString, reference);
        const auto data = opened(reference.toStdString());
        const ModelTemplate& t = *findTemplate(id.toStdString());
        const auto made = adaptedTo(t.build(), data->info(), t.settings);
        if (!made) {
            const Diagnostic& why = made.error();
            QVERIFY2(why.code == "adapt.kind" || why.code == "adapt.sizes", why.code.c_str());
            QVERIFY2(!why.why.empty() && why.mend.find("template:") != std::string::npos,
                     oneLine(why).c_str());
            const std::string named(fittingTemplate(data->info()));
            QVERIFY(why.mend.find("template:" + named) != std::string::npos && named != t.id);
            return;
        }
        const auto errors = errorsOf(*made, data->info());
        QVERIFY2(errors.empty(), errors.empty() ? "" : oneLine(errors[0]).c_str());
        // Nothing is drawn absurdly large: the input is that of the data, or at most four times as wide.
        const auto network = *checkNetwork(made->graph);
        QVERIFY(network.inputShape().width <= 4 * data->info().input.width);
        TrainConfig config = made->config;
        config.batch = 2;
        config.epochs = 1;
        config.threads = 1;
        constexpr std::int64_t little = 100'000'000; // multiply-adds that a test has time for
        if (network.macs() > little || network.parameters() > 30'000'000) return;
        auto trainer = Trainer::make(made->graph, std::make_shared<Few>(data), config);
        QVERIFY2(trainer, trainer ? "" : oneLine(trainer.error()).c_str());
        TrainObserver nobody;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(nobody, control);
        QVERIFY2(finish.status == RunStatus::Finished,
                 finish.problem ? oneLine(*finish.problem).c_str() : "");
    }
    void everyDataHasATemplate_data() {
        QTest::addColumn<QString>("wanted");
        for (const std::string& reference : references()) {
            const DatasetInfo& info = opened(reference)->info();
            QTest::newRow(reference.c_str())
                << QString(info.task->generates            ? "gpt-nano"
                           : info.mask                     ? "unet64"
                           : info.input.height > 1         ? "lecture-cnn"
                           : info.task == Task::Regression ? "regression-mlp"
                                                           : "classification-mlp");
        }
    }
    void everyDataHasATemplate() {
        QFETCH(QString, wanted);
        const auto fitting = fittingTemplate(opened(QTest::currentDataTag())->info());
        if (QByteArray(QTest::currentDataTag()).contains("mask=388")) // the U-Net whose mask is smaller
            wanted = "unet";
        QCOMPARE(QString::fromUtf8(fitting.data(), qsizetype(fitting.size())), wanted);
    }
    /// What is changed is told, and little more is changed than must be.
    void changesAreTold() {
        const ModelTemplate& mlp = *findTemplate("classification-mlp");
        const auto digits = adaptedTo(mlp.build(), opened("digits")->info(), mlp.settings);
        QVERIFY(digits);
        QCOMPARE(digits->changes.size(), 3u);
        QVERIFY(digits->changes[0].find("8") != std::string::npos &&
                digits->changes[1].find("Flatten") != std::string::npos &&
                digits->changes[2].find("10") != std::string::npos);
        const auto wine = adaptedTo(mlp.build(), opened("wine")->info(), mlp.settings);
        QVERIFY(wine && wine->changes.empty() && wine->graph == mlp.build());
        // Rows with a number for each pixel are pictures to a network that wants them so.
        DatasetInfo rows = opened("fashion-mnist-small")->info();
        rows.input = {784, 1, 1};
        const ModelTemplate& lenet = *findTemplate("lenet5");
        const auto read = adaptedTo(lenet.build(), rows, lenet.settings);
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        QVERIFY(read->config.fit == Fit::Resize && read->graph == lenet.build());
        // Another task takes the end away that does not fit it, and the loss.
        const ModelTemplate& rule = *findTemplate("perceptron-rule");
        const auto numbers = adaptedTo(rule.build(), opened("concrete")->info(), rule.settings);
        QVERIFY(numbers && numbers->config.loss == "auto");
        QVERIFY(numbers->changes.back().find("Remove") != std::string::npos);
    }
    /// No fix leads to a network that makes nothing of such data.
    void noAbsurdFix_data() {
        QTest::addColumn<QString>("reference");
        QTest::newRow("gpt2") << "shapes:samples=4,size=572,mask=388";
        QTest::newRow("lenet5") << "breast-cancer";
        QTest::newRow("lecture-cnn") << "pride-and-prejudice";
        QTest::newRow("gpt-nano") << "iris";
    }
    void noAbsurdFix() {
        QFETCH(QString, reference);
        const ModelTemplate& t = *findTemplate(QTest::currentDataTag());
        const auto data = opened(reference.toStdString());
        bool told = false;
        for (const Diagnostic& d : checkTraining(t.build(), data->info(), t.settings)) {
            if (d.code != "data.input-shape") continue;
            told = true;
            QVERIFY(!d.fix);
            QVERIFY2(d.mend.find("template") != std::string::npos, oneLine(d).c_str());
        }
        QVERIFY(told);
        QCOMPARE(adaptedTo(t.build(), data->info(), t.settings).error().code, "adapt.kind");
    }

    /// Unbalanced classes and outliers are told with what helps; usual data are left alone.
    void advice_data() {
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("loss");
        const auto classes = [](int rare) {
            QByteArray rows = "a,b,kind\n";
            for (int i = 0; i < 300; ++i)
                rows += QByteArray::number(i % 13) + "." + QByteArray::number(i % 7) + "," +
                        QByteArray::number(i % 11) + "," +
                        (i % rare == 0 ? "rare"
                         : i % 2       ? "one"
                                       : "two") +
                        "\n";
            return rows;
        };
        const auto numbers = [](int far) {
            QByteArray rows = "a,b,y\n";
            for (int i = 0; i < 300; ++i)
                rows += QByteArray::number(i % 13) + "," + QByteArray::number(i % 11) + "," +
                        QByteArray::number(i % 60 == 7 ? far : i % 29) + ".5\n";
            return rows;
        };
        QTest::newRow("rare class") << classes(30) << "data.unbalanced"
                                    << "softmax-cross-entropy";
        QTest::newRow("classes alike") << classes(3) << ""
                                       << "";
        QTest::newRow("outliers") << numbers(5000) << "data.outliers"
                                  << "huber";
        QTest::newRow("no outliers") << numbers(30) << ""
                                     << "";
    }
    void advice() {
        QFETCH(QByteArray, rows);
        QFETCH(QString, code);
        QFETCH(QString, loss);
        DataFolder folder;
        const auto data = *shippedCatalog().open(folder.write("table.csv", rows));
        const bool numbers = data->info().task == Task::Regression;
        const ModelTemplate& t = *findTemplate(numbers ? "regression-mlp" : "classification-mlp");
        auto made = *adaptedTo(t.build(), data->info(), t.settings);
        made.config.epochs = 1;
        const auto warned = [&] {
            const auto trainer = Trainer::make(made.graph, data, made.config);
            if (!trainer) qFatal("%s", oneLine(trainer.error()).c_str());
            return (*trainer)->warnings();
        };
        const auto told = warned();
        QCOMPARE(told.size(), code.isEmpty() ? 0u : 1u);
        if (code.isEmpty()) return;
        QCOMPARE(QString::fromStdString(told[0].code), code);
        QVERIFY(told[0].fix && told[0].fix->param == "loss");
        made.config = withSetting(made.config, "loss", told[0].fix->value);
        QCOMPARE(QString::fromStdString(made.config.loss), loss);
        made.config.lossParams = told[0].fix->layerParams;
        QVERIFY(warned().empty()); // it mends what it tells of
        if (!numbers) {
            const auto trainer = Trainer::make(made.graph, data, made.config);
            QCOMPARE((*trainer)->bestMetric(), "balanced_accuracy");
        }
    }
    /// Each label is a question of its own, and its yes may be rare.
    void rareLabelsAreTold() {
        QByteArray rows = "a,b,often,rare,never\n";
        for (int i = 0; i < 300; ++i)
            rows += QByteArray::number(i % 13) + "." + QByteArray::number(i % 7) + "," +
                    QByteArray::number(i % 11) + "," + QByteArray::number(i % 2) + "," +
                    QByteArray::number(i % 15 == 0) + "," + QByteArray::number(i == 299) + "\n";
        DataFolder folder;
        const auto opened =
            shippedCatalog().open(folder.write("labels.csv", rows) + ":target=often+rare+never");
        QVERIFY2(opened, opened ? "" : oneLine(opened.error()).c_str());
        const Dataset& data = **opened;
        QVERIFY(data.info().task == Task::Multilabel);
        Split all;
        for (std::int64_t i = 0; i < data.info().trainSize; ++i)
            all.train.push_back(i);
        const ClassBalance balance = balanceOf(data, all.train);
        QCOMPARE(balance.rareLabels, (std::vector<std::int64_t>{2, 1}));
        const auto told = adviseOn(data, all, balance, {});
        const auto rare = std::ranges::find(told, "data.rare-labels", &Diagnostic::code);
        QVERIFY(rare != told.end());
        QVERIFY2(rare->why.find("“never” has 1 of 300 samples, and 1 other is rare too") != std::string::npos,
                 oneLine(*rare).c_str());
        TrainConfig weighed = withSetting({}, "loss", rare->fix->value);
        weighed.lossParams = rare->fix->layerParams;
        for (const Diagnostic& d : adviseOn(data, all, balance, weighed))
            QVERIFY(d.code != "data.rare-labels");
        const auto proposal = proposeFor(data);
        QVERIFY(proposal && proposal->config.lossParams == weighed.lossParams);
        const auto trainer = Trainer::make(proposal->graph, *opened, proposal->config);
        QVERIFY(trainer);
        QCOMPARE((*trainer)->bestMetric(), "balanced_accuracy"); // accuracy is carried by the no
    }
    /// Of masks the balance is that of the pixels; the template for them brings the weights that it tells of.
    void fewPixelsCarryALabel() {
        const auto data = opened("shapes:samples=6");
        const ModelTemplate& unet = *findTemplate("unet64");
        QVERIFY((*Trainer::make(unet.build(), data, unet.settings))->warnings().empty());
        const auto plain = Trainer::make(unet.build(), data, {});
        QCOMPARE((*plain)->warnings().size(), 1u);
        QCOMPARE((*plain)->warnings()[0].code, "data.unbalanced");
        QVERIFY((*plain)->warnings()[0].mend.find("IoU") != std::string::npos);
    }
    /// The rule's loss is the share of mistakes, and that it cannot come to rest is told.
    void thePerceptronsRuleOnXor() {
        struct Notices final : TrainObserver {
            std::vector<Diagnostic> told;
            std::vector<double> losses;
            void onNotice(const Diagnostic& d) override { told.push_back(d); }
            void onEpoch(const EpochRecord& r) override { losses.push_back(r.value("train.loss")); }
        };
        const ModelTemplate& rule = *findTemplate("perceptron-rule");
        const auto train = [&](const std::string& reference, double rate) {
            const auto data = opened(reference);
            auto made = *adaptedTo(rule.build(), data->info(), rule.settings);
            made.config.epochs = 10;
            made.config.learningRate = rate;
            Notices notices;
            TrainControl control;
            const auto trainer = Trainer::make(made.graph, data, made.config);
            (*trainer)->run(notices, control);
            return notices;
        };
        const Notices xorData = train("xor:samples=200", 1e-8);
        QCOMPARE(xorData.told.size(), 1u);
        QCOMPARE(xorData.told[0].code, "perceptron.inseparable");
        QVERIFY2(xorData.losses.back() > 0.2, QByteArray::number(xorData.losses.back()));
        const Notices parted = train("clusters:samples=200,noise=0.01,classes=2", 0.01);
        QVERIFY2(parted.told.empty(), parted.told.empty() ? "" : oneLine(parted.told[0]).c_str());
        QCOMPARE(parted.losses.back(), 0.0);
    }
    /// What is offered by its title is opened under the same name.
    void theTemplatesForTablesAreCalledAsTheirNetworks() {
        for (const ModelTemplate& t : modelTemplates())
            if (t.group == TemplateGroup::Tables) QCOMPARE(t.title, t.build().name);
        QVERIFY(findTemplate("classification-mlp")->doc.find("yes or no") != std::string::npos);
    }
    /// An epoch of few samples has few steps: it takes many of them, and a network that they suffice for.
    void fewSamplesAreSeenOften_data() {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<int>("leastSteps");
        QTest::newRow("rows") << "iris" << 800;
        QTest::newRow("two rings") << "circles:samples=300" << 1500;
        QTest::newRow("many rows") << "moons:samples=20000" << 3000;
        QTest::newRow("pictures") << "textures" << 500;
        QTest::newRow("small pictures") << "digits" << 500;
        QTest::newRow("masks") << "shapes:samples=100" << 300;
    }
    void fewSamplesAreSeenOften() {
        QFETCH(QString, reference);
        QFETCH(int, leastSteps);
        const auto data = opened(reference.toStdString());
        const auto proposal = proposeFor(*data);
        QVERIFY2(proposal, proposal ? "" : oneLine(proposal.error()).c_str());
        const TrainConfig& config = proposal->config;
        const auto trained = static_cast<std::int64_t>(static_cast<double>(data->info().trainSize) *
                                                       (1 - config.validationFraction));
        const auto steps = config.epochs * (trained / config.batch);
        QVERIFY2(steps >= leastSteps, QByteArray::number(qlonglong(steps)).constData());
        QVERIFY(config.epochs >= TrainConfig{}.epochs && config.epochs <= 300);
        QCOMPARE(config.patience > 0, config.epochs > 2 * TrainConfig{}.epochs);
        QVERIFY(checkTrainConfig(config).empty());
        const auto line = std::ranges::find(proposal->lines, "Epochs", &Proposal::Line::what);
        QVERIFY(line != proposal->lines.end());
        QVERIFY2(line->value.starts_with(std::to_string(config.epochs) + ", about "), line->value.c_str());
        for (const Diagnostic& d : checkTraining(proposal->graph, data->info(), config))
            QVERIFY2(d.severity != Severity::Error, oneLine(d).c_str());
        if (data->info().trainSize < 1000 && !data->info().mask)
            QVERIFY(checkNetwork(proposal->graph)->parameters() < 200'000);
    }
    void whatIsProposedLearnsFewSamples() {
        const auto data = opened("circles:samples=300");
        const auto proposal = proposeFor(*data);
        TrainObserver nobody;
        TrainControl control;
        const auto finish = (*Trainer::make(proposal->graph, data, proposal->config))->run(nobody, control);
        QCOMPARE(finish.status, RunStatus::Finished);
        QVERIFY2(valueOf(finish.test, "test.accuracy") > 0.85, // 0.7 after 15 epochs
                 QByteArray::number(valueOf(finish.test, "test.accuracy")).constData());
    }
    /// Whoever ends a run while it gets better every epoch is told so; of one that is at its end nothing is.
    void whatStillLearnsIsTold() {
        const DatasetInfo& info = opened("sine:samples=60")->info();
        std::vector<double> falling, level(20, 0.3);
        for (int i = 0; i < 20; ++i)
            falling.push_back(1.0 / (i + 1));
        const auto told = tellStillLearning(info, falling);
        QVERIFY(told && told->mend.find("Train on for more epochs") != std::string::npos);
        QVERIFY(!tellStillLearning(info, level));
        QVERIFY(!tellStillLearning(info, std::span(falling).first(5))); // a look, no run
        struct Notices final : TrainObserver {
            std::vector<std::string> codes;
            void onNotice(const Diagnostic& d) override { codes.push_back(d.code); }
        } notices;
        const auto data = opened("concrete");
        const ModelTemplate& mlp = *findTemplate("regression-mlp");
        auto made = *adaptedTo(mlp.build(), data->info(), mlp.settings);
        made.config.learningRate = 1e-4; // by far too small
        made.config.epochs = 12;
        made.config.schedule = "constant";
        TrainControl control;
        (*Trainer::make(made.graph, data, made.config))->run(notices, control);
        QCOMPARE(notices.codes, std::vector<std::string>{"run.still-learning"});
    }
};

QTEST_GUILESS_MAIN(AdaptationTest)
#include "adaptation_test.moc"
