#include "step_runner.h"

#include "engine/kernels/capabilities.h"
#include "engine/kernels/reference/reference_step.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"
#include "engine/train/thread_scope.h"

#include <QTest>
#include <bit>
#include <set>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// To the nearest bfloat16 and back, as a value between layers is kept in mixed precision.
void roundToBfloat16(std::span<float> values) {
    for (float& v : values) {
        auto bits = std::bit_cast<std::uint32_t>(v);
        bits += 0x7fff + (bits >> 16 & 1); // to even
        v = std::bit_cast<float>(bits & 0xffff0000);
    }
}

double rootMeanSquare(std::span<const float> values) {
    double sum = 0;
    for (const float v : values)
        sum += std::pow(static_cast<double>(v), 2);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Sums that cancel are wrong by the rounding of what was added, so errors are measured by the size of all
/// values.
std::string compare(const std::string& what, std::span<const float> got, std::span<const float> wanted,
                    double tolerance) {
    const double size = rootMeanSquare(wanted);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i]));
        if (!(error <= tolerance * (size + std::abs(static_cast<double>(wanted[i])))))
            return what + "[" + std::to_string(i) + "] is " + std::to_string(got[i]) + ", wanted " +
                   std::to_string(wanted[i]);
    }
    return {};
}

std::string compareAll(const char* what, std::vector<Guarded<float>>& got,
                       std::vector<Guarded<float>>& wanted, double tolerance) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (auto text = compare(what + std::to_string(i), got[i].values(), wanted[i].values(), tolerance);
            !text.empty())
            return text;
    return {};
}

} // namespace

/// Every fast kernel that takes a layer against its Armadillo kernel, for every sample of every schema.
class FastLayersTest : public QObject {
    Q_OBJECT

    static bool hasFastKernel(const LayerSchema& schema) {
        return schema.operation ||
               std::ranges::find(kernelRegistry(), schema.id, &KernelEntry::layer) != kernelRegistry().end();
    }
    static void rows() {
        QTest::addColumn<const LayerSchema*>("schema");
        QTest::addColumn<int>("index");
        for (const LayerSchema& schema : layerRegistry())
            for (int i = 0; i < static_cast<int>(schema.samples.size()) && hasFastKernel(schema); ++i)
                QTest::addRow("%s/%s", schema.id.c_str(), schema.samples[i].name.c_str()) << &schema << i;
    }
    void compareWith(const LayerSchema& schema, const LayerSample& sample, const LayerRequest& request);
    void compareKernel(std::unique_ptr<Step> step, const LayerSchema& schema, const LayerSample& sample,
                       const LayerRequest& request);

    std::set<std::string> compared_; ///< kernels' ids
    float weightScale_ = 1;          ///< of the weights that are drawn
    bool outputIsRead_ = true;       ///< the first one, of several

  private slots:
    void initTestCase() {
        if (!fast::available()) QSKIP("built without oneDNN");
    }
    void plainInputs_data() { rows(); }
    void plainInputs();
    void blockedInputs_data() { rows(); }
    void blockedInputs();
    void inference_data() { rows(); }
    void inference();
    void mixedPrecision_data() { rows(); }
    void mixedPrecision();
    void manyChannels_data();
    void manyChannels();
    void normalisations_data();
    void normalisations();
    void convolutionsOfManyChannels_data();
    void convolutionsOfManyChannels();
    void recurrentLayers_data();
    void recurrentLayers();
    void whatDependsOnThreadsIsTold();
    void memoryIsUsedAgain();
    void theLargestOfWhatIsHardlyNegative();
    void everyLayerHasOne();
    void tellsWhichAndWhyNot();
    void everyKernelIsCompared();
    void aLayerNeedNotKnowOfItsKernel();
};

void FastLayersTest::compareWith(const LayerSchema& schema, const LayerSample& sample,
                                 const LayerRequest& request) {
    for (const KernelEntry& entry : kernelRegistry()) {
        KernelOffer offer = offerOf(entry, schema, sample, request);
        if (!offer) continue;
        compared_.insert(entry.id);
        compareKernel(std::move(*offer), schema, sample, request);
        if (QTest::currentTestFailed()) qWarning("by %s", entry.id.c_str());
        if (QTest::currentTestFailed()) return;
    }
}

