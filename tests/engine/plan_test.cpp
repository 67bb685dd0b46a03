#include "engine/graph/check_graph.h"
#include "engine/models/templates.h"
#include "engine/plan/arena_planner.h"
#include "engine/plan/plan.h"
#include "engine/tensor/random.h"
#include "engine/train/loss.h"

#include <QTest>
#include <random>

using namespace burdock;

namespace {

/// Branches that join by Add and by Concatenate, a value read three times, blocks, and odd channel counts.
Graph branchingGraph() {
    Graph g;
    const auto chain = [&](NodeId from, const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(from, id);
        return id;
    };
    const NodeId input = g.add(
        "input", {{"channels", std::int64_t{3}}, {"height", std::int64_t{9}}, {"width", std::int64_t{7}}});
    const NodeId stem = chain(chain(input, "conv2d", {{"filters", std::int64_t{5}}}), "batchnorm");
    const NodeId left = chain(chain(stem, "conv2d", {{"filters", std::int64_t{5}}}), "relu");
    const NodeId right = chain(stem, "tanh");
    const NodeId sum = g.add("add");
    g.connect(left, sum, 0);
    g.connect(right, sum, 1);
    g.connect(stem, sum, 2);
    const NodeId pooled = chain(sum, "maxpool2d");
    const NodeId averaged = chain(sum, "avgpool2d");
    const NodeId joined = g.add("concat");
    g.connect(pooled, joined, 0);
    g.connect(averaged, joined, 1);
    Graph body;
    const NodeId entry = body.add("input");
    const NodeId conv = body.add("conv2d", {{"filters", std::int64_t{10}}});
    const NodeId act = body.add("leaky_relu");
    body.connect(entry, conv);
    body.connect(conv, act);
    Node block;
    block.type = "block";
    block.block = Block{std::make_shared<const Graph>(body), 2};
    const NodeId nested = g.add(block);
    g.connect(joined, nested);
    const NodeId mean = chain(nested, "global_avgpool");
    chain(chain(mean, "dense", {{"units", std::int64_t{4}}}), "softmax");
    return g;
}

std::vector<BufferUse> someUses(std::mt19937& random, std::size_t count, int times) {
    std::vector<BufferUse> uses(count);
    for (BufferUse& u : uses) {
        u.floats = 1 + static_cast<std::int64_t>(random() % 5000);
        u.span.first = static_cast<int>(random() % static_cast<unsigned>(times));
        u.span.last = u.span.first + static_cast<int>(random() % 8);
        if (random() % 3 == 0) {
            u.again.first = u.span.last + 1 + static_cast<int>(random() % 8);
            u.again.last = u.again.first + static_cast<int>(random() % 8);
        }
    }
    return uses;
}

bool together(const BufferUse& a, const BufferUse& b) {
    for (const TimeSpan& mine : {a.span, a.again})
        if (mine.meets(b.span) || mine.meets(b.again)) return true;
    return false;
}

/// Residual blocks whose additions end in ReLUs, and a ReLU before a max pooling of odd maps.
Graph residualGraph() {
    Graph g;
    const auto chain = [&](NodeId from, const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(from, id);
        return id;
    };
    const auto conv = [&](NodeId from) {
        return chain(chain(from, "conv2d", {{"filters", std::int64_t{16}}}), "batchnorm");
    };
    const NodeId input = g.add(
        "input", {{"channels", std::int64_t{2}}, {"height", std::int64_t{11}}, {"width", std::int64_t{9}}});
    NodeId last = chain(chain(input, "conv2d", {{"filters", std::int64_t{20}}}), "relu");
    last = chain(last, "maxpool2d");
    for (int block = 0; block < 3; ++block) {
        const NodeId body = conv(chain(conv(last), "relu")), skip = block == 0 ? conv(last) : last;
        const NodeId sum = g.add("add");
        g.connect(body, sum, 0);
        g.connect(skip, sum, 1);
        last = block == 1 ? sum : chain(sum, "relu");
    }
    chain(chain(chain(last, "global_avgpool"), "dense", {{"units", std::int64_t{4}}}), "softmax");
    return g;
}

/// Deep enough for recomputation to pay, with what has a state: dropout's masks and running statistics.
Graph deepGraph() {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{3}}, {"height", std::int64_t{16}}, {"width", std::int64_t{16}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        return last = id;
    };
    then("conv2d", {{"filters", std::int64_t{16}}});
    for (int block = 0; block < 10; ++block) {
        const NodeId skip = last;
        then("conv2d", {{"filters", std::int64_t{16}}});
        then("batchnorm");
        then("relu");
        then("dropout", {{"rate", 0.1}});
        const NodeId body = then("conv2d", {{"filters", std::int64_t{16}}});
        last = g.add("add");
        g.connect(body, last, 0);
        g.connect(skip, last, 1);
        then(block % 2 == 0 ? "relu" : "tanh");
    }
    then("global_avgpool");
    then("dense", {{"units", std::int64_t{4}}});
    then("softmax");
    return g;
}

