#include "layer_bench.h"

#include "engine/kernels/capabilities.h"
#include "engine/kernels/kernel_registry.h"
#include "engine/layers/operations.h"
#include "engine/plan/parameter_store.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"
#include "engine/tensor/aligned_buffer.h"

#include <QTest>
#include <bit>
#include <set>

using namespace burdock;
using namespace burdock::testing;

namespace {

constexpr std::int64_t batch = 3;

/// A step with memory of its own in the layouts it asks for, filled from plain arrays and read back as such.
class StepRunner {
  public:
    StepRunner(std::unique_ptr<Step> step, std::vector<WeightSpec> specs, LayerRequest request)
        : request_(std::move(request))
        , specs_(std::move(specs))
        , step_(std::move(step)) {}

    void run(LayerBench<float>& values) {
        StepBinding b;
        ParameterStore store;
        for (std::size_t i = 0; i < specs_.size(); ++i) {
            store.declare(specs_[i].name, specs_[i], step_->weightLayout(i));
            b.weightCopies.emplace_back();
            for (const Layout& wanted : step_->weightCopies(i))
                b.weightCopies.back().push_back(store.copyOf(i, wanted));
        }
        store.allocate();
        store.allocateCopies();
        for (std::size_t i = 0; i < request_.inputs.size(); ++i) {
            b.inputs.push_back(keep(plainInput(i), values.inputs()[i].data(), step_->inputLayout(i)));
            b.inputGradients.push_back(request_.inputGradients[i] ? empty(step_->inputLayout(i)) : nullptr);
        }
        for (std::size_t i = 0; i < specs_.size(); ++i) {
            b.weights.push_back(store.value(i));
            b.weightGradients.push_back(request_.training ? store.gradient(i) : nullptr);
            reorder(Layout::plain(specs_[i].dims), values.weights()[i].data(), store.entries()[i].layout,
                    store.value(i));
        }
        b.output = empty(step_->outputLayout());
        if (request_.training)
            b.outputGradient = keep(plainOutput(), outputGradient(values), step_->outputLayout());
        b.workspace = empty(Layout::plain({step_->workspaceFloats()}));
        b.scratch = empty(Layout::plain({step_->scratchFloats()}));
        step_->bind(b);
        step_->forward(1);
        values.output().fill(-77);
        reorder(step_->outputLayout(), b.output, plainOutput(), values.output().data());
        for (std::size_t i = 0; i < specs_.size(); ++i) // running statistics change in forward
            reorder(store.entries()[i].layout, b.weights[i], Layout::plain(specs_[i].dims),
                    values.weights()[i].data());
        if (!request_.training) return;
        step_->backward();
        for (std::size_t i = 0; i < request_.inputs.size(); ++i)
            if (b.inputGradients[i])
                reorder(step_->inputLayout(i), b.inputGradients[i], plainInput(i),
                        values.inputGradients()[i].data());
        for (std::size_t i = 0; i < specs_.size(); ++i)
            if (b.weightGradients[i])
                reorder(store.entries()[i].layout, b.weightGradients[i], Layout::plain(specs_[i].dims),
                        values.weightGradients()[i].data());
    }

  private:
    Layout plainInput(std::size_t i) const { return Layout::plainBatch(batch, request_.inputs[i]); }
    Layout plainOutput() const { return Layout::plainBatch(batch, request_.output); }
    static const float* outputGradient(LayerBench<float>& values) {
        return values.pass().outputGradient.data;
    }
    float* empty(const Layout& layout) {
        memory_.emplace_back(static_cast<std::size_t>(std::max<std::int64_t>(layout.floats(), 1)));
        return memory_.back().data();
    }
    float* keep(const Layout& from, const float* values, const Layout& to) {
        float* const target = empty(to);
        reorder(from, values, to, target);
        return target;
    }

