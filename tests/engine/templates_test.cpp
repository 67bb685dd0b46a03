#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/models/templates.h"

#include <QTest>

using namespace burdock;

class TemplatesTest : public QObject {
    Q_OBJECT
  private slots:
    void figures_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<qint64>("macs");
        // By hand. MLP: 784·300+300 + 300·100+100 + 100·10+10.
        QTest::newRow("perceptron") << "perceptron" << qint64(7850) << qint64(7840);
        QTest::newRow("mlp") << "mlp" << qint64(266610) << qint64(784 * 300 + 300 * 100 + 100 * 10);
        QTest::newRow("lenet5") << "lenet5" << qint64(61706)
                                << qint64(28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25 + 400 * 120 + 120 * 84 +
                                          84 * 10);
        QTest::newRow("lecture-cnn") << "lecture-cnn" << qint64(1413834)
                                     << qint64(28 * 28 * 64 * 49 + 14 * 14 * 9 * (64 * 128 + 128 * 128) +
                                               7 * 7 * 9 * (128 * 256 + 256 * 256) + 2304 * 128 + 128 * 64 +
                                               64 * 10);
        // Convolutions without bias, two weights for each normalised channel, 3·3·128 inputs to Dense 256.
        QTest::newRow("vgg28") << "vgg28"
                               << qint64(9 * (1 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128) +
                                         2 * 2 * (32 + 64 + 128) + 1152 * 256 + 256 + 256 * 10 + 10)
                               << qint64(9 * (784 * (1 * 32 + 32 * 32) + 196 * (32 * 64 + 64 * 64) +
                                              49 * (64 * 128 + 128 * 128)) +
                                         2 * (784 * 32 + 196 * 64 + 49 * 128) + 1152 * 256 + 256 * 10);
    }
    void figures() {
        QFETCH(QString, id);
        const ModelTemplate* found = findTemplate(id.toStdString());
        QVERIFY(found);
        const Graph graph = found->build();
        const GraphReport report = checkGraph(graph);
        QVERIFY2(report.diagnostics.empty(),
                 report.diagnostics.empty() ? "" : oneLine(report.diagnostics.front()).c_str());
        QTEST(qint64(report.parameters), "parameters");
        QTEST(qint64(report.macs), "macs");
        QVERIFY((report.shapeOf(report.input) == Shape{1, 28, 28}));
        QVERIFY((report.shapeOf(report.output) == Shape{10, 1, 1}));

        const GraphReport flat = checkGraph(flatten(graph));
        QVERIFY(flat.diagnostics.empty());
        QCOMPARE(flat.parameters, report.parameters);
        QCOMPARE(flat.macs, report.macs);

        const auto again = graphFromText(graphToText(graph));
        QVERIFY(again);
        QVERIFY(*again == graph);
    }
    void everyTemplateIsListedHere() { QCOMPARE(modelTemplates().size(), std::size_t(5)); }
    void names() {
        const Graph graph = findTemplate("lecture-cnn")->build();
        for (const char* name :
             {"input", "conv 1", "conv 5", "pool 3", "relu 7", "flatten", "dense 3", "dropout 2", "softmax"})
            QVERIFY2(graph.findByName(name), name);
        const Graph flat = flatten(findTemplate("vgg28")->build());
        for (const char* name : {"stage 1/1/group/1/conv", "stage 3/1/group/2/relu", "stage 2/1/pool"})
            QVERIFY2(flat.findByName(name), name);
    }
};

QTEST_APPLESS_MAIN(TemplatesTest)
#include "templates_test.moc"