struct Outcome {
    double loss = 0;
    WeightSet gradients;
    WeightSet weights; ///< and statistics
    std::int64_t arena = 0;
    bool recomputes = false;
};

/// One step's loss and gradients; the weights depend only on the seed.
Outcome lossAndGradients(const Graph& graph, std::int64_t batch, bool fast,
                         Precision precision = Precision::Single, bool recompute = false) {
    auto made = Plan::make(*checkNetwork(graph), {.batch = batch,
                                                  .training = true,
                                                  .fast = fast,
                                                  .precision = precision,
                                                  .leaveOut = OutputFunction::Softmax,
                                                  .recompute = recompute});
    if (!made) qFatal("%s", oneLine(made.error()).c_str());
    Plan& plan = **made;
    plan.store()->initialise(3);
    const auto input = plan.input().values();
    for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = static_cast<float>(randomNormal(9, i));
    std::vector<float> targets(static_cast<std::size_t>(batch));
    for (std::size_t i = 0; i < targets.size(); ++i)
        targets[i] = static_cast<float>(randomBelow(5, i, 4));
    plan.forward(1);
    Outcome outcome;
    outcome.loss = findLoss("softmax-cross-entropy")
                       ->make({}, {})
                       ->evaluate(plan.output(), {targets.data(), {1, 1, 1}, batch}, plan.outputGradient())
                       .mean;
    plan.backward();
    outcome.weights = plan.store()->save();
    outcome.arena = plan.memory().arena;
    outcome.recomputes = plan.recomputes();
    const ParameterStore& store = *plan.store();
    for (std::size_t i = 0; i < store.entries().size(); ++i) {
        const auto& entry = store.entries()[i];
        if (!entry.spec.isParameter()) continue;
        NamedTensor t{entry.name, entry.spec.dims,
                      std::vector<float>(static_cast<std::size_t>(entry.spec.size()))};
        reorder(entry.layout, store.gradient(i), Layout::plain(entry.spec.dims), t.values.data());
        outcome.gradients.tensors.push_back(std::move(t));
    }
    return outcome;
}

} // namespace

class PlanTest : public QObject {
    Q_OBJECT

  private slots:
    void arenaNeverOverlaps();
    void arenaTakesTheLowestPlaces();
    void fastAgainstReference_data();
    void fastAgainstReference();
    void mixedAgainstSingle_data() { fastAgainstReference_data(); }
    void mixedAgainstSingle();
    void gradientsAgainstDifferences();
    void sharedStoreAcrossBatches();
    void sharedStoreAcrossKernels();
    void inferenceNeedsLessMemory();
    void severalOutputs_data();
    void severalOutputs();
    void recomputesTheSame_data();
    void recomputesTheSame();
    void refusesBrokenGraphs();
    void refusesAnotherNetworksStore();
    void weightsRoundTrip();
    void refusesForeignWeights();
};

void PlanTest::arenaNeverOverlaps() {
    std::mt19937 random(11);
    for (int round = 0; round < 50; ++round) {
        const std::vector<BufferUse> uses = someUses(random, 40, 30);
        std::int64_t sum = 0;
        for (const BufferUse& u : uses)
            sum += (u.floats + 15) / 16 * 16;
        const ArenaPlan plan = planArena(uses);
        for (std::size_t a = 0; a < uses.size(); ++a) {
            QCOMPARE(plan.offsets[a] % 16, 0);
            QVERIFY(plan.offsets[a] + uses[a].floats <= plan.floats);
            for (std::size_t b = 0; b < a; ++b) {
                const bool apart = plan.offsets[a] + uses[a].floats <= plan.offsets[b] ||
                                   plan.offsets[b] + uses[b].floats <= plan.offsets[a];
                QVERIFY(!together(uses[a], uses[b]) || apart);
            }
        }
        QVERIFY(plan.floats < sum); // memory is used again
    }
}

