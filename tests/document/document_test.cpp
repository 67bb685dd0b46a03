#include "document/graph_document.h"
#include "document/graph_edits.h"
#include "engine/graph/node_paths.h"
#include "support/counted_layer.h"
#include "support/sample_graphs.h"

#include <QSignalSpy>
#include <QTest>

using namespace burdock;

class TestDocument : public QObject {
    Q_OBJECT

    static Graph chain() {
        Graph graph;
        NodeId last;
        test::then(graph, last, "input");
        test::then(graph, last, "flatten");
        test::then(graph, last, "dense");
        return graph;
    }
    static NodeId id(const GraphDocument& d, const char* name) { return d.graph().findByName(name)->id; }
    static void setUnits(GraphDocument& d, std::int64_t units, const QString& key = {}) {
        d.edit(
            QStringLiteral("Units"), [&](Graph& g) { g.edit(id(d, "dense"))->params["units"] = units; }, key);
    }

  private slots:
    void editsAreStepsWithAReportOfTheNewGraph() {
        GraphDocument d;
        d.reset(chain());
        QSignalSpy changed(&d, &GraphDocument::graphChanged);
        std::int64_t parametersSeen = 0;
        connect(&d, &GraphDocument::graphChanged, this, [&] { parametersSeen = d.report().parameters; });
        setUnits(d, 10);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(parametersSeen, std::int64_t{7850});
        QCOMPARE(d.undoStack()->undoText(), QStringLiteral("Units"));
        d.undoStack()->undo();
        QVERIFY(d.graph() == chain());
        QCOMPARE(changed.count(), 2);
    }

    void anEditThatChangesNothingIsNoStep() {
        GraphDocument d;
        d.reset(chain());
        QSignalSpy changed(&d, &GraphDocument::graphChanged);
        d.edit(QStringLiteral("Nothing"), [](Graph&) {});
        QCOMPARE(d.undoStack()->count(), 0);
        QCOMPARE(changed.count(), 0);
    }

    void editsOfOneKeyMergeUntilSealed() {
        GraphDocument d;
        d.reset(chain());
        for (const std::int64_t units : {1, 12, 128})
            setUnits(d, units, QStringLiteral("units"));
        QCOMPARE(d.undoStack()->count(), 1);
        d.sealMerge();
        setUnits(d, 64, QStringLiteral("units"));
        QCOMPARE(d.undoStack()->count(), 2);
        d.undoStack()->undo();
        QCOMPARE(std::get<std::int64_t>(d.graph().findByName("dense")->params.at("units")), 128);
        d.undoStack()->undo();
        QVERIFY(d.graph() == chain());
    }

    void editsOfOtherKeysDoNotMerge() {
        GraphDocument d;
        d.reset(chain());
        setUnits(d, 1, QStringLiteral("a"));
        setUnits(d, 2, QStringLiteral("b"));
        setUnits(d, 3);
        setUnits(d, 4);
        QCOMPARE(d.undoStack()->count(), 4);
    }

    void undoEndsMerging() {
        GraphDocument d;
        d.reset(chain());
        setUnits(d, 1, QStringLiteral("units"));
        d.sealMerge();
        setUnits(d, 2, QStringLiteral("units"));
        d.undoStack()->undo();
        setUnits(d, 3, QStringLiteral("units")); // must not melt into the step of 1
        QCOMPARE(d.undoStack()->count(), 2);
        d.undoStack()->undo();
        QCOMPARE(std::get<std::int64_t>(d.graph().findByName("dense")->params.at("units")), 1);
    }

    void mergingBackToTheStartLeavesNoStep() {
        GraphDocument d;
        d.reset(chain());
        setUnits(d, 5);
        setUnits(d, 6, QStringLiteral("units"));
        setUnits(d, 5, QStringLiteral("units"));
        QCOMPARE(d.undoStack()->count(), 1);
    }

    void undoSelectsWhatComesBack() {
        GraphDocument d;
        d.reset(chain());
        const NodeId dense = id(d, "dense"), flatten = id(d, "flatten");
        d.select({dense});
        d.edit(QStringLiteral("Delete"), [&](Graph& g) { g.remove(dense); });
        QVERIFY(d.selection().isEmpty()); // it is gone
        d.select({flatten});
        d.undoStack()->undo();
        QCOMPARE(d.selection(), QSet<NodeId>{dense});
        d.select({});
        d.undoStack()->redo();
        QVERIFY(d.selection().isEmpty());
    }

    void undoOfAChangeSelectsWhatWasChanged() {
        GraphDocument d;
        d.reset(chain());
        d.select({id(d, "dense")});
        setUnits(d, 7);
        d.select({id(d, "flatten")});
        d.undoStack()->undo();
        QCOMPARE(d.selection(), QSet<NodeId>{id(d, "dense")});
    }

