// Frozen layers: nothing of theirs moves, nothing below the lowest layer that learns is computed backwards.
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/models/templates.h"
#include "engine/plan/planned_steps.h"
#include "engine/train/memory.h"
#include "train_support.h"

#include <QTest>

#include <chrono>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// Input, dense "low", batch normalization, ReLU, dense "high", dense "out".
Graph tower() {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
    const auto then = [&](const char* type, const char* name, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.edit(id)->name = name;
        g.connect(last, id);
        last = id;
    };
    then("dense", "low", {{"units", std::int64_t{16}}, {"l2", 0.1}, {"max_norm", 0.5}});
    then("batchnorm", "norm");
    then("relu", "relu");
    then("dense", "high", {{"units", std::int64_t{8}}});
    then("dense", "out", {{"units", std::int64_t{3}}});
    return g;
}

void freeze(Graph& g, std::initializer_list<const char*> names) {
    for (const char* name : names)
        g.edit(g.findByName(name)->id)->frozen = true;
}

const NamedTensor& tensor(const WeightSet& set, std::string_view name) {
    return *set.find(name);
}

std::pair<WeightSet, WeightSet> trained(const Graph& graph, TrainConfig config) {
    auto trainer = Trainer::make(graph, std::make_shared<const Clouds>(Task::Multiclass), config);
    Recorder recorder;
    TrainControl control;
    auto plan = Plan::make(*checkNetwork(graph), {.batch = 2});
    (*plan)->store()->initialise(static_cast<std::uint64_t>(config.seed));
    WeightSet before = (*plan)->store()->save();
    (*trainer)->run(recorder, control);
    return {std::move(before), *recorder.checkpoints.back().weights};
}

Graph towerWithoutNorm() {
    Graph g = tower();
    g.remove(g.findByName("norm")->id);
    g.connect(g.findByName("low")->id, g.findByName("relu")->id);
    return g;
}

/// Gradients of all weights that learn, of one pass over noise.
std::map<std::string, std::vector<float>> gradientsOf(const Graph& graph, bool fast, std::int64_t batch = 4) {
    auto plan = Plan::make(*checkNetwork(graph), {.batch = batch, .training = true, .fast = fast});
    ParameterStore& store = *(*plan)->store();
    store.initialise(5);
    const Tensor<float> in = (*plan)->input();
    const bool tokens = graph.findByName("embedding") != nullptr;
    for (std::size_t i = 0; i < in.values().size(); ++i)
        in.values()[i] = tokens ? static_cast<float>(i % 7) : static_cast<float>(randomNormal(2, i));
    (*plan)->forward(3);
    const Tensor<float> slope = (*plan)->outputGradient();
    for (std::size_t i = 0; i < slope.values().size(); ++i)
        slope.values()[i] = static_cast<float>(randomNormal(4, i));
    (*plan)->backward();
    std::map<std::string, std::vector<float>> all;
    for (NamedTensor& t : store.saveBlock(store.gradients(), ""))
        all[t.name] = std::move(t.values);
    return all;
}

bool close(const std::vector<float>& a, const std::vector<float>& b, double tolerance) {
    double largest = 1e-6;
    for (const float v : a)
        largest = std::max(largest, std::abs(static_cast<double>(v)));
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])) <= tolerance * largest))
            return false;
    return a.size() == b.size();
}

} // namespace

