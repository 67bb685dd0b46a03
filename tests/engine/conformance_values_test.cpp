#include "layer_bench.h"
#include "layer_run.h"

#include "engine/layers/conv.h"
#include "engine/layers/dropout.h"
#include "engine/layers/pool.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"

#include <QTest>

using namespace burdock;
using namespace burdock::testing;

/// Numbers worked out by hand or by the definition, against the kernels.
class ConformanceValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void windows_data();
    void windows();
    void convolutionByDefinition_data();
    void convolutionByDefinition();
    void denseCost();
    void pooling();
    void activations();
    void softmaxOfLargeScores();
    void batchNormalization();
    void dropout();
    void merging();
    void flattenKeepsOrder();
    void refusals();
};

void ConformanceValuesTest::windows_data() {
    QTest::addColumn<int>("input");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("dilation");
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("pad");
    QTest::addColumn<int>("output");
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    const int same = 0, valid = 1, given = 2;
    QTest::newRow("same keeps the size") << 28 << 7 << 1 << 1 << same << 0 << 28 << 3 << 3;
    QTest::newRow("same, even kernel: more after") << 5 << 4 << 1 << 1 << same << 0 << 5 << 1 << 2;
    QTest::newRow("same stride 2, even input: only after") << 6 << 3 << 2 << 1 << same << 0 << 3 << 0 << 1;
    QTest::newRow("same stride 2, odd input") << 7 << 3 << 2 << 1 << same << 0 << 4 << 1 << 1;
    QTest::newRow("same, stride over kernel") << 8 << 1 << 3 << 1 << same << 0 << 3 << 0 << 0;
    QTest::newRow("same, dilated") << 6 << 3 << 1 << 2 << same << 0 << 6 << 2 << 2;
    QTest::newRow("same, kernel over input") << 2 << 5 << 1 << 1 << same << 0 << 2 << 2 << 2;
    QTest::newRow("valid") << 28 << 5 << 1 << 1 << valid << 9 << 24 << 0 << 0;
    QTest::newRow("valid leaves a rest") << 7 << 2 << 2 << 1 << valid << 0 << 3 << 0 << 0;
    QTest::newRow("valid, dilated") << 7 << 3 << 1 << 3 << valid << 0 << 1 << 0 << 0;
    QTest::newRow("valid does not fit") << 4 << 5 << 1 << 1 << valid << 0 << 0 << 0 << 0;
    QTest::newRow("valid, far too small") << 1 << 9 << 2 << 1 << valid << 0 << 0 << 0 << 0;
    QTest::newRow("explicit") << 28 << 3 << 2 << 1 << given << 1 << 14 << 1 << 1;
    QTest::newRow("explicit makes it fit") << 1 << 3 << 1 << 1 << given << 1 << 1 << 1 << 1;
}

void ConformanceValuesTest::windows() {
    QFETCH(int, input);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, dilation);
    QFETCH(int, padding);
    QFETCH(int, pad);
    // The other axis is another window, so that a mix-up of the axes shows.
    const Window w = resolveWindow({1, input, 40}, {kernel, 1}, {stride, 1}, {dilation, 1},
                                   static_cast<Padding>(padding), {pad, 0});
    QTEST(int(w.y.output), "output");
    QTEST(int(w.y.before), "before");
    QTEST(int(w.y.after), "after");
    QCOMPARE(int(w.x.output), 40);
    QCOMPARE(bool(checkWindow(w)), w.y.output > 0);
}

void ConformanceValuesTest::convolutionByDefinition_data() {
    QTest::addColumn<int>("index");
    const LayerSchema* conv = layerRegistry().find("conv2d");
    for (int i = 0; i < int(conv->samples.size()); ++i)
        QTest::newRow(conv->samples[i].name.c_str()) << i;
}

