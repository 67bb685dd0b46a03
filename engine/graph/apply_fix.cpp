#include "engine/graph/apply_fix.h"

#include "engine/graph/node_paths.h"

namespace burdock {

bool applyInPlace(Graph& graph, const Fix& fix) {
    using enum Fix::Kind;
    if (fix.kind == InsertBefore || fix.kind == AppendAfter || fix.kind == SetSetting) return false;
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

} // namespace burdock