    LayerRequest request_;
    std::vector<WeightSpec> specs_;
    std::unique_ptr<Step> step_;
    std::vector<AlignedBuffer> memory_;
};

LayerRequest requestFor(const LayerSchema& schema, const LayerSample& sample, bool training,
                        bool mixed = false) {
    LayerRequest r;
    r.mixed = mixed;
    r.batch = batch;
    r.training = training;
    r.inputs = sample.inputs;
    r.output = *schema.inferShape(sample.params, sample.inputs);
    for (const Shape& shape : sample.inputs) {
        r.inputLayouts.push_back(Layout::plainBatch(batch, shape));
        r.inputGradients.push_back(training);
    }
    return r;
}

/// The format in which a convolution would hand over maps of this shape.
Layout blockedLayout(const Shape& shape, bool mixed = false) {
    LayerRequest r;
    r.mixed = mixed;
    r.batch = batch;
    r.training = true;
    r.inputs = {shape};
    r.output = shape;
    r.inputLayouts = {Layout::plainBatch(batch, shape)};
    r.inputGradients = {true};
    const Window window = resolveWindow(shape, {1, 1}, {1, 1}, {1, 1}, Padding::Same, {0, 0});
    const auto conv = chooseKernel(operation::Convolution{shape.channels, 1, true, window}, r).step;
    return conv ? conv->outputLayout() : r.inputLayouts[0];
}

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

    static void rows() {
        QTest::addColumn<const LayerSchema*>("schema");
        QTest::addColumn<int>("index");
        for (const LayerSchema& schema : layerRegistry())
            for (int i = 0; schema.operation && i < static_cast<int>(schema.samples.size()); ++i)
                QTest::addRow("%s/%s", schema.id.c_str(), schema.samples[i].name.c_str()) << &schema << i;
    }
    void compareWith(const LayerSchema& schema, const LayerSample& sample, const LayerRequest& request);
    void compareKernel(std::unique_ptr<Step> step, const LayerSchema& schema, const LayerSample& sample,
                       const LayerRequest& request);

    std::set<std::string> compared_; ///< kernels' ids

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
    void everyLayerHasOne();
    void tellsWhichAndWhyNot();
    void everyKernelIsCompared();
};

void FastLayersTest::compareWith(const LayerSchema& schema, const LayerSample& sample,
                                 const LayerRequest& request) {
    const std::any operation = schema.operation(sample.params, sample.inputs);
    for (const KernelEntry& entry : kernelRegistry()) {
        if (entry.operation != operation.type()) continue;
        KernelOffer offer = entry.make(operation, request);
        if (!offer) continue;
        compared_.insert(entry.id);
        compareKernel(std::move(*offer), schema, sample, request);
        if (QTest::currentTestFailed()) qWarning("by %s", entry.id.c_str());
        if (QTest::currentTestFailed()) return;
    }
}

void FastLayersTest::compareKernel(std::unique_ptr<Step> step, const LayerSchema& schema,
                                   const LayerSample& sample, const LayerRequest& request) {
    StepRunner runner(std::move(step), schema.weightSpecs(sample.params, sample.inputs), request);
    LayerBench<float> wanted(schema, sample, batch), got(schema, sample, batch);
    const double tolerance = request.mixed ? 2e-2 : 1e-4;
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
    const Pass<float> pass = wanted.pass(request.training);
    kernel->forward(pass);
    if (request.training) kernel->backward(pass);
    runner.run(got);
    const std::string output = compare("output", got.output().values(), wanted.output().values(), tolerance);
    QVERIFY2(output.empty(), output.c_str());
    const std::string weights = compareAll("weight ", got.weights(), wanted.weights(), tolerance);
    QVERIFY2(weights.empty(), weights.c_str());
    if (!request.training) return;
    const std::string inputs =
        compareAll("input gradient ", got.inputGradients(), wanted.inputGradients(), tolerance);
    QVERIFY2(inputs.empty(), inputs.c_str());
    for (std::size_t i = 0; i < wanted.weightSpecs().size(); ++i) {
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
    compareWith(*schema, sample, requestFor(*schema, sample, /*training=*/false));
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
    QCOMPARE(choice.use.kernel, "convolution");
    QVERIFY(!choice.step->implementation().empty());
    QCOMPARE(choice.use.declined.size(), 1u); // the 1×1 kernel has no business with 5×5
    QCOMPARE(choice.use.declined[0].why, "computes 3×3 at stride 1 only");
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

QTEST_GUILESS_MAIN(FastLayersTest)
#include "fast_layers_test.moc"