void FastLayersTest::compareKernel(std::unique_ptr<Step> step, const LayerSchema& schema,
                                   const LayerSample& sample, const LayerRequest& request) {
    const bool relu = step->includesRelu();
    StepRunner runner(std::move(step), schema.weightSpecs(sample.params, sample.inputs), request);
    LayerBench<float> wanted(schema, sample, request.batch), got(schema, sample, request.batch);
    const double tolerance = request.mixed ? 2e-2 : 1e-4;
    for (LayerBench<float>* bench : {&wanted, &got})
        for (auto& weight : bench->weights())
            for (float& value : weight.values())
                value *= weightScale_;
    if (request.mixed)
        for (LayerBench<float>* bench : {&wanted, &got}) {
            for (auto* arrays : {&bench->inputs(), &bench->weights()})
                for (auto& array : *arrays)
                    roundToBfloat16(array.values());
            const Tensor<float> gradient = bench->pass().outputGradient;
            roundToBfloat16(gradient.values());
        }
    wanted.spoil(-1);
    got.spoil(-2);
    const auto kernel = schema.makeKernel(sample.params, sample.inputs);
    Pass<float> pass = wanted.pass(request.training);
    if (!outputIsRead_) pass.outputGradient.data = nullptr;
    // Statistics that are frozen are those of use.
    if (request.frozen && !std::ranges::all_of(wanted.weightSpecs(), &WeightSpec::isParameter))
        pass.training = false;
    kernel->forward(pass);
    if (relu)
        for (std::size_t i = 0; i < wanted.output().values().size(); ++i)
            if (wanted.output().values()[i] <= 0) pass.outputGradient.data[i] = 0;
    if (request.training) kernel->backward(pass);
    for (float& value : wanted.output().values())
        if (relu) value = std::max(0.0f, value);
    runner.run(got, {.read = outputIsRead_});
    QVERIFY2(runner.intact(), "it writes outside of its memory");
    QVERIFY2(runner.isPadded(), "what fills up a format is not zero");
    if (relu || schema.rectifies) // what comes after may ask for more than being close
        QVERIFY(std::ranges::none_of(got.output().values(), [](float v) { return v < 0; }));
    const std::string output = compare("output", got.output().values(), wanted.output().values(), tolerance);
    QVERIFY2(output.empty(), output.c_str());
    const std::string more =
        compareAll("further output ", got.moreOutputs(), wanted.moreOutputs(), tolerance);
    QVERIFY2(more.empty(), more.c_str());
    const std::string weights = compareAll("weight ", got.weights(), wanted.weights(), tolerance);
    QVERIFY2(weights.empty(), weights.c_str());
    if (!request.training) return;
    if (std::ranges::find(request.inputGradients, false) == request.inputGradients.end()) {
        const std::string inputs =
            compareAll("input gradient ", got.inputGradients(), wanted.inputGradients(), tolerance);
        QVERIFY2(inputs.empty(), inputs.c_str());
    }
    for (std::size_t i = 0; i < wanted.weightSpecs().size() && !request.frozen; ++i) {
        if (!wanted.weightSpecs()[i].isParameter()) continue;
        const std::string gradient =
            compare("gradient of " + wanted.weightSpecs()[i].name, got.weightGradients()[i].values(),
                    wanted.weightGradients()[i].values(), tolerance);
        QVERIFY2(gradient.empty(), gradient.c_str());
    }
    QVERIFY(got.intact());
}

void FastLayersTest::plainInputs() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    compareWith(*schema, sample, requestFor(*schema, sample, /*training=*/true));
}

void FastLayersTest::blockedInputs() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    LayerRequest request = requestFor(*schema, sample, /*training=*/true);
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (!request.inputs[i].isFlat()) request.inputLayouts[i] = blockedLayout(request.inputs[i]);
    compareWith(*schema, sample, request);
}

void FastLayersTest::inference() {
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    LayerRequest request = requestFor(*schema, sample, /*training=*/false);
    compareWith(*schema, sample, request);
    request.reluFollows = true;
    compareWith(*schema, sample, request);
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (!request.inputs[i].isFlat()) request.inputLayouts[i] = blockedLayout(request.inputs[i]);
    compareWith(*schema, sample, request);
}

