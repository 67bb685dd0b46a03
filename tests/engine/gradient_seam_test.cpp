// The place between backward and optimizer: accumulation, averaging over machines, clipping, and the guard.
#include "engine/graph/node_paths.h"
#include "engine/tensor/finite.h"
#include "engine/train/gradient.h"
#include "engine/train/gradient_seam.h"
#include "engine/train/kernel_report.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"
#include "train_support.h"

#include <QTest>

#include <numeric>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// One stepper over all of the clouds as one batch, and that batch.
struct Bench {
    std::shared_ptr<const Dataset> data;
    std::unique_ptr<Stepper> stepper;
    std::unique_ptr<DataLoader> loader;
    const MiniBatch* batch = nullptr;

    Bench(const Graph& graph, std::shared_ptr<const Dataset> of, const TrainConfig& config,
          std::vector<std::int64_t> samples = {})
        : data(std::move(of)) {
        if (samples.empty()) {
            samples.resize(static_cast<std::size_t>(data->size(Part::Train)));
            std::iota(samples.begin(), samples.end(), 0);
        }
        stepper = std::move(*Stepper::make(*checkNetwork(graph), data, config, samples));
        stepper->store()->initialise(3);
        const auto scaling = Scaling::measure(*data, samples);
        loader =
            std::make_unique<DataLoader>(data, Part::Train, samples, scaling, stepper->batch(), false, 1);
        loader->start(1);
        batch = loader->next();
    }
    std::vector<float> weights() const {
        const auto values = stepper->store()->values();
        return {values.begin(), values.end()};
    }
};

double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return most;
}

TrainConfig sgd(std::int64_t batch, std::int64_t micro) {
    TrainConfig config;
    config.optimizer = "sgd";
    config.batch = batch;
    config.microBatch = micro;
    return config;
}

} // namespace

class GradientSeamTest : public QObject {
    Q_OBJECT
  private slots:
    void partsAreEven() {
        for (const std::int64_t size : {1, 2, 7, 32, 33, 203})
            for (const std::int64_t micro : {0, 1, 2, 5, 32, 500}) {
                const MicroBatches parts(size, micro);
                std::int64_t sum = 0;
                for (std::int64_t i = 0; i < parts.count; ++i) {
                    sum += parts.sizeOf(i);
                    QVERIFY(parts.sizeOf(i) >= 1 && (micro == 0 || parts.sizeOf(i) <= micro));
                    QVERIFY(parts.sizeOf(i) >= parts.largest - 1 && parts.sizeOf(i) <= parts.largest);
                    QVERIFY(parts.sizeOf(i) > 1 || micro == 1 || size == 1 || (micro == 2 && size % 2 == 1));
                }
                QCOMPARE(sum, size);
            }
    }

