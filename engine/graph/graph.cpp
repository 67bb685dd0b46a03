#include "engine/graph/graph.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace burdock {

bool operator==(const Block& a, const Block& b) {
    if (a.repeat != b.repeat) return false;
    if (a.body == b.body) return true;
    return a.body && b.body && *a.body == *b.body;
}

// Indices. -----------------------------------------------------------------------------------------------

namespace {

template <class Key>
using Index = std::vector<std::pair<Key, std::uint32_t>>;

/// The places under a key.
template <class Key>
auto placesOf(const Index<Key>& index, const Key& key) {
    return std::ranges::equal_range(index, key, {}, &std::pair<Key, std::uint32_t>::first);
}

/// Most keys come in order, so that nothing need be moved.
template <class Key>
void enter(Index<Key>& index, Key key, std::size_t place) {
    const std::pair entry(key, static_cast<std::uint32_t>(place));
    index.insert(std::ranges::upper_bound(index, entry), entry);
}

} // namespace

void Graph::append(Node node) {
    if (mayBeRenamed_) indexNodes();
    enter(byId_, node.id, nodes_.size());
    enter(byName_, std::hash<std::string>()(node.name), nodes_.size());
    nodes_.push_back(std::move(node));
}

void Graph::indexNodes() {
    byId_.clear();
    byName_.clear();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        byId_.emplace_back(nodes_[i].id, static_cast<std::uint32_t>(i));
        byName_.emplace_back(std::hash<std::string>()(nodes_[i].name), static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(byId_);
    std::ranges::sort(byName_);
    numbered_.clear();
    mayBeRenamed_ = false;
}

void Graph::indexEdges() {
    edgesFrom_.clear();
    edgesTo_.clear();
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        edgesFrom_.emplace_back(edges_[i].from, static_cast<std::uint32_t>(i));
        edgesTo_.emplace_back(std::pair(edges_[i].to, edges_[i].port), static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(edgesFrom_);
    std::ranges::sort(edgesTo_);
}

const Node* Graph::find(NodeId id) const {
    const auto found = placesOf(byId_, id);
    return found.empty() ? nullptr : &nodes_[found.front().second];
}

const Node* Graph::findByName(std::string_view wanted) const {
    if (mayBeRenamed_) {
        const auto it = std::ranges::find(nodes_, wanted, &Node::name);
        return it == nodes_.end() ? nullptr : &*it;
    }
    for (const auto& [hash, place] : placesOf(byName_, std::hash<std::string_view>()(wanted)))
        if (nodes_[place].name == wanted) return &nodes_[place];
    return nullptr;
}

Node* Graph::edit(NodeId id) {
    mayBeRenamed_ = true;
    return const_cast<Node*>(std::as_const(*this).find(id));
}

// Nodes. -------------------------------------------------------------------------------------------------

std::string Graph::freeName(std::string_view wanted) const {
    if (!findByName(wanted)) return std::string(wanted);
    // "conv2d 3" asks for the next free number after conv2d, not for "conv2d 3 2".
    std::string_view stem = wanted;
    const auto digits = stem.find_last_not_of("0123456789");
    if (digits != std::string_view::npos && digits + 1 < stem.size() && stem[digits] == ' ')
        stem = stem.substr(0, digits);
    const auto known = numbered_.find(stem);
    for (int i = mayBeRenamed_ || known == numbered_.end() ? 2 : known->second;; ++i)
        if (std::string name = std::string(stem) + " " + std::to_string(i); !findByName(name)) return name;
}

/// The next one; where a file has used up the largest, the lowest that no node has.
NodeId Graph::freeId() {
    if (nextId_ <= largestId) return NodeId{nextId_++};
    std::uint32_t free = 1;
    for (const auto& [id, place] : byId_) {
        if (id.value > free) break;
        free = id.value + 1;
    }
    return NodeId{free};
}

NodeId Graph::add(Node node) {
    node.id = freeId();
    if (node.name.empty()) node.name = node.type;
    if (mayBeRenamed_) indexNodes();
    if (std::string name = freeName(node.name); name != node.name) {
        const auto blank = name.rfind(' ');
        numbered_[name.substr(0, blank)] = std::stoi(name.substr(blank + 1)) + 1;
        node.name = std::move(name);
    }
    append(std::move(node));
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
    append(std::move(node));
    return true;
}

void Graph::remove(NodeId id) {
    removeEdges([&](const Edge& e) { return e.from == id || e.to == id; });
    if (std::erase_if(nodes_, [&](const Node& n) { return n.id == id; }) > 0) indexNodes();
}

void Graph::removeAndReconnect(NodeId id) {
    const Edge* in = edgeAt(id, 0);
    const Edge source = in ? *in : Edge{};
    const std::vector<Edge> fed = outputsOf(id);
    remove(id);
    if (source.from)
        for (const Edge& e : fed)
            connect(source.from, e.to, e.port, source.output);
}

// Edges. -------------------------------------------------------------------------------------------------

template <class Gone>
void Graph::removeEdges(Gone gone) {
    if (std::erase_if(edges_, gone) > 0) indexEdges();
}

bool Graph::connect(NodeId from, NodeId to, int port, int output) {
    if (from == to || port < 0 || output < 0 || !find(from) || !find(to)) return false;
    if (edgeAt(to, port)) removeEdges([&](const Edge& e) { return e.to == to && e.port == port; });
    enter(edgesFrom_, from, edges_.size());
    enter(edgesTo_, std::pair(to, port), edges_.size());
    edges_.push_back({from, to, port, output});
    return true;
}

void Graph::disconnect(Edge edge) {
    removeEdges([&](const Edge& e) { return e == edge; });
}

std::vector<Edge> Graph::inputsOf(NodeId id) const {
    std::vector<Edge> found;
    for (auto it = std::ranges::lower_bound(edgesTo_, std::pair(std::pair(id, 0), std::uint32_t{0}));
         it != edgesTo_.end() && it->first.first == id; ++it)
        found.push_back(edges_[it->second]);
    return found;
}

std::vector<Edge> Graph::outputsOf(NodeId id) const {
    std::vector<Edge> found;
    for (const auto& [from, place] : placesOf(edgesFrom_, id))
        found.push_back(edges_[place]);
    return found;
}

const Edge* Graph::edgeAt(NodeId to, int port) const {
    const auto found = placesOf(edgesTo_, std::pair(to, port));
    return found.empty() ? nullptr : &edges_[found.front().second];
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
    part.indexEdges();
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
        connect(renamed[e.from], renamed[e.to], e.port, e.output);
    return added;
}

std::vector<NodeId> topologicalOrder(const Graph& graph) {
    std::unordered_map<NodeId, int> waiting;
    std::unordered_map<NodeId, std::vector<NodeId>> feeds;
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