/// Inputs as a convolution in mixed precision hands them over.
void FastLayersTest::mixedPrecision() {
    if (fast::bfloat16() == fast::Bfloat16::None) QSKIP("this processor has no AVX-512");
    QFETCH(const LayerSchema*, schema);
    QFETCH(int, index);
    const LayerSample& sample = schema->samples[index];
    for (const bool training : {true, false}) {
        LayerRequest request = requestFor(*schema, sample, training, /*mixed=*/true);
        for (std::size_t i = 0; i < request.inputs.size(); ++i)
            request.inputLayouts[i] = blockedLayout(request.inputs[i], /*mixed=*/true);
        compareWith(*schema, sample, request);
        request.reluFollows = !training;
        compareWith(*schema, sample, request);
    }
}

void FastLayersTest::manyChannels_data() {
    QTest::addColumn<ParamValues>("params");
    QTest::addColumn<Shape>("input");
    const auto row = [](const char* name, const char* padding, std::int64_t pad, bool bias, Shape input) {
        QTest::newRow(name) << ParamValues{{"filters", std::int64_t{64}},
                                           {"padding", std::string(padding)},
                                           {"pad", IntPair{pad, pad}},
                                           {"bias", bias}}
                            << input;
    };
    row("same", "same", 0, true, {32, 13, 15});
    row("same, whole tiles", "same", 0, true, {32, 16, 16});
    row("without bias", "same", 0, false, {96, 14, 14});
    row("valid", "valid", 0, true, {32, 15, 17});
    row("padded by two", "explicit", 2, true, {32, 13, 14});
}

/// Convolutions that Winograd's algorithms are chosen for, where the processor can do them.
void FastLayersTest::manyChannels() {
    QFETCH(ParamValues, params);
    QFETCH(Shape, input);
    const LayerSchema& schema = *layerRegistry().find("conv2d");
    const LayerSample sample{"", params, {input}};
    for (const bool mixed : {false, true}) {
        if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
        for (const bool training : {true, false})
            compareWith(schema, sample, requestFor(schema, sample, training, mixed));
    }
}

void FastLayersTest::normalisations_data() {
    QTest::addColumn<Shape>("input");
    for (const Shape& input : {Shape{32, 5, 7}, Shape{40, 6, 5}, Shape{128, 3, 4}, Shape{16, 33, 35}})
        QTest::addRow("%d maps of %dx%d", static_cast<int>(input.channels), static_cast<int>(input.height),
                      static_cast<int>(input.width))
            << input;
}

/// Maps in vectors of channels, and the slope of the ReLU behind: in single precision, for what bfloat16
/// makes of numbers next to zero may lie on either side of it.
void FastLayersTest::normalisations() {
    QFETCH(Shape, input);
    const LayerSchema& schema = *layerRegistry().find("batchnorm");
    const LayerSample sample{"", {}, {input}};
    for (const bool mixed : {false, true}) {
        if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
        for (const bool training : {true, false}) {
            LayerRequest request = requestFor(schema, sample, training, mixed);
            request.inputLayouts = {blockedLayout(input, mixed)};
            for (const bool frozen : {false, true}) {
                request.frozen = frozen;
                request.reluFollows = false;
                compareWith(schema, sample, request);
                request.reluFollows = !mixed;
                compareWith(schema, sample, request);
            }
        }
    }
}

