#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/node_paths.h"

#include <QTest>
#include <algorithm>
#include <ctime>

using namespace burdock;

namespace {

ParamValues picture(std::int64_t channels, std::int64_t side) {
    return {{"channels", channels}, {"height", side}, {"width", side}};
}

std::vector<std::string> codes(const GraphReport& report) {
    std::vector<std::string> list;
    for (const Diagnostic& d : report.diagnostics)
        list.push_back(d.code + "@" + d.where);
    std::sort(list.begin(), list.end());
    return list;
}

using Codes = std::vector<std::string>;

/// A chain that grows by one layer with each call.
struct Chain {
    Graph graph;
    NodeId last = graph.add("input", picture(1, 8), {}, "input");
    NodeId then(const char* type, ParamValues params = {}, std::string name = {}) {
        const NodeId next = graph.add(type, std::move(params), {}, std::move(name));
        graph.connect(last, next);
        return last = next;
    }
    NodeId then(Graph body, std::int64_t repeat, std::string name = "block") {
        Node node;
        node.type = blockType;
        node.name = std::move(name);
        node.block = Block{std::make_shared<const Graph>(std::move(body)), repeat};
        const NodeId next = graph.add(std::move(node));
        graph.connect(last, next);
        return last = next;
    }
};

} // namespace

