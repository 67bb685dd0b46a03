#include "engine/graph/node_paths.h"

#include <charconv>

namespace burdock {
namespace {

const Graph* bodyOf(const Node* node) {
    return node && node->block ? node->block->body.get() : nullptr;
}

bool edit(Graph& graph, std::span<const NodeId> block, const std::function<void(Graph&)>& change) {
    if (block.empty()) {
        change(graph);
        return true;
    }
    const Graph* body = bodyOf(graph.find(block.front()));
    if (!body) return false;
    Graph changed = *body;
    if (!edit(changed, block.subspan(1), change)) return false;
    graph.edit(block.front())->block->body = std::make_shared<const Graph>(std::move(changed));
    return true;
}

/// Reads "3/…" off the front of `text`.
std::optional<std::int64_t> readRepetition(std::string_view& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length >= text.size() || text[length] != '/') return std::nullopt;
    text.remove_prefix(length + 1);
    return value;
}

/// Names may hold slashes themselves: every node whose name begins the text is tried.
bool find(const Graph& graph, std::string_view text, NodePlace& place) {
    for (const Node& node : graph.nodes()) {
        if (!text.starts_with(node.name)) continue;
        std::string_view rest = text.substr(node.name.size());
        const NodePlace before = place;
        place.path = place.path / node.id;
        if (rest.empty()) return true;
        const Graph* body = bodyOf(&node);
        if (body && rest.front() == '/') {
            rest.remove_prefix(1);
            place.repetitions.push_back(1);
            if (find(*body, rest, place)) return true;
            const auto repetition = readRepetition(rest);
            if (repetition && *repetition >= 1 && *repetition <= node.block->repeat) {
                place.repetitions.back() = *repetition;
                if (find(*body, rest, place)) return true;
            }
        }
        place = before;
    }
    return false;
}

} // namespace

const Graph* bodyAt(const Graph& graph, const NodePath& block) {
    const Graph* at = &graph;
    for (const NodeId id : block.ids())
        if (!(at = bodyOf(at->find(id)))) return nullptr;
    return at;
}

const Node* nodeAt(const Graph& graph, const NodePath& path) {
    const Graph* around = path ? bodyAt(graph, path.parent()) : nullptr;
    return around ? around->find(path.node()) : nullptr;
}

bool editBody(Graph& graph, const NodePath& block, const std::function<void(Graph&)>& change) {
    return edit(graph, block.ids(), change);
}

std::string pathText(const Graph& graph, const NodePath& path) {
    std::string text;
    const Graph* at = &graph;
    for (const NodeId id : path.ids()) {
        const Node* node = at ? at->find(id) : nullptr;
        if (!node) return {};
        text += (text.empty() ? "" : "/") + node->name;
        at = bodyOf(node);
    }
    return text;
}

std::optional<NodePlace> findPlace(const Graph& graph, std::string_view text) {
    NodePlace place;
    if (find(graph, text, place)) return place;
    return std::nullopt;
}

} // namespace burdock
