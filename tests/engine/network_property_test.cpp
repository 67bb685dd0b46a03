#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/plan/plan.h"
#include "engine/tensor/finite.h"
#include "engine/train/trainer.h"
#include "support/random_graph.h"
#include "support/sample_graphs.h"

#include <QTest>
#include <map>
#include <set>

using namespace burdock;

namespace {

#ifdef NDEBUG
constexpr std::uint64_t graphs = 10'000;
#else
constexpr std::uint64_t graphs = 1'000; // without optimisation, or under sanitizers
#endif

/// Blocks that widen what they are given can be repeated until no memory holds it; a run is refused by its
/// size then.
bool isRunnable(const CheckedNetwork& network) {
    return std::ranges::all_of(
        network.steps(), [](const CheckedStep& step) { return step.layer->output().size() < 10'000'000; });
}

/// What a training step gives: the output, and the gradients of all weights, row-major.
struct Passed {
    std::vector<float> output, gradients;
};

std::vector<float> copied(const Tensor<float>& t) {
    return t ? std::vector<float>(t.values().begin(), t.values().end()) : std::vector<float>();
}

std::vector<float> plainGradients(const ParameterStore& store) {
    std::vector<float> all;
    for (std::size_t i = 0; i < store.entries().size(); ++i) {
        const ParameterStore::Entry& entry = store.entries()[i];
        if (!entry.learns()) continue;
        std::vector<float> values(static_cast<std::size_t>(entry.spec.size()));
        reorder(entry.layout, store.gradient(i), Layout::plain(entry.spec.dims), values.data());
        all.insert(all.end(), values.begin(), values.end());
    }
    return all;
}

/// One of the layers' own kernels, each by itself; not `training`: with the network in use.
Passed referencePass(const CheckedNetwork& network, std::int64_t batch, bool training,
                     std::span<const float> input, std::span<const float> outputGradient,
                     std::uint64_t seed) {
    auto made = Plan::make(network, {.batch = batch, .training = training, .fast = false});
    if (!made) return {};
    Plan& plan = **made;
    plan.store()->initialise(seed);
    std::ranges::copy(input, plan.input().values().begin());
    plan.forward(seed);
    Passed passed{copied(plan.output()), {}};
    if (outputGradient.empty()) return passed;
    std::ranges::copy(outputGradient, plan.outputGradient().values().begin());
    plan.backward();
    passed.gradients = plainGradients(*plan.store());
    return passed;
}

/// By more than that share of the largest value.
bool differ(std::span<const float> got, std::span<const float> wanted, double share) {
    if (got.size() != wanted.size()) return true;
    double largest = 1e-3;
    for (const float v : wanted)
        largest = std::max(largest, std::abs(static_cast<double>(v)));
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!(std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i])) <= share * largest))
            return true;
    return false;
}
bool differ(const Passed& got, const Passed& wanted, double share) {
    return differ(got.output, wanted.output, share) || differ(got.gradients, wanted.gradients, share);
}

/// Whether the backends' kernels, as the plan puts them together, give what the layers' own give one by one.
enum class Agreement {
    Same,
    Unsure, ///< rounding decides: a sign of what is almost 0, or a chain of normalisations over two samples;
            ///< or values are not finite
    Different
};
Agreement agreement(const Passed& got, const CheckedNetwork& network, std::int64_t batch, bool training,
                    std::vector<float> input, std::vector<float> outputGradient, std::uint64_t seed) {
    const Passed wanted = referencePass(network, batch, training, input, outputGradient, seed);
    if (!allFinite(wanted.output) || !allFinite(wanted.gradients)) return Agreement::Unsure;
    if (!differ(got, wanted, 2e-3)) return Agreement::Same;
    if (std::ranges::any_of(network.steps(),
                            [](const CheckedStep& step) { return step.layer->schema->stopsGradient; }))
        return Agreement::Unsure;
    const auto disturb = [](std::vector<float>& values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= i % 2 ? 1 + 1e-6F : 1 - 1e-6F;
    };
    disturb(input);
    disturb(outputGradient);
    return differ(referencePass(network, batch, training, input, outputGradient, seed), wanted, 1e-4)
               ? Agreement::Unsure
               : Agreement::Different;
}

