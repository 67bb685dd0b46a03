#include "engine/graph/apply_fix.h"

namespace burdock {

bool applyInPlace(Graph& graph, const Fix& fix) {
    Node* node = graph.edit(fix.node);
    if (!node) return false;
    switch (fix.kind) {
    case Fix::Kind::SetParam:
        node->params[fix.param] = fix.value;
        for (const auto& [key, value] : fix.layerParams)
            node->params[key] = value;
        return true;
    case Fix::Kind::RemoveNode:
        graph.removeAndReconnect(fix.node);
        return true;
    case Fix::Kind::RemoveInput:
        if (const Edge* edge = graph.edgeAt(fix.node, fix.port)) graph.disconnect(Edge(*edge));
        return true;
    case Fix::Kind::InsertBefore:
    case Fix::Kind::AppendAfter:
    case Fix::Kind::SetSetting:
        break;
    }
    return false;
}

} // namespace burdock
