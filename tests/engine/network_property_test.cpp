#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/plan/plan.h"
#include "engine/train/trainer.h"
#include "support/random_graph.h"

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

/// One training step and one evaluation.
void run(const CheckedNetwork& network, std::uint64_t seed) {
    const bool fast = seed % 4 == 0; // oneDNN takes milliseconds to make its kernels
    const bool recompute = seed % 3 == 0;
    const Precision precision = seed % 8 == 0 ? Precision::Mixed : Precision::Single;
    auto plan =
        Plan::make(network, {.batch = 2, .fast = fast, .precision = precision, .recompute = recompute});
    QVERIFY2(plan, "a checked network must make a plan");
    ParameterStore& store = *(*plan)->store();
    store.initialise(seed);
    const auto fill = [&](std::span<float> values, std::uint64_t key) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(randomNormal(deriveKey(seed, key), i));
    };
    fill((*plan)->input().values(), 1);
    (*plan)->forward(seed);
    // None where nothing learns.
    if (const Tensor<float> gradient = (*plan)->outputGradient(); gradient) fill(gradient.values(), 2);
    (*plan)->backward();
    for (std::size_t i = 0; i < store.gradients().size(); ++i)
        store.values()[i] -= 1e-3F * store.gradients()[i];
    store.changed();

    auto evaluating = Plan::make(
        network, {.batch = 3, .training = false, .fast = fast, .precision = precision}, (*plan)->store());
    QVERIFY(evaluating);
    fill((*evaluating)->input().values(), 3);
    (*evaluating)->forward();
    QVERIFY((*evaluating)->output().shape == network.outputShape());
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

/// Whatever checks, runs; whatever is refused is told with a place; nothing ends the program.
class NetworkPropertyTest : public QObject {
    Q_OBJECT
  private slots:
    void anyGraph() {
        std::map<std::string, int> refused, hints;
        std::set<std::string> met;
        int accepted = 0, blocks = 0, ties = 0, bypassed = 0, frozen = 0, fixes = 0, immense = 0;
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
            if (isRunnable(*report.network))
                run(*report.network, seed);
            else
                ++immense;
            if (QTest::currentTestFailed()) qFatal("seed %llu", static_cast<unsigned long long>(seed));
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
        qInfo("accepted and run %d, refused %d; %d steps within blocks, %d ties, %d graphs with a bypass, %d "
              "with frozen layers, %d fixes; %d too large to run",
              accepted, refusals, blocks, ties, bypassed, frozen, fixes, immense);
        for (const LayerSchema& schema : layerRegistry())
            QVERIFY2(met.contains(schema.id), qPrintable("never run: " + QString::fromStdString(schema.id)));
        QVERIFY(accepted > static_cast<int>(graphs) / 3 && refusals > static_cast<int>(graphs) / 20);
        QVERIFY(ties > 0 && blocks > 0 && bypassed > 0 && frozen > 0 && fixes > 0);
        QVERIFY(immense < static_cast<int>(graphs) / 200);
    }
};

QTEST_GUILESS_MAIN(NetworkPropertyTest)
#include "network_property_test.moc"
