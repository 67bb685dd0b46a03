// Models of older programs keep their meaning.
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"

#include <QTest>
#include <ctime>

using namespace burdock;

namespace {

/// A model as an older program wrote it: nodes without a version, joined in a chain unless `edges` says
/// otherwise.
Graph oldModel(const std::vector<std::pair<std::string, std::string>>& layers, std::string edges = {}) {
    std::string nodes; // without raw texts, some of which Qt's moc loses its way in
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto& [type, params] = layers[i];
        const std::string id = std::to_string(i + 1);
        nodes += (i == 0 ? "" : ",") + ("{\"id\":" + id) + ",\"type\":\"" + type + "\",\"name\":\"n" + id +
                 "\",\"params\":" + (params.empty() ? "{}" : params) + "}";
    }
    if (edges.empty())
        for (std::size_t i = 1; i < layers.size(); ++i)
            edges += (i == 1 ? "" : ",") + std::string("[") + std::to_string(i) + "," +
                     std::to_string(i + 1) + ",0]";
    const auto graph =
        graphFromText(R"({"burdock_model":1,"nodes":[)" + nodes + R"(],"edges":[)" + edges + "]}");
    if (!graph) qFatal("%s", oneLine(graph.error()).c_str());
    return *graph;
}

const std::pair<std::string, std::string> grey{"input", R"({"channels":1,"height":8,"width":6})"};

bool readsSequence(const Graph& graph) {
    const GraphReport report = checkGraph(graph);
    return report.shapeOf(report.input)->isSequence();
}

std::string perOf(const Graph& graph, const std::string& node) {
    const auto& params = graph.findByName(node)->params;
    const auto it = params.find("per");
    return it == params.end() ? "" : std::get<std::string>(it->second);
}

} // namespace

