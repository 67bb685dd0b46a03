#include "train_support.h"

#include "engine/models/templates.h"
#include "engine/plan/initial_values.h"
#include "engine/plan/plan.h"
#include "engine/schema/weight_params.h"
#include "engine/train/predictor.h"
#include "engine/train/rate_finder.h"
#include "engine/train/stepper.h"

#include <QTest>

#include <armadillo>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// Two clouds that a line parts, without noise beyond its margin.
class Separable final : public Dataset {
  public:
    Separable() {
        info_.id = info_.title = "separable";
        info_.task = Task::Binary;
        info_.input = {2, 1, 1};
        info_.trainSize = 40;
        info_.testSize = 10;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        const auto i = static_cast<std::uint64_t>(index);
        const double side = index % 2 == 0 ? -1 : 1;
        values[0] = static_cast<float>(side + 0.4 * (randomUniform(1, i) - 0.5));
        values[1] = static_cast<float>(side + 0.4 * (randomUniform(2, i) - 0.5));
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index % 2);
    }

  private:
    DatasetInfo info_;
};

/// Three labels that can be told from the signs of the features.
class SignLabels final : public Dataset {
  public:
    SignLabels() {
        info_.id = info_.title = "labels";
        info_.task = Task::Multilabel;
        info_.input = {3, 1, 1};
        info_.targets = 3;
        info_.trainSize = 300;
        info_.testSize = 100;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        for (std::uint64_t i = 0; i < 3; ++i)
            values[i] = static_cast<float>(
                randomNormal(part == Part::Test ? 8 : 9, static_cast<std::uint64_t>(3 * index) + i));
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        readInput(part, index, values);
        for (int i = 0; i < 3; ++i)
            values[i] = values[i] > 0.3f ? 1.0f : 0.0f;
    }

  private:
    DatasetInfo info_;
};

/// One sample is not a number: of the training, or of a test set.
class Spoilt final : public Dataset {
  public:
    explicit Spoilt(Part spoilt = Part::Train)
        : spoilt_(spoilt) {
        info_.standardise = false;
        if (spoilt == Part::Test) info_.testSize = info_.trainSize;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        clouds_.readInput(part, index, values);
        if (index == 77 && part == spoilt_) values[0] = std::nanf("");
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        clouds_.readTarget(part, index, values);
    }

  private:
    Clouds clouds_{Task::Multiclass};
    DatasetInfo info_ = clouds_.info();
    Part spoilt_;
};

} // namespace

class TrainBreadthTest : public QObject {
    Q_OBJECT

    /// A network whose ReLU is part of another kernel, which makes 0 of what is not a number.
    static Graph hidden() {
        const std::pair<const char*, ParamValues> dense{"dense", {{"units", std::int64_t{3}}}};
        return chain({2, 1, 1}, {dense, {"relu", {}}, dense, {"softmax", {}}});
    }

