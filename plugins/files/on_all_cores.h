#pragma once

#include "engine/schema/diagnostic.h"

#include <functional>
#include <map>

namespace burdock {

/// The refusals of several pieces of work, by their places among all: the first in order comes first.
using Refusals = std::map<std::size_t, Diagnostic>;

/// Calls work(index) for every index below `count`, on several threads, each within the caller's
/// ReadingScope; `explain(index, why)` makes a refusal of what `work` threw.
Refusals forEachOnAllCores(std::size_t count, const std::function<Status(std::size_t)>& work,
                           const std::function<Diagnostic(std::size_t, std::string)>& explain);

} // namespace burdock