    void accumulationEqualsTheBatch_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<bool>("balanced");
        QTest::newRow("cross-entropy") << "auto" << false;
        QTest::newRow("balanced classes") << "auto" << true;
        QTest::newRow("hinge") << "hinge" << false;
    }
    /// Gradients of parts, unlike in size, make the step of the whole batch.
    void accumulationEqualsTheBatch() {
        QFETCH(QString, loss);
        QFETCH(bool, balanced);
        // Classes of unlike sizes, in order: each part has others.
        class Unlike : public Clouds {
          public:
            Unlike()
                : Clouds(Task::Multiclass, 101) {}
            void readTarget(Part, std::int64_t index, float* values) const override {
                values[0] = index < 60 ? 0.0f : index < 90 ? 1.0f : 2.0f;
            }
        };
        const auto data = std::make_shared<const Unlike>();
        const auto stepped = [&](std::int64_t micro, std::optional<Stepper::Outcome>* told = nullptr) {
            TrainConfig config = sgd(101, micro);
            config.loss = loss.toStdString();
            config.clipNorm = 0.5;
            if (balanced) config.lossParams = {{"class_weights", std::string("balanced")}};
            Bench bench(network(3, loss == "hinge" ? nullptr : "softmax"), data, config);
            const Stepper::Outcome outcome = bench.stepper->step(*bench.batch, 1, 0.5);
            if (told) *told = outcome;
            return bench.weights();
        };
        std::optional<Stepper::Outcome> whole, parts;
        const std::vector<float> wanted = stepped(0, &whole);
        for (const std::int64_t micro : {1, 7, 25, 50, 100}) {
            const double d = distance(stepped(micro, &parts), wanted);
            QVERIFY2(d < 2e-6, qPrintable(QString("micro-batch %1: %2").arg(micro).arg(d)));
            QVERIFY(std::abs(parts->loss - whole->loss) < 1e-6);
            QVERIFY(std::abs(parts->accuracy - whole->accuracy) < 1e-12);
            QCOMPARE(parts->samples, whole->samples);
        }
    }
    /// Balanced classes: a step over all samples does not depend on how many are in memory at once.
    void gradientDescentOfBalancedClasses() {
        class Unlike : public Clouds {
          public:
            Unlike()
                : Clouds(Task::Multiclass, 101) {}
            void readTarget(Part, std::int64_t index, float* values) const override {
                values[0] = index < 60 ? 0.0f : index < 90 ? 1.0f : 2.0f;
            }
        };
        std::vector<double> losses;
        std::vector<std::vector<float>> weights;
        for (const std::int64_t batch : {101, 10, 37}) {
            TrainConfig config = sgd(batch, 0);
            config.optimizer = "gd";
            config.learningRate = 0.3;
            config.epochs = 5;
            config.schedule = "constant";
            config.validationFraction = 0;
            config.loss = "softmax-cross-entropy";
            config.lossParams = {{"class_weights", std::string("balanced")}};
            auto trainer = Trainer::make(network(3, "softmax"), std::make_shared<const Unlike>(), config);
            QVERIFY(trainer);
            Recorder recorder;
            TrainControl control;
            QVERIFY((*trainer)->run(recorder, control).status == RunStatus::Finished);
            losses.push_back(recorder.epochs.back().value("train.loss"));
            std::vector<float> all;
            for (const NamedTensor& t : recorder.checkpoints.back().weights->tensors)
                all.insert(all.end(), t.values.begin(), t.values.end());
            weights.push_back(std::move(all));
        }
        for (std::size_t i = 1; i < losses.size(); ++i) {
            QVERIFY2(std::abs(losses[i] - losses[0]) < 1e-6, QByteArray::number(losses[i] - losses[0]));
            QVERIFY2(distance(weights[i], weights[0]) < 1e-5,
                     QByteArray::number(distance(weights[i], weights[0])));
        }
    }
    /// A class that training has never seen counts in validation, and fails nothing.
    void classUnseenInTraining() {
        class Late : public Clouds {
          public:
            Late()
                : Clouds(Task::Multiclass, 60) {}
            void readTarget(Part, std::int64_t index, float* values) const override {
                values[0] = index == rare_ ? 2.0f : static_cast<float>(index % 2);
            }
            std::int64_t rare_ = 0;
        };
        TrainConfig config = sgd(16, 0);
        config.epochs = 2;
        config.validationFraction = 0.02; // one sample
        config.loss = "softmax-cross-entropy";
        config.lossParams = {{"class_weights", std::string("balanced")}};
        auto data = std::make_shared<Late>();
        data->rare_ = makeSplit(*data, config.validationFraction, static_cast<std::uint64_t>(config.seed))
                          .validation.front();
        auto trainer = Trainer::make(network(3, "softmax"), data, config);
        QVERIFY(trainer);
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QVERIFY2(finish.status == RunStatus::Finished,
                 finish.problem ? finish.problem->what.c_str() : "not finished");
        QVERIFY(recorder.epochs.back().value("validation.loss") > 0);
    }

    /// Two machines with halves of a batch, unlike in size, make the step of one with all of it.
    void averagesOverMachines() {
        class Pair : public GradientExchange {
          public:
            std::vector<float> other;
            double otherWeight = 0;
            Status average(std::span<float> gradients, double& weight) override {
                const double sum = weight + otherWeight;
                for (std::size_t i = 0; i < gradients.size(); ++i)
                    gradients[i] = static_cast<float>((weight * static_cast<double>(gradients[i]) +
                                                       otherWeight * static_cast<double>(other[i])) /
                                                      sum);
                weight = sum;
                return {};
            }
        };
        const auto data = std::make_shared<const Clouds>(Task::Multiclass, 90);
        const Graph graph = network(3, "softmax");
        std::vector<std::int64_t> all(90);
        std::iota(all.begin(), all.end(), 0);
        TrainConfig config = sgd(90, 0);
        config.clipNorm = 0.3;
        Bench one(graph, data, config);
        one.stepper->step(*one.batch, 1, 0.5);
        // Their inputs are scaled alike only if measured over the same samples: Clouds repeat in threes.
        MiniBatch left, right;
        const auto part = [&](MiniBatch& to, std::int64_t first, std::int64_t size) {
            to.size = size;
            to.inputs = AlignedBuffer(static_cast<std::size_t>(size * 2));
            to.targets = AlignedBuffer(static_cast<std::size_t>(size));
            std::copy_n(one.batch->inputs.data() + first * 2, size * 2, to.inputs.data());
            std::copy_n(one.batch->targets.data() + first, size, to.targets.data());
        };
        part(left, 0, 30);
        part(right, 30, 60);
        Bench far(graph, data, sgd(60, 0), all), near(
                                                     graph, data,
                                                     [&] {
                                                         TrainConfig c = sgd(30, 0);
                                                         c.clipNorm = 0.3;
                                                         return c;
                                                     }(),
                                                     all);
        far.stepper->step(right, 1, 0.0);
        auto pair = std::make_shared<Pair>();
        const auto gradients = far.stepper->store()->gradients();
        pair->other.assign(gradients.begin(), gradients.end());
        pair->otherWeight = 60;
        near.stepper->seam().setExchange(pair);
        near.stepper->step(left, 1, 0.5);
        QVERIFY2(distance(near.weights(), one.weights()) < 2e-6,
                 QByteArray::number(distance(near.weights(), one.weights())));
    }
    /// What the exchange cannot do ends the step, with its reason, and moves nothing.
    void exchangeFails() {
        class Broken : public GradientExchange {
            Status average(std::span<float>, double&) override {
                Diagnostic d;
                d.code = "exchange";
                d.what = "A machine is gone.";
                return refuse(std::move(d));
            }
        };
        Bench bench(network(3, "softmax"), std::make_shared<const Clouds>(Task::Multiclass), sgd(50, 0));
        bench.stepper->seam().setExchange(std::make_shared<Broken>());
        const auto before = bench.weights();
        const Stepper::Outcome outcome = bench.stepper->step(*bench.batch, 1, 0.5);
        QVERIFY(outcome.problem && outcome.problem->code == "exchange");
        QVERIFY(bench.weights() == before);
    }

    /// Clipping values does not hide that one was infinite.
    void infinityIsNotClipped() {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        std::vector<float> g{1, 5, -5, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()};
        gradient::clampValues(g, 2);
        QVERIFY(g[0] == 1 && g[1] == 2 && g[2] == -2);
        for (std::size_t i = 3; i < g.size(); ++i)
            QVERIFY(!std::isfinite(g[i]));
        QVERIFY(!allFinite(g));
    }
    /// What is trained, and what the report of kernels plans, goes by the same sizes.
    void sizesOfAPass() {
        const PassSizes whole(100, sgd(40, 0), false);
        QCOMPARE(whole.batch, 40);
        QVERIFY((whole.sizes == std::vector<std::int64_t>{40, 20}) && !whole.accumulates);
        const PassSizes parts(100, sgd(40, 9), false); // 40 in fives of 8, 20 in threes of 7, 7 and 6
        QVERIFY((parts.sizes == std::vector<std::int64_t>{8, 7, 6}) && parts.accumulates);
        QCOMPARE(PassSizes(10, sgd(40, 0), false).batch, 10);
        QCOMPARE(sizedFor(sgd(40, 0), Clouds(Task::Multiclass, 12).info()).batch, 12);
        const TrainConfig config = sgd(4096, 32);
        const auto network = *checkNetwork(testing::network(3, "softmax"));
        const LossSchema& loss = defaultLoss(Task::Multiclass);
        const auto told = trainingKernels(network, config, loss);
        auto options = planOptions(network, config, loss, 32, true);
        options.measureOnly = true;
        const auto made = (*Plan::make(network, options))->kernels();
        QVERIFY(told);
        QCOMPARE(told->size(), made.size());
        for (std::size_t i = 0; i < made.size(); ++i) {
            QCOMPARE(kernelText((*told)[i]), kernelText(made[i]));
            QCOMPARE((*told)[i].order, made[i].order);
        }
    }
    /// A ReLU may make 0 of what is not a number: the weights tell of it all the same.
    void weightsThatAreNotFiniteAreFound() {
        Bench bench(network(3, "softmax"), std::make_shared<const Clouds>(Task::Multiclass), sgd(50, 0));
        const Graph graph = network(3, "softmax");
        // Now and then by itself, and whenever it is asked.
        const Stepper::Outcome first = bench.stepper->step(*bench.batch, 1, 1e300);
        QVERIFY(!first.problem);
        const auto asked = bench.stepper->checkWeights(1);
        std::optional<Diagnostic> found;
        for (std::int64_t step = 2; step < 100 && !found; ++step)
            found = bench.stepper->step(*bench.batch, step, 1e300).problem;
        for (const auto& problem : {asked, found}) {
            QVERIFY(problem && problem->code == "train.diverged");
            QVERIFY2(problem->where.find("dense") != std::string::npos, problem->where.c_str());
            const Node* const node = nodeAt(graph, problem->node);
            QVERIFY(node && problem->where.starts_with(node->name + ", "));
        }
    }

    /// A whole run, dropout left out: the same curve, and less memory told.
    void runsInMicroBatches() {
        std::vector<double> losses;
        for (const std::int64_t micro : {0, 9}) {
            TrainConfig config = sgd(40, micro);
            config.learningRate = 0.1;
            config.epochs = 4;
            auto trainer = Trainer::make(network(3, "softmax"),
                                         std::make_shared<const Clouds>(Task::Multiclass), config);
            QVERIFY(trainer);
            QCOMPARE((*trainer)->batch(), 40);
            Recorder recorder;
            TrainControl control;
            QVERIFY((*trainer)->run(recorder, control).status == RunStatus::Finished);
            losses.push_back(recorder.epochs.back().value("train.loss"));
        }
        QVERIFY2(std::abs(losses[0] - losses[1]) < 1e-5, QByteArray::number(losses[0] - losses[1]));
        const auto needs = [](std::int64_t micro) {
            return *estimateMemory(*checkNetwork(network(3, "softmax")), sgd(4096, micro),
                                   defaultLoss(Task::Multiclass));
        };
        const TrainingMemory whole = needs(0), parts = needs(256);
        QVERIFY(parts.activations < whole.activations / 4);
        QCOMPARE(parts.gradients, 2 * whole.gradients);
    }
};

QTEST_GUILESS_MAIN(GradientSeamTest)
#include "gradient_seam_test.moc"
