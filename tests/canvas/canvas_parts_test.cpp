// The canvas's parts that need no window: routes, snapping, search, facts.
#include "canvas/card_facts.h"
#include "canvas/card_index.h"
#include "canvas/edge_route.h"
#include "canvas/search_popup.h"
#include "canvas/snapping.h"
#include "document/card_size.h"
#include "support/processor_time.h"
#include "support/sample_graphs.h"

#include <QTest>

#include <algorithm>
#include <tuple>

using namespace burdock;

namespace {

const QSizeF cardSides(176, 84);

bool crosses(const QPainterPath& path, const QRectF& card) {
    for (int i = 0; i <= 200; ++i)
        if (card.contains(path.pointAtPercent(i / 200.0))) return true;
    return false;
}

EdgeEnds between(const QRectF& a, const QRectF& b) {
    return {{a.right(), a.center().y()}, {b.left(), b.center().y()}, a, b};
}

} // namespace

class TestCanvasParts : public QObject {
    Q_OBJECT
  private slots:
    void edgesGoAroundCards() {
        const QRectF a({0, 0}, cardSides), b({900, 0}, cardSides);
        const std::vector<QRectF> others{QRectF({300, 0}, cardSides), QRectF({600, 10}, cardSides)};
        const QPainterPath path = routeEdge(between(a, b), CardIndex(others));
        for (const QRectF& card : others)
            QVERIFY(!crosses(path, card));
        QCOMPARE(path.currentPosition(), QPointF(900, 42));
    }

    void edgesReturnBetweenRows() {
        const QRectF a({900, 0}, cardSides), b({0, 200}, cardSides);
        // A taller card of the second row reaches up into the gap.
        const std::vector<QRectF> others{QRectF({300, 0}, cardSides), QRectF({300, 140}, QSizeF(176, 200))};
        const QPainterPath path = routeEdge(between(a, b), CardIndex(others));
        for (const QRectF& card : others)
            QVERIFY(!crosses(path, card));
        QVERIFY(!crosses(path, a.adjusted(1, 1, -1, -1)));
        QVERIFY(!crosses(path, b.adjusted(1, 1, -1, -1)));
    }

    void cardsAreFoundByTheirPlace() {
        std::vector<QRectF> cards;
        for (int i = 0; i < 400; ++i)
            cards.emplace_back(QPointF(i * 37 % 1000, i * 71 % 900 - 300),
                               QSizeF(60 + i % 5 * 40, 40 + i % 7 * 50));
        cards.emplace_back(QPointF(1e300, -1e300), cardSides); // a file may say so
        const CardIndex index(cards);
        for (int i = 0; i < 50; ++i) {
            const QRectF area(i * 61 % 900 - 50, i * 83 % 800 - 350, 5 + i * 7, 3 + i * 5);
            std::vector<QRectF> wanted;
            for (const QRectF& card : cards)
                if (card.left() <= area.right() && card.right() >= area.left() &&
                    card.top() <= area.bottom() && card.bottom() >= area.top() && card != cards[7])
                    wanted.push_back(card);
            std::vector<QRectF> found = index.within(area, cards[7]);
            const auto order = [](const QRectF& a, const QRectF& b) {
                return std::tuple(a.left(), a.top(), a.width(), a.height()) <
                       std::tuple(b.left(), b.top(), b.width(), b.height());
            };
            std::ranges::sort(wanted, order);
            std::ranges::sort(found, order);
            QCOMPARE(found, wanted);
        }
    }