/// One training step and one evaluation.
Agreement run(const CheckedNetwork& network, std::uint64_t seed, bool fast, bool mixed) {
    const PlanOptions options{.batch = 2,
                              .fast = fast,
                              .precision = mixed ? Precision::Mixed : Precision::Single,
                              .recompute = seed % 3 == 0};
    auto made = Plan::make(network, options);
    if (!made) qFatal("a checked network must make a plan");
    Plan& plan = **made;
    ParameterStore& store = *plan.store();
    store.initialise(seed);
    const auto fill = [&](std::span<float> values, std::uint64_t key) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(randomNormal(deriveKey(seed, key), i));
    };
    fill(plan.input().values(), 1);
    const std::vector<float> input = copied(plan.input()); // gives way to other values
    plan.forward(seed);
    Passed passed{copied(plan.output()), {}};
    // None where nothing learns.
    if (const Tensor<float> gradient = plan.outputGradient(); gradient) fill(gradient.values(), 2);
    const std::vector<float> outputGradient = copied(plan.outputGradient());
    plan.backward();
    if (!outputGradient.empty()) passed.gradients = plainGradients(store);
    const bool compares = fast && !mixed;
    const Agreement trained =
        compares ? agreement(passed, network, options.batch, true, input, outputGradient, seed)
                 : Agreement::Same;
    for (std::size_t i = 0; i < store.gradients().size(); ++i)
        store.values()[i] -= 1e-3F * store.gradients()[i];
    store.changed();

    auto used = Plan::make(
        network, {.batch = 3, .training = false, .fast = fast, .precision = options.precision}, plan.store());
    if (!used) qFatal("a checked network must make a plan for use");
    store.initialise(seed);
    fill((*used)->input().values(), 3);
    const std::vector<float> sample = copied((*used)->input());
    (*used)->forward(seed);
    if ((*used)->output().shape != network.outputShape()) qFatal("the output has another shape");
    if (!compares) return Agreement::Same;
    const Agreement inUse = agreement({copied((*used)->output()), {}}, network, 3, false, sample, {}, seed);
    return std::max(trained, inUse);
}

void haveAPlace(const std::vector<Diagnostic>& diagnostics, std::uint64_t seed) {
    for (const Diagnostic& d : diagnostics)
        QVERIFY2(!d.code.empty() && !d.what.empty() && !d.where.empty() && !d.mend.empty(),
                 qPrintable(QString("seed %1: %2").arg(seed).arg(d.code.c_str())));
}

/// Whether what is offered ends a fault: at once, or input by input where several have it.
bool isMended(Graph graph, Diagnostic fault, std::uint64_t seed) {
    for (int inputs = 0; inputs < 8; ++inputs) {
        applyInPlace(graph, *fault.fix);
        const GraphReport after = checkGraph(graph);
        haveAPlace(after.diagnostics, seed);
        const auto again = std::ranges::find_if(after.diagnostics, [&](const Diagnostic& d) {
            return d.code == fault.code && d.node == fault.node && d.param == fault.param &&
                   d.what == fault.what && d.why == fault.why;
        });
        if (again == after.diagnostics.end()) return true;
        fault = *again;
    }
    return false;
}

} // namespace

