#include "engine/graph/check_graph.h"
// Layers and small networks against PyTorch: see tests/reference/make_layer_reference.py.
#include "engine/graph/graph_json.h"
#include "engine/models/networks.h"
#include "engine/plan/plan.h"
#include "engine/schema/kernel.h"
#include "engine/schema/layer_registry.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

using namespace burdock;
using nlohmann::json;

namespace {

json referenceFile(const char* name) {
    QFile file(QStringLiteral(BURDOCK_TESTS_DIR "/reference/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly)) qFatal("%s is missing", name);
    return json::parse(file.readAll().toStdString());
}

Shape shapeFrom(const json& dims) {
    return {dims[0].get<std::int64_t>(), dims[1].get<std::int64_t>(), dims[2].get<std::int64_t>()};
}

/// The first difference, or nothing.
template <class T>
std::string difference(const std::string& what, std::span<const T> got, const std::vector<double>& wanted,
                       double tolerance) {
    if (got.size() != wanted.size()) return what + " has another size";
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!(std::abs(static_cast<double>(got[i]) - wanted[i]) <= tolerance * (1 + std::abs(wanted[i]))))
            return what + "[" + std::to_string(i) + "] is " + std::to_string(got[i]) + ", PyTorch has " +
                   std::to_string(wanted[i]);
    return {};
}

/// The numbers of make_layer_reference.py, from the same integers.
class Integers {
  public:
    explicit Integers(std::string_view key) {
        for (const char c : key)
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x01000193U;
    }
    std::uint32_t next() { return state_ = state_ * 1664525U + 1013904223U; }
    double uniform() { return static_cast<double>(next() >> 8U) / 0x1p23 - 1; }
    double sign() { return next() >> 31U ? 1.0 : -1.0; }

  private:
    std::uint32_t state_ = 0x811c9dc5U;
};

/// The norm, and the sums under three patterns of signs.
std::vector<double> told(const std::string& name, std::span<const float> values) {
    double squares = 0;
    for (const float v : values)
        squares += static_cast<double>(v) * static_cast<double>(v);
    std::vector<double> numbers{std::sqrt(squares)};
    for (int k = 0; k < 3; ++k) {
        Integers signs(name + "#" + std::to_string(k));
        numbers.push_back(std::accumulate(values.begin(), values.end(), 0.0, [&](double sum, float v) {
            return sum + static_cast<double>(v) * signs.sign();
        }));
    }
    return numbers;
}

float firstValue(const WeightSpec& spec, Integers& random) {
    if (spec.name == "running_mean") return 0;
    if (spec.name == "running_var") return 1;
    if (spec.name == "bias") return static_cast<float>(0.125 * random.uniform());
    if (spec.dims.size() == 1) return static_cast<float>(1 + 0.25 * random.uniform());
    const double fan = static_cast<double>(spec.size()) / static_cast<double>(spec.dims[0]);
    return static_cast<float>(std::sqrt(3 / fan) * random.uniform());
}

Graph networkOf(const std::string& name) {
    if (name == "resnet18") return resNet(name, {.input = {3, 48, 48}, .width = 4, .classes = 10});
    if (name == "resnet50")
        return resNet(
            name,
            {.blocks = {1, 2, 1, 2}, .bottleneck = true, .input = {3, 40, 40}, .width = 4, .classes = 10});
    Graph graph = lectureCnn({1, 16, 16}, 16);
    for (const char* dropout : {"dropout 1", "dropout 2"})
        graph.edit(graph.findByName(dropout)->id)->params["rate"] = 0.0;
    return graph;
}

/// A network with the first weights and the samples of the reference, trained by plain gradient descent.
struct TrainedNetwork {
    std::unique_ptr<Plan> plan;
    std::vector<std::int64_t> labels;
    std::vector<double> losses;
    std::vector<float> logits; ///< of the last step

    TrainedNetwork(const json& reference, bool fast) {
        const auto samples = reference.at("samples").get<std::int64_t>();
        PlanOptions options{.batch = samples, .training = true, .fast = fast};
        options.leaveOut = OutputFunction::Softmax;
        plan = std::move(
            *Plan::make(*checkNetwork(networkOf(reference.at("name").get<std::string>())), options));
        WeightSet weights = plan->store()->save();
        for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
            Integers random(weights.tensors[i].name);
            for (float& v : weights.tensors[i].values)
                v = firstValue(plan->store()->entries()[i].spec, random);
        }
        if (!plan->store()->load(weights)) qFatal("the weights do not fit");
        Integers random("input");
        for (float& v : plan->input().values())
            v = static_cast<float>(random.uniform());
        for (std::int64_t i = 0; i < samples; ++i)
            labels.push_back(i * 3 % 10);
    }
    /// Of the softmax's cross-entropy, mean over the batch.
    void computeGradients() {
        plan->forward();
        const Tensor<float> output = plan->output(), gradient = plan->outputGradient();
        logits.assign(output.values().begin(), output.values().end()); // backward reuses the memory
        const std::int64_t classes = output.shape.size();
        double loss = 0;
        for (std::int64_t n = 0; n < output.batch; ++n) {
            const std::int64_t label = labels[static_cast<std::size_t>(n)];
            double sum = 0;
            for (std::int64_t c = 0; c < classes; ++c)
                sum += std::exp(static_cast<double>(output.data[n * classes + c]));
            loss += std::log(sum) - static_cast<double>(output.data[n * classes + label]);
            for (std::int64_t c = 0; c < classes; ++c) {
                const double share = std::exp(static_cast<double>(output.data[n * classes + c])) / sum;
                gradient.data[n * classes + c] =
                    static_cast<float>((share - (c == label ? 1 : 0)) / static_cast<double>(output.batch));
            }
        }
        losses.push_back(loss / static_cast<double>(output.batch));
        plan->backward();
    }
    void descend(double rate) {
        const auto values = plan->store()->values(), gradients = plan->store()->gradients();
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] -= static_cast<float>(rate) * gradients[i];
        plan->store()->changed();
    }
    /// What is told of every gradient, or of every weight, against the reference.
    std::string compare(const json& wanted, bool gradients, double tolerance) const {
        ParameterStore& store = *plan->store();
        for (std::size_t i = 0; i < store.entries().size(); ++i) {
            const ParameterStore::Entry& entry = store.entries()[i];
            if (gradients && !entry.spec.isParameter()) continue;
            std::vector<float> plain(static_cast<std::size_t>(entry.spec.size()));
            reorder(entry.layout, gradients ? store.gradient(i) : store.value(i),
                    Layout::plain(entry.spec.dims), plain.data());
            if (!wanted.contains(entry.name)) return "PyTorch has no " + entry.name;
            const auto numbers = wanted.at(entry.name).get<std::vector<double>>();
            // A sum of n numbers is as exact as the norm, not as the sum, which may be near zero.
            const std::string wrong =
                difference<double>((gradients ? "gradient of " : "") + entry.name, told(entry.name, plain),
                                   numbers, tolerance * std::max(1.0, numbers[0]));
            if (!wrong.empty()) return wrong;
        }
        return {};
    }
};

} // namespace

