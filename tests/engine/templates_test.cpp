#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/kernels/capabilities.h"
#include "engine/models/templates.h"
#include "engine/plan/truth_table.h"
#include "engine/train/kernel_report.h"

#include <QTest>
#include <ctime>

#include <algorithm>

using namespace burdock;

Q_DECLARE_METATYPE(burdock::Shape)

class TemplatesTest : public QObject {
    Q_OBJECT
  private slots:
    void figures_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<qint64>("macs"); // -1: not worked out
        QTest::addColumn<Shape>("input");
        QTest::addColumn<Shape>("output");
        const auto row = [](const char* id, qint64 parameters, qint64 macs, Shape input, Shape output) {
            QTest::newRow(id) << QString(id) << parameters << macs << input << output;
        };
        const Shape grey{1, 28, 28}, ten{10, 1, 1}, colour{3, 224, 224}, thousand{1000, 1, 1};
        // By hand. MLP: 784·300+300 + 300·100+100 + 100·10+10.
        row("perceptron", 7850, 7840, grey, ten);
        row("mlp", 266610, 784 * 300 + 300 * 100 + 100 * 10, grey, ten);
        row("lenet5", 61706, 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10, grey,
            ten);
        row("lecture-cnn", 1413834,
            28 * 28 * 64 * 49 + 14 * 14 * 9 * (64 * 128 + 128 * 128) + 7 * 7 * 9 * (128 * 256 + 256 * 256) +
                2304 * 128 + 128 * 64 + 64 * 10,
            grey, ten);
        // Convolutions without bias, two weights for each normalised channel, 3·3·128 inputs to Dense 256.
        row("vgg28",
            9 * (1 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128) + 2 * 2 * (32 + 64 + 128) +
                1152 * 256 + 256 + 256 * 10 + 10,
            9 * (784 * (1 * 32 + 32 * 32) + 196 * (32 * 64 + 64 * 64) + 49 * (64 * 128 + 128 * 128)) +
                1152 * 256 + 256 * 10,
            grey, ten);
        row("resnet28", 272186, -1, grey, ten);
        row("fashion-net", 1055722, -1, grey, ten);
        row("perceptron-rule", 31, 30, {30, 1, 1}, {1, 1, 1});
        row("regression-mlp", 8 * 50 + 50 + 50 * 50 + 50 + 50 + 1, -1, {8, 1, 1}, {1, 1, 1});
        row("classification-mlp", 13 * 50 + 50 + 50 * 50 + 50 + 50 * 3 + 3, -1, {13, 1, 1}, {3, 1, 1});
        // As torchvision counts them.
        row("vgg11", 132863336, -1, colour, thousand);
        row("vgg13", 133047848, -1, colour, thousand);
        row("vgg16", 138357544, -1, colour, thousand);
        row("vgg19", 143667240, -1, colour, thousand);
        row("resnet18", 11689512, -1, colour, thousand);
        row("resnet34", 21797672, -1, colour, thousand);
        row("resnet50", 25557032, -1, colour, thousand);
        row("resnet101", 44549160, -1, colour, thousand);
        row("resnet152", 60192808, -1, colour, thousand);
        // As Keras counts the trainable ones.
        row("mobilenet", 4231976, -1, colour, thousand);
        row("unet", 31030658, -1, {1, 572, 572}, {2, 388, 388});
        // Pairs of convolutions, 2 × 2 convolutions back up, pairs over twice the channels, 1 × 1 at the end.
        row("unet64",
            9 * (1 * 16 + 16 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128) +
                2 * (16 + 32 + 64 + 128) + 4 * (128 * 64 + 64 * 32 + 32 * 16) + (64 + 32 + 16) +
                9 * (128 * 64 + 64 * 64 + 64 * 32 + 32 * 32 + 32 * 16 + 16 * 16) + 2 * (64 + 32 + 16) +
                16 * 2 + 2,
            -1, {1, 64, 64}, {2, 64, 64});
        row("mcculloch-pitts-identity", 0, 1, {1, 1, 1}, {1, 1, 1});
        row("mcculloch-pitts-not", 0, 1, {1, 1, 1}, {1, 1, 1});
        row("mcculloch-pitts-and", 0, 2, {2, 1, 1}, {1, 1, 1});
        row("mcculloch-pitts-or", 0, 2, {2, 1, 1}, {1, 1, 1});
        row("mcculloch-pitts-xor", 0, 6, {2, 1, 1}, {1, 1, 1});
    }
    void figures() {
        QFETCH(QString, id);
        QFETCH(qint64, macs);
        const ModelTemplate* found = findTemplate(id.toStdString());
        QVERIFY(found);
        const std::clock_t begun = std::clock(); // whatever else the machine does
        const Graph graph = found->build();
        const GraphReport report = checkGraph(graph);
        QVERIFY2(report.diagnostics.empty(),
                 report.diagnostics.empty() ? "" : oneLine(report.diagnostics.front()).c_str());
        QTEST(qint64(report.parameters), "parameters");
        if (macs >= 0) QCOMPARE(qint64(report.macs), macs);
        QFETCH(Shape, input);
        QFETCH(Shape, output);
        QVERIFY(report.shapeOf(report.input) == input);
        QVERIFY(report.shapeOf(report.output) == output);

        const auto flat = checkNetwork(graph);
        QVERIFY2(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC < 1,
                 "describing it must not take long");
        QVERIFY(flat);
        std::int64_t parameters = 0, multiplyAdds = 0; // of the nodes, blocks as a whole
        for (const auto& [id, node] : report.nodes) {
            parameters += node.parameters;
            multiplyAdds += node.macs;
        }
        QCOMPARE(flat->parameters(), parameters);
        QCOMPARE(flat->macs(), multiplyAdds);

        const auto again = graphFromText(graphToText(graph));
        QVERIFY(again);
        QVERIFY(*again == graph);
    }
    /// So that no template goes without a row above. The language models have a test of their own.
    void everyTemplateIsListedHere() {
        QCOMPARE(std::count_if(modelTemplates().begin(), modelTemplates().end(),
                               [](const ModelTemplate& t) { return !t.id.starts_with("gpt"); }),
                 27);
    }
    /// Galleries and lists show a template by its group, and each group has some.
    void everyTemplateStandsInOneOfTheGroups() {
        for (const ModelTemplate& t : modelTemplates())
            QVERIFY2(std::ranges::count(allTemplateGroups(), t.group) == 1, t.id.c_str());
        for (const TemplateGroup group : allTemplateGroups()) {
            QVERIFY(!templateGroupKey(group).empty() && !templateGroupLabel(group).empty());
            QVERIFY2(std::ranges::count(modelTemplates(), group, &ModelTemplate::group) > 0,
                     std::string(templateGroupLabel(group)).c_str());
        }
    }
    /// He and others 2015: 3.8 G by their count of the convolutions, 4.09 G with all layers (torchvision);
    /// Howard and others 2017: 569 M.
    void publishedMultiplyAdds() {
        const auto millions = [](const char* id) {
            return checkNetwork(findTemplate(id)->build())->macs() / 1'000'000;
        };
        QCOMPARE(millions("resnet50"), std::int64_t{4089});
        const std::int64_t mobilenet = millions("mobilenet");
        QVERIFY2(mobilenet == 568 || mobilenet == 569, qPrintable(QString::number(mobilenet)));
    }
    void everyLayerIsFast_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("mixed");
        for (const ModelTemplate& t : modelTemplates())
            for (const bool mixed : {false, true})
                if (!mixed || fast::bfloat16() != fast::Bfloat16::None)
                    QTest::addRow("%s, %s", t.id.c_str(), mixed ? "mixed" : "f32")
                        << QString::fromStdString(t.id) << mixed;
    }
    /// No step of its training is left to the layer's own kernel, with whatever instructions the program is
    /// held to.
    void everyLayerIsFast() {
        if (!fast::available()) QSKIP("built without oneDNN");
        QFETCH(QString, id);
        QFETCH(bool, mixed);
        PlanOptions options;
        options.batch = 4;
        options.training = options.measureOnly = true;
        options.precision = mixed ? Precision::Mixed : Precision::Single;
        const auto plan = Plan::make(*checkNetwork(findTemplate(id.toStdString())->build()), options);
        QVERIFY(plan);
        std::size_t computing = 0;
        for (const NodeKernel& kernel : (*plan)->kernels()) {
            if (kernel.use.backend.empty()) continue; // a copy, or nothing to compute
            ++computing;
            QVERIFY2(kernel.use.fast, (kernel.node + ": " + whyNotFaster(kernel)).c_str());
        }
        QVERIFY(computing > 0);
    }
    void truthTables_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QList<float>>("answers"); // to 0, 1, or to 00, 01, 10, 11
        QTest::newRow("identity") << "mcculloch-pitts-identity" << QList<float>{0, 1};
        QTest::newRow("not") << "mcculloch-pitts-not" << QList<float>{1, 0};
        QTest::newRow("and") << "mcculloch-pitts-and" << QList<float>{0, 0, 0, 1};
        QTest::newRow("or") << "mcculloch-pitts-or" << QList<float>{0, 1, 1, 1};
        QTest::newRow("xor") << "mcculloch-pitts-xor" << QList<float>{0, 1, 1, 0};
    }
    void truthTables() {
        QFETCH(QString, id);
        const auto table = truthTable(*checkNetwork(findTemplate(id.toStdString())->build()));
        QVERIFY(table);
        QTEST(QList<float>(table->answers.begin(), table->answers.end()), "answers");
        QVERIFY(!table->input(0, 0) && table->input(table->rows() - 1, table->inputs - 1));
        if (table->inputs == 2) QVERIFY(!table->input(1, 0) && table->input(1, 1));
    }
    /// What every layer gives on the way, and how a neuron comes to it.
    void tracedTruths() {
        const auto traced = tracedTruth(*checkNetwork(findTemplate("mcculloch-pitts-xor")->build()));
        QVERIFY(traced);
        QCOMPARE(traced->steps.size(), std::size_t{3});
        const auto name = [&](std::size_t i) { return traced->network.steps()[traced->steps[i].step].name; };
        QCOMPARE(name(0), std::string("input"));
        QCOMPARE(name(1), std::string("either"));
        const TruthStep &bits = traced->steps[0], &either = traced->steps[1], &last = traced->steps[2];
        for (std::int64_t row = 0; row < 4; ++row) {
            const bool a = traced->table.input(row, 0), b = traced->table.input(row, 1);
            QCOMPARE(bits.row(row)[0], a ? 1.0f : 0.0f);
            QCOMPARE(either.row(row)[0], a && !b ? 1.0f : 0.0f);
            QCOMPARE(either.row(row)[1], b && !a ? 1.0f : 0.0f);
            QCOMPARE(last.row(row)[0], traced->table.answer(row, 0));
        }
        const auto sum = unitSum(*traced, either, 1, 1); // of 0 1 the second neuron, which fires
        QVERIFY(sum);
        QCOMPARE(sum->weights, (std::vector<double>{-1, 1}));
        QCOMPARE(sum->inputs, (std::vector<double>{0, 1}));
        QVERIFY(sum->sum == 1 && sum->threshold == 1);
        QVERIFY(!unitSum(*traced, bits, 0, 0) && !unitSum(*traced, either, 0, 2));
    }
    void tracedPerceptron() {
        Graph g;
        const NodeId in =
            g.add("input",
                  {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        const NodeId dense = g.add("dense", {{"units", std::int64_t{1}}}, {}, "sum");
        const NodeId step = g.add("step", {{"threshold", 0.0}}, {}, "fires");
        g.connect(in, dense);
        g.connect(dense, step);
        const CheckedNetwork network = *checkNetwork(g);
        QVERIFY(!checkTruthTable(network, false) && checkTruthTable(network, true));
        const WeightSet weights{{{"sum.weight", {1, 2}, {0.5f, 0.25f}}, {"sum.bias", {1}, {-0.6f}}}};
        const auto traced = tracedTruth(network, &weights);
        QVERIFY(traced);
        QCOMPARE(traced->table.answers, (std::vector<float>{0, 0, 0, 1}));
        const auto sum = unitSum(*traced, traced->steps[1], 3, 0, &weights);
        QVERIFY(sum && !sum->threshold);
        QVERIFY(std::abs(sum->sum - 0.15) < 1e-6 && std::abs(sum->bias + 0.6) < 1e-6);
        QVERIFY(!unitSum(*traced, traced->steps[1], 3, 0)); // whose weights nobody tells
        const auto fires = unitSum(*traced, traced->steps[2], 3, 0);
        QVERIFY(fires && fires->weights.empty() && fires->threshold == 0);
        QVERIFY(std::abs(fires->sum - 0.15) < 1e-6);
    }
    void truthTablesRefused() {
        QCOMPARE(truthTable(*checkNetwork(findTemplate("mlp")->build())).error().code,
                 std::string("truth-table.inputs"));
        QCOMPARE(truthTable(*checkNetwork(findTemplate("regression-mlp")->build())).error().code,
                 std::string("truth-table.weights"));
        QVERIFY(!checkNetwork(Graph()));
        // It is worked out while the user types: what would fill the memory is refused.
        Graph wide;
        const NodeId input = wide.add(
            "input",
            {{"channels", std::int64_t{4}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        const NodeId large =
            wide.add("zeropad2d", {{"top", std::int64_t{1024}}, {"left", std::int64_t{1024}}});
        wide.connect(input, large);
        const auto refused = truthTable(*checkNetwork(wide));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("truth-table.size"));
    }
    void nestedBlocks() {
        const CheckedNetwork flat = *checkNetwork(findTemplate("resnet50")->build());
        for (const char* name : {"stage 1/1/first/1/shortcut", "stage 3/1/residual/5/conv 3"})
            QVERIFY2(flat.find(name), name);
    }
    void names() {
        const Graph graph = findTemplate("lecture-cnn")->build();
        for (const char* name :
             {"input", "conv 1", "conv 5", "pool 3", "relu 7", "flatten", "dense 3", "dropout 2", "softmax"})
            QVERIFY2(graph.findByName(name), name);
        const CheckedNetwork flat = *checkNetwork(findTemplate("vgg28")->build());
        for (const char* name : {"stage 1/1/group/1/conv", "stage 3/1/group/2/relu", "stage 2/1/pool"})
            QVERIFY2(flat.find(name), name);
    }
};

QTEST_APPLESS_MAIN(TemplatesTest)
#include "templates_test.moc"