/// The formula, value by value over a padded copy; the multiply-adds are counted on the way.
void ConformanceValuesTest::convolutionByDefinition() {
    QFETCH(int, index);
    const LayerSchema* schema = layerRegistry().find("conv2d");
    const LayerSample& sample = schema->samples[index];
    const auto pair = [&](const char* key) { return std::get<IntPair>(sample.params.at(key)); };
    const IntPair k = pair("kernel"), s = pair("stride"), d = pair("dilation");
    const Shape in = sample.inputs[0];
    const Shape out = *schema->inferShape(sample.params, sample.inputs);
    const auto& padding = std::get<std::string>(sample.params.at("padding"));
    IntPair before{0, 0};
    if (padding == "explicit") before = pair("pad");
    if (padding == "same") {
        const auto half = [](std::int64_t i, std::int64_t o, std::int64_t kk, std::int64_t ss,
                             std::int64_t dd) {
            return std::max<std::int64_t>(0, (o - 1) * ss + (kk - 1) * dd + 1 - i) / 2;
        };
        QCOMPARE(out.height, std::int64_t(std::ceil(double(in.height) / double(s.height))));
        QCOMPARE(out.width, std::int64_t(std::ceil(double(in.width) / double(s.width))));
        before = {half(in.height, out.height, k.height, s.height, d.height),
                  half(in.width, out.width, k.width, s.width, d.width)};
    }
    LayerBench<double> bench(*schema, sample, 2);
    schema->makeOracle(sample.params, sample.inputs)->forward(bench.pass());
    const auto x = bench.inputs()[0].values(), w = bench.weights()[0].values();
    std::size_t at = 0;
    std::int64_t macs = 0;
    const auto groups = std::get<std::int64_t>(sample.params.at("groups"));
    const std::int64_t depth = in.channels / groups; // channels that a filter sees
    for (std::int64_t n = 0; n < 2; ++n)
        for (std::int64_t f = 0; f < out.channels; ++f)
            for (std::int64_t i = 0; i < out.height; ++i)
                for (std::int64_t j = 0; j < out.width; ++j, ++at) {
                    double y = bench.weights().size() > 1 ? bench.weights()[1].values()[std::size_t(f)] : 0;
                    const std::int64_t first = f / (out.channels / groups) * depth;
                    for (std::int64_t c = first; c < first + depth; ++c)
                        for (std::int64_t u = 0; u < k.height; ++u)
                            for (std::int64_t v = 0; v < k.width; ++v) {
                                ++macs;
                                const std::int64_t row = i * s.height + u * d.height - before.height;
                                const std::int64_t column = j * s.width + v * d.width - before.width;
                                if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
                                y += w[std::size_t(((f * depth + c - first) * k.height + u) * k.width + v)] *
                                     x[std::size_t(((n * in.channels + c) * in.height + row) * in.width +
                                                   column)];
                            }
                    QVERIFY(std::abs(bench.output().values()[at] - y) < 1e-10);
                }
    QCOMPARE(schema->cost(sample.params, sample.inputs).macs, macs / 2);
}

void ConformanceValuesTest::denseCost() {
    // y = W x + b with W row-major (2 units × 3 inputs).
    QVERIFY(near(run("dense", {{"units", std::int64_t{2}}}, {{3, 1, 1}}, {{1, 2, 3, 1, 0, 0}}, false,
                     {{1, 10, 100, 2, 20, 200}, {0.5, -0.5}}),
                 {321.5, 641.5, 1.5, 1.5, 1, 10, 100, 2, 20, 200, 0.5, -0.5}));
    const LayerSchema* dense = layerRegistry().find("dense");
    const std::vector<Shape> in{{784, 1, 1}};
    QCOMPARE(dense->cost({{"units", std::int64_t{300}}}, in).macs, std::int64_t{235200});
}

void ConformanceValuesTest::pooling() {
    const Shape in{1, 3, 3};
    QVERIFY(near(run("maxpool2d", {{"padding", std::string("same")}}, {in}, {counted(9)}), {5, 6, 8, 9}));
    QVERIFY(near(run("maxpool2d", {}, {in}, {counted(9)}), {5}));
    // Each average is over what lies within the picture: 1 2 4 5, 3 6, 7 8, 9.
    QVERIFY(near(run("avgpool2d", {{"padding", std::string("same")}}, {in}, {counted(9)}), {3, 4.5, 7.5, 9}));
    QVERIFY(near(
        run("avgpool2d", {{"padding", std::string("explicit")}, {"pad", IntPair{1, 1}}}, {in}, {counted(9)}),
        {1, 2.5, 5.5, 7}));
    // All negative: the padding is nothing, not zero.
    QVERIFY(near(
        run("maxpool2d", {{"padding", std::string("explicit")}, {"pad", IntPair{1, 1}}}, {{1, 1, 1}}, {{-4}}),
        {-4}));
    QVERIFY(near(run("global_avgpool", {}, {{2, 2, 2}}, {counted(8)}), {2.5, 6.5}));
}

