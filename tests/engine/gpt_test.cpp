#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/kernels/capabilities.h"
#include "engine/models/chain.h"
#include "engine/models/gpt.h"
#include "engine/models/templates.h"
#include "engine/plan/plan.h"
#include "engine/tensor/random.h"
#include "engine/train/generator.h"
#include "engine/train/loss.h"
#include "engine/train/trainer.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace burdock;

namespace {

/// The letters a to d, over and over.
class Letters final : public Dataset, public Tokenizer {
  public:
    explicit Letters(std::int64_t context = 8, std::int64_t tokens = 4) {
        info_.id = info_.title = "letters";
        info_.task = Task::NextToken;
        info_.input = {context, 1, 1};
        info_.targets = tokens;
        info_.trainSize = 64;
        info_.testSize = 8;
    }
    const DatasetInfo& info() const override { return info_; }
    const Tokenizer* tokenizer() const override { return this; }
    void readInput(Part, std::int64_t index, float* values) const override { write(index, values); }
    void readTarget(Part, std::int64_t index, float* values) const override { write(index + 1, values); }

    std::int64_t size() const override { return 4; }
    std::vector<std::int64_t> encode(std::string_view text) const override {
        std::vector<std::int64_t> all;
        for (const char c : text)
            if (c >= 'a' && c <= 'd') all.push_back(c - 'a');
        return all;
    }
    std::string_view text(std::int64_t token) const override {
        return std::string_view("abcd").substr(static_cast<std::size_t>(token), 1);
    }

  private:
    void write(std::int64_t first, float* values) const {
        for (std::int64_t t = 0; t < info_.input.channels; ++t)
            values[t] = static_cast<float>((first + t) % size());
    }
    DatasetInfo info_;
};

Graph small(bool tied, std::int64_t vocabulary = 4) {
    return gpt("small",
               {.blocks = 1, .heads = 2, .width = 16, .context = 8, .vocabulary = vocabulary, .tied = tied});
}

struct Recorder final : TrainObserver {
    std::shared_ptr<const WeightSet> last;
    double accuracy = 0;
    void onEpoch(const EpochRecord& r) override { accuracy = r.value("validation.accuracy"); }
    void onCheckpoint(const CheckpointRecord& c) override {
        if (c.kind == CheckpointRecord::Kind::Last) last = c.weights;
    }
};

std::string codeOf(const Graph& graph, const DatasetInfo& data) {
    for (const Diagnostic& d : checkTraining(graph, data, {}))
        if (d.severity == Severity::Error) return d.code;
    return {};
}

} // namespace

