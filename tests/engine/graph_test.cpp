#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"

#include <QTest>

using namespace burdock;

namespace {

/// Three nodes in a row: a, b, c.
struct Row {
    Graph graph;
    NodeId a = graph.add("input", {}, {}, "a"), b = graph.add("relu", {}, {}, "b"),
           c = graph.add("relu", {}, {}, "c");
    Row() {
        graph.connect(a, b);
        graph.connect(b, c);
    }
};

Graph body(const char* layer, ParamValues params = {}) {
    Graph g;
    const NodeId in = g.add("input", {}, {}, "in");
    g.connect(in, g.add(layer, std::move(params), {}, "layer"));
    return g;
}

Node block(Graph content, std::int64_t repeat, std::string name = "block") {
    Node node;
    node.type = blockType;
    node.name = std::move(name);
    node.block = Block{std::make_shared<const Graph>(std::move(content)), repeat};
    return node;
}

std::vector<std::string> names(const CheckedNetwork& network) {
    std::vector<std::string> list;
    for (const CheckedStep& step : network.steps())
        list.push_back(step.name);
    return list;
}

std::vector<std::string> names(const Graph& graph) {
    std::vector<std::string> list;
    for (const Node& n : graph.nodes())
        list.push_back(n.name);
    return list;
}

using Names = std::vector<std::string>;

} // namespace