/// Everything that can be wrong with a graph is said once, on the right node, with a way to mend it.
class GraphCheckTest : public QObject {
    Q_OBJECT
  private slots:
    void nothingWrong() {
        Chain c;
        c.then("conv2d", {{"filters", std::int64_t{4}}});
        c.then("flatten");
        const NodeId dense = c.then("dense", {{"units", std::int64_t{10}}});
        const GraphReport r = checkGraph(c.graph);
        QVERIFY(r.diagnostics.empty());
        QCOMPARE(r.parameters, std::int64_t(4 * 9 + 4 + 256 * 10 + 10));
        QCOMPARE(r.macs, std::int64_t(64 * 4 * 9 + 2560));
        QCOMPARE(r.output, dense);
        QCOMPARE(r.find(dense)->weights.size(), std::size_t(2));
        QVERIFY((r.find(dense)->inputs.front() == Shape{256, 1, 1}));
    }
    void empty() {
        QCOMPARE(codes(checkGraph({})), Codes{"graph.no-input@network"});
        Graph alone;
        alone.add("input");
        QVERIFY(checkGraph(alone).diagnostics.empty());
        Graph lost;
        lost.add("relu", {}, {}, "lost");
        QCOMPARE(codes(checkGraph(lost)), (Codes{"graph.no-input@network", "graph.unconnected@lost"}));
    }
    void cycle() {
        Chain c;
        const NodeId sum = c.then("add", {}, "sum");
        const NodeId relu = c.then("relu", {}, "relu");
        c.graph.connect(relu, sum, 1);
        c.then("tanh", {}, "after"); // only waits for the cycle
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), (Codes{"graph.cycle@relu", "graph.cycle@sum"}));
        QVERIFY(r.hasErrors());
        QVERIFY(!r.shapeOf(c.last));
    }
    void unconnected() {
        Chain c;
        c.then("relu", {}, "output");
        const NodeId lost = c.graph.add("conv2d", {}, {}, "lost");
        const GraphReport r = checkGraph(c.graph);
        // The lost node is to blame, not the one that is the output.
        QCOMPARE(codes(r), Codes{"graph.unconnected@lost"});
        QCOMPARE(r.diagnostics.front().node, lost);
        QCOMPARE(r.output, c.last);
    }
    void oneInputOfTwo() {
        Chain c;
        c.then("add", {}, "sum");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"graph.unconnected@sum"});
        QCOMPARE(r.diagnostics.front().what, std::string("It needs 2 inputs and has 1."));
    }
    void gap() {
        Chain c;
        const NodeId sum = c.then("add", {}, "sum");
        c.graph.connect(NodeId{1}, sum, 2);
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"graph.gap@sum"});
    }
    void inputTooMany() {
        Chain c;
        const NodeId relu = c.then("relu", {}, "relu");
        c.graph.connect(NodeId{1}, relu, 3);
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"graph.port@relu"});
        QVERIFY(r.diagnostics.front().fix->kind == Fix::Kind::RemoveInput);
        QCOMPARE(r.diagnostics.front().fix->port, 3);
        QCOMPARE(r.diagnostics.front().fix->node, relu);
    }
    void twoOutputs() {
        Chain c;
        const NodeId left = c.then("relu", {}, "left");
        c.last = NodeId{1};
        c.then("relu", {}, "right");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), (Codes{"graph.outputs@left", "graph.outputs@right"}));
        QVERIFY(!r.output);
        QVERIFY(r.shapeOf(left)); // shapes are known all the same
    }
    void twoInputs() {
        Chain c;
        c.then("relu");
        const NodeId second = c.graph.add("input", {}, {}, "second");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"graph.inputs@second"});
        QVERIFY(r.diagnostics.front().fix->kind == Fix::Kind::RemoveNode);
        QCOMPARE(r.diagnostics.front().fix->node, second);
    }
    void unknownLayer() {
        Chain c;
        c.then("telepathy", {}, "magic");
        c.then("relu");
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"layer.unknown@magic"});
    }
    void wrongParam() {
        Chain c;
        const NodeId conv = c.then("conv2d", {{"filters", std::int64_t{0}}, {"flavour", true}}, "conv");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), (Codes{"param.range@conv", "param.unknown@conv"}));
        for (const Diagnostic& d : r.diagnostics) {
            QCOMPARE(d.node, conv);
            QVERIFY(d.param == "filters" || d.param == "flavour");
        }
    }
    void dropoutAtTheEnd() {
        Chain c;
        c.then("relu");
        const NodeId dropout = c.then("dropout", {}, "dropout");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"dropout.output@dropout"});
        QCOMPARE(r.diagnostics.front().fix->node, dropout);
        // Behind a merge: on one of its branches.
        Chain merged;
        const NodeId left = merged.then("relu", {}, "left");
        const NodeId right = merged.then("dropout", {}, "dropout");
        const NodeId sum = merged.then("add", {}, "sum");
        merged.graph.connect(left, sum, 1);
        QVERIFY(merged.graph.edgeAt(sum, 0)->from == right);
        QCOMPARE(codes(checkGraph(merged.graph)), Codes{"dropout.output@dropout"});
        QVERIFY(checkGraph(merged.graph).hasErrors());
        // Also where it is hidden by a bypassed layer or a block, and where only activations follow.
        const NodeId last = c.then("relu", {}, "last");
        const GraphReport through = checkGraph(c.graph);
        QCOMPARE(codes(through), Codes{"dropout.output@dropout"});
        QVERIFY(through.hasErrors() && through.diagnostics.front().fix);
        c.graph.edit(last)->bypassed = true;
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"dropout.output@dropout"});
        QVERIFY(checkGraph(c.graph).hasErrors());
        Chain body;
        const NodeId inner = body.then("dropout", {}, "dropout");
        Chain outer;
        const NodeId block = outer.then(body.graph, 2, "block");
        const GraphReport within = checkGraph(outer.graph);
        QCOMPARE(codes(within), Codes{"dropout.output@block/2/dropout"});
        QCOMPARE(within.diagnostics.front().fix->node, NodePath(block) / inner);
        outer.then("flatten");
        outer.then("softmax");
        QVERIFY(checkGraph(outer.graph).hasErrors());
        outer.then("dense");
        QVERIFY(checkGraph(outer.graph).diagnostics.empty());
    }
    void softmaxOfASoftmax() {
        Chain c;
        c.then("flatten");
        c.then("dense");
        c.then("softmax", {}, "first");
        QVERIFY(checkGraph(c.graph).diagnostics.empty());
        const NodeId second = c.then("softmax", {}, "second");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"softmax.twice@second"});
        QCOMPARE(r.diagnostics.front().severity, Severity::Hint);
        QVERIFY(r.network && applyInPlace(c.graph, *r.diagnostics.front().fix));
        QVERIFY(!c.graph.find(second) && checkGraph(c.graph).diagnostics.empty());
    }
    void shapesDiffer() {
        Chain c;
        const NodeId conv = c.then("conv2d", {{"filters", std::int64_t{4}}}, "conv");
        const NodeId sum = c.then("add", {}, "sum");
        c.graph.connect(NodeId{1}, sum, 1);
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"add.shapes@sum"});
        const Diagnostic& d = r.diagnostics.front();
        QCOMPARE(d.why, std::string("Input 1 is 8×8×4, input 2 is 8×8×1."));
        QCOMPARE(d.fix->node, sum);
        // Doing what the fix says mends it.
        const NodeId added = c.graph.add(d.fix->layer, d.fix->layerParams);
        c.graph.connect(NodeId{1}, added);
        c.graph.connect(added, d.fix->node.node(), d.fix->port);
        QVERIFY(checkGraph(c.graph).diagnostics.empty());
        QVERIFY((checkGraph(c.graph).shapeOf(conv) == Shape{4, 8, 8}));
    }
    void denseOnMaps() {
        Chain c;
        const NodeId dense = c.then("dense", {}, "dense");
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"dense.not-flat@dense"});
        QCOMPARE(r.diagnostics.front().fix->layer, std::string("flatten"));
        QCOMPARE(r.diagnostics.front().fix->node, dense);
    }
    void kernelTooLarge() {
        Chain c;
        const NodeId conv =
            c.then("conv2d", {{"kernel", IntPair{9, 9}}, {"padding", std::string("valid")}}, "conv");
        c.then("relu"); // not blamed for what comes before
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"window.too-large@conv"});
        const Fix& fix = *r.diagnostics.front().fix;
        c.graph.edit(fix.node.node())->params[fix.param] = fix.value;
        QCOMPARE(fix.node, conv);
        QVERIFY(checkGraph(c.graph).diagnostics.empty());
    }
    void sameName() {
        Chain c;
        const NodeId relu = c.then("relu");
        c.graph.edit(relu)->name = "input";
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"graph.name@input"});
    }
    void blocks() {
        Chain body;
        body.then("maxpool2d", {}, "pool");
        Chain c;
        const NodeId block = c.then(body.graph, 3, "stage");
        GraphReport r = checkGraph(c.graph);
        QVERIFY(r.diagnostics.empty());
        QVERIFY((r.shapeOf(block) == Shape{1, 1, 1}));
        c.graph.edit(block)->block->repeat = 4; // 8 → 4 → 2 → 1 → does not fit
        r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"window.too-large@stage/pool"});
        QCOMPARE(r.diagnostics.front().node, NodePath(block) / body.last);
        QVERIFY(r.diagnostics.front().why.ends_with("It fits 3 repetitions."));
        // What is known of each repetition, as far as it was checked.
        const NodePath pool = NodePath(block) / body.last;
        for (std::int64_t repetition = 1, side = 4; repetition <= 3; ++repetition, side /= 2) {
            const NodeReport* inside = r.find(pool, std::vector{repetition});
            QVERIFY(inside && inside->output && *inside->output == (Shape{1, side, side}));
        }
        QVERIFY(!r.find(pool, std::vector<std::int64_t>{4})->output &&
                !r.find(pool, std::vector<std::int64_t>{5}));

        Graph noInput;
        c.graph.edit(block)->block = Block{std::make_shared<const Graph>(noInput), 1};
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"graph.no-input@stage/block"});
        c.graph.edit(block)->block = Block{nullptr, 1};
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"block.empty@stage"});
        c.graph.edit(block)->block.reset();
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"block.empty@stage"});
    }
    /// A mend within blocks changes the body, in all its repetitions, and nothing else.
    void fixWithinBlocks() {
        Chain inner;
        inner.then("dense", {{"units", std::int64_t{3}}}, "dense"); // feature maps arrive
        Chain outer;
        outer.then(inner.graph, 2, "unit");
        Chain c;
        const NodeId stage = c.then(outer.graph, 1, "stage");
        c.then("flatten");
        const Graph before = c.graph;
        const GraphReport r = checkGraph(c.graph);
        QCOMPARE(codes(r), Codes{"dense.not-flat@stage/unit/dense"});
        const Diagnostic d = r.diagnostics.front();
        const NodePath dense = NodePath(stage) / outer.last / inner.last;
        QCOMPARE(d.node, dense);
        QCOMPARE(pathText(c.graph, dense), std::string("stage/unit/dense"));
        QVERIFY(d.fix && d.fix->node == dense);
        QVERIFY(applyInPlace(c.graph, {Fix::Kind::SetParam, "Set", dense, "units", std::int64_t{5}, {}, 0}));
        QVERIFY(nodeAt(c.graph, dense)->params.at("units") == ParamValue{std::int64_t{5}});
        QVERIFY(nodeAt(before, dense)->params.at("units") ==
                ParamValue{std::int64_t{3}}); // a copy of its own
        QVERIFY(applyInPlace(c.graph, {Fix::Kind::RemoveNode, "Remove", dense, {}, {}, {}, 0}));
        QVERIFY(!nodeAt(c.graph, dense));
        QVERIFY(checkGraph(c.graph).network);
        QVERIFY(!applyInPlace(c.graph, {Fix::Kind::RemoveNode, "Remove", dense, {}, {}, {}, 0}));
    }
    void bodyWithItsInflow() {
        Chain body;
        const NodeId flat = body.then("flatten");
        QVERIFY((checkGraph(body.graph, layerRegistry(), {Shape{3, 2, 2}}).shapeOf(flat) == Shape{12, 1, 1}));
    }
    /// A bypassed merge passes its first input on; what fed only its others does not run, which is said.
    void bypassedMerge() {
        Chain c;
        const NodeId input = c.then("flatten");
        const ParamValues eight{{"units", std::int64_t{8}}};
        const NodeId a = c.then("dense", eight, "a");
        const NodeId b = c.graph.add("dense", eight, {}, "b"), act = c.graph.add("tanh", {}, {}, "act");
        c.graph.connect(input, b);
        c.graph.connect(b, act);
        const NodeId sum = c.then("add");
        c.graph.connect(act, sum, 1);
        c.then("dense", {{"units", std::int64_t{3}}}, "out");
        const GraphReport with = checkGraph(c.graph);
        QVERIFY(with.diagnostics.empty());
        c.graph.edit(sum)->bypassed = true;
        const GraphReport without = checkGraph(c.graph);
        QCOMPARE(codes(without), Codes{"graph.unread@act"});
        QCOMPARE(without.diagnostics.front().severity, Severity::Hint);
        QCOMPARE(without.diagnostics.front().node, NodePath(act));
        const CheckedNetwork& network = *without.network;
        QVERIFY(!network.find("b") && !network.find("act") && !network.find("add"));
        QCOMPARE(network.steps()[network.find("out")->inputs[0].step].path, NodePath(a));
        QCOMPARE(with.parameters - without.parameters, std::int64_t{64 * 8 + 8});
    }
    /// Weights are tied in the network as it runs: to the layer of that name nearest to where the user
    /// stands.
    void ties() {
        const ParamValues eight{{"units", std::int64_t{8}}},
            tied{{"units", std::int64_t{8}}, {"tied_to", std::string("owner")}};
        Chain body;
        body.graph.edit(body.last)->params = {{"channels", std::int64_t{8}}};
        body.then("dense", eight, "owner");
        body.then("tanh");
        body.then("dense", tied, "user");
        Chain c;
        c.then("flatten");
        c.then("dense", eight, "first");
        c.then(body.graph, 2, "block");
        const NodeId last =
            c.then("dense", {{"units", std::int64_t{8}}, {"tied_to", std::string("block/2/owner")}}, "last");
        GraphReport r = checkGraph(c.graph);
        QVERIFY(r.diagnostics.empty());
        QCOMPARE(r.network->find("block/1/user")->weights.front(), std::string("block/1/owner.weight"));
        QCOMPARE(r.network->find("block/2/user")->weights.front(), std::string("block/2/owner.weight"));
        QCOMPARE(r.network->find("last")->weights.front(), std::string("block/2/owner.weight"));
        c.graph.edit(last)->params["tied_to"] = std::string("block/3/owner");
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"weights.shared@last"});

        // The user stands on a shorter branch than the owner, which therefore would come later.
        Chain two;
        const NodeId flat = two.then("flatten");
        two.then("dense", {{"units", std::int64_t{64}}}, "long");
        const NodeId owner = two.then("dense", {{"units", std::int64_t{64}}}, "owner");
        const NodeId user = two.graph.add(
            "dense", {{"units", std::int64_t{64}}, {"tied_to", std::string("owner")}}, {}, "user");
        const NodeId sum = two.then("add");
        two.graph.connect(flat, user);
        two.graph.connect(user, sum, 1);
        r = checkGraph(two.graph);
        QVERIFY(r.network);
        const auto& steps = r.network->steps();
        const auto at = [&](const char* name) { return r.network->find(name) - steps.data(); };
        QVERIFY(at("owner") < at("user"));
        // An owner that comes after its user in any order is none.
        std::swap(two.graph.edit(owner)->name, two.graph.edit(user)->name);
        std::swap(two.graph.edit(owner)->params, two.graph.edit(user)->params);
        two.graph.edit(two.graph.findByName("long")->id)->params["tied_to"] = std::string("user");
        two.graph.edit(owner)->params.erase("tied_to");
        two.graph.edit(user)->params.erase("tied_to");
        QCOMPARE(codes(checkGraph(two.graph)), Codes{"weights.shared@long"});
    }
    /// A block has an input for each Input of its body and an output for each end.
    void blocksWithSeveralPorts() {
        Graph body;
        const NodeId left = body.add("input", {}, {}, "left"), right = body.add("input", {}, {}, "right");
        const NodeId sum = body.add("add", {}, {}, "sum"), gate = body.add("tanh", {}, {}, "gate");
        body.connect(left, sum, 0);
        body.connect(right, sum, 1);
        body.connect(right, gate);
        Graph g;
        const NodeId in = g.add("input", {{"channels", std::int64_t{4}}}, {}, "input");
        Node node;
        node.type = blockType;
        node.name = "pair";
        node.block = Block{std::make_shared<const Graph>(body), 3};
        const NodeId pair = g.add(node), act = g.add("relu", {}, {}, "act"),
                     join = g.add("concat", {}, {}, "join");
        g.connect(in, act);
        g.connect(in, pair, 0);
        QCOMPARE(codes(checkGraph(g)), (Codes{"graph.outputs@act", "graph.outputs@pair",
                                              "graph.unconnected@join", "graph.unconnected@pair"}));
        g.connect(act, pair, 1);
        g.connect(pair, join, 0);
        g.connect(pair, join, 1, 1);
        GraphReport r = checkGraph(g);
        QVERIFY(r.diagnostics.empty());
        QCOMPARE(r.shapeOf(join)->channels, std::int64_t{8});
        const auto sources = [&](const char* name) {
            std::vector<std::string> names;
            for (const StepOutput& source : r.network->find(name)->inputs)
                names.push_back(r.network->steps()[source.step].name);
            return names;
        };
        QCOMPARE(sources("pair/1/sum"), (Codes{"input", "act"}));
        QCOMPARE(sources("pair/2/sum"), (Codes{"pair/1/sum", "pair/1/gate"}));
        QCOMPARE(sources("join"), (Codes{"pair/3/sum", "pair/3/gate"}));
        // Nobody reads the second output: what only it needs is left out.
        g.connect(act, join, 1);
        QCOMPARE(codes(checkGraph(g)), Codes{"graph.unread@pair/3/gate"});
        g.connect(pair, join, 1, 2);
        QCOMPARE(codes(checkGraph(g)), Codes{"graph.output-port@join"});
        // More comes out than goes in: it cannot run again on that.
        Graph fan;
        const NodeId only = fan.add("input");
        fan.connect(only, fan.add("relu"));
        fan.connect(only, fan.add("tanh"));
        g.edit(pair)->block = Block{std::make_shared<const Graph>(fan), 2};
        g.disconnect(*g.edgeAt(pair, 1));
        g.connect(pair, join, 1, 1);
        r = checkGraph(g);
        QVERIFY(std::ranges::find(r.diagnostics, "block.repeat", &Diagnostic::code) != r.diagnostics.end());
        // Bypassed, it passes its inputs on.
        g.edit(pair)->block = Block{std::make_shared<const Graph>(body), 3};
        g.connect(act, pair, 1);
        g.edit(pair)->bypassed = true;
        r = checkGraph(g);
        QVERIFY(r.diagnostics.empty());
        QCOMPARE(sources("join"), (Codes{"input", "act"}));
    }
    /// Names may hold slashes, and then be those of layers within blocks.
    void clashingNames() {
        Chain body;
        body.then("batchnorm", {}, "norm");
        Chain c;
        c.then("batchnorm", {}, "block/1/norm");
        c.then(body.graph, 1);
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"graph.name@block/1/norm"});
        const auto place = findPlace(c.graph, "block/norm");
        QVERIFY(place && place->path.depth() == 2 && place->repetitions == std::vector<std::int64_t>{1});
        QCOMPARE(findPlace(c.graph, "block/1/norm")->path.depth(), std::size_t{1});
        QVERIFY(!findPlace(c.graph, "block/2/norm") && !findPlace(c.graph, "block/") &&
                !findPlace(c.graph, ""));
    }
    /// Repetitions of repetitions would take years to walk: refused, and at once.
    void hugeBlocks() {
        Chain c;
        Chain inner;
        inner.then("relu");
        Graph body = inner.graph;
        for (int i = 0; i < 20; ++i) {
            Chain outer;
            outer.then(body, 10);
            body = outer.graph;
        }
        c.then(body, 1, "deep");
        const std::clock_t begun = std::clock(); // whatever else the machine does
        QCOMPARE(codes(checkGraph(c.graph)), Codes{"block.too-many@deep"});
        QVERIFY(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC < 1);
        Chain many;
        many.then(inner.graph, std::numeric_limits<std::int64_t>::max(), "long");
        QCOMPARE(codes(checkGraph(many.graph)), Codes{"block.too-many@long"});
        Chain good;
        good.then(inner.graph, 5000, "long");
        QVERIFY(checkGraph(good.graph).diagnostics.empty());
    }
    /// The largest figures that the hyperparameters allow neither overflow nor pass.
    void hugeLayers() {
        Graph g;
        const std::int64_t side = 1 << 14;
        const NodeId in = g.add("input", picture(1 << 20, side), {}, "input");
        QCOMPARE(codes(checkGraph(g)), Codes{"layer.too-large@input"});
        g.edit(in)->params = picture(8, side);
        const NodeId conv = g.add("conv2d", {{"filters", std::int64_t{1 << 16}}}, {}, "conv");
        g.connect(in, conv);
        QCOMPARE(codes(checkGraph(g)), Codes{"layer.too-large@conv"});
        g.edit(conv)->params = {{"filters", std::int64_t{1}}};
        const NodeId flat = g.add("flatten"),
                     dense = g.add("dense", {{"units", std::int64_t{1 << 20}}}, {}, "dense");
        g.connect(conv, flat);
        g.connect(flat, dense);
        QCOMPARE(codes(checkGraph(g)), Codes{"layer.too-large@dense"});
    }
    void quick() {
        Chain c;
        for (int i = 0; i < 66; ++i) {
            c.then("conv2d", {{"filters", std::int64_t{16}}, {"kernel", IntPair{3, 3}}});
            c.then("batchnorm");
            c.then("relu");
        }
        c.then("global_avgpool");
        QCOMPARE(c.graph.nodes().size(), std::size_t(200));
        std::clock_t best = std::numeric_limits<std::clock_t>::max();
        for (int i = 0; i < 20; ++i) {
            const std::clock_t begun = std::clock();
            const GraphReport r = checkGraph(c.graph);
            best = std::min(best, std::clock() - begun);
            QVERIFY(r.diagnostics.empty());
        }
        qInfo("checkGraph of 200 nodes: %.3f ms", 1e3 * static_cast<double>(best) / CLOCKS_PER_SEC);
        QVERIFY(best < CLOCKS_PER_SEC / 50); // 2 ms are wanted; sanitizers and a busy machine are slower
    }
};

QTEST_APPLESS_MAIN(GraphCheckTest)
#include "graph_check_test.moc"