class GptTest : public QObject {
    Q_OBJECT
  private slots:
    void publishedParameters_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<qint64>("parameters");
        const qint64 block = 12LL * 12288 * 12288 + 13 * 12288;
        QTest::newRow("nano") << "gpt-nano"
                              << qint64(75 * 128 + 64 * 128 + 4 * (12 * 128 * 128 + 13 * 128) + 256 +
                                        75 * 128);
        QTest::newRow("gpt2") << "gpt2" << qint64(124439808);
        QTest::newRow("medium") << "gpt2-medium" << qint64(354823168);
        QTest::newRow("large") << "gpt2-large" << qint64(774030080);
        QTest::newRow("xl") << "gpt2-xl" << qint64(1557611200);
        QTest::newRow("gpt3") << "gpt3" << qint64(96 * block + (50257 + 2048) * 12288LL + 2 * 12288);
    }
    void publishedParameters() {
        QFETCH(QString, id);
        const ModelTemplate* found = findTemplate(id.toStdString());
        QVERIFY(found);
        const Graph graph = found->build();
        const GraphReport report = checkGraph(graph);
        QVERIFY2(report.diagnostics.empty(),
                 report.diagnostics.empty() ? "" : oneLine(report.diagnostics.front()).c_str());
        QTEST(qint64(report.parameters), "parameters");
        QCOMPARE(report.network->parameters(), report.parameters);
        QVERIFY(*graphFromText(graphToText(graph)) == graph);
    }
    /// In mixed precision products read bfloat16, and no copy stands before them.
    void tokensAsTheirReaderWantsThem() {
        if (fast::bfloat16() == fast::Bfloat16::None) QSKIP("this processor has no AVX-512");
        const Graph graph = Chain("tokens", {6, 1, 1})
                                .then("tokens", "embedding",
                                      {{"vocabulary", std::int64_t{9}}, {"features", std::int64_t{32}}})
                                .then("dense", "dense", {{"units", std::int64_t{16}}, {"positionwise", true}})
                                .build();
        std::vector<std::vector<float>> outputs, gradients;
        for (const Precision precision : {Precision::Single, Precision::Mixed}) {
            const auto plan = Plan::make(*checkNetwork(graph), {.batch = 2, .precision = precision});
            QVERIFY(plan);
            QCOMPARE((*plan)->kernels()[1].node, std::string("dense"));
            (*plan)->store()->initialise(1);
            std::ranges::copy(std::vector<float>{0, 8, 2, 3, 3, 5, 8, 8, 1, 0, 3, 7}, (*plan)->input().data);
            (*plan)->forward();
            const auto output = (*plan)->output().values(), slopes = (*plan)->outputGradient().values();
            outputs.emplace_back(output.begin(), output.end());
            for (std::size_t i = 0; i < slopes.size(); ++i)
                slopes[i] = static_cast<float>(i % 7) - 3;
            (*plan)->backward();
            const ParameterStore& store = *(*plan)->store();
            const std::size_t table = store.find("tokens.weight");
            gradients.emplace_back(store.gradient(table), store.gradient(table) + std::ptrdiff_t{9 * 32});
        }
        for (const auto* values : {&outputs, &gradients})
            for (std::size_t i = 0; i < values->front().size(); ++i)
                QVERIFY(std::abs((*values)[0][i] - (*values)[1][i]) <
                        0.02f * (1 + std::abs((*values)[0][i])));
    }
    /// The table of the embedding is the output layer's weight too: one array, and the sum of both gradients.
    void tiedWeights() {
        const Graph graph = small(true);
        const auto made = Plan::make(*checkNetwork(graph), {.batch = 2, .leaveOut = OutputFunction::Softmax});
        QVERIFY2(made, made ? "" : oneLine(made.error()).c_str());
        Plan& plan = **made;
        ParameterStore& store = *plan.store();
        QCOMPARE(store.find("head.weight"), ParameterStore::npos);
        store.initialise(3);
        const std::size_t table = store.find("tokens.weight");
        const std::vector<float> input{0, 1, 2, 3, 0, 1, 2, 3, 3, 1, 0, 0, 2, 2, 1, 3};
        std::vector<float> targets{1, 2, 3, 0, 1, 2, 3, 0, 1, 0, 0, 2, 2, 1, 3, 3};
        const auto loss = defaultLoss(Task::NextToken).make({}, {.task = Task::NextToken, .counts = {}});
        const auto columns = [](const Tensor<float>& t) { return columnsOf(t, Task::NextToken.schema()); };
        const auto lossNow = [&] {
            std::ranges::copy(input, plan.input().data);
            plan.forward();
            return loss
                ->evaluate(columns(plan.output()), columns({targets.data(), {8, 1, 1}, 2}),
                           columns(plan.outputGradient()))
                .mean;
        };
        lossNow();
        plan.backward();
        for (const std::size_t i : {0U, 5U, 17U, 40U, 63U}) {
            const float slope = store.gradient(table)[i], kept = store.value(table)[i];
            constexpr float h = 1e-2F;
            const auto at = [&](float value) {
                store.value(table)[i] = value;
                store.changed();
                return lossNow();
            };
            const double wanted = (at(kept + h) - at(kept - h)) / static_cast<double>(2 * h);
            at(kept);
            QVERIFY2(std::abs(static_cast<double>(slope) - wanted) < 2e-3,
                     qPrintable(QString("%1: %2, wanted %3").arg(i).arg(slope).arg(wanted)));
        }
    }
    void sharingIsRefusedWhereItCannotBe() {
        Graph graph = small(true);
        graph.edit(graph.findByName("head")->id)->params["tied_to"] = std::string("nobody");
        QCOMPARE(checkGraph(graph).diagnostics.front().code, std::string("weights.shared"));
        graph.edit(graph.findByName("head")->id)->params["tied_to"] = std::string("positions");
        QCOMPARE(checkGraph(graph).diagnostics.front().code, std::string("weights.shared"));
    }
    void learnsAndWrites() {
        const auto data = std::make_shared<const Letters>();
        TrainConfig config;
        config.epochs = 12;
        config.batch = 8;
        config.learningRate = 0.01;
        auto trainer = Trainer::make(small(true), data, config);
        QVERIFY2(trainer, trainer ? "" : oneLine(trainer.error()).c_str());
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QVERIFY(finish.status == RunStatus::Finished);
        QVERIFY2(recorder.accuracy > 0.99, qPrintable(QString::number(recorder.accuracy)));
        QVERIFY(valueOf(finish.test, "test.accuracy") > 0.99 && valueOf(finish.test, "test.accuracy") <= 1);

        auto predictor = Predictor::make(small(true), *recorder.last, data, config);
        QVERIFY(predictor);
        GenerateOptions options;
        options.tokens = 11;
        const auto written = [&] {
            std::string all;
            const Status done = generateText(**predictor, *data, "bc", options, [&](std::string_view text) {
                all += text;
                return true;
            });
            return done ? all : done.error().code;
        };
        QCOMPARE(written(), std::string("dabcdabcdab"));
        options.temperature = 0;
        QCOMPARE(written(), std::string("dabcdabcdab"));
        options.temperature = 50; // nearly every token is as likely, but only two may be chosen
        options.topK = 1;
        QCOMPARE(written(), std::string("dabcdabcdab"));
        options.topK = 0;
        options.tokens = 100;
        const std::string once = written();
        QCOMPARE(written(), once);
        options.seed = 2;
        QVERIFY(written() != once);
        QCOMPARE(generateText(**predictor, *data, "?", options, {}).error().code,
                 std::string("generate.prompt"));

        WeightSet broken = *recorder.last;
        for (NamedTensor& tensor : broken.tensors)
            std::ranges::fill(tensor.values, std::numeric_limits<float>::quiet_NaN());
        predictor = Predictor::make(small(true), broken, data, config);
        QVERIFY(predictor);
        QCOMPARE(generateText(**predictor, *data, "bc", options, {}).error().code,
                 std::string("generate.not-finite"));
    }
    /// Outputs and gradients of the whole network, in bfloat16 and in single precision: a layer's errors stay
    /// below 2 %, and those of four blocks add up in the first one's gradients.
    void mixedAgreesWithSingle() {
        if (!usesBfloat16(Precision::Mixed, 0)) QSKIP("this processor has no AVX-512");
        const Graph graph = findTemplate("gpt-nano")->build();
        struct Pass {
            std::vector<float> output;
            std::vector<NamedTensor> gradients;
        };
        const auto passIn = [&](Precision precision) {
            const auto made =
                Plan::make(*checkNetwork(graph),
                           {.batch = 3, .precision = precision, .leaveOut = OutputFunction::Softmax});
            Plan& plan = **made;
            plan.store()->initialise(3);
            for (std::int64_t i = 0; i < plan.input().size(); ++i)
                plan.input().data[i] = static_cast<float>(i * 7 % 75);
            plan.forward();
            const auto output = plan.output().values();
            Pass pass{{output.begin(), output.end()}, {}};
            for (std::int64_t i = 0; i < plan.outputGradient().size(); ++i)
                plan.outputGradient().data[i] =
                    static_cast<float>(randomNormal(5, static_cast<std::uint64_t>(i)));
            plan.backward();
            pass.gradients = plan.store()->saveBlock(plan.store()->gradients(), "");
            return pass;
        };
        const auto error = [](std::span<const float> got, std::span<const float> wanted) {
            double difference = 0, size = 0;
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                difference += std::pow(static_cast<double>(got[i]) - static_cast<double>(wanted[i]), 2);
                size += std::pow(static_cast<double>(wanted[i]), 2);
            }
            return std::sqrt(difference / size);
        };
        const Pass single = passIn(Precision::Single), mixed = passIn(Precision::Mixed);
        QVERIFY2(error(mixed.output, single.output) < 2e-2,
                 qPrintable(QString::number(error(mixed.output, single.output))));
        for (std::size_t i = 0; i < single.gradients.size(); ++i) {
            const double e = error(mixed.gradients[i].values, single.gradients[i].values);
            QVERIFY2(e < 4e-2, qPrintable(QString("%1: %2").arg(single.gradients[i].name.c_str()).arg(e)));
        }
    }
    void refusals() {
        const Letters letters, longer(9);
        QCOMPARE(codeOf(small(false), letters.info()), std::string());
        QCOMPARE(codeOf(small(false), longer.info()), std::string("data.input-shape"));
        DatasetInfo more = letters.info();
        more.targets = 5;
        std::map<std::string, Fix> fixes;
        for (const Diagnostic& d : checkTraining(small(false), more, {}))
            if (d.fix) fixes[d.code] = *d.fix;
        QCOMPARE(fixes.size(), std::size_t(2));
        Graph mended = small(false);
        for (const auto& [code, fix] : fixes)
            mended.edit(fix.node.node())->params[fix.param] = fix.value;
        QCOMPARE(codeOf(mended, more), std::string());
    }
    void gpt3IsTooLargeToTrain() {
        const auto data = std::make_shared<const Letters>(2048, 50257);
        const auto trainer = Trainer::make(findTemplate("gpt3")->build(), data, {});
        QVERIFY(!trainer);
        QCOMPARE(trainer.error().code, std::string("memory"));
        QVERIFY2(trainer.error().what.find(" TB ") != std::string::npos, trainer.error().what.c_str());
    }
};

QTEST_APPLESS_MAIN(GptTest)
#include "gpt_test.moc"