class FreezeTest : public QObject {
    Q_OBJECT
  private slots:
    void isKeptInModelFiles() {
        Graph g = tower();
        QVERIFY(graphToText(g).find("frozen") == std::string::npos); // as before
        freeze(g, {"low"});
        const auto read = graphFromText(graphToText(g));
        QVERIFY(read && *read == g);
        std::string text = graphToText(g);
        text.replace(text.find("\"frozen\""),
                     text.find("true", text.find("\"frozen\"")) + 4 - text.find("\"frozen\""),
                     "\"frozen\":1");
        QVERIFY(!graphFromText(text));
    }
    void countsTell() {
        Graph g = tower();
        const auto whole = checkGraph(g);
        QCOMPARE(whole.trainable, whole.parameters);
        freeze(g, {"low", "norm"});
        const auto report = checkGraph(g);
        QCOMPARE(report.parameters, whole.parameters);
        QCOMPARE(report.trainable, whole.parameters - 3 * 16 - 2 * 16);
        const TrainConfig config;
        const auto all = estimateMemory(*whole.network, config, defaultLoss(Task::Multiclass));
        const auto some = estimateMemory(*report.network, config, defaultLoss(Task::Multiclass));
        QVERIFY(all && some && some->gradients < all->gradients && some->optimizer < all->optimizer);
    }
    /// A frozen block freezes its inside, in every repetition.
    void blocksFreezeTheirInside() {
        Graph body;
        const NodeId in = body.add("input"), dense = body.add("dense", {{"units", std::int64_t{5}}});
        body.connect(in, dense);
        Graph g;
        const NodeId input =
            g.add("input",
                  {{"channels", std::int64_t{5}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        Node block;
        block.type = std::string(blockType);
        block.name = "stage";
        block.block = Block{std::make_shared<const Graph>(body), 3};
        block.frozen = true;
        const NodeId stage = g.add(std::move(block)), out = g.add("dense", {{"units", std::int64_t{3}}});
        g.connect(input, stage);
        g.connect(stage, out);
        const auto report = checkGraph(g);
        QVERIFY(report.network);
        int frozen = 0;
        for (const CheckedStep& step : report.network->steps())
            frozen += step.frozen;
        QCOMPARE(frozen, 3);
        QCOMPARE(report.trainable, 5 * 3 + 3);
    }
    void nothingFrozenMoves_data() {
        QTest::addColumn<QString>("optimizer");
        for (const char* id : {"sgd", "momentum", "adamw", "lion", "muon", "gd"})
            QTest::newRow(id) << id;
    }
    /// Neither by gradients nor by weight decay, penalties, max-norm and running statistics.
    void nothingFrozenMoves() {
        QFETCH(QString, optimizer);
        TrainConfig config;
        config.optimizer = optimizer.toStdString();
        config.learningRate = 0.01;
        config.weightDecay = 0.1;
        config.epochs = 2;
        Graph g = tower();
        freeze(g, {"low", "norm"});
        const auto [before, after] = trained(g, config);
        for (const char* name :
             {"low.weight", "low.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"})
            QVERIFY2(tensor(before, name).values == tensor(after, name).values, name);
        for (const char* name : {"high.weight", "high.bias", "out.weight", "out.bias"})
            QVERIFY2(tensor(before, name).values != tensor(after, name).values, name);
        Graph free = tower();
        const auto [first, last] = trained(free, config);
        for (const char* name : {"low.weight", "norm.running_mean"})
            QVERIFY2(tensor(first, name).values != tensor(last, name).values, name);
    }
    /// What learns has the gradient that it has without freezing; what does not has none.
    void gradientsOfTheRestAreTheSame() {
        const Graph free = towerWithoutNorm(); // whose batch statistics differ once it is frozen
        const auto all = gradientsOf(free, true);
        QCOMPARE(all.size(), 6U);
        for (const std::vector<const char*>& frozen :
             {std::vector{"low"}, std::vector{"high"}, std::vector{"out"}, std::vector{"low", "out"}}) {
            Graph g = free;
            for (const char* name : frozen)
                freeze(g, {name});
            const auto some = gradientsOf(g, true);
            QCOMPARE(some.size(), 6 - 2 * frozen.size());
            for (const auto& [name, values] : some)
                QVERIFY2(close(values, all.at(name), 1e-5), name.c_str());
        }
    }
    void nothingBelowIsComputed() {
        const auto backwards = [](const Graph& g) {
            ParameterStore store;
            const auto network = checkNetwork(g);
            const PlannedSteps planned = planSteps(*network, {.batch = 4}, store, true);
            std::vector<std::string> steps;
            for (const PlannedStep& s : planned.steps)
                if (s.backward && !s.node.empty()) steps.push_back(s.node);
            return steps;
        };
        Graph g = tower();
        freeze(g, {"low", "norm"});
        QVERIFY((backwards(g) == std::vector<std::string>{"high", "out"}));
        freeze(g, {"high"});
        QVERIFY((backwards(g) == std::vector<std::string>{"out"}));
        Graph middle = tower();
        freeze(middle, {"high"});
        const auto all = backwards(middle); // gradients pass through it
        QVERIFY(std::ranges::find(all, "low") != all.end() && std::ranges::find(all, "high") != all.end());
    }
    void fastAndReferenceAgree_data() {
        QTest::addColumn<QString>("network");
        for (const char* id : {"lecture-cnn", "resnet28", "fashion-net", "unet64", "gpt-nano"})
            QTest::newRow(id) << id;
    }
    /// All but the first layer with weights and the last are frozen: batch normalisation goes by its running
    /// statistics, and gradients pass through every kind of layer.
    void fastAndReferenceAgree() {
        QFETCH(QString, network);
        Graph g = findTemplate(network.toStdString())->build();
        bool first = true;
        const auto report = checkGraph(g);
        for (const NodeId id : report.order) {
            const NodeReport* known = report.find(id);
            if (known->parameters == 0) continue;
            g.edit(id)->frozen = !first && id != report.order.back();
            first = false;
        }
        const auto fast = gradientsOf(g, true, 2), reference = gradientsOf(g, false, 2);
        QVERIFY(!fast.empty() && fast.size() == reference.size());
        QVERIFY(checkGraph(g).trainable < checkGraph(g).parameters);
        for (const auto& [name, values] : fast)
            QVERIFY2(close(values, reference.at(name), 2e-3), name.c_str());
    }
    void allFrozenIsRefused() {
        Graph g = tower();
        freeze(g, {"low", "norm", "high", "out"});
        const auto refused = Trainer::make(g, std::make_shared<const Clouds>(Task::Multiclass), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("graph.all-frozen"));
    }
    /// A stopped run with frozen layers goes on as if it had never stopped.
    void resumes() {
        Graph g = tower();
        freeze(g, {"low", "norm"});
        TrainConfig config;
        config.epochs = 4;
        config.threads = 1;
        config.schedule = "constant";
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        Recorder whole, half, rest;
        TrainControl control;
        (*Trainer::make(g, data, config))->run(whole, control);
        TrainConfig shorter = config;
        shorter.epochs = 2;
        (*Trainer::make(g, data, shorter))->run(half, control);
        const CheckpointRecord& at = half.checkpoints.back();
        auto resumed = Trainer::resume(g, data, config, {at.weights, at.state, nullptr});
        QVERIFY(resumed);
        (*resumed)->run(rest, control);
        for (const NamedTensor& t : whole.checkpoints.back().weights->tensors)
            QVERIFY2(tensor(*rest.checkpoints.back().weights, t.name).values == t.values, t.name.c_str());
    }
    /// The weight is a frozen layer's, the bias its own: the bias learns as if the weight were a constant.
    void tiedToAFrozenLayer() {
        const auto made = [](bool frozen) {
            Graph g = towerWithoutNorm(); // under which a bias has no slope but what rounding leaves
            const NodeId square = g.add("dense", {{"units", std::int64_t{3}}}, {}, "square");
            const NodeId tied = g.add(
                "dense", {{"units", std::int64_t{3}}, {"bias", true}, {"tied_to", std::string("square")}}, {},
                "tied");
            g.connect(g.findByName("out")->id, square);
            g.connect(square, tied);
            if (frozen) freeze(g, {"square"});
            return g;
        };
        const Graph graph = made(true);
        const auto whole = gradientsOf(made(false), false);
        for (const bool fast : {false, true}) {
            const auto gradients = gradientsOf(graph, fast);
            QVERIFY(!gradients.contains("square.weight") && !gradients.contains("square.bias"));
            QVERIFY(gradients.contains("tied.bias"));
            for (const auto& [name, values] : gradients)
                QVERIFY2(close(values, whole.at(name), 1e-4), name.c_str());
        }
        const auto [before, after] = trained(graph, {});
        QVERIFY(tensor(before, "square.weight").values == tensor(after, "square.weight").values);
        QVERIFY(tensor(before, "tied.bias").values != tensor(after, "tied.bias").values);
    }
};

QTEST_GUILESS_MAIN(FreezeTest)
#include "freeze_test.moc"
