// The trainer against PyTorch: the same first weights, samples and settings give the same losses.
#include "engine/graph/graph.h"
#include "engine/plan/weights.h"
#include "engine/train/predictor.h"
#include "engine/train/trainer.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace burdock;

namespace {

constexpr double tolerance = 1e-4;
constexpr std::int64_t height = 12, width = 16, classes = 10, samples = 32;

/// The samples of make_reference.py, made from the same integers.
class ReferenceData final : public Dataset {
  public:
    ReferenceData() {
        info_.id = info_.title = "reference";
        info_.input = {1, height, width};
        info_.targets = classes;
        info_.trainSize = info_.testSize = samples;
        for (int i = 0; i < classes; ++i)
            info_.classNames.push_back(std::to_string(i));
        std::uint32_t state = 1;
        for (std::int64_t index = 0; index < samples; ++index)
            for (std::int64_t row = 0; row < height; ++row)
                for (std::int64_t column = 0; column < width; ++column) {
                    state = state * 1664525U + 1013904223U;
                    const std::int64_t label = labelOf(index);
                    const bool stripe = (row * (label % 3 + 1) + column + label) % classes < 3;
                    pixels_.push_back(static_cast<float>((state >> 24U) / 2U + (stripe ? 127U : 0U)) /
                                      255.0F);
                }
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        std::copy_n(pixels_.data() + index * height * width, height * width, values);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(labelOf(index));
    }

  private:
    static std::int64_t labelOf(std::int64_t index) { return index * 7 % classes; }
    DatasetInfo info_;
    std::vector<float> pixels_;
};

Graph smallCnn() {
    Graph graph;
    graph.name = "Small CNN";
    NodeId last = graph.add("input", {{"channels", 1}, {"height", height}, {"width", width}});
    const auto then = [&](std::string type, ParamValues params = {}, std::string name = {}) {
        const NodeId next = graph.add(std::move(type), std::move(params), {}, std::move(name));
        graph.connect(last, next);
        last = next;
    };
    const ParamValue kernel = IntPair{3, 3};
    then("conv2d", {{"filters", 8}, {"kernel", kernel}, {"padding", "same"}}, "conv1");
    then("relu");
    then("maxpool2d");
    then("conv2d", {{"filters", 16}, {"kernel", kernel}, {"padding", "same"}, {"bias", false}}, "conv2");
    then("batchnorm", {{"epsilon", 1e-5}, {"momentum", 0.1}}, "norm");
    then("relu");
    then("maxpool2d");
    then("flatten");
    then("dense", {{"units", 32}}, "dense1");
    then("relu");
    then("dense", {{"units", classes}}, "dense2");
    then("softmax");
    return graph;
}

QByteArray referenceFile(const char* name) {
    QFile file(QStringLiteral(BURDOCK_TESTS_DIR "/reference/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct Recorder final : TrainObserver {
    std::vector<double> losses;
    std::shared_ptr<const WeightSet> last;
    void onStep(const StepRecord& step) override { losses.push_back(step.value("train.loss")); }
    void onCheckpoint(const CheckpointRecord& checkpoint) override {
        if (checkpoint.kind == CheckpointRecord::Kind::Last) last = checkpoint.weights;
    }
};

} // namespace

class ReferenceCurveTest : public QObject {
    Q_OBJECT
  private slots:
    void followsPyTorch_data() {
        QTest::addColumn<double>("learningRate");
        QTest::newRow("adam") << 1e-3;
        QTest::newRow("momentum") << 0.02;
        QTest::newRow("sgd") << 0.05;
    }
    void followsPyTorch() {
        QFETCH(double, learningRate);
        const std::string optimizer = QTest::currentDataTag();
        const auto reference = nlohmann::json::parse(referenceFile("small_cnn.json").toStdString());
        const auto expected = reference.at("losses").at(optimizer).get<std::vector<double>>();
        QCOMPARE(expected.size(), std::size_t{30});

        const QByteArray bytes = referenceFile("small_cnn.safetensors");
        auto initial = decodeSafetensors(std::as_bytes(std::span(bytes.data(), bytes.size())));
        QVERIFY2(initial, initial ? "" : oneLine(initial.error()).c_str());

        TrainConfig config;
        config.epochs = static_cast<std::int64_t>(expected.size()); // one step an epoch
        config.batch = samples;
        config.optimizer = optimizer;
        config.learningRate = learningRate;
        config.schedule = "constant";
        config.validationFraction = 0;
        const auto data = std::make_shared<ReferenceData>();
        auto trainer =
            Trainer::make(smallCnn(), data, config, std::make_shared<WeightSet>(std::move(*initial)));
        QVERIFY2(trainer, trainer ? "" : oneLine(trainer.error()).c_str());
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QVERIFY2(finish.status == RunStatus::Finished,
                 finish.problem ? oneLine(*finish.problem).c_str() : "not finished");

        QCOMPARE(recorder.losses.size(), expected.size());
        double worst = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            worst = std::max(worst, std::abs(recorder.losses[i] - expected[i]));
            QVERIFY2(std::abs(recorder.losses[i] - expected[i]) < tolerance,
                     qPrintable(QString("step %1: %2, PyTorch has %3")
                                    .arg(i + 1)
                                    .arg(recorder.losses[i], 0, 'f', 7)
                                    .arg(expected[i], 0, 'f', 7)));
        }
        qInfo("%s: largest difference over 30 steps %.1e", optimizer.c_str(), worst);

        // With the running statistics that the steps have left behind.
        QVERIFY(recorder.last);
        auto predictor = Predictor::make(smallCnn(), *recorder.last, data, config);
        QVERIFY2(predictor, predictor ? "" : oneLine(predictor.error()).c_str());
        const Evaluation evaluation = (*predictor)->evaluateTest();
        const double evaluated = reference.at("evaluated").at(optimizer).get<double>();
        QVERIFY2(std::abs(evaluation.loss - evaluated) < tolerance,
                 qPrintable(QString("%1, PyTorch has %2").arg(evaluation.loss).arg(evaluated)));
    }
};

QTEST_GUILESS_MAIN(ReferenceCurveTest)
#include "reference_curve_test.moc"