/// Largest first, each where the first gap is: found here by trying every end of those before.
void PlanTest::arenaTakesTheLowestPlaces() {
    std::mt19937 random(12);
    for (int round = 0; round < 30; ++round) {
        std::vector<BufferUse> uses = someUses(random, 120, round % 2 ? 100 : 20);
        for (BufferUse& u : uses)
            u.floats = 16 * (round % 3 ? u.floats % 7 : u.floats);
        uses.front().span.last = 200;
        std::ranges::stable_sort(uses, std::greater<>(), &BufferUse::floats);
        const ArenaPlan plan = planArena(uses);
        for (std::size_t a = 0; a < uses.size() && uses[a].floats > 0; ++a) {
            std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
            const auto isFree = [&](std::int64_t offset) {
                for (std::size_t b = 0; b < a; ++b)
                    if (together(uses[a], uses[b]) && offset < plan.offsets[b] + uses[b].floats &&
                        plan.offsets[b] < offset + uses[a].floats)
                        return false;
                return true;
            };
            if (isFree(0)) lowest = 0;
            for (std::size_t b = 0; b < a; ++b)
                if (const std::int64_t end = plan.offsets[b] + uses[b].floats; end < lowest && isFree(end))
                    lowest = end;
            QCOMPARE(plan.offsets[a], lowest);
        }
    }
}

void PlanTest::fastAgainstReference_data() {
    QTest::addColumn<Graph>("graph");
    QTest::addColumn<int>("batch");
    QTest::newRow("branches") << branchingGraph() << 4;
    QTest::newRow("one sample") << branchingGraph() << 1;
    QTest::newRow("residual blocks") << residualGraph() << 4;
    QTest::newRow("LeNet-5") << findTemplate("lenet5")->build() << 5;
    QTest::newRow("MLP") << findTemplate("mlp")->build() << 7;
}

void PlanTest::fastAgainstReference() {
    QFETCH(Graph, graph);
    QFETCH(int, batch);
    const Outcome fast = lossAndGradients(graph, batch, true),
                  reference = lossAndGradients(graph, batch, false);
    QVERIFY2(std::abs(fast.loss - reference.loss) < 1e-4 * (1 + reference.loss),
             QByteArray::number(fast.loss));
    QCOMPARE(fast.gradients.tensors.size(), reference.gradients.tensors.size());
    for (std::size_t t = 0; t < fast.gradients.tensors.size(); ++t) {
        const NamedTensor &a = fast.gradients.tensors[t], &b = reference.gradients.tensors[t];
        QCOMPARE(a.name, b.name);
        for (std::size_t i = 0; i < a.values.size(); ++i)
            QVERIFY2(std::abs(a.values[i] - b.values[i]) < 2e-4f + 2e-3f * std::abs(b.values[i]),
                     qPrintable(QStringLiteral("%1[%2]: %3, reference %4")
                                    .arg(a.name.c_str())
                                    .arg(i)
                                    .arg(a.values[i])
                                    .arg(b.values[i])));
    }
}

/// In bfloat16 the directions of the gradients stay, as training needs.
void PlanTest::mixedAgainstSingle() {
    QFETCH(Graph, graph);
    QFETCH(int, batch);
    const Outcome single = lossAndGradients(graph, batch, true);
    const Outcome mixed = lossAndGradients(graph, batch, true, Precision::Mixed);
    QVERIFY(std::abs(single.loss - mixed.loss) < 2e-2 * std::abs(single.loss));
    double product = 0, squares = 0, others = 0;
    for (std::size_t t = 0; t < single.gradients.tensors.size(); ++t)
        for (std::size_t i = 0; i < single.gradients.tensors[t].values.size(); ++i) {
            const double a = single.gradients.tensors[t].values[i], b = mixed.gradients.tensors[t].values[i];
            product += a * b;
            squares += a * a;
            others += b * b;
        }
    QVERIFY2(product > 0.99 * std::sqrt(squares * others),
             QByteArray::number(product / std::sqrt(squares * others)));
}

