#pragma once

#include "engine/data/dataset.h"
#include "engine/graph/checked_network.h"

namespace burdock {

/// What samples are, and what a network is made to read.
enum class SampleKind { Rows, Maps, Tokens };

/// "rows of numbers", "pictures", "text".
std::string_view sampleKindText(SampleKind kind);
SampleKind kindOf(const DatasetInfo& data);
/// Maps where a layer looks around in two dimensions, Tokens where one has a vocabulary.
SampleKind kindOf(const CheckedNetwork& network);
/// Whether such a network can make something of such samples, once their sizes fit: a vector can be made of
/// any but tokens.
constexpr bool suits(SampleKind network, SampleKind data) {
    return network == data || (network == SampleKind::Rows && data == SampleKind::Maps);
}

} // namespace burdock