void FastLayersTest::convolutionsOfManyChannels_data() {
    QTest::addColumn<QString>("layer");
    QTest::addColumn<ParamValues>("params");
    QTest::addColumn<Shape>("input");
    const auto row = [](const char* name, const char* layer, ParamValues params, Shape input) {
        QTest::newRow(name) << QString(layer) << std::move(params) << input;
    };
    const IntPair one{1, 1}, two{2, 2};
    row("1×1", "conv2d", {{"filters", std::int64_t{48}}, {"kernel", one}}, {32, 11, 13});
    row("1×1 in pieces, without bias", "conv2d",
        {{"filters", std::int64_t{16}}, {"kernel", one}, {"bias", false}}, {16, 25, 24});
    row("transposed 2×2", "conv_transpose2d", {{"filters", std::int64_t{32}}}, {48, 5, 7});
    row("transposed 2×2 without bias", "conv_transpose2d", {{"filters", std::int64_t{16}}, {"bias", false}},
        {32, 9, 4});
    row("transposed 3×2 as far apart", "conv_transpose2d",
        {{"filters", std::int64_t{16}}, {"kernel", IntPair{3, 2}}, {"stride", IntPair{3, 2}}}, {16, 3, 5});
    row("transposed 4×4 at stride 2", "conv_transpose2d",
        {{"filters", std::int64_t{16}}, {"kernel", IntPair{4, 4}}, {"stride", two}}, {32, 6, 5});
    const auto grouped = [&](const char* name, std::int64_t groups, std::int64_t filters, IntPair kernel,
                             IntPair stride, IntPair dilation, Shape input) {
        row(name, "conv2d",
            {{"filters", filters},
             {"groups", groups},
             {"kernel", kernel},
             {"stride", stride},
             {"dilation", dilation}},
            input);
    };
    const IntPair three{3, 3}, five{5, 5};
    grouped("depthwise", 32, 32, three, one, one, {32, 9, 11});
    grouped("depthwise at stride 2", 48, 48, three, two, one, {48, 10, 9});
    grouped("depthwise 5×5", 32, 32, five, one, one, {32, 9, 11});
    grouped("depthwise, dilated", 32, 32, three, one, two, {32, 9, 11});
    grouped("depthwise with two filters a channel", 32, 64, three, one, one, {32, 7, 7});
    grouped("groups of 4", 8, 32, three, one, one, {32, 7, 9});
    grouped("groups of 3", 16, 48, three, one, one, {48, 7, 9});
    grouped("groups of 8 at stride 2", 8, 64, three, two, one, {64, 8, 9});
    row("1×7", "conv2d", {{"filters", std::int64_t{16}}, {"kernel", IntPair{1, 7}}}, {16, 6, 9});
    row("dilated", "conv2d", {{"filters", std::int64_t{32}}, {"dilation", two}}, {32, 9, 9});
}

/// What has paths of its own among the convolutions, with as many channels as they ask for.
void FastLayersTest::convolutionsOfManyChannels() {
    QFETCH(QString, layer);
    QFETCH(ParamValues, params);
    QFETCH(Shape, input);
    const LayerSchema& schema = *layerRegistry().find(layer.toStdString());
    const LayerSample sample{"", params, {input}};
    for (const bool mixed : {false, true}) {
        if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
        for (const bool training : {true, false}) {
            LayerRequest request = requestFor(schema, sample, training, mixed);
            compareWith(schema, sample, request);
            request.reluFollows = !mixed || !training;
            compareWith(schema, sample, request);
        }
    }
}

void FastLayersTest::recurrentLayers_data() {
    QTest::addColumn<QByteArray>("layer");
    QTest::addColumn<int>("units");
    QTest::addColumn<Shape>("input");
    QTest::addColumn<int>("samples");
    QTest::addColumn<bool>("bias");
    for (const char* layer : {"simple_rnn", "lstm", "gru"}) {
        const auto row = [&](const char* name, int units, std::int64_t positions, std::int64_t features,
                             int samples, bool bias = true) {
            QTest::addRow("%s, %s", layer, name)
                << QByteArray(layer) << units << Shape::sequence(positions, features) << samples << bias;
        };
        row("whole vectors", 64, 12, 16, 8);
        row("tails", 77, 7, 13, 5);
        row("fewer units than lanes", 5, 9, 3, 7);
        row("one sample", 33, 20, 8, 1);
        row("one sample, shared units", 260, 6, 10, 1);
        row("few samples, shared units", 131, 5, 4, 3, false);
        row("many samples", 40, 4, 6, 45, false);
        row("one position", 70, 1, 5, 6);
        row("long", 24, 150, 4, 3);
    }
}

