// Numbers worked out by hand for the layers that reshape, gate, disturb and decide.
#include "layer_run.h"

#include "engine/layers/dropout.h"
#include "engine/train/trainer.h"

#include <QTest>

#include <set>

using namespace burdock;
using namespace burdock::testing;

namespace {

using Values = std::vector<double>;
using Codes = std::vector<std::string>;

std::string refusal(const char* id, const ParamValues& params, std::vector<Shape> shapes) {
    const auto shape = layerRegistry().find(id)->inferShape(params, shapes);
    return shape ? "" : shape.error().code;
}

/// A chain of layers on two inputs, for yes or no.
Graph chainOf(std::vector<std::pair<std::string, ParamValues>> layers) {
    Graph graph;
    NodeId last = graph.add("input", {{"channels", 2}, {"height", 1}, {"width", 1}});
    for (auto& [type, params] : layers) {
        const NodeId next = graph.add(type, params);
        graph.connect(last, next);
        last = next;
    }
    return graph;
}

/// The diagnostics of training the graph for yes or no, by code and place.
Codes warnings(const Graph& graph) {
    DatasetInfo data;
    data.task = Task::Binary;
    data.input = {2, 1, 1};
    data.trainSize = 100;
    Codes found;
    for (const Diagnostic& d : checkTraining(graph, data, {}))
        found.push_back(d.code + "@" + d.where);
    return found;
}

} // namespace

class LayerValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void pooling() {
        const Values x{4, 1, 2, 3, 9, 8, 7, 6};
        QVERIFY(near(run("minpool2d", {}, {{1, 2, 4}}, {x}), {1, 2}));
        QVERIFY(near(run("global_maxpool", {}, {{2, 2, 2}}, {x}), {4, 9}));
    }
    void margins() {
        const ParamValues uneven{{"top", 0}, {"bottom", 1}, {"left", 2}, {"right", 0}};
        QVERIFY(near(run("zeropad2d", uneven, {{1, 1, 2}}, {{5, 6}}), {0, 0, 5, 6, 0, 0, 0, 0}));
        QVERIFY(near(run("crop2d", uneven, {{1, 2, 4}}, {counted(8)}), {3, 4}));
        QCOMPARE(refusal("crop2d", {}, {{1, 2, 4}}), std::string("crop.empty"));
    }
    void upsampling() {
        const ParamValues wide{{"scale", IntPair{1, 2}}};
        QVERIFY(near(run("upsample2d", wide, {{1, 2, 2}}, {{1, 2, 3, 4}}), {1, 1, 2, 2, 3, 3, 4, 4}));
        // The centres of the four pixels lie at -¼, ¼, ¾ and 1¼ of the two old ones; beyond them is border.
        ParamValues mixed = wide;
        mixed["mode"] = std::string("bilinear");
        QVERIFY(near(run("upsample2d", mixed, {{1, 1, 2}}, {{0, 8}}), {0, 2, 6, 8}));
    }
    void permuting() {
        // Two maps of 1 × 3; row, column, channel: the channels of each pixel come to lie side by side.
        QVERIFY(near(run("permute", {}, {{2, 1, 3}}, {{1, 2, 3, 10, 20, 30}}), {1, 10, 2, 20, 3, 30}));
        QVERIFY(
            near(run("permute", {{"order", std::string("cwh")}}, {{1, 2, 2}}, {{1, 2, 3, 4}}), {1, 3, 2, 4}));
    }
    void reshaping() {
        const auto infer = [](ParamValues params) {
            const std::vector<Shape> in{{2, 3, 4}};
            return *layerRegistry().find("reshape")->inferShape(params, in);
        };
        QCOMPARE(toString(infer({{"channels", 1}, {"height", 0}, {"width", 2}})), toString(Shape{1, 12, 2}));
        QCOMPARE(toString(infer({})), toString(Shape{24, 1, 1}));
        QCOMPARE(refusal("reshape", {{"height", 0}}, {{2, 3, 4}}), std::string("reshape.open"));
        QCOMPARE(refusal("reshape", {{"height", 5}}, {{2, 3, 4}}), std::string("reshape.size"));
    }
    void gating() {
        QVERIFY(near(run("multiply", {}, {{2, 1, 2}, {2, 1, 1}}, {{1, 2, 3, 4}, {10, 0}}), {10, 20, 0, 0}));
        QCOMPARE(refusal("multiply", {}, {{2, 1, 2}, {3, 1, 1}}), std::string("multiply.shapes"));
    }
    void groups() {
        QCOMPARE(refusal("conv2d", {{"groups", 2}}, {{3, 4, 4}}), std::string("conv.groups"));
        QCOMPARE(refusal("groupnorm", {{"groups", 2}}, {{3, 4, 4}}), std::string("groupnorm.groups"));
        QCOMPARE(refusal("maxout", {{"pieces", 2}}, {{3, 4, 4}}), std::string("maxout.pieces"));
        QCOMPARE(refusal("conv1d", {}, {{3, 4, 4}}), std::string("sequence.shape"));
        QCOMPARE(refusal("conv_transpose2d", {{"padding", std::string("explicit")}, {"pad", IntPair{1, 1}}},
                         {{1, 1, 1}}),
                 std::string("conv-transpose.empty"));
    }
    /// What comes later changes nothing of what came before.
    void causality() {
        const ParamValues causal{{"filters", 1}, {"kernel", 2}, {"dilation", 2}, {"padding", "causal"}};
        const Values weights{1, 10}, bias{0};
        const auto y =
            run("conv1d", causal, {Shape::sequence(5, 1)}, {{1, 2, 3, 4, 5}}, false, {weights, bias});
        QVERIFY(near({y.begin(), y.begin() + 5}, {10, 20, 31, 42, 53}));
    }
    void thresholds() {
        const Values x{-1, 0, 0.5, 2};
        QVERIFY(near(run("step", {}, {{4, 1, 1}}, {x}), {0, 1, 1, 1}));
        QVERIFY(near(run("step", {{"threshold", 0.5}}, {{4, 1, 1}}, {x}), {0, 0, 1, 1}));
        QVERIFY(near(run("sign", {}, {{4, 1, 1}}, {x}), {-1, 0, 1, 1}));
        QVERIFY(near(run("linear", {}, {{4, 1, 1}}, {x}), x));
        for (const char* id : {"step", "sign"})
            QVERIFY(std::isnan(run(id, {}, {{1, 1, 1}}, {{std::nan("")}}).front()));
    }
    void neurons() {
        const auto fires = [](std::string weights, std::string thresholds, Values x) {
            const Shape in{std::int64_t(x.size()), 1, 1};
            return run("mcculloch_pitts", {{"weights", weights}, {"thresholds", thresholds}}, {in}, {x});
        };
        QVERIFY(near(fires("1, 1; -1,2", "2, 0.5", {1, 1}), {1, 1}));
        QVERIFY(near(fires(" 1 , 1;-1,2", "2,0.5", {1, 0}), {0, 0}));
        const auto refused = [](std::string weights, std::string thresholds) {
            return refusal("mcculloch_pitts", {{"weights", weights}, {"thresholds", thresholds}},
                           {{2, 1, 1}});
        };
        for (const char* text : {"", "1", "1, 1, 1", "one, 1", "1, 1;", "1, 1; 1", "1,, 1", "1e99, 1"})
            QCOMPARE(refused(text, "1"), std::string("mcculloch-pitts.weights"));
        for (const char* text : {"", "1, 1", "x"})
            QCOMPARE(refused("1, 1", text), std::string("mcculloch-pitts.thresholds"));
    }
    void spatialDropout() {
        const Shape maps{50, 2, 2};
        const auto y = run("spatial_dropout", {{"rate", 0.4}}, {maps}, {Values(200, 3.0)}, true);
        int dropped = 0;
        for (std::size_t c = 0; c < 50; ++c) {
            const Values map(y.begin() + std::ptrdiff_t(4 * c), y.begin() + std::ptrdiff_t(4 * c + 4));
            const bool gone = map[0] == 0;
            dropped += gone;
            QVERIFY(near(map, Values(4, gone ? 0 : 5))); // 3 / (1 - 0.4)
        }
        QVERIFY(dropped > 8 && dropped < 32); // 20 ± 3.5
        QVERIFY(near(run("spatial_dropout", {{"rate", 0.4}}, {maps}, {Values(200, 3.0)}), Values(200, 3.0)));
    }
    void noise() {
        const Shape many{4000, 1, 1};
        const auto y = run("gaussian_noise", {{"stddev", 0.5}}, {many}, {Values(4000, 1.0)}, true);
        double sum = 0, squares = 0;
        for (const double v : y) {
            sum += v - 1;
            squares += (v - 1) * (v - 1);
        }
        QVERIFY(std::abs(sum / 4000) < 0.04); // five times 0.5 / √4000
        QVERIFY(std::abs(std::sqrt(squares / 4000) - 0.5) < 0.03);
        QVERIFY(near(run("gaussian_noise", {}, {many}, {Values(4000, 1.0)}), Values(4000, 1.0)));
    }

    /// What cuts weights off from the loss is told, and only that.
    void zeroSlopes() {
        const ParamValues one{{"units", 1}};
        QCOMPARE(warnings(chainOf({{"dense", {}}, {"relu", {}}, {"dense", one}})), Codes{});
        QCOMPARE(warnings(chainOf({{"dense", {}}, {"step", {}}, {"dense", one}})),
                 Codes{"gradient.zero@step"});
        QCOMPARE(warnings(chainOf({{"sign", {}}, {"dense", one}})), Codes{}); // nothing before it could learn
        Graph nested = chainOf({{"dense", {{"units", 2}}}});
        Node block;
        block.type = blockType;
        block.name = "decide";
        block.block = Block{std::make_shared<const Graph>(chainOf({{"sign", {}}})), 1};
        const NodeId at = nested.add(std::move(block));
        nested.connect(nested.findByName("dense")->id, at);
        nested.connect(at, nested.add("dense", one));
        QCOMPARE(warnings(nested), Codes{"gradient.zero@decide/1/sign"});
    }
    void disturbanceAtTheEnd() {
        for (const char* id : {"dropout", "spatial_dropout", "gaussian_noise"}) {
            const Graph graph = chainOf({{id, {}}, {"dense", {{"units", 1}}}, {id, {}}});
            QCOMPARE(warnings(graph).front(), "dropout.output@" + std::string(id) + " 2");
            Graph mended = graph;
            mended.remove(graph.findByName(std::string(id) + " 2")->id);
            QCOMPARE(warnings(mended), Codes{}); // straight after the input it is welcome
        }
    }
};

QTEST_APPLESS_MAIN(LayerValuesTest)
#include "layer_values_test.moc"
