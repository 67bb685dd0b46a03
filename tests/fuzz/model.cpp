// Model files: read, checked, mended as far as fixes go, and, where small, planned and run.
#include "fuzz.h"
#include "json_mutator.h"

#include "engine/graph/apply_fix.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/plan/plan.h"

#include <algorithm>
#include <cmath>

namespace burdock::fuzz {
namespace {

constexpr std::int64_t batch = 2;

void run(const CheckedNetwork& network) {
    // What is planned without memory tells how much it would take.
    constexpr std::int64_t mostBytes = 1 << 22, mostMacs = 1 << 20;
    constexpr std::size_t mostSteps = 200;
    if (network.macs() > mostMacs || network.steps().size() > mostSteps) return;
    const auto measured = Plan::make(network, {.batch = batch, .measureOnly = true});
    if (!measured) return;
    const PlanMemory memory = (*measured)->memory();
    if (memory.weights > mostBytes || memory.arena > mostBytes) return;
    const auto plan = Plan::make(network, {.batch = batch});
    require(plan.has_value(), "what can be measured can be planned");
    (*plan)->store()->initialise(1);
    std::ranges::fill((*plan)->input().values(), 1.0F);
    (*plan)->forward(1);
    if (const Tensor<float> gradient = (*plan)->outputGradient(); gradient)
        std::ranges::fill(gradient.values(), 1.0F);
    (*plan)->backward();
}

} // namespace

const std::vector<std::string>& words() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> made{"nodes",         "edges",   "params", "body",  "repeat",   "name",
                                      "type",          "id",      "frozen", "block", "position", "version",
                                      "burdock_model", "bypassed"};
        for (const LayerSchema& schema : layerRegistry()) {
            made.push_back(schema.id);
            for (const ParamSpec& spec : schema.params) {
                made.push_back(spec.key);
                for (const Choice& choice : spec.choices)
                    made.push_back(choice.key);
            }
        }
        return made;
    }();
    return all;
}

void feed(Bytes input) {
    const auto graph = graphFromText(text(input));
    if (!graph) return;
    const std::string written = graphToText(*graph);
    const auto again = graphFromText(written);
    require(again && graphToText(*again) == written, "a model is read as it was written");
    const GraphReport report = checkGraph(*graph);
    require(report.network.has_value() != report.hasErrors(), "there is a network or an error");
    for (const Diagnostic& d : report.diagnostics)
        if (Graph mended = *graph; d.fix && applyInPlace(mended, *d.fix)) checkGraph(mended);
    if (report.network) run(*report.network);
}

} // namespace burdock::fuzz