void ConformanceValuesTest::activations() {
    const Shape three{3, 1, 1};
    const auto check = [&](const char* id, std::vector<double> wanted, const ParamValues& params = {}) {
        const std::vector<double> x{-2, 0, 3};
        if (!near(run(id, params, {three}, {x}), wanted, 1e-9)) return false;
        const LayerSchema* schema = layerRegistry().find(id); // the curve that is drawn is what is computed
        for (std::size_t i = 0; i < x.size(); ++i)
            if (std::abs(schema->curve(x[i], params) - wanted[i]) > 1e-9) return false;
        return true;
    };
    QVERIFY(check("relu", {0, 0, 3}));
    QVERIFY(check("leaky_relu", {-0.2, 0, 3}));
    QVERIFY(check("leaky_relu", {-0.5, 0, 3}, {{"slope", 0.25}}));
    QVERIFY(check("elu", {std::exp(-2.0) - 1, 0, 3}));
    QVERIFY(check("elu", {2 * (std::exp(-2.0) - 1), 0, 3}, {{"alpha", 2.0}}));
    QVERIFY(check("softplus", {0.126928011043, 0.693147180560, 3.048587351573}));
    QVERIFY(check("sigmoid", {0.119202922022, 0.5, 0.952574126822}));
    QVERIFY(check("tanh", {-0.964027580076, 0, 0.995054753687}));
    for (const char* id : {"sigmoid", "softplus", "elu", "tanh"})
        for (const double v : run(id, {}, {{2, 1, 1}}, {{-1000, 1000}}))
            QVERIFY2(std::isfinite(v), id);
}

void ConformanceValuesTest::softmaxOfLargeScores() {
    QVERIFY(near(run("softmax", {}, {{2, 1, 1}}, {{1000, 1000 + std::log(3.0), -1000, -1000}}),
                 {0.25, 0.75, 0.5, 0.5}, 1e-9));
    // Over the channels of each pixel: pixel 0 has scores 0 and ln 4, pixel 1 twice the same.
    QVERIFY(near(run("softmax", {}, {{2, 1, 2}}, {{0, 5, std::log(4.0), 5}}), {0.2, 0.5, 0.8, 0.5}, 1e-9));
}

void ConformanceValuesTest::batchNormalization() {
    const Shape in{2, 1, 2}; // two samples, channels 1 2 5 6 and 3 4 7 8
    const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8};
    const ParamValues params{{"momentum", 0.1}, {"epsilon", 1e-5}};
    const auto trained = run("batchnorm", params, {in}, {x}, true, {{1, 2}, {0, 10}, {1, 1}, {1, 1}});
    const double a = 1 / std::sqrt(4.25 + 1e-5); // both channels have variance 4.25
    // Running: 0.9·1 + 0.1·mean, 0.9·1 + 0.1·17/3 (unbiased).
    QVERIFY(near(trained,
                 {-2.5 * a, -1.5 * a, 10 - 5 * a, 10 - 3 * a, 1.5 * a, 2.5 * a, 10 + 3 * a, 10 + 5 * a, 1, 2,
                  0, 10, 1.25, 1.45, 0.9 + 1.7 / 3, 0.9 + 1.7 / 3},
                 1e-12));
    const auto used = run("batchnorm", params, {in}, {x}, false, {{1, 2}, {0, 10}, {1, 1}, {4, 4}});
    const double b = 1 / std::sqrt(4 + 1e-5);
    QVERIFY(near({used.begin(), used.begin() + 4}, {0, b, 10 + 4 * b, 10 + 6 * b}));
    QVERIFY(near({used.end() - 4, used.end()}, {1, 1, 4, 4}));
    // One value a channel has no spread: finite all the same.
    for (const double v :
         run("batchnorm", params, {{2, 1, 1}}, {{3, 4}}, true, {{1, 1}, {0, 0}, {0, 0}, {1, 1}}))
        QVERIFY(std::isfinite(v));
}