/// Whatever checks, runs, and gives the same on every backend; whatever is refused is told with a place;
/// nothing ends the program.
class NetworkPropertyTest : public QObject {
    Q_OBJECT
  private slots:
    void whatIsReadAgain_data() {
        QTest::addColumn<Graph>("graph");
        const auto input = [](Graph& graph, std::int64_t side) {
            return graph.add("input", {{"channels", std::int64_t{20}}, {"height", side}, {"width", side}});
        };
        Graph sum; // one reader twice
        const NodeId prelu = sum.add("prelu"), silu = sum.add("silu"), most = sum.add("global_maxpool"),
                     add = sum.add("add"), flat = sum.add("flatten");
        const NodeId first = input(sum, 1);
        sum.connect(first, prelu);
        sum.connect(prelu, silu);
        sum.connect(silu, most);
        for (const auto& [from, port] : {std::pair{most, 0}, {silu, 1}, {most, 2}})
            sum.connect(from, add, port);
        sum.connect(add, flat);
        QTest::newRow("by one reader") << sum;
        Graph twice; // the second ReLU is nothing more to compute, but the first has another reader
        NodeId last = input(twice, 6);
        test::then(twice, last, "conv2d", {{"filters", std::int64_t{20}}});
        const NodeId relu = test::then(twice, last, "relu");
        test::then(twice, last, "relu");
        test::then(twice, last, "maxpool2d");
        const NodeId pooled = test::then(twice, last, "flatten");
        const NodeId other = twice.add("flatten"), both = twice.add("concat");
        twice.connect(relu, other);
        twice.connect(pooled, both, 0);
        twice.connect(other, both, 1);
        QTest::newRow("behind two ReLUs") << twice;
    }
    void whatIsReadAgain() {
        QFETCH(Graph, graph);
        const GraphReport report = checkGraph(graph);
        QVERIFY2(report.network,
                 report.diagnostics.empty() ? "" : oneLine(report.diagnostics.front()).c_str());
        for (std::uint64_t seed = 0; seed < 8; ++seed)
            QCOMPARE(run(*report.network, seed, /*fast=*/true, /*mixed=*/false), Agreement::Same);
    }
    void anyGraph() {
        std::map<std::string, int> refused, hints;
        std::set<std::string> met;
        int accepted = 0, blocks = 0, ties = 0, bypassed = 0, frozen = 0, fixes = 0, immense = 0,
            compared = 0, unsure = 0;
        for (std::uint64_t seed = 0; seed < graphs; ++seed) {
            Graph graph = test::RandomGraph(seed).draw();
            const GraphReport report = checkGraph(graph);
            QCOMPARE(report.network.has_value(), !report.hasErrors());
            haveAPlace(report.diagnostics, seed);
            if (seed % 16 == 0) {
                const auto again = graphFromText(graphToText(graph));
                if (again) QCOMPARE(graphToText(*again), graphToText(graph));
            }
            if (!report.network) {
                const auto first =
                    std::ranges::find(report.diagnostics, Severity::Error, &Diagnostic::severity);
                ++refused[first->code];
                for (const Diagnostic& d : report.diagnostics)
                    if (Graph mended = graph; d.fix && applyInPlace(mended, *d.fix)) {
                        ++fixes;
                        QVERIFY2(isMended(graph, d, seed),
                                 qPrintable(QString("seed %1 again: ").arg(seed) + oneLine(d).c_str()));
                    }
                continue;
            }
            ++accepted;
            for (const Diagnostic& d : report.diagnostics)
                ++hints[d.code];
            for (const CheckedStep& step : report.network->steps()) {
                met.insert(step.layer->type());
                blocks += !step.repetitions.empty();
                ties += std::ranges::any_of(step.layer->weights,
                                            [](const WeightSpec& w) { return !w.sharedWith.empty(); });
            }
            bypassed += std::ranges::any_of(graph.nodes(), &Node::bypassed);
            frozen += std::ranges::any_of(report.network->steps(), &CheckedStep::frozen);
            if (isRunnable(*report.network)) {
                const bool fast = seed % 4 == 0; // oneDNN takes milliseconds to make its kernels
                const bool mixed = seed % 8 == 0;
                const Agreement found = run(*report.network, seed, fast, mixed);
                QVERIFY2(found != Agreement::Different, qPrintable(QString("seed %1").arg(seed)));
                compared += fast && !mixed;
                unsure += found == Agreement::Unsure;
            } else {
                ++immense;
            }
            DatasetInfo info;
            info.input = report.network->inputShape();
            info.targets = report.network->outputShape().size();
            info.task = seed % 2 ? Task::Multiclass : Task::Regression;
            haveAPlace(checkTraining(report, info, {}), seed);
        }
        int refusals = 0;
        for (const auto& [code, count] : refused) {
            qInfo("refused %5d  %s", count, code.c_str());
            refusals += count;
        }
        for (const auto& [code, count] : hints)
            qInfo("told    %5d  %s", count, code.c_str());
        qInfo(
            "accepted and run %d, refused %d; %d steps within blocks, %d ties, %d graphs with a bypass, %d "
            "with frozen layers, %d fixes; %d too large to run; %d compared, %d of them decided by rounding",
            accepted, refusals, blocks, ties, bypassed, frozen, fixes, immense, compared, unsure);
        for (const LayerSchema& schema : layerRegistry())
            QVERIFY2(met.contains(schema.id), qPrintable("never run: " + QString::fromStdString(schema.id)));
        QVERIFY(accepted > static_cast<int>(graphs) / 3 && refusals > static_cast<int>(graphs) / 20);
        QVERIFY(ties > 0 && blocks > 0 && bypassed > 0 && frozen > 0 && fixes > 0);
        QVERIFY(immense < static_cast<int>(graphs) / 200);
        QVERIFY(compared > static_cast<int>(graphs) / 16 && unsure <= compared / 50);
    }
};

QTEST_GUILESS_MAIN(NetworkPropertyTest)
#include "network_property_test.moc"