  private slots:
    /// w ← w + η(y − ŷ)x, one sample at a time, step by step.
    void perceptronRule() {
        const auto data = std::make_shared<const Separable>();
        const Graph graph = chain({2, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"step", {}}});
        TrainConfig config;
        config.loss = "perceptron";
        config.optimizer = "sgd";
        config.batch = 1;
        config.learningRate = 0.1;
        config.validationFraction = 0;
        std::vector<std::int64_t> samples{0, 1, 2, 3, 5, 7, 8};
        auto stepper = Stepper::make(*checkNetwork(graph), data, config, samples);
        QVERIFY(stepper);
        ParameterStore& store = *(*stepper)->store();
        store.initialise(3);
        double w[2], b = 0;
        for (std::size_t i = 0; i < 2; ++i)
            w[i] = store.save().tensors[0].values[i];
        for (std::size_t s = 0; s < samples.size(); ++s) {
            MiniBatch batch{1, AlignedBuffer(2), AlignedBuffer(1)};
            data->readInput(Part::Train, samples[s], batch.inputs.data());
            data->readTarget(Part::Train, samples[s], batch.targets.data());
            const float* const x = batch.inputs.data();
            const double said = w[0] * x[0] + w[1] * x[1] + b >= 0 ? 1 : 0;
            for (int i = 0; i < 2; ++i)
                w[i] += 0.1 * (batch.targets.data()[0] - said) * x[i];
            b += 0.1 * (batch.targets.data()[0] - said);
            (*stepper)->step(batch, static_cast<std::int64_t>(s) + 1, 0.1);
            const WeightSet now = store.save();
            for (std::size_t i = 0; i < 2; ++i)
                QVERIFY(std::abs(now.tensors[0].values[i] - w[i]) < 1e-6);
            QVERIFY(std::abs(now.tensors[1].values[0] - b) < 1e-6);
        }
        config.epochs = 20;
        Recorder recorder;
        const FinishRecord finish = train(graph, data, config, recorder);
        QCOMPARE(valueOf(finish.test, "test.accuracy"), 1.0); // it can be separated, so the rule ends
        QCOMPARE(recorder.epochs.back().value("train.loss"), 0.0);
    }
    void multilabelLearns() {
        TrainConfig config;
        config.epochs = 60;
        config.learningRate = 0.05;
        Recorder recorder;
        const auto data = std::make_shared<const SignLabels>();
        const Graph graph = chain({3, 1, 1}, {{"dense", {{"units", std::int64_t{3}}}}, {"sigmoid", {}}});
        const FinishRecord finish = train(graph, data, config, recorder);
        QVERIFY2(valueOf(finish.test, "test.accuracy") > 0.95,
                 QByteArray::number(valueOf(finish.test, "test.accuracy")));
        QVERIFY(!finish.testMetrics.empty());
        auto predictor = Predictor::make(graph, recorder.last(), data, config);
        QVERIFY(predictor);
        const std::vector<float> p = (*predictor)->predict(std::vector<float>{3, -3, 3});
        QVERIFY(p.size() == 3 && p[0] > 0.5f && p[1] < 0.5f && p[2] > 0.5f);
    }
    void penaltiesAndMaxNorm() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 60;
        config.learningRate = 0.05;
        const auto weights = [&](const char* key, double value) {
            Recorder recorder;
            ParamValues params{{"units", std::int64_t{3}}};
            if (value > 0) params[key] = value;
            train(chain({2, 1, 1}, {{"dense", params}, {"softmax", {}}}), data, config, recorder);
            return recorder.last().tensors[0].values;
        };
        const auto length = [](const std::vector<float>& w) {
            double sum = 0;
            for (const float v : w)
                sum += static_cast<double>(v) * v;
            return std::sqrt(sum);
        };
        const auto plain = weights("", 0), l2 = weights("l2", 0.3), l1 = weights("l1", 0.3),
                   limited = weights("max_norm", 0.5);
        QVERIFY(length(l2) < 0.5 * length(plain));
        QVERIFY(length(l1) < 0.5 * length(plain));
        for (std::size_t row = 0; row < 3; ++row)
            QVERIFY(std::hypot(limited[2 * row], limited[2 * row + 1]) < 0.5 + 1e-6);
    }
    void clipping() {
        const auto data = std::make_shared<const Clouds>(Task::Regression);
        TrainConfig config;
        config.optimizer = "sgd";
        config.learningRate = 1;
        config.epochs = 1;
        config.batch = 64;
        config.validationFraction = 0;
        for (const auto& [norm, value] : {std::pair(1e-3, 0.0), std::pair(0.0, 1e-3)}) {
            config.clipNorm = norm;
            config.clipValue = value;
            Recorder clipped;
            train(network(1), data, config, clipped);
            auto made = Stepper::make(*checkNetwork(network(1)), data, config, {0, 1, 2});
            QVERIFY(made);
            (*made)->store()->initialise(1);
            const WeightSet first = (*made)->store()->save();
            double moved = 0, most = 0;
            for (std::size_t t = 0; t < first.tensors.size(); ++t)
                for (std::size_t i = 0; i < first.tensors[t].values.size(); ++i) {
                    const double d =
                        static_cast<double>(clipped.last().tensors[t].values[i]) - first.tensors[t].values[i];
                    moved += d * d;
                    most = std::max(most, std::abs(d));
                }
            const double steps = static_cast<double>(clipped.steps.size());
            if (norm > 0) QVERIFY(std::sqrt(moved) <= steps * 1e-3 * 1.001 && moved > 0);
            if (value > 0) QVERIFY(most <= steps * 1e-3 * 1.001 && most > 0);
        }
    }
    void firstWeights_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(initializers().size()); ++i)
            QTest::newRow(initializers()[static_cast<std::size_t>(i)].id.c_str()) << i;
    }
    /// Mean and variance as the formulas say; orthogonal rows or columns.
    void firstWeights() {
        QFETCH(int, index);
        const InitializerSchema& entry = initializers()[static_cast<std::size_t>(index)];
        for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{60, 90}, {90, 60}}) {
            WeightSpec spec{"weight", {rows, columns}, entry.id, columns, rows};
            spec.initialValue = 0.25;
            const std::vector<float> values = initialValues(spec, 7);
            QVERIFY(values == initialValues(spec, 7));
            double mean = 0, square = 0;
            for (const float v : values) {
                mean += v;
                square += static_cast<double>(v) * v;
            }
            mean /= static_cast<double>(values.size());
            square /= static_cast<double>(values.size());
            const double in = static_cast<double>(columns), both = static_cast<double>(rows + columns);
            const std::map<std::string, double> variance{
                {"glorot_uniform", 2 / both}, {"glorot_normal", 2 / both}, {"he_uniform", 2 / in},
                {"he_normal", 2 / in},        {"lecun_uniform", 1 / in},   {"lecun_normal", 1 / in},
                {"normal", 0.25 * 0.25}};
            if (const auto wanted = variance.find(entry.id); wanted != variance.end()) {
                QVERIFY(std::abs(mean) < 0.01);
                QVERIFY2(std::abs(square / wanted->second - 1) < 0.06, QByteArray::number(square));
            } else if (entry.id == "orthogonal") {
                arma::fmat w(values.data(), static_cast<arma::uword>(columns),
                             static_cast<arma::uword>(rows));
                const arma::fmat product = rows < columns ? arma::fmat(w.t() * w) : arma::fmat(w * w.t());
                QVERIFY(arma::approx_equal(product, arma::eye<arma::fmat>(arma::size(product)), "absdiff",
                                           1e-5f));
            } else {
                const double all = entry.id == "zeros" ? 0 : entry.id == "ones" ? 1 : 0.25;
                QVERIFY(mean == all && std::abs(square - all * all) < 1e-12);
            }
        }
    }
    void earlyStoppingKeepsTheBest() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 200;
        config.patience = 4;
        config.minimumDelta = 0.02;
        config.learningRate = 0.02;
        Recorder recorder;
        const FinishRecord finish = train(network(3, "softmax"), data, config, recorder);
        QVERIFY(finish.stoppedEarly && finish.status == RunStatus::Finished);
        QVERIFY(finish.epochs < 200 && finish.epochs > 4);
        const WeightSet* best = nullptr;
        for (const auto& c : recorder.checkpoints)
            if (c.kind == CheckpointRecord::Kind::Best) best = c.weights.get();
        QVERIFY(best && recorder.last().tensors[0].values == best->tensors[0].values);
    }
    /// The gradient over all samples: the same whatever part of them is in memory at once.
    void fullBatchDescent() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.optimizer = "gd";
        config.epochs = 5;
        config.learningRate = 0.5;
        std::vector<WeightSet> results;
        for (const std::int64_t batch : {7, 1000}) {
            config.batch = batch;
            Recorder recorder;
            train(network(3, "softmax"), data, config, recorder);
            QCOMPARE(recorder.steps.size(), std::size_t{5}); // a step an epoch
            results.push_back(recorder.last());
        }
        for (std::size_t t = 0; t < results[0].tensors.size(); ++t)
            for (std::size_t i = 0; i < results[0].tensors[t].values.size(); ++i)
                QVERIFY(std::abs(results[0].tensors[t].values[i] - results[1].tensors[t].values[i]) < 1e-5f);
    }
    /// 33 samples in batches of 32 leave one over, of which batch normalisation cannot take a variance.
    void singleLeftOverSample() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass, 33 * 5 / 4 + 1);
        TrainConfig config;
        config.validationFraction = 0;
        config.epochs = 3;
        auto trainer = Trainer::make(network(3, "softmax"), data, config);
        QVERIFY(trainer);
        const Split split = makeSplit(*data, 0, 1);
        config.batch = static_cast<std::int64_t>(split.train.size()) - 1;
        Recorder recorder;
        const FinishRecord finish = train(chain({2, 1, 1}, {{"dense", {{"units", std::int64_t{8}}}},
                                                            {"batchnorm", {}},
                                                            {"relu", {}},
                                                            {"dense", {{"units", std::int64_t{3}}}},
                                                            {"softmax", {}}}),
                                          data, config, recorder);
        QCOMPARE(finish.status, RunStatus::Finished);
        QCOMPARE(recorder.steps.size(), std::size_t{3});
        for (const KeptStep& r : recorder.steps)
            QVERIFY(std::isfinite(r.loss));
    }
    void notANumberIsTold_data() {
        QTest::addColumn<Graph>("graph");
        QTest::addColumn<QString>("layer");
        const std::pair<const char*, ParamValues> dense{"dense", {{"units", std::int64_t{3}}}};
        QTest::newRow("statistics") << chain({2, 1, 1}, {{"batchnorm", {}}, dense, {"softmax", {}}})
                                    << "batchnorm";
        // The ReLU makes 0 of it, so that the loss does not tell.
        QTest::newRow("behind a ReLU") << hidden() << "dense,";
    }
    /// The run ends in the very step, names the layer, and what is kept is finite: statistics too.
    void notANumberIsTold() {
        QFETCH(Graph, graph);
        QFETCH(QString, layer);
        const auto data = std::make_shared<const Spoilt>();
        TrainConfig config;
        config.validationFraction = 0;
        config.epochs = 2;
        Recorder recorder;
        const FinishRecord finish = train(graph, data, config, recorder);
        QCOMPARE(finish.status, RunStatus::Failed);
        QVERIFY(finish.problem && finish.problem->code == "train.diverged");
        QVERIFY2(QString::fromStdString(finish.problem->where).startsWith(layer),
                 finish.problem->where.c_str());
        // What it says of weights that are kept is true.
        const bool saysNone = finish.problem->mend.find("No weights") != std::string::npos;
        QCOMPARE(saysNone, recorder.checkpoints.empty());
        QVERIFY(recorder.epochs.empty());
        for (const KeptStep& r : recorder.steps)
            QVERIFY(std::isfinite(r.loss));
        if (recorder.steps.empty()) return; // the first step met it
        QCOMPARE(recorder.checkpoints.back().step, recorder.steps.back().step);
        for (const NamedTensor& t : recorder.last().tensors)
            for (const float v : t.values)
                QVERIFY(std::isfinite(v));
    }
    /// Also where the network is used, and its output would not tell.
    void notANumberInUseIsTold() {
        const auto data = std::make_shared<const Spoilt>(Part::Test);
        TrainConfig config;
        config.epochs = 1;
        Recorder recorder;
        const FinishRecord finish = train(hidden(), data, config, recorder);
        QCOMPARE(finish.status, RunStatus::Failed);
        QVERIFY(finish.problem && finish.problem->code == "train.diverged");
        QVERIFY(finish.problem->mend.find("are kept") != std::string::npos);
        const auto predictor = Predictor::make(hidden(), recorder.last(), data, config);
        QVERIFY(predictor);
        QVERIFY(std::isnan((*predictor)->evaluateTest({}).loss));
        std::vector<float> input(2);
        for (const std::int64_t sample : {76, 77}) {
            data->readInput(Part::Test, sample, input.data());
            QCOMPARE(std::isnan((*predictor)->predict(input).front()), sample == 77);
        }
    }
    /// A slip of the pen in a table is told as such before training, and where it makes the loss no number
    /// the learning rate is not blamed.
    void aValueFarFromAllOthersIsTold() {
        struct Table final : Clouds {
            explicit Table(Task task)
                : Clouds(task)
                , about(Clouds::info()) {
                about.featureNames = {"width", "height"};
            }
            const DatasetInfo& info() const override { return about; }
            void readInput(Part part, std::int64_t index, float* values) const override {
                Clouds::readInput(part, index, values);
                if (index == at) values[1] = value;
            }
            void readTarget(Part part, std::int64_t index, float* values) const override {
                Clouds::readTarget(part, index, values);
                if (index == target) values[0] = 1e30F;
            }
            DatasetInfo about;
            std::int64_t at = -1, target = -1;
            float value = 1e38F;
        };
        const auto table = std::make_shared<Table>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 3;
        const Split split =
            makeSplit(*table, config.validationFraction, static_cast<std::uint64_t>(config.seed));
        const auto outliers = [&](const std::shared_ptr<Table>& data) {
            std::vector<Diagnostic> all;
            const Graph graph = network(data->about.task == Task::Regression ? 1 : 3);
            const auto trainer = Trainer::make(graph, data, config);
            if (!trainer) throw std::runtime_error(oneLine(trainer.error()));
            for (const Diagnostic& d : (*trainer)->warnings())
                if (d.code == "data.outlier") all.push_back(d);
            return all;
        };
        QVERIFY(outliers(table).empty());
        for (const auto* samples : {&split.train, &split.validation, &split.test}) {
            table->at = samples->back();
            const auto found = outliers(table);
            QCOMPARE(found.size(), 1u);
            QVERIFY2(found[0].what.find("“height”") != std::string::npos && !found[0].mend.empty(),
                     oneLine(found[0]).c_str());
        }
        table->at = split.validation.back(); // scaled by the others, it is beyond single precision
        auto trainer = Trainer::make(network(3), table, config);
        QVERIFY(trainer);
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        const std::string told = oneLine(*finish.problem);
        QVERIFY2(told.find("“height”") != std::string::npos &&
                     told.find("learning rate") == std::string::npos,
                 told.c_str());
        table->value = 50; // far off, but others can be told apart beside it
        QVERIFY(outliers(table).empty());
        const auto numbers = std::make_shared<Table>(Task::Regression);
        numbers->target = 0;
        QCOMPARE(outliers(numbers).size(), 1u);
        const auto points = std::make_shared<Table>(Task::Multiclass);
        points->about.featureNames.clear(); // no table
        points->at = 0;
        QVERIFY(outliers(points).empty());
    }
    /// Whatever a data set throws: the search says that it broke off.
    void rateFinderIsRefused() {
        struct Broken : Clouds {
            explicit Broken(bool byException)
                : Clouds(Task::Multiclass)
                , byException_(byException) {}
            void readInput(Part, std::int64_t, float*) const override {
                if (byException_) throw std::runtime_error("no row");
                throw 7;
            }
            bool byException_;
        };
        for (const bool byException : {true, false}) {
            const auto data = std::make_shared<const Broken>(byException);
            const auto sweep = findLearningRate(network(3, "softmax"), data, {});
            QVERIFY(!sweep);
            QCOMPARE(sweep.error().code, std::string("train.failed"));
            QVERIFY2(sweep.error().what.starts_with("The search broke off: "), sweep.error().what.c_str());
        }
    }
    /// The memory that it checks is of the batch that the data can give.
    void rateFinderTakesWhatTheDataGive() {
        TrainConfig config;
        config.batch = 65536; // of which no machine holds the values
        const Graph wide = chain({2, 1, 1}, {{"dense", {{"units", std::int64_t{1} << 20}}},
                                             {"relu", {}},
                                             {"dense", {{"units", std::int64_t{3}}}}});
        const auto sweep = findLearningRate(wide, std::make_shared<const Clouds>(Task::Multiclass, 20),
                                            config, nullptr, [](double) { return false; });
        QVERIFY2(sweep, sweep ? "" : oneLine(sweep.error()).c_str());
    }
    void rateFinder() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.batch = 16;
        Recorder recorder;
        config.epochs = 1;
        train(network(3, "softmax"), data, config, recorder);
        const WeightSet weights = recorder.last();
        const TensorsInMemory source(weights);
        for (const TensorSource* initial :
             {static_cast<const TensorSource*>(nullptr), static_cast<const TensorSource*>(&source)}) {
            const auto sweep = findLearningRate(network(3, "softmax"), data, config, initial);
            QVERIFY(sweep && sweep->suggested);
            QVERIFY(sweep->points.front().learningRate < 1.001e-7);
            QVERIFY2(*sweep->suggested > 1e-4 && *sweep->suggested < 1,
                     QByteArray::number(*sweep->suggested));
            const auto again = findLearningRate(network(3, "softmax"), data, config, initial);
            QCOMPARE(*again->suggested, *sweep->suggested);
        }
        QVERIFY(weights.tensors[0].values == recorder.last().tensors[0].values);
        // The rate it suggests trains better than one a thousand times smaller.
        const auto sweep = findLearningRate(network(3, "softmax"), data, config);
        Recorder good, small;
        config.epochs = 3;
        config.learningRate = *sweep->suggested;
        train(network(3, "softmax"), data, config, good);
        config.learningRate = *sweep->suggested / 1000;
        train(network(3, "softmax"), data, config, small);
        QVERIFY(good.epochs.back().value("train.loss") < small.epochs.back().value("train.loss"));
    }
};

QTEST_GUILESS_MAIN(TrainBreadthTest)
#include "train_breadth_test.moc"