/// The graph as a value: its edits, copies, blocks flattened.
class GraphTest : public QObject {
    Q_OBJECT
  private slots:
    void fixesInPlace() {
        Row row;
        Graph& g = row.graph;
        const Fix sizes{Fix::Kind::SetParam, "Set", row.a, "channels",
                        std::int64_t{3},     {},    0,     {{"height", std::int64_t{8}}}};
        QVERIFY(applyInPlace(g, sizes));
        QVERIFY(g.find(row.a)->params ==
                (ParamValues{{"channels", std::int64_t{3}}, {"height", std::int64_t{8}}}));
        QVERIFY(applyInPlace(g, {Fix::Kind::RemoveNode, "Remove", row.b, {}, {}, {}, 0}));
        QVERIFY(g.edgeAt(row.c, 0)->from == row.a);
        QVERIFY(applyInPlace(g, {Fix::Kind::RemoveInput, "Cut", row.c, {}, {}, {}, 0}));
        QVERIFY(g.edges().empty());
        const Graph before = g;
        QVERIFY(!applyInPlace(g, {Fix::Kind::AppendAfter, "Append", row.c, {}, {}, "relu", 0}));
        QVERIFY(!applyInPlace(g, {Fix::Kind::SetSetting, "Set", {}, "fit", std::string("pad"), {}, 0}));
        QVERIFY(!applyInPlace(g, {Fix::Kind::Adapt, "Adapt", row.b, {}, {}, {}, 0}));
        QVERIFY(!applyInPlace(g, {Fix::Kind::SetParam, "Set", row.b, "units", std::int64_t{3}, {}, 0}));
        QVERIFY(g == before);
    }
    /// A file may use up the largest id: new nodes still get ids that files can hold.
    void idsEndSomewhere() {
        const std::string largest = std::to_string(Graph::largestId);
        const std::string file = R"({"burdock_model":1,"nodes":[{"id":1,"type":"input","name":"a"},{"id":)" +
                                 largest + R"(,"type":"relu","name":"b"}],"edges":[[1,)" + largest + ",0]]}";
        auto graph = graphFromText(file);
        QVERIFY(graph);
        const NodeId second = graph->add("relu"), third = graph->add("relu");
        QCOMPARE(second, NodeId{2});
        QCOMPARE(third, NodeId{3});
        graph->remove(second);
        QCOMPARE(graph->add("tanh"), second);
        const auto copied = graph->insert(Graph(*graph), {});
        for (const NodeId id : copied)
            QVERIFY(id.value <= Graph::largestId);
        QCOMPARE(graph->nodes().size(), 8u);
        const auto read = graphFromText(graphToText(*graph));
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        QVERIFY(*read == *graph);
    }
    void idsAndNames() {
        Graph g;
        const NodeId first = g.add("conv2d"), second = g.add("conv2d"), third = g.add("conv2d");
        QCOMPARE(names(g), (Names{"conv2d", "conv2d 2", "conv2d 3"}));
        g.remove(second);
        QCOMPARE(g.find(second), nullptr);
        QCOMPARE(g.freeName("conv2d 3"), std::string("conv2d 2"));
        QCOMPARE(g.freeName("free"), std::string("free"));
        const NodeId fourth = g.add("relu", {}, {}, "conv2d");
        QVERIFY(fourth != first && fourth != second && fourth != third);
        QCOMPARE(g.find(fourth)->name, std::string("conv2d 2"));
        QCOMPARE(g.findByName("conv2d 3")->id, third);
        QCOMPARE(g.findByName("absent"), nullptr);
    }
    void restoring() {
        Graph g;
        Node node;
        node.type = "relu";
        QVERIFY(!g.restore(node));
        node.id = NodeId{7};
        QVERIFY(g.restore(node));
        QVERIFY(!g.restore(node));
        QCOMPARE(g.add("relu").value, 8u);
        node.id = NodeId{Graph::largestId + 1};
        QVERIFY(!g.restore(node));
        QCOMPARE(g.nodes().size(), std::size_t(2));
    }
    void connecting() {
        Row row;
        Graph& g = row.graph;
        QVERIFY(!g.connect(row.a, row.a));
        QVERIFY(!g.connect(row.a, NodeId{99}));
        QVERIFY(!g.connect(NodeId{99}, row.a));
        QVERIFY(!g.connect(row.a, row.b, -1));
        QCOMPARE(g.edges().size(), std::size_t(2));
        QVERIFY(g.connect(row.a, row.c)); // takes the place of b → c
        QCOMPARE(g.edges().size(), std::size_t(2));
        QCOMPARE(g.edgeAt(row.c, 0)->from, row.a);
        QVERIFY(g.connect(row.b, row.c, 2));
        QCOMPARE(g.nextFreePort(row.c), 1);
        QCOMPARE(g.inputsOf(row.c), (std::vector<Edge>{{row.a, row.c, 0}, {row.b, row.c, 2}}));
        QCOMPARE(g.outputsOf(row.a).size(), std::size_t(2));
        g.disconnect({row.b, row.c, 2});
        QCOMPARE(g.edgeAt(row.c, 2), nullptr);
    }
    void removing() {
        Row row;
        Graph cut = row.graph;
        cut.remove(row.b);
        QCOMPARE(cut.nodes().size(), std::size_t(2));
        QVERIFY(cut.edges().empty());
        Graph joined = row.graph;
        joined.removeAndReconnect(row.b);
        QCOMPARE(joined.edges(), (std::vector<Edge>{{row.a, row.c, 0}}));
        joined.removeAndReconnect(row.a); // nothing fed it: its edges go
        QVERIFY(joined.edges().empty());
        joined.remove(NodeId{99});
        joined.removeAndReconnect(NodeId{99});
        QCOMPARE(joined.nodes().size(), std::size_t(1));
    }
    void values() {
        Row row;
        const Graph before = row.graph;
        row.graph.edit(row.b)->params["slope"] = 0.5;
        QVERIFY(!(before == row.graph));
        QVERIFY(before.find(row.b)->params.empty());
        row.graph.edit(row.b)->params.clear();
        QVERIFY(before == row.graph);
        QCOMPARE(row.graph.edit(NodeId{99}), nullptr);
    }
    void clipboard() {
        Row row;
        const std::vector<NodeId> chosen{row.b, row.c};
        const Graph part = row.graph.extract(chosen);
        QCOMPARE(part.edges(), (std::vector<Edge>{{row.b, row.c, 0}}));
        const auto added = row.graph.insert(part, {10, 20});
        QCOMPARE(added.size(), std::size_t(2));
        QCOMPARE(names(row.graph), (Names{"a", "b", "c", "b 2", "c 2"}));
        QCOMPARE(row.graph.edgeAt(added[1], 0)->from, added[0]);
        QVERIFY((row.graph.find(added[0])->position == Point{10, 20}));
        QVERIFY(row.graph.inputsOf(added[0]).empty());
    }
    void order() {
        Row row;
        Graph g;
        QVERIFY(topologicalOrder(g).empty());
        QCOMPARE(topologicalOrder(row.graph), (std::vector<NodeId>{row.a, row.b, row.c}));
        // A diamond, its nodes put in backwards.
        const NodeId end = g.add("add"), left = g.add("relu"), right = g.add("relu"), start = g.add("input");
        g.connect(left, end, 0);
        g.connect(right, end, 1);
        g.connect(start, left);
        g.connect(start, right);
        QCOMPARE(topologicalOrder(g), (std::vector<NodeId>{start, left, right, end}));
        // The same node twice at one merge, then a cycle.
        g.connect(left, end, 1);
        QCOMPARE(topologicalOrder(g).back(), end);
        row.graph.connect(row.c, row.b, 1);
        QCOMPARE(topologicalOrder(row.graph), (std::vector<NodeId>{row.a}));
    }
    void flattening() {
        Graph g;
        const NodeId in = g.add("input", {}, {}, "input");
        Graph inner = body("batchnorm");
        Graph outer;
        const NodeId entry = outer.add("input", {}, {}, "in");
        const NodeId nested = outer.add(block(inner, 2, "pair"));
        outer.connect(entry, nested);
        const NodeId last = outer.add("relu", {}, {}, "act");
        outer.connect(nested, last);
        const NodeId stage = g.add(block(outer, 3, "stage"));
        g.connect(in, stage);
        const NodeId skipped = g.add("tanh", {}, {}, "skipped");
        g.edit(skipped)->bypassed = true;
        g.connect(stage, skipped);
        const NodeId sum = g.add("add", {}, {}, "sum");
        g.connect(skipped, sum, 0);
        g.connect(in, sum, 1);
        QVERIFY(checkGraph(g).diagnostics.empty());

        const GraphReport report = checkGraph(g);
        const CheckedNetwork& flat = *report.network;
        QCOMPARE(names(flat), (Names{"input", "stage/1/pair/1/layer", "stage/1/pair/2/layer", "stage/1/act",
                                     "stage/2/pair/1/layer", "stage/2/pair/2/layer", "stage/2/act",
                                     "stage/3/pair/1/layer", "stage/3/pair/2/layer", "stage/3/act", "sum"}));
        const auto feeder = [&](const char* name, int port = 0) {
            return flat.steps()[flat.find(name)->inputs.at(static_cast<std::size_t>(port)).step].name;
        };
        QCOMPARE(feeder("stage/1/pair/1/layer"), std::string("input"));
        QCOMPARE(feeder("stage/2/pair/1/layer"), std::string("stage/1/act"));
        QCOMPARE(feeder("sum", 0), std::string("stage/3/act"));
        QCOMPARE(feeder("sum", 1), std::string("input"));
        QCOMPARE(flat.parameters(), std::int64_t(6 * 2)); // six normalisations of one channel
        QCOMPARE(report.find(stage)->parameters, flat.parameters());
        QCOMPARE(report.find(stage)->macs + report.find(sum)->macs, flat.macs());
        // Where each came from, and in which repetitions.
        const CheckedStep& inside = *flat.find("stage/2/pair/1/layer");
        QCOMPARE(inside.path, NodePath(stage) / nested / inner.findByName("layer")->id);
        QCOMPARE(inside.repetitions, (std::vector<std::int64_t>{2, 1}));
        QCOMPARE(inside.weights.front(), std::string("stage/2/pair/1/layer.weight"));
        QCOMPARE(inside.layer, flat.find("stage/3/pair/2/layer")->layer); // known once
    }
    void flatteningABypassedBlock() {
        Graph g;
        const NodeId in = g.add("input", {}, {}, "input");
        const NodeId b = g.add(block(body("relu"), 2));
        g.connect(in, b);
        const NodeId out = g.add("tanh", {}, {}, "out");
        g.connect(b, out);
        g.edit(b)->bypassed = true;
        QVERIFY(checkGraph(g).diagnostics.empty());
        QCOMPARE(names(*checkNetwork(g)), (Names{"input", "out"}));
        // A body that does nothing stands for nothing.
        Graph identity;
        identity.add("input", {}, {}, "in");
        *g.edit(b)->block = Block{std::make_shared<const Graph>(identity), 5};
        g.edit(b)->bypassed = false;
        QVERIFY(checkGraph(g).diagnostics.empty());
        QCOMPARE(names(*checkNetwork(g)), (Names{"input", "out"}));
    }
};

QTEST_APPLESS_MAIN(GraphTest)
#include "graph_test.moc"
