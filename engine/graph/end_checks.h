#pragma once

#include "engine/graph/checked_network.h"
#include "engine/schema/diagnostic.h"

namespace burdock {

/// What is wrong with what a network answers, whatever it is to learn: the output is disturbed, or made a
/// distribution twice.
std::vector<Diagnostic> checkEnd(const CheckedNetwork& network);

} // namespace burdock
