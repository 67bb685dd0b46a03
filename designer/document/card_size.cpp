#include "document/card_size.h"

#include "engine/graph/node_ports.h"

#include <algorithm>
#include <map>
#include <set>

namespace burdock {
namespace {

constexpr CardSize plainCard{176, 84};
constexpr double portPitch = 21;

struct Extent {
    double width = 0, height = 0;
};

Extent extentOf(const Graph& graph, const std::map<NodeId, CardSize>& sizes) {
    double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
    for (const Node& node : graph.nodes()) {
        const CardSize size = sizes.at(node.id);
        left = std::min(left, node.position.x);
        top = std::min(top, node.position.y);
        right = std::max(right, node.position.x + size.width);
        bottom = std::max(bottom, node.position.y + size.height);
    }
    return {right - left, bottom - top};
}

} // namespace

CardSize cardSize(const Graph& graph, const Node& node) {
    const NodePorts known = portsOf(node);
    int ports = std::max(known.fewestInputs, known.outputs);
    if (known.mostInputs != 1)
        for (const Edge& e : graph.inputsOf(node.id))
            ports = std::max(ports, e.port + (known.mostInputs < 0 ? 2 : 1)); // one is always free
    return {plainCard.width, std::max(plainCard.height, (ports + 1) * portPitch)};
}

void arrange(Graph& graph, CardSize window) {
    if (graph.nodes().empty()) return;
    std::map<NodeId, CardSize> sizes;
    for (const Node& node : graph.nodes())
        sizes[node.id] = cardSize(graph, node);
    const auto sizeOf = [&](const Node& node) { return sizes.at(node.id); };

    Graph best = graph;
    double bestZoom = -1;
    for (int cards = 3; cards <= 16; ++cards) {
        Graph trial = graph;
        layOut(trial, sizeOf, cards * (plainCard.width + cardGap));
        const Extent extent = extentOf(trial, sizes);
        const double zoom = std::min({window.width / extent.width, window.height / extent.height, 1.0});
        if (zoom <= bestZoom) continue;
        bestZoom = zoom;
        best = std::move(trial);
    }
    graph = std::move(best);
}

bool needsArranging(const Graph& graph) {
    std::set<std::pair<double, double>> spots;
    for (const Node& node : graph.nodes())
        if (!spots.emplace(node.position.x, node.position.y).second) return true;
    return false;
}

} // namespace burdock