void ConformanceValuesTest::dropout() {
    const std::int64_t n = 100000;
    const std::vector<double> ones(n, 1.0);
    const ParamValues params{{"rate", 0.3}};
    const auto once = run("dropout", params, {{n, 1, 1}}, {ones}, true, {}, 9);
    double kept = 0;
    for (const double v : once) {
        QVERIFY(v == 0 || std::abs(v - 1 / 0.7) < 1e-12);
        kept += v != 0;
    }
    // Six standard deviations of a binomial: √(0.3·0.7·n) = 145.
    QVERIFY(std::abs(kept - 0.7 * n) < 6 * 145);
    QVERIFY(once == run("dropout", params, {{n, 1, 1}}, {ones}, true, {}, 9));
    const auto other = run("dropout", params, {{n, 1, 1}}, {ones}, true, {}, 10);
    double together = 0; // neighbouring seeds share no pattern: both keep 0.49 of all
    for (std::size_t i = 0; i < once.size(); ++i)
        together += once[i] != 0 && other[i] != 0;
    QVERIFY(std::abs(together - 0.49 * n) < 6 * 158);
    QVERIFY(run("dropout", params, {{n, 1, 1}}, {ones}, false, {}, 9) == ones);
    // The mask is that of the batch's values in order, however they are divided into samples.
    QVERIFY(once == run("dropout", params, {{n / 4, 1, 1}}, {ones}, true, {}, 9));
    QVERIFY(DropoutMask(0, 3).keeps(0));
}

void ConformanceValuesTest::merging() {
    QVERIFY(
        near(run("add", {}, {{2, 1, 1}, {2, 1, 1}, {2, 1, 1}}, {{1, 2}, {10, 20}, {100, 200}}), {111, 222}));
    // Two samples: each keeps its own channels together.
    QVERIFY(near(run("concat", {}, {{1, 1, 2}, {2, 1, 2}}, {{1, 2, 3, 4}, {5, 6, 7, 8, 9, 10, 11, 12}}),
                 {1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12}));
    const LayerSchema* concat = layerRegistry().find("concat");
    QVERIFY((*concat->inferShape({}, std::vector<Shape>{{3, 4, 5}, {1, 4, 5}}) == Shape{4, 4, 5}));
}

void ConformanceValuesTest::flattenKeepsOrder() {
    QVERIFY(near(run("flatten", {}, {{2, 2, 2}}, {counted(8)}), counted(8)));
    QVERIFY(
        (*layerRegistry().find("flatten")->inferShape({}, std::vector<Shape>{{2, 3, 4}}) == Shape{24, 1, 1}));
}

void ConformanceValuesTest::refusals() {
    const auto refusal = [](const char* id, const ParamValues& params, const std::vector<Shape>& in) {
        const auto shape = layerRegistry().find(id)->inferShape(params, in);
        return shape ? Diagnostic{} : shape.error();
    };
    const Diagnostic large =
        refusal("conv2d", {{"padding", std::string("valid")}, {"kernel", IntPair{7, 3}}}, {{1, 5, 5}});
    QCOMPARE(large.code, std::string("window.too-large"));
    QCOMPARE(large.param, std::string("kernel"));
    QCOMPARE(large.why, std::string("It covers 7 × 3, and the input is 5 × 5."));
    QVERIFY(large.fix && large.fix->param == "padding" &&
            large.fix->value == ParamValue{std::string("same")});

    const Diagnostic pad =
        refusal("maxpool2d", {{"padding", std::string("explicit")}, {"pad", IntPair{2, 1}}}, {{1, 5, 5}});
    QCOMPARE(pad.code, std::string("pool.padding"));
    QVERIFY(pad.fix && pad.fix->value == ParamValue(IntPair{1, 1}));

    const Diagnostic maps = refusal("dense", {}, {{3, 2, 2}});
    QCOMPARE(maps.code, std::string("dense.not-flat"));
    QVERIFY(maps.fix && maps.fix->layer == "flatten");

    const Diagnostic channels = refusal("add", {}, {{64, 7, 7}, {32, 7, 7}});
    QCOMPARE(channels.code, std::string("add.shapes"));
    QVERIFY(channels.fix && channels.fix->layer == "conv2d" && channels.fix->port == 1);
    // The layer that the fix puts there makes the shapes agree.
    QVERIFY((*layerRegistry().find("conv2d")->inferShape(channels.fix->layerParams,
                                                         std::vector<Shape>{{32, 7, 7}}) == Shape{64, 7, 7}));
    QVERIFY(refusal("add", {}, {{5, 1, 1}, {6, 1, 1}}).fix->layer == "dense");
    QVERIFY(!refusal("add", {}, {{5, 4, 4}, {5, 2, 2}}).fix);
    QCOMPARE(refusal("concat", {}, {{5, 4, 4}, {5, 2, 4}}).code, std::string("concat.shapes"));
}

QTEST_APPLESS_MAIN(ConformanceValuesTest)
#include "conformance_values_test.moc"
