#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace burdock {

/// Identifies a node within one graph; stable under edits, undo and saving. Zero is "no node".
struct NodeId {
    std::uint32_t value = 0;
    constexpr explicit operator bool() const { return value != 0; }
    friend constexpr auto operator<=>(NodeId, NodeId) = default;
};

} // namespace burdock

template <>
struct std::hash<burdock::NodeId> {
    std::size_t operator()(burdock::NodeId id) const noexcept { return id.value; }
};