/// The gradient of the whole network along one direction, against the difference of two losses.
void PlanTest::gradientsAgainstDifferences() {
    const Graph graph = branchingGraph();
    const std::int64_t batch = 4;
    auto made = Plan::make(*checkNetwork(graph), {.batch = batch, .leaveOut = OutputFunction::Softmax});
    QVERIFY(made);
    Plan& plan = **made;
    plan.store()->initialise(3);
    std::vector<float> targets{0, 1, 2, 3}, kept(plan.input().values().size());
    for (std::size_t i = 0; i < kept.size(); ++i)
        kept[i] = static_cast<float>(randomNormal(9, i));
    const auto lossAt = [&] {
        std::copy(kept.begin(), kept.end(), plan.input().values().begin());
        plan.forward(1);
        return findLoss("softmax-cross-entropy")
            ->make({}, {})
            ->evaluate(plan.output(), {targets.data(), {1, 1, 1}, batch}, plan.outputGradient())
            .mean;
    };
    lossAt();
    plan.backward();
    const auto values = plan.store()->values();
    const std::vector<float> gradient(plan.store()->gradients().begin(), plan.store()->gradients().end());
    const std::vector<float> before(values.begin(), values.end());
    double norm = 0;
    for (const float g : gradient)
        norm += static_cast<double>(g) * static_cast<double>(g);
    const double step = 1e-3 / std::sqrt(norm);
    const auto moved = [&](double factor) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = before[i] + static_cast<float>(factor * step * static_cast<double>(gradient[i]));
        plan.store()->changed();
        return lossAt();
    };
    const double slope = (moved(1) - moved(-1)) / (2 * step);
    QVERIFY2(std::abs(slope - norm) < 0.02 * norm, QByteArray::number(slope / norm));
}

void PlanTest::sharedStoreAcrossBatches() {
    const Graph graph = findTemplate("lenet5")->build();
    auto large = Plan::make(*checkNetwork(graph), {.batch = 32});
    QVERIFY(large);
    (*large)->store()->initialise(1);
    auto small = Plan::make(*checkNetwork(graph), {.batch = 1, .training = false}, (*large)->store());
    QVERIFY(small);
    const auto input = (*large)->input().values();
    for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = static_cast<float>(randomUniform(2, i));
    const auto one = (*small)->input().values();
    std::copy_n(input.begin(), one.size(), one.begin());
    (*large)->forward();
    (*small)->forward();
    for (std::size_t i = 0; i < 10; ++i)
        QVERIFY(std::abs((*large)->output().values()[i] - (*small)->output().values()[i]) < 1e-5f);
}

/// A plan of Armadillo kernels must read the weights, and write their gradients, in the formats that a plan
/// of oneDNN's has chosen for the store.
void PlanTest::sharedStoreAcrossKernels() {
    const Graph graph = findTemplate("lenet5")->build();
    auto fast = Plan::make(*checkNetwork(graph), {.batch = 32});
    QVERIFY(fast);
    ParameterStore& store = *(*fast)->store();
    store.initialise(1);
    auto reference = Plan::make(*checkNetwork(graph), {.batch = 32, .fast = false}, (*fast)->store());
    QVERIFY(reference);
    std::vector<std::vector<float>> gradients, outputs;
    for (Plan* plan : {fast->get(), reference->get()}) {
        const auto input = plan->input().values();
        for (std::size_t i = 0; i < input.size(); ++i)
            input[i] = static_cast<float>(randomUniform(2, i));
        plan->forward();
        const auto output = plan->output().values(), gradient = plan->outputGradient().values();
        outputs.emplace_back(output.begin(), output.end());
        for (std::size_t i = 0; i < gradient.size(); ++i)
            gradient[i] = static_cast<float>(randomNormal(3, i));
        std::ranges::fill(store.gradients(), 0.0f);
        plan->backward();
        gradients.emplace_back(store.gradients().begin(), store.gradients().end());
    }
    for (std::size_t i = 0; i < outputs[0].size(); ++i)
        QVERIFY(std::abs(outputs[0][i] - outputs[1][i]) < 1e-5f);
    const float largest = *std::ranges::max_element(gradients[0]);
    QVERIFY(largest > 0);
    for (std::size_t i = 0; i < gradients[0].size(); ++i)
        QVERIFY(std::abs(gradients[0][i] - gradients[1][i]) < 1e-4f * largest);
}