/// Whole sequences and last states, learning and frozen, with and without the gradient of the input.
void FastLayersTest::recurrentLayers() {
    QFETCH(QByteArray, layer);
    QFETCH(int, units);
    QFETCH(Shape, input);
    QFETCH(int, samples);
    QFETCH(bool, bias);
    const LayerSchema& schema = *layerRegistry().find(layer.toStdString());
    weightScale_ = 1 / std::sqrt(static_cast<float>(units)); // larger ones make chaos of small errors
    for (const bool whole : {true, false})
        for (const bool mixed : {false, true}) {
            // Of many positions most gradients have faded, which the error of the others is measured by.
            if (mixed && (fast::bfloat16() == fast::Bfloat16::None || input.height > 100)) continue;
            const LayerSample sample{
                "", {{"units", std::int64_t{units}}, {"return_sequences", whole}, {"bias", bias}}, {input}};
            const auto compareAs = [&](bool training, auto change) {
                LayerRequest request = requestFor(schema, sample, training, mixed);
                request.batch = samples;
                request.inputLayouts = {Layout::plainBatch(samples, input)};
                change(request);
                compareWith(schema, sample, request);
            };
            compareAs(false, [](LayerRequest&) {});
            compareAs(true, [](LayerRequest&) {});
            compareAs(true, [](LayerRequest& r) { r.frozen = true; });
            compareAs(true, [](LayerRequest& r) { r.inputGradients = {false}; });
            outputIsRead_ = !whole;
            compareAs(true, [](LayerRequest&) {});
            outputIsRead_ = true;
        }
    weightScale_ = 1;
}

/// One thread or several: the same numbers to the last bit, but for kernels that say otherwise.
void FastLayersTest::whatDependsOnThreadsIsTold() {
    const LayerRegistry& layers = layerRegistry();
    std::vector<std::pair<const LayerSchema*, LayerSample>> all;
    for (const LayerSchema& schema : layers)
        for (const LayerSample& sample : schema.samples)
            if (hasFastKernel(schema)) all.emplace_back(&schema, sample);
    const auto larger = [&](const char* id, ParamValues params, Shape input) {
        all.emplace_back(layers.find(id), LayerSample{"larger", std::move(params), {input}});
    };
    larger("conv2d", {{"filters", std::int64_t{32}}}, {32, 24, 24});
    larger("conv2d", {{"filters", std::int64_t{16}}, {"kernel", IntPair{7, 7}}}, {1, 28, 28});
    larger("conv2d", {{"filters", std::int64_t{64}}, {"kernel", IntPair{1, 1}}}, {16, 16, 16});
    larger("conv_transpose2d", {{"filters", std::int64_t{16}}}, {32, 12, 12});
    larger("conv1d", {{"filters", std::int64_t{32}}}, Shape::sequence(200, 16));
    larger("dense", {{"units", std::int64_t{64}}, {"positionwise", true}}, Shape::sequence(100, 48));
    larger("conv2d", {{"filters", std::int64_t{32}}, {"kernel", IntPair{1, 1}}}, {32, 40, 40});
    larger("batchnorm", {}, {32, 24, 24});
    larger("layernorm", {}, Shape::sequence(100, 64));
    larger("multi_head_attention", {{"heads", std::int64_t{4}}}, Shape::sequence(80, 64));
    larger("lstm", {{"units", std::int64_t{130}}}, Shape::sequence(6, 16));
    larger("gru", {{"units", std::int64_t{150}}, {"return_sequences", true}}, Shape::sequence(6, 16));
    larger("simple_rnn", {{"units", std::int64_t{300}}}, Shape::sequence(6, 16));
    larger("maxpool2d", {}, {32, 24, 24});
    larger("avgpool2d", {}, {32, 24, 24});
    larger("gelu", {}, {32, 24, 24});
    larger("dropout", {}, {20, 24, 24});
    larger("spatial_dropout", {}, {20, 24, 24});
    larger("embedding", {{"vocabulary", std::int64_t{50}}, {"features", std::int64_t{100}}}, {200, 1, 1});
    larger("learned_positions", {}, Shape::sequence(100, 64));
    larger("crop2d", {{"top", std::int64_t{3}}, {"left", std::int64_t{1}}}, {32, 24, 24});
    std::set<std::string> differing;
    for (const auto& [schema, sample] : all)
        for (const bool mixed : {false, true}) {
            if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
            const LayerRequest request = requestFor(*schema, sample, true, mixed);
            for (const KernelEntry& entry : kernelRegistry()) {
                std::vector<std::vector<float>> seen;
                for (const std::int64_t threads : {1, 2, 3}) {
                    const ThreadScope scope(threads);
                    KernelOffer offer = offerOf(entry, *schema, sample, request);
                    if (!offer) break;
                    LayerBench<float> bench(*schema, sample, batch);
                    StepRunner(std::move(*offer), bench.weightSpecs(), request).run(bench);
                    seen.emplace_back(bench.output().values().begin(), bench.output().values().end());
                    for (auto* arrays : {&bench.inputGradients(), &bench.weightGradients()})
                        for (auto& array : *arrays)
                            seen.back().insert(seen.back().end(), array.values().begin(),
                                               array.values().end());
                }
                if (std::ranges::adjacent_find(seen, std::not_equal_to<>()) == seen.end()) continue;
                differing.insert(entry.id);
                QVERIFY2(entry.sumsByThread, (entry.id + " for " + schema->id + ", " + sample.name).c_str());
            }
        }
    for (const std::string& id : differing)
        qInfo("depends on the number of threads: %s", id.c_str());
}

