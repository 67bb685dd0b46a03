#pragma once

namespace burdock {

/// Flatten has nothing to set.
struct FlattenParams {};

} // namespace burdock