class LayerReferenceTest : public QObject {
    Q_OBJECT
  private slots:
    void layers_data() {
        QTest::addColumn<int>("index");
        const json file = referenceFile("layers.json");
        int index = 0;
        for (const json& c : file.at("cases"))
            QTest::addRow("%s/%s", c.at("layer").get<std::string>().c_str(),
                          c.at("name").get<std::string>().c_str())
                << index++;
        QVERIFY(index > 15);
    }
    void layers() {
        QFETCH(int, index);
        static const json file = referenceFile("layers.json");
        const json& c = file.at("cases").at(static_cast<std::size_t>(index));
        const LayerSchema* schema = layerRegistry().find(c.at("layer").get<std::string>());
        QVERIFY(schema);
        const auto params = paramsFromJson(c.at("params"), "params");
        QVERIFY(params && checkParams(schema->params, *params).empty());
        // The file gives sizes alone; these cases mean positions × features by them.
        std::vector<Shape> shapes{shapeFrom(c.at("input_shape"))};
        if (c.at("layer") == "conv1d" || c.at("name") == "sequence" || schema->category == Category::Sequence)
            shapes[0] = Shape::sequence(shapes[0].height, shapes[0].width);
        const auto shape = schema->inferShape(*params, shapes);
        QVERIFY(shape);
        const Shape wantedShape = shapeFrom(c.at("output_shape"));
        QCOMPARE(shape->size(), wantedShape.size());
        QCOMPARE(shape->height, wantedShape.height);

        const auto batch = c.at("batch").get<std::int64_t>();
        auto input = c.at("input").get<std::vector<double>>();
        auto outputGradient = c.at("output_gradient").get<std::vector<double>>();
        const auto wanted = c.at("output").get<std::vector<double>>();
        std::vector<double> output(wanted.size()), inputGradient(input.size());
        std::vector<std::vector<double>> weights, weightGradients;
        std::vector<double*> weightPointers, gradientPointers;
        for (const WeightSpec& spec : schema->weightSpecs(*params, shapes)) {
            weights.push_back(c.at("weights").at(spec.name).get<std::vector<double>>());
            QCOMPARE(std::int64_t(weights.back().size()), spec.size());
            weightGradients.emplace_back(weights.back().size());
        }
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weightPointers.push_back(weights[i].data());
            gradientPointers.push_back(weightGradients[i].data());
        }
        const std::vector<Tensor<double>> inputs{{input.data(), shapes[0], batch}},
            inputGradients{{inputGradient.data(), shapes[0], batch}};
        const Pass<double> pass{inputs,         {output.data(), *shape, batch},
                                inputGradients, {outputGradient.data(), *shape, batch},
                                weightPointers, gradientPointers};
        const auto kernel = schema->makeOracle(*params, shapes);
        kernel->forward(pass);
        kernel->backward(pass);

