#pragma once

#include "engine/schema/diagnostic.h"

#include <functional>

namespace burdock {

/// Calls work(index) for every index below `count`, on several threads, each within the caller's
/// ReadingScope. The refusal is that of the first index, in order, that has one; `explain(index, why)` makes
/// one of what `work` threw.
Status forEachOnAllCores(std::size_t count, const std::function<Status(std::size_t)>& work,
                         const std::function<Diagnostic(std::size_t, std::string)>& explain);

} // namespace burdock
