#include "engine/graph/check_graph.h"
// Sequence networks against PyTorch: outputs, every gradient and ten steps of gradient descent.
#include "engine/models/templates.h"
#include "engine/plan/plan.h"
#include "engine/train/loss.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>

using namespace burdock;

namespace {

constexpr double tolerance = 1e-4;

/// The numbers of make_sequence_reference.py: -1 … 1, from a name.
std::vector<float> numbers(const std::string& name, std::int64_t count) {
    std::uint32_t state = 0x811C9DC5U;
    for (const char c : name)
        state = (state ^ static_cast<unsigned char>(c)) * 0x01000193U;
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        values.push_back(static_cast<float>(state >> 8U) / 8388608.0F - 1.0F);
    }
    return values;
}

std::vector<float> tokens(const std::string& name, std::int64_t count, double vocabulary) {
    std::vector<float> values = numbers(name, count);
    for (float& v : values)
        v = static_cast<float>(std::floor((static_cast<double>(v) + 1) / 2 * vocabulary));
    return values;
}

NamedTensor first(const ParameterStore::Entry& entry) {
    NamedTensor tensor{entry.name, entry.spec.dims, numbers(entry.name, entry.spec.size())};
    const bool scale = entry.name.find("norm") != std::string::npos && entry.name.ends_with(".weight");
    for (float& v : tensor.values)
        if (tensor.dims.size() > 1)
            v /= static_cast<float>(std::sqrt(static_cast<double>(tensor.dims.back())));
        else
            v = v * 0.1F + (scale ? 1.0F : 0.0F);
    return tensor;
}

Graph recurrent(const std::string& layer) {
    Graph g;
    NodeId last = g.add("input", {{"axes", std::string("sequence")}, {"height", 6}, {"width", 5}});
    const auto then = [&](std::string type, ParamValues params, std::string name) {
        const NodeId next = g.add(std::move(type), std::move(params), {}, std::move(name));
        g.connect(last, next);
        last = next;
    };
    then(layer, {{"units", 7}, {"return_sequences", true}}, "first");
    then(layer, {{"units", 7}}, "second");
    then("dense", {{"units", 3}}, "dense");
    return g;
}

QString difference(const std::string& what, double got, double wanted) {
    return QString("%1 is %2, PyTorch has %3")
        .arg(QString::fromStdString(what))
        .arg(got, 0, 'f', 7)
        .arg(wanted, 0, 'f', 7);
}

bool close(double got, double wanted) {
    return std::abs(got - wanted) <= tolerance * std::max(1.0, std::abs(wanted));
}

} // namespace

class SequenceReferenceTest : public QObject {
    Q_OBJECT
  private slots:
    void followsPyTorch_data() {
        QTest::addColumn<QString>("network");
        QTest::addColumn<bool>("fast");
        for (const char* network : {"gpt-nano", "simple_rnn", "lstm", "gru"})
            for (const bool fast : {true, false})
                QTest::addRow("%s, %s", network, fast ? "oneDNN" : "Armadillo") << network << fast;
    }
    void followsPyTorch() {
        QFETCH(QString, network);
        QFETCH(bool, fast);
        QFile file(QStringLiteral(BURDOCK_TESTS_DIR "/reference/sequences.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto json = nlohmann::json::parse(file.readAll().toStdString());
        const auto& wanted = json.at(network.toStdString());
        const bool text = network == "gpt-nano";

        const Graph graph = text ? findTemplate("gpt-nano")->build() : recurrent(network.toStdString());
        const auto made = Plan::make(
            *checkNetwork(graph), {.batch = text ? 2 : 4, .fast = fast, .leaveOut = OutputFunction::Softmax});
        QVERIFY2(made, made ? "" : oneLine(made.error()).c_str());
        Plan& plan = **made;
        ParameterStore& store = *plan.store();
        WeightSet weights;
        for (const auto& entry : store.entries())
            weights.tensors.push_back(first(entry));
        QVERIFY(store.load(weights));

        const Tensor<float> input = plan.input();
        std::vector<float> targets = text ? tokens("target", 128, 75) : tokens("target", 4, 3);
        const Tensor<float> target{targets.data(), {text ? 64 : 1, 1, 1}, plan.batch()};
        const Task task = text ? Task::NextToken : Task::Multiclass;
        const auto loss = findLoss("softmax-cross-entropy")->make({}, {.task = task, .counts = {}});
        const auto losses = wanted.at("losses").get<std::vector<double>>();
        QCOMPARE(losses.size(), std::size_t{10});
        for (std::size_t step = 0; step < losses.size(); ++step) {
            const auto values = text ? tokens("input", input.size(), 75) : numbers("input", input.size());
            std::ranges::copy(values, input.data);
            plan.forward();
            if (step == 0) {
                const auto outputs = wanted.at("outputs").get<std::vector<double>>();
                const Tensor<float> output = plan.output();
                for (std::size_t i = 0; i < std::min<std::size_t>(outputs.size(), output.values().size());
                     ++i) {
                    const double got = static_cast<double>(output.values()[i]);
                    QVERIFY2(close(got, outputs[i]), qPrintable(difference("an output", got, outputs[i])));
                }
            }
            const double got =
                loss->evaluate(columnsOf(plan.output(), task.schema()), columnsOf(target, task.schema()),
                               columnsOf(plan.outputGradient(), task.schema()))
                    .mean;
            QVERIFY2(
                close(got, losses[step]),
                qPrintable(difference("the loss of step " + std::to_string(step + 1), got, losses[step])));
            plan.backward();
            if (step == 0) checkGradients(store, wanted.at("gradients"));
            const auto values_ = store.values();
            const auto rate = json.at("rate").get<float>();
            for (std::size_t i = 0; i < values_.size(); ++i)
                values_[i] -= rate * store.gradients()[i];
            store.changed();
        }
    }

  private:
    /// Of each weight's gradient the length, and the product with a made vector.
    static void checkGradients(const ParameterStore& store, const nlohmann::json& wanted) {
        QCOMPARE(wanted.size(), store.entries().size());
        for (std::size_t i = 0; i < store.entries().size(); ++i) {
            const auto& entry = store.entries()[i];
            std::vector<float> gradient(static_cast<std::size_t>(entry.spec.size()));
            reorder(entry.layout, store.gradient(i), Layout::plain(entry.spec.dims), gradient.data());
            const auto vector = numbers(entry.name + "?", entry.spec.size());
            double square = 0, product = 0;
            for (std::size_t k = 0; k < gradient.size(); ++k) {
                square += static_cast<double>(gradient[k]) * static_cast<double>(gradient[k]);
                product += static_cast<double>(gradient[k]) * static_cast<double>(vector[k]);
            }
            const auto& known = wanted.at(entry.name);
            const double length = known[0].get<double>(), along = known[1].get<double>();
            QVERIFY2(close(std::sqrt(square), length),
                     qPrintable(difference("the gradient of " + entry.name, std::sqrt(square), length)));
            QVERIFY2(close(product, along),
                     qPrintable(difference("a product with the gradient of " + entry.name, product, along)));
        }
    }
};

QTEST_APPLESS_MAIN(SequenceReferenceTest)
#include "sequence_reference_test.moc"
