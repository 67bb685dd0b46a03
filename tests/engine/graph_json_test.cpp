#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"

#include <QTest>
#include <nlohmann/json.hpp>

using namespace burdock;

namespace {

Graph everyKind() {
    Graph inner;
    const NodeId in = inner.add("input");
    inner.connect(in, inner.add("relu"));
    Graph g;
    g.name = "Ünïcode “name” \n";
    const NodeId a = g.add("input", {{"channels", std::int64_t{3}}}, {1.5, -2e10}, "a");
    const NodeId b = g.add("conv2d",
                           {{"kernel", IntPair{7, 5}},
                            {"padding", std::string("same")},
                            {"bias", false},
                            {"filters", std::numeric_limits<std::int64_t>::max()},
                            {"odd", std::numeric_limits<std::int64_t>::min()}},
                           {}, "b");
    const NodeId c = g.add("leaky_relu", {{"slope", 1.0}, {"tiny", 5e-324}, {"third", 1.0 / 3}}, {}, "c");
    g.edit(c)->bypassed = true;
    Node block;
    block.type = blockType;
    block.block = Block{std::make_shared<const Graph>(inner), 4};
    const NodeId d = g.add(block);
    g.connect(a, b);
    g.connect(b, c);
    g.connect(c, d, 3);
    g.remove(a); // ids need not be dense
    return g;
}

std::string nested(int depth) {
    std::string body = R"({"nodes":[],"edges":[]})";
    for (int i = 0; i < depth; ++i)
        body = R"({"nodes":[{"id":1,"type":"block","name":"b","body":)" + body + R"(}],"edges":[]})";
    return body.insert(1, R"("burdock_model":1,)");
}

/// A model of one node with these members beside id, type and name.
std::string node(const std::string& members) {
    return R"({"burdock_model":1,"nodes":[{"id":1,"type":"relu","name":"n")" + members + R"(}],"edges":[]})";
}

std::string edges(const std::string& list) {
    return R"({"burdock_model":1,"nodes":[{"id":1,"type":"input","name":"a"},
              {"id":2,"type":"relu","name":"b"}],"edges":[)" +
           list + "]}";
}

} // namespace