class MigrationTest : public QObject {
    Q_OBJECT
  private slots:
    /// What had one channel was a sequence, also behind layers that slide over it or resize it.
    void sequencesGoThrough_data() {
        QTest::addColumn<QByteArray>("layer");
        QTest::addColumn<QByteArray>("params");
        QTest::newRow("max pooling") << QByteArray("maxpool2d")
                                     << QByteArray(R"({"kernel":[2,1],"stride":[2,1]})");
        QTest::newRow("average pooling")
            << QByteArray("avgpool2d") << QByteArray(R"({"kernel":[2,1],"stride":[2,1]})");
        QTest::newRow("padding") << QByteArray("zeropad2d") << QByteArray(R"({"top":1,"bottom":2})");
        QTest::newRow("crop") << QByteArray("crop2d") << QByteArray(R"({"top":1})");
        QTest::newRow("upsampling") << QByteArray("upsample2d") << QByteArray(R"({"scale":[2,1]})");
        QTest::newRow("one filter") << QByteArray("conv2d") << QByteArray(R"({"filters":1,"kernel":[3,3]})");
        QTest::newRow("one transposed filter")
            << QByteArray("conv_transpose2d") << QByteArray(R"({"filters":1})");
        QTest::newRow("batch normalisation") << QByteArray("batchnorm") << QByteArray();
        QTest::newRow("group normalisation") << QByteArray("groupnorm") << QByteArray(R"({"groups":1})");
        QTest::newRow("PReLU") << QByteArray("prelu") << QByteArray();
        QTest::newRow("dropout") << QByteArray("dropout") << QByteArray();
    }
    void sequencesGoThrough() {
        QFETCH(QByteArray, layer);
        QFETCH(QByteArray, params);
        const std::pair<std::string, std::string> between{layer.toStdString(), params.toStdString()};
        for (const char* reader : {"lstm", "conv1d", "layernorm"}) {
            const Graph behind = oldModel({grey, between, {reader, ""}});
            QVERIFY(readsSequence(behind));
            QVERIFY2(!checkGraph(behind).hasErrors(), reader);
            const Graph after = oldModel({grey, {"conv1d", R"({"filters":5})"}, between, {reader, ""}});
            const GraphReport report = checkGraph(after);
            QVERIFY2(!report.hasErrors(), report.hasErrors() ? oneLine(report.diagnostics[0]).c_str() : "");
        }
        // A picture stays one.
        QVERIFY(!readsSequence(oldModel({grey, between, {"conv2d", ""}, {"flatten", ""}, {"dense", ""}})));
    }
    void sequencesAreAddedUp() {
        for (const char* merge : {"add", "multiply"}) {
            const Graph graph = oldModel({grey, {"batchnorm", ""}, {merge, ""}, {"lstm", ""}},
                                         "[1,2,0],[1,3,0],[2,3,1],[3,4,0]");
            QVERIFY(readsSequence(graph));
            QVERIFY2(!checkGraph(graph).hasErrors(), merge);
        }
    }
    /// Through blocks, and out of them again.
    void sequencesGoThroughBlocks() {
        const std::string body =
            R"({"nodes":[{"id":1,"type":"input","name":"in","params":{}},)"
            R"({"id":2,"type":"maxpool2d","name":"pool","params":{"kernel":[2,1],"stride":[2,1]}}],)"
            R"("edges":[[1,2,0]]})";
        const auto graph =
            graphFromText(R"({"burdock_model":1,"nodes":[{"id":1,"type":"input","name":"a","params":)" +
                          grey.second + R"(},{"id":2,"type":"block","name":"b","body":)" + body +
                          R"(},{"id":3,"type":"lstm","name":"c"}],"edges":[[1,2,0],[2,3,0]]})");
        QVERIFY(graph && readsSequence(*graph));
        QVERIFY(!checkGraph(*graph).hasErrors());
    }
    /// A normalisation of a sequence took it for one channel; of maps and vectors nothing has changed, and
    /// nothing is written.
    void featuresWereOneChannel() {
        for (const char* layer : {"batchnorm", "prelu"}) {
            const Graph sequence =
                oldModel({grey, {"conv1d", R"({"filters":5})"}, {layer, ""}, {"lstm", ""}});
            QCOMPARE(perOf(sequence, "n3"), std::string("channel"));
            QCOMPARE(checkGraph(sequence).network->steps()[2].layer->weights[0].size(), 1);
            QCOMPARE(perOf(oldModel({{"input", R"({"channels":9,"height":1,"width":1})"},
                                     {"dense", ""},
                                     {layer, ""},
                                     {"dense", ""}}),
                           "n3"),
                     std::string());
            QCOMPARE(perOf(oldModel({grey, {layer, ""}, {"conv2d", ""}, {layer, ""}, {"flatten", ""}}), "n2"),
                     std::string());
            Graph now;
            const NodeId in = now.add("input", {{"axes", std::string("sequence")}}), norm = now.add(layer);
            now.connect(in, norm);
            QCOMPARE(perOf(*graphFromText(graphToText(now)), layer), std::string());
            QCOMPARE(checkGraph(now).network->steps()[1].layer->weights[0].size(), 28);
        }
    }
    /// Each of thousands of inputs reaches the same chain, and blocks hold long chains: time must not grow
    /// with their product.
    void timeGrowsWithTheModel() {
        constexpr int inputs = 3000, chain = 6000;
        std::string nodes, edges;
        const auto add = [&](const char* type, const char* members = "") {
            static int id;
            if (nodes.empty()) id = 0;
            ++id;
            nodes += (id == 1 ? "" : ",") + std::string(R"({"id":)") + std::to_string(id) + ",\"type\":\"" +
                     type + R"(","name":"n)" + std::to_string(id) + "\"" + members + "}";
            return id;
        };
        const auto join = [&](int from, int to, int port) {
            edges += (edges.empty() ? "" : ",") + std::string("[") + std::to_string(from) + "," +
                     std::to_string(to) + "," + std::to_string(port) + "]";
        };
        int last = add("relu");
        const int first = last;
        for (int i = 1; i < chain; ++i) {
            const int next = add("relu");
            join(last, next, 0);
            last = next;
        }
        join(last, add("lstm"), 0);
        for (int i = 0; i < inputs; ++i)
            join(add("input", R"(,"params":{"channels":1,"height":4,"width":4})"), first, i);
        const std::clock_t begun = std::clock();
        const auto graph =
            graphFromText(R"({"burdock_model":1,"nodes":[)" + nodes + R"(],"edges":[)" + edges + "]}");
        const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
        QVERIFY2(graph, graph ? "" : oneLine(graph.error()).c_str());
        QCOMPARE(std::get<std::string>(graph->nodes().back().params.at("axes")), std::string("sequence"));
        QVERIFY2(seconds < 5, QByteArray::number(seconds));
    }
};

QTEST_GUILESS_MAIN(MigrationTest)
#include "migration_test.moc"