/// Where outputs are given up after forward, so is what steps have kept; statistics are folded in once. And a
/// gradient that may be written over the output's is the same as elsewhere.
void FastLayersTest::memoryIsUsedAgain() {
    std::vector<std::pair<const LayerSchema*, LayerSample>> all;
    for (const LayerSchema& schema : layerRegistry())
        for (const LayerSample& sample : schema.samples)
            if (hasFastKernel(schema)) all.emplace_back(&schema, sample);
    all.emplace_back(layerRegistry().find("batchnorm"), LayerSample{"maps", {}, {{32, 12, 11}}});
    int inPlace = 0;
    for (const auto& [schema, sample] : all)
        for (const bool mixed : {false, true}) {
            if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
            LayerRequest request = requestFor(*schema, sample, true, mixed);
            if (sample.name == "maps") request.inputLayouts = {blockedLayout(request.inputs[0], mixed)};
            for (const KernelEntry& entry : kernelRegistry()) {
                const auto made = [&](StepRunner::Way way) {
                    LayerBench<float> bench(*schema, sample, batch);
                    StepRunner(std::move(*offerOf(entry, *schema, sample, request)), bench.weightSpecs(),
                               request)
                        .run(bench, way);
                    std::vector<float> values(bench.output().values().begin(), bench.output().values().end());
                    for (auto* arrays : {&bench.weights(), &bench.inputGradients(), &bench.weightGradients()})
                        for (auto& array : *arrays)
                            values.insert(values.end(), array.values().begin(), array.values().end());
                    return values;
                };
                const KernelOffer step = offerOf(entry, *schema, sample, request);
                if (!step) continue;
                const std::string what = entry.id + " for " + schema->id + ", " + sample.name;
                const std::vector<float> wanted = made({});
                QVERIFY2(made({.again = true}) == wanted, what.c_str());
                for (std::size_t port = 0; port < request.inputs.size(); ++port) {
                    if ((*step)->aliasesInput() || !(*step)->gradientInPlace(port) ||
                        (*step)->inputLayout(port) != (*step)->outputLayout())
                        continue;
                    QVERIFY2(made({.inPlace = static_cast<std::ptrdiff_t>(port)}) == wanted, what.c_str());
                    ++inPlace;
                }
            }
        }
    QVERIFY(inPlace > 0);
}

/// Negative zeros, and numbers so small that they have no leading one, are numbers.
void FastLayersTest::theLargestOfWhatIsHardlyNegative() {
    const LayerSchema& schema = *layerRegistry().find("maxpool2d");
    const LayerSample sample{"", {}, {{32, 8, 8}}};
    std::set<std::string> asked;
    for (const float value : {-0.0f, -1e-39f})
        for (const bool mixed : {false, true}) {
            if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
            LayerRequest request = requestFor(schema, sample, /*training=*/true, mixed);
            request.inputLayouts = {blockedLayout(request.inputs[0], mixed)};
            for (const KernelEntry& entry : kernelRegistry()) {
                KernelOffer offer = offerOf(entry, schema, sample, request);
                if (!offer) continue;
                asked.insert(entry.id);
                LayerBench<float> bench(schema, sample, batch);
                bench.inputs()[0].fill(value);
                StepRunner(std::move(*offer), {}, request).run(bench);
                for (const float made : bench.output().values())
                    QVERIFY2(made <= 0 && made >= -1e-38f,
                             (entry.id + " makes " + std::to_string(made)).c_str());
            }
        }
    QVERIFY(!asked.empty());
}

