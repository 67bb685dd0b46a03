#pragma once

namespace burdock {

/// Of Add, Multiply and Concatenate, which have nothing to set.
struct MergeParams {};

} // namespace burdock