    void undoOfAChangeOfTheNetworkLeavesTheSelection() {
        GraphDocument d;
        d.reset(chain());
        d.edit(QStringLiteral("Rename network"), [](Graph& g) { g.name = "other"; });
        d.select({id(d, "dense")});
        d.undoStack()->undo();
        QCOMPARE(d.selection(), QSet<NodeId>{id(d, "dense")});
        d.undoStack()->redo();
        QCOMPARE(d.selection(), QSet<NodeId>{id(d, "dense")});
    }

    void resetForgetsTheHistory() {
        GraphDocument d;
        d.reset(chain());
        setUnits(d, 7);
        QSignalSpy reset(&d, &GraphDocument::wasReset);
        d.reset(chain());
        QCOMPARE(reset.count(), 1);
        QVERIFY(!d.undoStack()->canUndo());
        QVERIFY(d.selection().isEmpty());
    }

    void fixInsertsTheMissingLayer() {
        GraphDocument d;
        Graph graph;
        NodeId last;
        test::then(graph, last, "input");
        test::then(graph, last, "dense");
        graph.edit(last)->position = {220, 0};
        d.reset(graph);
        const auto& found = d.report().diagnostics;
        QCOMPARE(found.size(), 1U);
        QVERIFY(found[0].fix.has_value());
        QVERIFY(applyFix(d, *found[0].fix));
        QVERIFY(!d.report().hasErrors());
        QCOMPARE(d.undoStack()->undoText(), QStringLiteral("Insert a Flatten"));
        const NodeId flatten = id(d, "flatten");
        QCOMPARE(d.selection(), QSet<NodeId>{flatten});
        QCOMPARE(d.graph().edgeAt(id(d, "dense"), 0)->from, flatten);
        QVERIFY(d.graph().findByName("dense")->position.x >= 220 + 176); // room was made
        d.undoStack()->undo();
        QVERIFY(d.graph() == graph);
    }

    void everyKindOfFix() {
        GraphDocument d;
        d.reset(chain());
        const NodeId dense = id(d, "dense"), flatten = id(d, "flatten");
        QVERIFY(applyFix(d, {Fix::Kind::SetParam, "Set units", dense, "units", std::int64_t{3}, {}, 0}));
        QCOMPARE(std::get<std::int64_t>(d.graph().find(dense)->params.at("units")), 3);
        QVERIFY(applyFix(d, {Fix::Kind::AppendAfter, "Append softmax", dense, {}, {}, "softmax", 0}));
        QCOMPARE(d.graph().edgeAt(id(d, "softmax"), 0)->from, dense);
        QVERIFY(applyFix(d, {Fix::Kind::RemoveNode, "Remove", flatten, {}, {}, {}, 0}));
        QCOMPARE(d.graph().edgeAt(dense, 0)->from, id(d, "input"));
        QVERIFY(applyFix(d, {Fix::Kind::RemoveInput, "Remove the edge", dense, {}, {}, {}, 0}));
        QVERIFY(!d.graph().edgeAt(dense, 0));
        QCOMPARE(d.undoStack()->count(), 4);
        QVERIFY(!applyFix(d, {Fix::Kind::RemoveNode, "Gone", NodeId{999}, {}, {}, {}, 0}));
        QCOMPARE(d.undoStack()->count(), 4);
    }

    /// A canvas that is empty, and a network without an Input, are given one.
    void aMissingInputIsAdded() {
        GraphDocument d;
        d.reset({});
        const auto mend = [&d] {
            for (const Diagnostic& problem : d.report().diagnostics)
                if (problem.code == "graph.no-input") return problem.fix && applyFix(d, *problem.fix);
            return false;
        };
        QVERIFY(mend());
        QCOMPARE(d.graph().nodes().size(), std::size_t(1));
        QCOMPARE(d.selection(), QSet<NodeId>{id(d, "input")});
        Graph headless = chain();
        headless.remove(headless.findByName("input")->id);
        d.reset(headless);
        QVERIFY(mend());
        QVERIFY(!d.report().hasErrors());
        QCOMPARE(d.graph().edgeAt(id(d, "flatten"), 0)->from, id(d, "input"));
        QVERIFY(!mend()); // there is one now
        d.undoStack()->undo();
        QVERIFY(d.graph() == headless);
    }

