#pragma once

#include "engine/graph/checked_network.h"
#include "engine/schema/diagnostic.h"

namespace burdock {

/// What is wrong with the end of a network, whatever it is to learn: the output is disturbed.
std::vector<Diagnostic> checkEnd(const CheckedNetwork& network);

} // namespace burdock