    /// As long as it takes for each edge, whatever else stands on the canvas.
    void tenThousandEdgesAreRoutedInPassing() {
        std::vector<QRectF> cards;
        for (int i = 0; i < 10'000; ++i)
            cards.emplace_back(QPointF(i % 16 * 220, i / 16 * 140), cardSides);
        const double begun = test::processorSeconds();
        const CardIndex index(cards);
        for (std::size_t i = 1; i < cards.size(); ++i)
            QVERIFY(!routeEdge(between(cards[i - 1], cards[i]), index).isEmpty());
        const double took = test::processorSeconds() - begun;
        qInfo("10,000 edges are routed in %.0f ms", took * 1e3);
        QVERIFY(took < 0.5); // looking through all cards for each edge takes more
    }

    void cardsSnapToNeighboursAndElseToTheGrid() {
        const QRectF neighbour({100, 100}, cardSides);
        const Snap beside = snapCard(QRectF({100 + 176 + cardGap + 3, 103}, cardSides), {neighbour}, 6);
        QCOMPARE(beside.position, QPointF(100 + 176 + cardGap, 100));
        QCOMPARE(beside.guides.size(), 2U);
        const Snap alone = snapCard(QRectF({1003, 2005}, cardSides), {}, 6);
        QCOMPARE(alone.position, QPointF(1000, 2008));
        QVERIFY(alone.guides.empty());
    }

    void searchRanksNamesBeforeKeywords() {
        const SearchEntry relu{"relu", "ReLU", "Activation", "rectifier", {}, true, {}};
        const SearchEntry leaky{"leaky_relu", "Leaky ReLU", "Activation", "rectifier", {}, true, {}};
        QVERIFY(searchScore(relu, "relu") > searchScore(leaky, "relu"));
        QVERIFY(searchScore(relu, "relu") > searchScore(relu, "rectifier"));
        QVERIFY(searchScore(relu, "rectifier") > 0);
        QVERIFY(searchScore(leaky, "leaky relu") > 0);
        QVERIFY(searchScore(relu, "conv") < 0);
        QVERIFY(searchScore(relu, "relu conv") < 0);
    }

    void searchOffersWhatFits() {
        const auto entry = [](const std::vector<SearchEntry>& all, const QString& id) {
            const auto it = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.id == id; });
            return it == all.end() ? std::optional<bool>() : std::optional<bool>(it->fits);
        };
        const auto forMaps = layerEntries(Shape{64, 28, 28}, true);
        QVERIFY(entry(forMaps, "conv2d") == true);
        QVERIFY(entry(forMaps, "dense") == false);
        QVERIFY(!entry(forMaps, "input").has_value());
        const auto forPaper = layerEntries({}, false);
        QVERIFY(entry(forPaper, "input") == true);
        QCOMPARE(forPaper.size(), layerRegistry().size());
    }

    void aBlockTellsAllItsLayers() {
        Graph pair;
        NodeId last;
        test::then(pair, last, "input");
        test::then(pair, last, "conv2d");
        test::then(pair, last, "relu");
        Block inner;
        inner.body = std::make_shared<Graph>(pair);
        inner.repeat = 7;
        Graph body;
        body.add("input");
        body.edit(body.add("block"))->block = inner;
        Block outer;
        outer.body = std::make_shared<Graph>(body);
        Graph graph;
        const NodeId block = graph.add("block");
        graph.edit(block)->block = outer;
        const GraphReport report = checkGraph(graph);
        const CardFacts facts = cardFacts(graph, report, troublesOf(report), *graph.find(block));
        QCOMPARE(facts.summary, QStringLiteral("Block of 14 layers"));
    }

    void cardsShowWhatTheReportSays() {
        Graph graph;
        NodeId last;
        test::then(graph, last, "input");
        test::then(graph, last, "conv2d", {{"filters", std::int64_t{64}}, {"kernel", IntPair{7, 7}}});
        const NodeId conv = last;
        test::then(graph, last, "relu");
        const GraphReport report = checkGraph(graph);
        const CardFacts facts = cardFacts(graph, report, troublesOf(report), *graph.find(conv));
        QCOMPARE(facts.shape, QStringLiteral("28×28×64"));
        QVERIFY(facts.summary.contains(QStringLiteral("64 filters")));
        QVERIFY(facts.emblem == Emblem::Kernel);
        QVERIFY((facts.kernel == IntPair{7, 7}));
        QVERIFY(!facts.worst);
        const CardFacts relu = cardFacts(graph, report, troublesOf(report), *graph.find(last));
        QVERIFY(relu.emblem == Emblem::Curve);
        QVERIFY(relu.curve.size() > 10);
        QVERIFY(relu.parameters.isEmpty());
        const CardFacts unknown =
            cardFacts(graph, {}, {}, Node{NodeId{99}, "mystery", "m", {}, {}, {}, false});
        QVERIFY(!unknown.known);
    }

    /// What enters a network is drawn as what it is: only pictures as a picture.
    void theInputIsDrawnAsWhatEnters() {
        const auto emblem = [](std::int64_t channels, std::int64_t height, std::int64_t width,
                               const char* axes) {
            Graph graph;
            const NodeId input = graph.add(
                "input",
                {{"channels", channels}, {"height", height}, {"width", width}, {"axes", std::string(axes)}});
            const GraphReport report = checkGraph(graph);
            return cardFacts(graph, report, troublesOf(report), *graph.find(input)).emblem;
        };
        QVERIFY(emblem(1, 28, 28, "maps") == Emblem::Picture);
        QVERIFY(emblem(12, 1, 1, "maps") == Emblem::Vector);
        QVERIFY(emblem(1, 40, 16, "sequence") == Emblem::Beads);
    }

    void freeInputsOfMergesAreShown() {
        Graph graph;
        NodeId last;
        test::then(graph, last, "input");
        const NodeId add = graph.add("add");
        QCOMPARE(cardFacts(graph, {}, {}, *graph.find(add)).inputs, 2);
        graph.connect(last, add, 0);
        graph.connect(last, add, 1);
        QCOMPARE(cardFacts(graph, {}, {}, *graph.find(add)).inputs, 3);
        for (int port = 2; port < 8; ++port)
            graph.connect(last, add, port);
        QVERIFY(cardSize(graph, *graph.find(add)).height >= 9 * 20); // ports stay apart
    }
};

QTEST_MAIN(TestCanvasParts)
#include "canvas_parts_test.moc"
