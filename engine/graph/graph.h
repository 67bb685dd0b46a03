#pragma once

#include "engine/schema/ids.h"
#include "engine/schema/param_value.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

class Graph;

/// Position of a node's top left corner on the canvas, in pixels at zoom 1.
struct Point {
    double x = 0;
    double y = 0;
    friend constexpr bool operator==(const Point&, const Point&) = default;
};

/// A graph within a node, run `repeat` times in a row, each time with weights of its own. Its `input` nodes
/// stand for what flows in, its sinks for what flows out, both in the order of its nodes. The body is shared
/// between copies and never changed in place, so that copying a graph stays cheap.
struct Block {
    std::shared_ptr<const Graph> body;
    std::int64_t repeat = 1;
    friend bool operator==(const Block& a, const Block& b);
};

/// The id that a node's `type` has when it is a block; blocks have no schema.
inline constexpr std::string_view blockType = "block";

struct Node {
    NodeId id;
    std::string type; ///< a LayerSchema's id, or blockType
    std::string name; ///< unique within the graph; weights are named after it
    ParamValues params;
    Point position;
    std::optional<Block> block;
    bool bypassed = false; ///< kept, but passed over: its inputs are its outputs
    bool frozen = false;   ///< its weights and statistics, or those within a block, are not trained
    /// Of a type that is not known here, the version that its file gives the parameters; else 0.
    int unknownVersion = 0;

    friend bool operator==(const Node&, const Node&) = default;
};

/// From an output of a node to an input port of another.
struct Edge {
    NodeId from;
    NodeId to;
    int port = 0;
    int output = 0; ///< which of the outputs of `from`
    friend constexpr auto operator<=>(const Edge&, const Edge&) = default;
};

/// A network as a value: copying it starts a run, makes an undo step, keeps a snapshot.
/// It may be wrong at any time (that is what checkGraph tells); its methods keep only what every reader
/// relies on: ids are unique, edges join nodes that exist, an input port has one edge.
class Graph {
  public:
    static constexpr std::uint32_t largestId = 0x7fffffff;
    static constexpr int deepestNesting = 16; ///< of blocks within blocks

    std::string name;

    const std::vector<Node>& nodes() const { return nodes_; }
    const std::vector<Edge>& edges() const { return edges_; }
    const Node* find(NodeId id) const;
    const Node* findByName(std::string_view name) const;
    Node* edit(NodeId id); ///< to change anything but the id; good until a node is added or removed

    /// Adds a node under a fresh id; an empty or taken name becomes "type", "type 2", ….
    NodeId add(Node node);
    NodeId add(std::string type, ParamValues params = {}, Point position = {}, std::string name = {});
    /// Puts a node back under the id it has. False if that id is taken, zero or above largestId.
    bool restore(Node node);
    /// Removes the node and its edges.
    void remove(NodeId id);
    /// Removes the node and joins what fed its first input to all that it fed.
    void removeAndReconnect(NodeId id);

    /// False if a node is missing or the edge would join a node to itself. An edge that was at that port
    /// goes.
    bool connect(NodeId from, NodeId to, int port = 0, int output = 0);
    void disconnect(Edge edge);

    std::vector<Edge> inputsOf(NodeId id) const; ///< in the order of ports
    std::vector<Edge> outputsOf(NodeId id) const;
    const Edge* edgeAt(NodeId to, int port) const;
    int nextFreePort(NodeId to) const; ///< the lowest port without an edge
    std::string freeName(std::string_view wanted) const;

    /// The nodes of `selection` and the edges among them, as a graph: the clipboard.
    Graph extract(std::span<const NodeId> selection) const;
    /// Adds a copy of another graph's nodes and edges under fresh ids and names, moved by `offset`.
    std::vector<NodeId> insert(const Graph& other, Point offset);

    /// The same name, nodes and edges, in the same order.
    friend bool operator==(const Graph& a, const Graph& b) {
        return a.name == b.name && a.nodes_ == b.nodes_ && a.edges_ == b.edges_;
    }

  private:
    /// Places in nodes_ or edges_, sorted by a key. Flat, so that copying a graph stays cheap.
    template <class Key>
    using Index = std::vector<std::pair<Key, std::uint32_t>>;

    NodeId freeId();
    void append(Node node);
    void indexNodes();
    void indexEdges();
    template <class Gone>
    void removeEdges(Gone gone);

    std::vector<Node> nodes_;
    std::vector<Edge> edges_;
    std::uint32_t nextId_ = 1;
    Index<NodeId> byId_, edgesFrom_;
    Index<std::size_t> byName_; ///< by hash
    Index<std::pair<NodeId, int>> edgesTo_;
    bool mayBeRenamed_ = false; ///< byName_ is good unless edit() has handed out a node since
    std::map<std::string, int, std::less<>> numbered_; ///< all numbers below are taken behind that name
};

/// Every node after all that feed it; nodes on a cycle are left out.
std::vector<NodeId> topologicalOrder(const Graph& graph);

} // namespace burdock
