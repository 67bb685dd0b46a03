#include "document/card_size.h"
#include "engine/models/templates.h"
#include "support/sample_graphs.h"

#include <QRandomGenerator>
#include <QRectF>
#include <QTest>

using namespace burdock;

namespace {

QRectF card(const Graph& graph, const Node& node) {
    const CardSize size = cardSize(graph, node);
    return {node.position.x, node.position.y, size.width, size.height};
}

void layOutAt(Graph& graph, double rowWidth) {
    layOut(
        graph, [&](const Node& node) { return cardSize(graph, node); }, rowWidth);
}

void expectNoOverlaps(const Graph& graph) {
    for (const Node& a : graph.nodes())
        for (const Node& b : graph.nodes())
            QVERIFY2(a.id == b.id || !card(graph, a).adjusted(-8, -8, 8, 8).intersects(card(graph, b)),
                     qPrintable(QString::fromStdString(a.name + " and " + b.name)));
}

/// Along each edge one reads on: further right in the same row, or in a row below.
void expectReadable(const Graph& graph) {
    for (const Edge& e : graph.edges()) {
        const QRectF from = card(graph, *graph.find(e.from)), to = card(graph, *graph.find(e.to));
        const bool onwards = to.left() > from.right();
        const bool nextRow = to.top() > from.bottom();
        QVERIFY2(onwards || nextRow, graph.find(e.to)->name.c_str());
    }
}

/// A chain with random shortcuts into merges.
Graph randomNetwork(quint32 seed) {
    QRandomGenerator random(seed);
    Graph graph;
    NodeId last;
    std::vector<NodeId> earlier{test::then(graph, last, "input")};
    for (int i = 0; i < 40; ++i) {
        if (random.bounded(4) == 0) {
            const NodeId from = earlier[random.bounded(static_cast<quint32>(earlier.size()))];
            if (from == last) continue;
            test::then(graph, last, "add");
            graph.connect(from, last, 1);
        } else {
            test::then(graph, last, "relu");
        }
        earlier.push_back(last);
    }
    return graph;
}

} // namespace

class TestLayout : public QObject {
    Q_OBJECT
  private slots:
    /// Where cards stand and what they are called is told apart from what is computed, in blocks as well.
    void whatDiffersInPlacesAloneIsTheSameNetwork() {
        const Graph graph = findTemplate("resnet50")->build();
        Graph moved = graph;
        bool inBlock = false;
        for (const Node& each : graph.nodes()) {
            Node& node = *moved.edit(each.id);
            node.position.x += 8;
            if (!node.block) continue;
            Graph body = *node.block->body;
            body.edit(body.nodes().front().id)->position.y += 8;
            node.block->body = std::make_shared<const Graph>(std::move(body));
            inBlock = true;
        }
        QVERIFY(inBlock && !(moved == graph) && unplaced(moved) == unplaced(graph));
        Graph named = moved;
        named.edit(named.nodes().front().id)->name = "mine";
        QVERIFY(!(unplaced(named) == unplaced(graph)) && unnamed(named) == unnamed(graph));
        named.edit(named.nodes().back().id)->frozen = true;
        QVERIFY(!(unnamed(named) == unnamed(graph)));
    }
    void templatesAreReadable_data() {
        QTest::addColumn<QString>("id");
        for (const ModelTemplate& t : modelTemplates())
            QTest::addRow("%s", t.id.c_str()) << QString::fromStdString(t.id);
    }
    void templatesAreReadable() {
        QFETCH(QString, id);
        Graph graph = findTemplate(id.toStdString())->build();
        arrange(graph, {900, 620});
        expectNoOverlaps(graph);
        expectReadable(graph);
        QVERIFY(!needsArranging(graph));
        QRectF all;
        for (const Node& node : graph.nodes())
            all |= card(graph, node);
        // Names can be read when the whole network is shown in the designer's usual window.
        QVERIFY(std::min(900 / all.width(), 620 / all.height()) > 0.7);
    }

    void rowsHoldTheirWidth() {
        for (const double width : {500.0, 900.0, 1500.0, 4000.0}) {
            Graph graph = findTemplate("lecture-cnn")->build();
            layOutAt(graph, width);
            for (const Node& node : graph.nodes())
                QVERIFY(card(graph, node).right() <= width);
            expectNoOverlaps(graph);
            expectReadable(graph);
        }
    }

    void aChainInARowIsStraight() {
        Graph graph = findTemplate("mlp")->build();
        layOutAt(graph, 10000);
        for (const Node& node : graph.nodes())
            QCOMPARE(node.position.y, 0.0);
    }

    void branchesLieOneBelowAnother() {
        Graph graph = test::skipNetwork();
        layOutAt(graph, 1300);
        expectNoOverlaps(graph);
        expectReadable(graph);
        // The three branches in the order of the ports they end in: nothing crosses.
        const auto y = [&](const char* name) { return graph.findByName(name)->position.y; };
        QVERIFY(y("conv2d 7") < y("conv2d 8"));
        QVERIFY(y("conv2d 8") < y("conv2d 9"));
    }

    void anyNetwork_data() {
        QTest::addColumn<quint32>("seed");
        for (const quint32 seed : {1U, 2U, 3U, 4U, 5U})
            QTest::addRow("seed %u", seed) << seed;
    }
    void anyNetwork() {
        QFETCH(quint32, seed);
        Graph graph = randomNetwork(seed);
        layOutAt(graph, 1400);
        expectNoOverlaps(graph);
    }

    void cyclesAndLooseNodesHaveTheirPlace() {
        Graph graph;
        const NodeId a = graph.add("relu"), b = graph.add("relu");
        graph.connect(a, b);
        graph.connect(b, a);
        for (int i = 0; i < 9; ++i)
            graph.add("dense");
        layOutAt(graph, 700);
        expectNoOverlaps(graph);
        Graph empty;
        layOutAt(empty, 700);
        QVERIFY(empty.nodes().empty());
    }

    void layingOutTwiceChangesNothing() {
        Graph graph = test::skipNetwork();
        arrange(graph, {900, 620});
        const Graph once = graph;
        arrange(graph, {900, 620});
        QVERIFY(graph == once);
    }
};

QTEST_GUILESS_MAIN(TestLayout)
#include "layout_test.moc"