/// What inference keeps is less than half. oneDNN's fast convolutions in single precision need the same
/// scratch memory in either use, for pictures and weights as Winograd's algorithm transforms them: of small
/// batches it is most of all.
void PlanTest::inferenceNeedsLessMemory() {
    const Graph graph = findTemplate("lecture-cnn")->build();
    const auto arena = [&](bool training, bool fast) {
        const auto plan = Plan::make(*checkNetwork(graph),
                                     {.batch = 8, .training = training, .fast = fast, .measureOnly = true});
        return plan ? (*plan)->memory().arena : 0;
    };
    QVERIFY(arena(false, false) > 0);
    QVERIFY2(arena(false, false) * 2 < arena(true, false), QByteArray::number(arena(false, false)));
    QVERIFY2(arena(false, true) < arena(true, true), QByteArray::number(arena(false, true)));
}

void PlanTest::recomputesTheSame_data() {
    QTest::addColumn<Graph>("graph");
    QTest::addColumn<bool>("fast");
    QTest::addColumn<Precision>("precision");
    QTest::newRow("deep") << deepGraph() << true << Precision::Single;
    QTest::newRow("deep, mixed") << deepGraph() << true << Precision::Mixed;
    QTest::newRow("deep, Armadillo") << deepGraph() << false << Precision::Single;
    QTest::newRow("residual blocks") << residualGraph() << true << Precision::Single;
    QTest::newRow("branches") << branchingGraph() << true << Precision::Single;
}

/// To the bit: gradients, and the running statistics, which the second forward must not touch.
void PlanTest::recomputesTheSame() {
    QFETCH(Graph, graph);
    QFETCH(bool, fast);
    QFETCH(Precision, precision);
    const Outcome kept = lossAndGradients(graph, 8, fast, precision, false),
                  again = lossAndGradients(graph, 8, fast, precision, true);
    QVERIFY(!kept.recomputes);
    QVERIFY(again.arena <= kept.arena);
    if (QByteArray(QTest::currentDataTag()).startsWith("deep")) {
        QVERIFY(again.recomputes);
        QVERIFY2(again.arena * 10 < kept.arena * 7,
                 qPrintable(QString("%1 of %2").arg(again.arena).arg(kept.arena)));
    }
    QCOMPARE(again.loss, kept.loss);
    for (const auto& [a, b] :
         {std::pair(&again.gradients, &kept.gradients), std::pair(&again.weights, &kept.weights)}) {
        QCOMPARE(a->tensors.size(), b->tensors.size());
        for (std::size_t i = 0; i < a->tensors.size(); ++i)
            QVERIFY2(a->tensors[i].values == b->tensors[i].values, a->tensors[i].name.c_str());
    }
}

void PlanTest::severalOutputs_data() {
    QTest::addColumn<QList<int>>("read"); // which outputs of the LSTM
    QTest::newRow("sequence and last state") << QList<int>{0, 1};
    QTest::newRow("last state") << QList<int>{1};
    QTest::newRow("sequence") << QList<int>{0};
}

/// An LSTM and a Split, some of whose outputs nobody reads: gradients against finite differences, and the
/// same with values that are computed twice.
void PlanTest::severalOutputs() {
    QFETCH(QList<int>, read);
    Graph g;
    const auto chain = [&](NodeId from, const char* type, ParamValues params = {}, int output = 0) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(from, id, 0, output);
        return id;
    };
    const NodeId input =
        g.add("input",
              {{"height", std::int64_t{3}}, {"width", std::int64_t{2}}, {"axes", std::string("sequence")}});
    const NodeId lstm = chain(input, "lstm", {{"units", std::int64_t{4}}, {"return_sequences", true}});
    const NodeId sum = g.add("add");
    int port = 0;
    for (const int output : read) {
        const NodeId flat = chain(lstm, "flatten", {}, output);
        const NodeId split =
            chain(chain(flat, "dense", {{"units", std::int64_t{9}}}), "split", {{"parts", std::int64_t{3}}});
        g.connect(split, sum, port++, 2);
        g.connect(chain(split, "tanh"), sum, port++);
    }
    chain(sum, "dense", {{"units", std::int64_t{2}}});
    const auto network = checkNetwork(g);
    QVERIFY2(network, network ? "" : oneLine(network.error()).c_str());
    QVERIFY((network->outputShape() == Shape{2, 1, 1}));
    std::vector<float> kept;
    for (const bool recompute : {false, true}) {
        auto plan = Plan::make(*network, {.batch = 2, .recompute = recompute});
        QVERIFY(plan);
        ParameterStore& store = *(*plan)->store();
        store.initialise(4);
        const auto x = (*plan)->input().values();
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(randomNormal(6, i));
        const auto objective = [&] {
            (*plan)->forward();
            double value = 0;
            for (std::size_t i = 0; i < (*plan)->output().values().size(); ++i)
                value += (*plan)->output().values()[i] * (0.5 + static_cast<double>(i));
            return value;
        };
        objective();
        for (std::size_t i = 0; i < (*plan)->outputGradient().values().size(); ++i)
            (*plan)->outputGradient().values()[i] = 0.5F + static_cast<float>(i);
        (*plan)->backward();
        const std::vector<float> gradients(store.gradients().begin(), store.gradients().end());
        if (recompute) QVERIFY(gradients == kept);
        kept = gradients;
        for (std::size_t w = 0; w < store.entries().size(); ++w) {
            const auto& entry = store.entries()[w];
            float& value = store.value(w)[entry.floats / 2];
            const float before = value, h = 1e-2F;
            const auto at = [&](float v) {
                value = v;
                store.changed();
                return objective();
            };
            const double slope = (at(before + h) - at(before - h)) / static_cast<double>(2 * h);
            at(before);
            const double told = static_cast<double>(gradients[entry.offset + entry.floats / 2]);
            QVERIFY2(std::abs(slope - told) < 1e-2 * (1 + std::abs(slope)),
                     qPrintable(QString("%1: %2, wanted %3").arg(entry.name.c_str()).arg(told).arg(slope)));
        }
    }
}