    /// A mend of a layer within blocks is one step too, and is seen on the outermost block.
    void fixesWithinBlocks() {
        Graph inner, outer, graph;
        const NodeId entry = inner.add("input"), dense = inner.add("dense");
        inner.connect(entry, dense);
        Node node;
        node.type = blockType;
        node.name = "unit";
        node.block = Block{std::make_shared<const Graph>(inner), 1};
        const NodeId in = outer.add("input"), unit = outer.add(node);
        outer.connect(in, unit);
        node.name = "stage";
        node.block = Block{std::make_shared<const Graph>(outer), 1};
        const NodeId input = graph.add("input"), stage = graph.add(node);
        graph.connect(input, stage);
        GraphDocument d;
        d.reset(graph);
        QCOMPARE(d.report().diagnostics.size(), 1U);
        const Diagnostic problem = d.report().diagnostics.front();
        QCOMPARE(problem.node, NodePath(stage) / unit / dense);
        QCOMPARE(problem.where, std::string("stage/unit/dense"));
        QVERIFY(problem.fix && applyFix(d, *problem.fix));
        QVERIFY(d.report().network && d.report().network->find("stage/1/unit/1/flatten"));
        QCOMPARE(d.selection(), QSet<NodeId>{stage});
        const NodePath block = NodePath(stage) / unit;
        QCOMPARE(d.selectedPaths(),
                 QSet<NodePath>{block / bodyAt(d.graph(), block)->findByName("flatten")->id});
        QCOMPARE(d.undoStack()->count(), 1);
        d.undoStack()->undo();
        QVERIFY(d.graph() == graph);
        QVERIFY(d.selectedPaths().isEmpty()); // what was selected when the mend was made
        d.selectPaths({block / dense});
        QCOMPARE(d.selection(), QSet<NodeId>{stage});
        QSignalSpy changed(&d, &GraphDocument::selectionChanged);
        d.select({stage}); // the block itself is another choice
        QCOMPARE(changed.size(), 1);
        QCOMPARE(d.selectedPaths(), QSet<NodePath>{stage});
        QVERIFY(!applyFix(
            d, {Fix::Kind::AppendAfter, "Gone", NodePath(stage) / unit / NodeId{99}, {}, {}, "relu", 0}));
    }

    void checksOncePerEdit() {
        test::addCountedLayer();
        GraphDocument d;
        Graph graph = chain();
        NodeId last = graph.findByName("dense")->id;
        test::then(graph, last, "counted");
        d.reset(graph);
        test::shapesAsked() = 0;
        (void)checkGraph(d.graph());
        const int once = test::shapesAsked();
        QVERIFY(once > 0);
        setUnits(d, 10);
        QCOMPARE(test::shapesAsked(), 2 * once);
        d.undoStack()->undo();
        QCOMPARE(test::shapesAsked(), 3 * once);
        d.setFurtherProblems({Diagnostic()});
        QCOMPARE(test::shapesAsked(), 3 * once);
    }

    /// What others know to be wrong stands in the report, over edits too, as long as its node is there.
    void furtherProblemsStay() {
        GraphDocument d;
        d.reset(chain());
        QSignalSpy changed(&d, &GraphDocument::graphChanged), told(&d, &GraphDocument::problemsChanged);
        Diagnostic misfit;
        misfit.code = "data.misfit";
        misfit.what = "It does not fit.";
        misfit.node = id(d, "flatten");
        d.setFurtherProblems({misfit});
        d.setFurtherProblems({misfit}); // nothing new
        QCOMPARE(changed.size(), 0);
        QCOMPARE(told.size(), 1);
        QVERIFY(d.report().hasErrors());
        QVERIFY(!d.checked()->hasErrors());
        setUnits(d, 10);
        QCOMPARE(d.report().diagnostics.size(), size_t(1));
        d.edit(QStringLiteral("Remove"), [&](Graph& g) { g.removeAndReconnect(id(d, "flatten")); });
        for (const Diagnostic& found : d.report().diagnostics)
            QVERIFY(found.code != misfit.code);
        d.setFurtherProblems({});
        QCOMPARE(d.report().diagnostics.size(), d.checked()->diagnostics.size());
    }

    void insertingAfterTakesOverAllThatWasFed() {
        Graph graph = test::skipNetwork();
        const NodeId input = graph.findByName("input")->id;
        const auto fed = graph.outputsOf(input);
        QCOMPARE(fed.size(), 2U);
        const NodeId added = insertAfter(graph, "dropout", input);
        QCOMPARE(graph.outputsOf(input).size(), 1U);
        QCOMPARE(graph.outputsOf(added).size(), 2U);
    }

    void cyclesAreForeseen() {
        Graph graph = chain();
        const NodeId input = graph.findByName("input")->id, dense = graph.findByName("dense")->id;
        QVERIFY(closesCycle(graph, dense, input));
        QVERIFY(!closesCycle(graph, input, dense));
    }

    void freePortsKnowTheirLayer() {
        Graph graph = chain();
        const NodeId dense = graph.findByName("dense")->id;
        QCOMPARE(freePort(graph, dense), -1); // it has its one input
        QCOMPARE(freePort(graph, graph.findByName("input")->id), -1);
        const NodeId add = graph.add("add");
        QCOMPARE(freePort(graph, add), 0);
        graph.connect(dense, add, 0);
        QCOMPARE(freePort(graph, add), 1);
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "document_test.moc"
