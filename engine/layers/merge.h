#pragma once

namespace burdock {

/// Of Add and Concatenate, which have nothing to set.
struct MergeParams {};

} // namespace burdock