void PlanTest::refusesBrokenGraphs() {
    Graph graph = findTemplate("mlp")->build();
    graph.disconnect(graph.edges().front());
    const auto network = checkNetwork(graph);
    QVERIFY(!network);
    QVERIFY(!network.error().what.empty() && !network.error().mend.empty());
}

void PlanTest::refusesAnotherNetworksStore() {
    auto plan = Plan::make(*checkNetwork(branchingGraph()), {.batch = 2});
    QVERIFY(plan);
    const auto refused = Plan::make(*checkNetwork(residualGraph()), {.batch = 2}, (*plan)->store());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, std::string("weights.mismatch"));
    // Nor one that holds more than the network has.
    Graph more = branchingGraph();
    const NodeId last = topologicalOrder(more).back(), extra = more.add("batchnorm", {}, {}, "extra");
    more.connect(last, extra);
    const auto larger = Plan::make(*checkNetwork(more), {.batch = 2});
    QVERIFY(larger);
    const auto superset = Plan::make(*checkNetwork(branchingGraph()), {.batch = 2}, (*larger)->store());
    QVERIFY(!superset);
    QCOMPARE(superset.error().where, std::string("extra.weight"));
}

void PlanTest::weightsRoundTrip() {
    const Graph graph = branchingGraph();
    auto a = Plan::make(*checkNetwork(graph), {.batch = 2}),
         b = Plan::make(*checkNetwork(graph), {.batch = 3});
    QVERIFY(a && b);
    (*a)->store()->initialise(8);
    const WeightSet saved = (*a)->store()->save();
    const auto decoded = decodeSafetensors(encodeSafetensors(saved));
    QVERIFY(decoded);
    QVERIFY((*b)->store()->load(*decoded));
    const WeightSet again = (*b)->store()->save();
    QCOMPARE(again.tensors.size(), saved.tensors.size());
    for (std::size_t i = 0; i < saved.tensors.size(); ++i)
        QVERIFY(again.tensors[i].values == saved.tensors[i].values);
}

void PlanTest::refusesForeignWeights() {
    auto plan = Plan::make(*checkNetwork(branchingGraph()), {.batch = 2});
    QVERIFY(plan);
    (*plan)->store()->initialise(8);
    const WeightSet good = (*plan)->store()->save();
    WeightSet less = good, more = good, other = good;
    less.tensors.pop_back();
    more.tensors.push_back({"extra.weight", {1}, {0}});
    other.tensors[0].dims.push_back(1);
    for (const WeightSet* bad : {&less, &more, &other}) {
        const Status status = (*plan)->store()->load(*bad);
        QVERIFY(!status);
        QVERIFY(!status.error().where.empty());
    }
    QVERIFY((*plan)->store()->save().tensors[0].values == good.tensors[0].values); // nothing was changed
}

QTEST_GUILESS_MAIN(PlanTest)
#include "plan_test.moc"
