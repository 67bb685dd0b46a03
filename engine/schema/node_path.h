#pragma once

#include "engine/schema/ids.h"

#include <initializer_list>
#include <vector>

namespace burdock {

/// Where a node stands in a network: the blocks around it, outermost first, then the node itself. An id alone
/// is the path of a node that lies in no block; the empty path is "no node".
class NodePath {
  public:
    NodePath() = default;
    NodePath(NodeId node) { // NOLINT(google-explicit-constructor): most nodes lie in no block
        if (node) ids_.push_back(node);
    }
    explicit NodePath(std::vector<NodeId> ids)
        : ids_(std::move(ids)) {}

    explicit operator bool() const { return !ids_.empty(); }
    const std::vector<NodeId>& ids() const { return ids_; }
    std::size_t depth() const { return ids_.size(); }
    NodeId node() const { return ids_.empty() ? NodeId{} : ids_.back(); } ///< within the innermost block
    NodeId top() const { return ids_.empty() ? NodeId{} : ids_.front(); } ///< the one seen from outside
    /// The path of the block around it; empty where there is none.
    NodePath parent() const {
        return ids_.empty() ? NodePath() : NodePath(std::vector<NodeId>(ids_.begin(), ids_.end() - 1));
    }
    NodePath operator/(NodeId inner) const {
        NodePath path = *this;
        path.ids_.push_back(inner);
        return path;
    }
    /// The same node as seen from outside the block at `block`.
    NodePath within(const NodePath& block) const {
        NodePath path = block;
        path.ids_.insert(path.ids_.end(), ids_.begin(), ids_.end());
        return path;
    }
    friend auto operator<=>(const NodePath&, const NodePath&) = default;

  private:
    std::vector<NodeId> ids_;
};

} // namespace burdock
