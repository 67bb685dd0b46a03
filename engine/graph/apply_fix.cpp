#include "engine/graph/apply_fix.h"

#include "engine/graph/node_paths.h"

namespace burdock {

bool applyInPlace(Graph& graph, const Fix& fix) {
    using enum Fix::Kind;
    if (fix.kind != SetParam && fix.kind != RemoveNode && fix.kind != RemoveInput) return false;
    if (!nodeAt(graph, fix.node)) return false;
    return editBody(graph, fix.node.parent(), [&](Graph& around) {
        const NodeId id = fix.node.node();
        if (fix.kind == SetParam) {
            Node* node = around.edit(id);
            node->params[fix.param] = fix.value;
            for (const auto& [key, value] : fix.layerParams)
                node->params[key] = value;
        } else if (fix.kind == RemoveNode) {
            around.removeAndReconnect(id);
        } else if (const Edge* edge = around.edgeAt(id, fix.port)) {
            around.disconnect(Edge(*edge));
        }
    });
}

bool applyReshaping(Graph& graph, const Fix& fix) {
    if (fix.kind != Fix::Kind::InsertBefore || !nodeAt(graph, fix.node)) return false;
    bool done = false;
    editBody(graph, fix.node.parent(), [&](Graph& around) {
        constexpr double card = 220; // pixels, with the gap beside it
        const NodeId next = fix.node.node();
        const Edge* const edge = around.edgeAt(next, fix.port);
        if (!edge) return;
        const Edge source = *edge;
        const Point place = around.find(next)->position;
        std::vector<NodeId> beyond;
        for (const Node& node : around.nodes())
            if (node.position.x >= place.x) beyond.push_back(node.id);
        for (const NodeId id : beyond)
            around.edit(id)->position.x += card;
        const NodeId added = around.add(fix.layer, fix.layerParams, place);
        around.connect(source.from, added, 0, source.output);
        around.connect(added, next, fix.port);
        done = true;
    });
    return done;
}

} // namespace burdock