        constexpr double tolerance = 1e-7; // the file holds nine digits
        std::string wrong = difference<double>("output", output, wanted, tolerance);
        if (wrong.empty())
            wrong = difference<double>("gradient of the input", inputGradient,
                                       c.at("input_gradient").get<std::vector<double>>(), tolerance);
        std::size_t i = 0;
        for (const WeightSpec& spec : schema->weightSpecs(*params, shapes)) {
            if (wrong.empty())
                wrong = difference<double>("gradient of " + spec.name, weightGradients[i],
                                           c.at("weight_gradients").at(spec.name).get<std::vector<double>>(),
                                           tolerance);
            ++i;
        }
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void networks_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<bool>("fast");
        const json file = referenceFile("networks.json");
        for (int i = 0; i < static_cast<int>(file.at("networks").size()); ++i)
            for (const bool fast : {false, true})
                QTest::addRow("%s, %s", file["networks"][std::size_t(i)]["name"].get<std::string>().c_str(),
                              fast ? "fast" : "reference")
                    << i << fast;
    }
    /// The first output, every gradient, ten steps of gradient descent and every weight after them.
    void networks() {
        QFETCH(int, index);
        QFETCH(bool, fast);
        const json reference = referenceFile("networks.json").at("networks").at(std::size_t(index));
        const auto losses = reference.at("losses").get<std::vector<double>>();
        QCOMPARE(losses.size(), std::size_t(10));
        constexpr double tolerance = 1e-4;
        TrainedNetwork network(reference, fast);
        const double rate = reference.at("rate").get<double>();
        for (std::size_t step = 0; step < losses.size(); ++step) {
            network.computeGradients();
            if (step == 0) {
                const std::string output = difference<float>(
                    "output", network.logits, reference.at("output").get<std::vector<double>>(), tolerance);
                QVERIFY2(output.empty(), output.c_str());
                const std::string gradients = network.compare(reference.at("gradients"), true, tolerance);
                QVERIFY2(gradients.empty(), gradients.c_str());
            }
            network.descend(rate);
        }
        const std::string curve = difference<double>("loss", network.losses, losses, tolerance);
        QVERIFY2(curve.empty(), curve.c_str());
        const std::string trained = network.compare(reference.at("trained"), false, tolerance);
        QVERIFY2(trained.empty(), trained.c_str());
        QCOMPARE(reference.at("trained").size(), network.plan->store()->entries().size());
    }
};

QTEST_GUILESS_MAIN(LayerReferenceTest)
#include "layer_reference_test.moc"