void FastLayersTest::everyLayerHasOne() {
    for (const LayerSchema& schema : layerRegistry()) {
        if (!schema.operation) continue;
        const LayerSample& first = schema.samples.front();
        const auto isFast = [&](bool training, bool mixed) {
            return chooseKernel(schema, first.params, requestFor(schema, first, training, mixed)).use.fast;
        };
        QVERIFY2(isFast(true, false), schema.id.c_str());
        QVERIFY2(isFast(false, false), schema.id.c_str());
        if (fast::bfloat16() == fast::Bfloat16::None) continue;
        QVERIFY2(isFast(true, true), schema.id.c_str());
    }
}

void FastLayersTest::tellsWhichAndWhyNot() {
    const LayerSchema& schema = *layerRegistry().find("conv2d");
    const LayerSample sample{"", {{"filters", std::int64_t{5}}, {"kernel", IntPair{5, 5}}}, {{3, 9, 9}}};
    const LayerRequest request = requestFor(schema, sample, true);
    const KernelChoice choice = chooseKernel(schema, sample.params, request);
    QCOMPARE(choice.use.backend, "oneDNN");
    QVERIFY(choice.use.kernel.starts_with("convolution"));
    QVERIFY(!choice.step->implementation().empty());
    // The 1×1 kernel has no business with 5×5.
    QCOMPARE(choice.use.declined.at(0).why, "computes 3×3 at stride 1 only");
    for (const DeclinedKernel& declined : choice.use.declined)
        QVERIFY(declined.kernel.find("1×1") == std::string::npos);
    const KernelChoice own = chooseKernel(schema, sample.params, request, /*fast=*/false);
    QCOMPARE(own.use.backend, "Armadillo");
    QVERIFY(!own.use.fast);
}

/// After all others: none of the registered kernels was left out, if the processor has what they want.
void FastLayersTest::everyKernelIsCompared() {
    if (fast::bfloat16() != fast::Bfloat16::Native) QSKIP("this processor has no products of bfloat16");
    for (const KernelEntry& entry : kernelRegistry())
        QVERIFY2(compared_.contains(entry.id), entry.id.c_str());
}

/// A kernel may be for a layer that says of no operation what it computes.
void FastLayersTest::aLayerNeedNotKnowOfItsKernel() {
    const LayerSchema& schema = *layerRegistry().find("gaussian_noise");
    QVERIFY(!schema.operation);
    const auto slow = std::ranges::find_if(layerRegistry(), [&](const LayerSchema& other) {
        return !hasFastKernel(other) && other.id != schema.id && other.inputs.maximum == 1;
    });
    QVERIFY(slow != layerRegistry().end());
    const LayerSample& slowSample = slow->samples.front();
    const LayerSample& sample = schema.samples.front();
    const LayerRequest request = requestFor(schema, sample, true);
    const std::size_t before = kernelRegistry().size();
    QVERIFY(kernelRegistry().add(
        kernelForLayer("gaussian_noise", {.id = "test.noise", .backend = "Test", .name = "noise"},
                       [&](const ParamValues& params, const LayerRequest& r) -> KernelOffer {
                           if (!r.training) return declined("trains only");
                           return makeReferenceStep(schema, params, r);
                       })));
    QVERIFY(hasFastKernel(schema));
    compareWith(schema, sample, request);
    QVERIFY(compared_.contains("test.noise"));
    const KernelChoice taken = chooseKernel(schema, sample.params, request),
                       declined = chooseKernel(schema, sample.params, requestFor(schema, sample, false)),
                       other = chooseKernel(*slow, slowSample.params, requestFor(*slow, slowSample, true));
    kernelRegistry().truncate(before);
    QVERIFY(taken.use.fast && taken.use.backend == "Test");
    QCOMPARE(declined.use.backend, "Armadillo");
    QCOMPARE(declined.use.declined.at(0).why, "trains only");
    QCOMPARE(other.use.backend, "Armadillo");
    QVERIFY(other.use.declined.empty());
}

QTEST_GUILESS_MAIN(FastLayersTest)
#include "fast_layers_test.moc"
