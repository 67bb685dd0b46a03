#include "engine/graph/graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace burdock {

bool operator==(const Block& a, const Block& b) {
    if (a.repeat != b.repeat) return false;
    if (a.body == b.body) return true;
    return a.body && b.body && *a.body == *b.body;
}

const Node* Graph::find(NodeId id) const {
    const auto it = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.id == id; });
    return it == nodes_.end() ? nullptr : &*it;
}

const Node* Graph::findByName(std::string_view wanted) const {
    const auto it =
        std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.name == wanted; });
    return it == nodes_.end() ? nullptr : &*it;
}

Node* Graph::edit(NodeId id) {
    return const_cast<Node*>(std::as_const(*this).find(id));
}

std::string Graph::freeName(std::string_view wanted) const {
    if (!findByName(wanted)) return std::string(wanted);
    // "conv2d 3" asks for the next free number after conv2d, not for "conv2d 3 2".
    std::string_view stem = wanted;
    const auto digits = stem.find_last_not_of("0123456789");
    if (digits != std::string_view::npos && digits + 1 < stem.size() && stem[digits] == ' ')
        stem = stem.substr(0, digits);
    std::set<std::string_view> taken;
    for (const Node& node : nodes_)
        taken.insert(node.name);
    for (int i = 2;; ++i)
        if (std::string name = std::string(stem) + " " + std::to_string(i); !taken.contains(name))
            return name;
}

NodeId Graph::add(Node node) {
    node.id = NodeId{nextId_++};
    node.name = freeName(node.name.empty() ? node.type : node.name);
    nodes_.push_back(std::move(node));
    return nodes_.back().id;
}

NodeId Graph::add(std::string type, ParamValues params, Point position, std::string nodeName) {
    Node node;
    node.type = std::move(type);
    node.params = std::move(params);
    node.position = position;
    node.name = std::move(nodeName);
    return add(std::move(node));
}

bool Graph::restore(Node node) {
    if (!node.id || node.id.value > largestId || find(node.id)) return false;
    nextId_ = std::max(nextId_, node.id.value + 1);
    nodes_.push_back(std::move(node));
    return true;
}

void Graph::remove(NodeId id) {
    std::erase_if(edges_, [&](const Edge& e) { return e.from == id || e.to == id; });
    std::erase_if(nodes_, [&](const Node& n) { return n.id == id; });
}

void Graph::removeAndReconnect(NodeId id) {
    const Edge* in = edgeAt(id, 0);
    const NodeId source = in ? in->from : NodeId{};
    const std::vector<Edge> fed = outputsOf(id);
    remove(id);
    if (source)
        for (const Edge& e : fed)
            connect(source, e.to, e.port);
}

bool Graph::connect(NodeId from, NodeId to, int port) {
    if (from == to || port < 0 || !find(from) || !find(to)) return false;
    std::erase_if(edges_, [&](const Edge& e) { return e.to == to && e.port == port; });
    edges_.push_back({from, to, port});
    return true;
}

void Graph::disconnect(const Edge& edge) {
    std::erase(edges_, edge);
}

std::vector<Edge> Graph::inputsOf(NodeId id) const {
    std::vector<Edge> found;
    for (const Edge& e : edges_)
        if (e.to == id) found.push_back(e);
    std::sort(found.begin(), found.end(), [](const Edge& a, const Edge& b) { return a.port < b.port; });
    return found;
}

std::vector<Edge> Graph::outputsOf(NodeId id) const {
    std::vector<Edge> found;
    for (const Edge& e : edges_)
        if (e.from == id) found.push_back(e);
    return found;
}

const Edge* Graph::edgeAt(NodeId to, int port) const {
    const auto it = std::find_if(edges_.begin(), edges_.end(),
                                 [&](const Edge& e) { return e.to == to && e.port == port; });
    return it == edges_.end() ? nullptr : &*it;
}

int Graph::nextFreePort(NodeId to) const {
    int port = 0;
    while (edgeAt(to, port))
        ++port;
    return port;
}

Graph Graph::extract(std::span<const NodeId> selection) const {
    const std::set<NodeId> chosen(selection.begin(), selection.end());
    Graph part;
    for (const Node& node : nodes_)
        if (chosen.contains(node.id)) part.restore(node);
    for (const Edge& e : edges_)
        if (chosen.contains(e.from) && chosen.contains(e.to)) part.edges_.push_back(e);
    return part;
}

std::vector<NodeId> Graph::insert(const Graph& other, Point offset) {
    std::map<NodeId, NodeId> renamed;
    std::vector<NodeId> added;
    for (Node node : other.nodes_) {
        const NodeId old = node.id;
        node.position.x += offset.x;
        node.position.y += offset.y;
        renamed[old] = add(std::move(node));
        added.push_back(renamed[old]);
    }
    for (const Edge& e : other.edges_)
        connect(renamed[e.from], renamed[e.to], e.port);
    return added;
}

std::vector<NodeId> topologicalOrder(const Graph& graph) {
    std::map<NodeId, int> waiting;
    std::map<NodeId, std::vector<NodeId>> feeds;
    for (const Edge& e : graph.edges()) {
        ++waiting[e.to];
        feeds[e.from].push_back(e.to);
    }
    std::vector<NodeId> order;
    for (const Node& n : graph.nodes())
        if (!waiting.contains(n.id)) order.push_back(n.id);
    for (std::size_t i = 0; i < order.size(); ++i)
        for (const NodeId next : feeds[order[i]])
            if (--waiting[next] == 0) order.push_back(next);
    return order;
}

} // namespace burdock
