#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/node_path.h"

#include <functional>

namespace burdock {

/// The node at that path; null where it, or a block around it, is not there.
const Node* nodeAt(const Graph& graph, const NodePath& path);
/// The body of the block at that path; the graph itself where the path is empty, null where there is no
/// block.
const Graph* bodyAt(const Graph& graph, const NodePath& block);
/// Changes the body of the block at that path, or the graph itself where the path is empty. Bodies are shared
/// between copies: every one on the way is replaced by a changed copy. False, and nothing is done, where
/// there is no block.
bool editBody(Graph& graph, const NodePath& block, const std::function<void(Graph&)>& change);

/// A node in one repetition of each block around it.
struct NodePlace {
    NodePath path;
    std::vector<std::int64_t> repetitions; ///< of each block around it, outermost first, from 1
    friend bool operator==(const NodePlace&, const NodePlace&) = default;
};

/// The names along a path: "stage 2/unit 3/conv 1". Empty where it leads nowhere.
std::string pathText(const Graph& graph, const NodePath& path);
/// The node that is written so, with the repetition behind the name of a block where there is one:
/// "stage 2/unit 3/conv 1" is in the first repetition of both, "stage 2/4/unit 3/2/conv 1" in others. None
/// where there is no such node or repetition.
std::optional<NodePlace> findPlace(const Graph& graph, std::string_view text);

} // namespace burdock
