// How long a graph takes to be built, read, copied, edited, checked and planned: prints a line for each size.
//
//     graph_bench [--nodes N ...]
//
// A chain of Dense and ReLU, and beside it a block of as many layers that is repeated.

#include "engine/graph/check_graph.h"
#include "engine/graph/graph_json.h"
#include "engine/plan/plan.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <stdexcept>

using namespace burdock;

namespace {

NodeId addInput(Graph& graph) {
    return graph.add(
        "input", {{"channels", std::int64_t{8}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
}

Graph chainOf(std::int64_t nodes) {
    Graph graph;
    NodeId last = addInput(graph);
    for (std::int64_t i = 1; i < nodes; ++i) {
        const NodeId next = i % 2 ? graph.add("dense", {{"units", std::int64_t{8}}}) : graph.add("relu");
        graph.connect(last, next);
        last = next;
    }
    return graph;
}

Graph repeated(std::int64_t layers) {
    constexpr std::int64_t inBody = 10; // its Input included
    Graph graph;
    const NodeId in = addInput(graph);
    Node node;
    node.type = blockType;
    node.block = Block{std::make_shared<const Graph>(chainOf(inBody)), layers / inBody};
    graph.connect(in, graph.add(std::move(node)));
    return graph;
}

/// The shortest of several turns, in milliseconds.
double millisecondsOf(const std::function<void()>& work, int turns) {
    double best = 1e9;
    for (int i = 0; i < turns; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best = std::min(
            best,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

void measure(std::int64_t nodes) {
    const Graph graph = chainOf(nodes), blocks = repeated(nodes);
    const std::string text = graphToText(graph);
    const auto checked = checkNetwork(graph), unrolled = checkNetwork(blocks);
    if (!checked || !unrolled) throw std::runtime_error(oneLine((checked ? unrolled : checked).error()));
    const CheckedNetwork& network = *checked;
    const NodeId middle = graph.nodes()[graph.nodes().size() / 2].id;
    std::printf("%6lld nodes:", static_cast<long long>(nodes));
    const auto tell = [](const char* name, double milliseconds) {
        std::printf("  %s %.2f ms", name, milliseconds);
    };
    tell("build", millisecondsOf([&] { chainOf(nodes); }, 3));
    tell("read", millisecondsOf([&] { graphFromText(text); }, 3));
    tell("copy", millisecondsOf([&] { Graph copy = graph; }, 10));
    tell("edit", millisecondsOf([&] { Graph(graph).edit(middle)->params["units"] = std::int64_t{9}; }, 10));
    tell("check", millisecondsOf([&] { checkGraph(graph); }, 10));
    tell("check a repeated block", millisecondsOf([&] { checkGraph(blocks); }, 10));
    const auto plan = [&](bool fast) {
        return [&, fast] { Plan::make(network, {.batch = 2, .fast = fast, .measureOnly = true}); };
    };
    tell("plan", millisecondsOf(plan(false), 2));
    tell("plan with fast kernels", millisecondsOf(plan(true), 2));
    std::printf("\n");
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("Times of graphs by their size");
    std::vector<std::int64_t> sizes{100, 1000, 10000};
    app.add_option("--nodes", sizes, "How many nodes");
    CLI11_PARSE(app, argc, argv);
    try {
        for (const std::int64_t nodes : sizes)
            measure(nodes);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "graph_bench: %s\n", e.what());
        return 1;
    }
}