/// Model files: what is written is read again, and what is not a model is refused with its place.
class GraphJsonTest : public QObject {
    Q_OBJECT
  private slots:
    void roundTrip() {
        const Graph g = everyKind();
        const auto text = graphFromText(graphToText(g));
        QVERIFY2(text, text ? "" : oneLine(text.error()).c_str());
        QVERIFY(*text == g);
        const auto value = graphFromJson(toJson(g)); // without going through text
        QVERIFY2(value, value ? "" : oneLine(value.error()).c_str());
        QVERIFY(*value == g);
        QCOMPARE(graphToText(*text), graphToText(g));
        QVERIFY(std::holds_alternative<double>(text->findByName("c")->params.at("slope")));
        QVERIFY(*graphFromText(graphToText(Graph{})) == Graph{});
    }
    /// Edges from further outputs make a model of the second format; all others stay what older programs
    /// read.
    void furtherOutputs() {
        Graph g = everyKind();
        QVERIFY(graphToText(g).find("\"burdock_model\": 1") != std::string::npos);
        Graph body;
        const NodeId in = body.add("input"), split = body.add("split"), sum = body.add("add");
        body.connect(in, split);
        body.connect(split, sum, 0, 1);
        body.connect(split, sum, 1, 0);
        Node block;
        block.type = blockType;
        block.block = Block{std::make_shared<const Graph>(body), 1};
        g.add(block);
        const std::string text = graphToText(g);
        QVERIFY(text.find("\"burdock_model\": 2") != std::string::npos);
        const auto again = graphFromText(text);
        QVERIFY(again && *again == g);
        QVERIFY(!graphFromText(edges("[1,2,0,-1]")) && !graphFromText(edges("[1,2,0,0,0]")));
        QVERIFY(graphFromText(edges("[1,2,0,3]")));
    }
    void freshIdsAfterReading() {
        Graph g = *graphFromText(graphToText(everyKind()));
        const NodeId added = g.add("relu");
        QVERIFY(added.value > 4);
    }
    void accepted_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("no params, no position") << QString::fromStdString(node(""));
        QTest::newRow("an unknown type is kept") << QString::fromStdString(node(R"(,"extra":[1,{}])"));
        QTest::newRow("brackets in a text")
            << QString::fromStdString(node(R"(,"extra":"\"\\)" + std::string(1000, '[') + "\""));
        QTest::newRow("16 blocks in each other") << QString::fromStdString(nested(16));
        QTest::newRow("whole position") << QString::fromStdString(node(R"(,"position":[1,2])"));
        QTest::newRow("a cycle") << QString::fromStdString(edges("[1,2,0],[2,1,0]"));
    }
    void accepted() {
        QFETCH(QString, text);
        const auto graph = graphFromText(text.toStdString());
        QVERIFY2(graph, graph ? "" : oneLine(graph.error()).c_str());
        (void)checkGraph(*graph); // whatever is read can be checked
    }
    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("where");
        const auto row = [](const char* name, const std::string& text, const char* where) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QString(where);
        };
        row("nothing", "", "model");
        row("not JSON", "{ nodes", "model");
        row("cut off", graphToText(everyKind()).substr(0, 200), "model");
        row("broken UTF-8", "{\"burdock_model\":1,\"name\":\"\xff\xfe\"}", "model");
        row("300000 lists in each other", std::string(300'000, '['), "model");
        row("and closed", node(R"(,"extra":)" + std::string(300'000, '[') + std::string(300'000, ']')),
            "model");
        row("longer than any", "\"" + std::string(33'000'000, 'a') + "\"", "model");
        row("a number", "3", "model");
        row("a list", "[]", "model");
        row("another object", R"({"nodes":[],"edges":[]})", "model");
        row("format as a text", R"({"burdock_model":"1"})", "model");
        row("newer", R"({"burdock_model":3,"nodes":[],"edges":[]})", "burdock_model");
        row("format 0", R"({"burdock_model":0,"nodes":[],"edges":[]})", "burdock_model");
        row("huge format", R"({"burdock_model":18446744073709551615})", "burdock_model");
        row("no nodes", R"({"burdock_model":1,"edges":[]})", "nodes");
        row("no edges", R"({"burdock_model":1,"nodes":[]})", "edges");
        row("nodes as an object", R"({"burdock_model":1,"nodes":{},"edges":[]})", "nodes");
        row("name as a number", R"({"burdock_model":1,"name":5,"nodes":[],"edges":[]})", "name");
        row("a node as a number", R"({"burdock_model":1,"nodes":[5],"edges":[]})", "nodes[0]");
        row("a node as null", R"({"burdock_model":1,"nodes":[null],"edges":[]})", "nodes[0]");
        const auto bare = [](const std::string& members) {
            return R"({"burdock_model":1,"nodes":[{)" + members + R"(}],"edges":[]})";
        };
        row("no id", bare(R"("type":"relu","name":"n")"), "nodes[0].id");
        row("id 0", bare(R"("id":0,"type":"relu","name":"n")"), "nodes[0].id");
        row("negative id", bare(R"("id":-1,"type":"relu","name":"n")"), "nodes[0].id");
        row("fractional id", bare(R"("id":1.5,"type":"relu","name":"n")"), "nodes[0].id");
        row("huge id", bare(R"("id":4294967297,"type":"relu","name":"n")"), "nodes[0].id");
        row("no type", bare(R"("id":1,"name":"n")"), "nodes[0].type");
        row("no name", bare(R"("id":1,"type":"relu")"), "nodes[0].name");
        row("name as a list", bare(R"("id":1,"type":"relu","name":[])"), "nodes[0].name");
        row("params as a list", node(R"(,"params":[])"), "nodes[0].params");
        row("param null", node(R"(,"params":{"x":null})"), "nodes[0].params.x");
        row("param object", node(R"(,"params":{"x":{}})"), "nodes[0].params.x");
        row("param of three", node(R"(,"params":{"x":[1,2,3]})"), "nodes[0].params.x");
        row("param of fractions", node(R"(,"params":{"x":[1.5,2]})"), "nodes[0].params.x");
        row("param beyond 64 bits", node(R"(,"params":{"x":18446744073709551615})"), "nodes[0].params.x");
        row("pair beyond 64 bits", node(R"(,"params":{"x":[18446744073709551615,1]})"), "nodes[0].params.x");
        row("number beyond double", node(R"(,"params":{"x":1e999})"), "model");
        row("position of one", node(R"(,"position":[1])"), "nodes[0].position");
        row("position of texts", node(R"(,"position":["1","2"])"), "nodes[0].position");
        row("bypassed as a number", node(R"(,"bypassed":1)"), "nodes[0].bypassed");
        const auto block = [](const std::string& members) {
            return R"({"burdock_model":1,"nodes":[{"id":1,"type":"block","name":"b")" + members +
                   R"(}],"edges":[]})";
        };
        row("block without body", block(""), "nodes[0].body");
        row("body as a text", block(R"(,"body":"x")"), "nodes[0].body");
        row("wrong within a body", block(R"(,"body":{"nodes":[],"edges":[[1,2,0]]})"),
            "nodes[0].body.edges[0]");
        row("repeat 0", block(R"(,"body":{"nodes":[],"edges":[]},"repeat":0)"), "nodes[0].repeat");
        row("repeat -1", block(R"(,"body":{"nodes":[],"edges":[]},"repeat":-1)"), "nodes[0].repeat");
        row("repeat 1.5", block(R"(,"body":{"nodes":[],"edges":[]},"repeat":1.5)"), "nodes[0].repeat");
        row("huge repeat", block(R"(,"body":{"nodes":[],"edges":[]},"repeat":18446744073709551615)"),
            "nodes[0].repeat");
        row("17 blocks in each other", nested(17),
            "nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0]."
            "body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body."
            "nodes[0].body.nodes[0].body.nodes[0].body.nodes[0].body");
        row("same id twice",
            R"({"burdock_model":1,"nodes":[{"id":1,"type":"relu","name":"a"},
               {"id":1,"type":"relu","name":"b"}],"edges":[]})",
            "nodes[1].id");
        row("same name twice",
            R"({"burdock_model":1,"nodes":[{"id":1,"type":"relu","name":"a"},
               {"id":2,"type":"relu","name":"a"}],"edges":[]})",
            "nodes[1].name");
        row("edge as an object", edges("{}"), "edges[0]");
        row("edge of two", edges("[1,2]"), "edges[0]");
        row("edge with a text", edges(R"([1,"2",0])"), "edges[0]");
        row("edge from nowhere", edges("[9,2,0]"), "edges[0]");
        row("edge to nowhere", edges("[1,9,0]"), "edges[0]");
        row("edge from 0", edges("[0,2,0]"), "edges[0]");
        row("edge to itself", edges("[2,2,0]"), "edges[0]");
        row("edge to a negative port", edges("[1,2,-1]"), "edges[0]");
        row("edge to a huge port", edges("[1,2,4294967296]"), "edges[0]");
        row("edge from an id that wraps around", edges("[4294967297,2,0]"), "edges[0]");
        row("two edges at one port", edges("[1,2,0],[1,2,0]"), "edges[1]");
    }
    void refused() {
        QFETCH(QByteArray, text);
        const auto graph = graphFromText(text.toStdString());
        QVERIFY(!graph);
        const Diagnostic& d = graph.error();
        QCOMPARE(d.code, std::string("model.malformed"));
        QTEST(QString::fromStdString(d.where), "where");
        QVERIFY(!d.what.empty() && !d.mend.empty());
    }
    /// A model file with any one byte changed is read or refused, never worse.
    void anyByteChanged() {
        const std::string good = graphToText(everyKind());
        int stillGood = 0;
        for (std::size_t i = 0; i + 1 < good.size(); ++i) {
            QVERIFY(!graphFromText(std::string_view(good).substr(0, i)));
            for (const char c : {'\0', '9', '"', '{', ']', '\xc3'}) {
                std::string text = good;
                text[i] = c;
                const auto graph = graphFromText(text);
                if (graph) {
                    (void)checkGraph(*graph);
                    ++stillGood;
                }
            }
        }
        QVERIFY(stillGood > 0); // positions and names may change
    }
    void tooMany() {
        nlohmann::json nodes = nlohmann::json::array(), many = nlohmann::json::array();
        for (int i = 1; i <= 10001; ++i)
            nodes.push_back({{"id", i}, {"type", "relu"}, {"name", "n" + std::to_string(i)}});
        auto graph = graphFromJson({{"burdock_model", 1}, {"nodes", nodes}, {"edges", many}});
        QVERIFY(!graph && graph.error().where == "nodes");
        for (int i = 0; i < 40001; ++i)
            many.push_back({1, 2, i});
        graph = graphFromJson({{"burdock_model", 1}, {"nodes", many}, {"edges", many}});
        QVERIFY(!graph);
        graph = graphFromJson({{"burdock_model", 1}, {"nodes", nlohmann::json::array()}, {"edges", many}});
        QVERIFY(!graph && graph.error().where == "edges");
    }
};

QTEST_APPLESS_MAIN(GraphJsonTest)
#include "graph_json_test.moc"
