#pragma once

#include "engine/schema/diagnostic.h"

#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace burdock {

/// A named array, row-major: "conv2d 2.weight", (64, 1, 7, 7).
struct NamedTensor {
    std::string name;
    std::vector<std::int64_t> dims;
    std::vector<float> values;
};

/// How many values an array of these dims holds.
std::int64_t sizeOf(std::span<const std::int64_t> dims);

/// Arrays by their names, which they keep; of several with one name the first.
std::unordered_map<std::string_view, const NamedTensor*> byName(std::span<const NamedTensor> tensors);

/// All weights of a network at one time, in the plan's order.
struct WeightSet {
    std::vector<NamedTensor> tensors;
    const NamedTensor* find(std::string_view name) const;
};

/// The safetensors layout: 8 bytes little-endian header length, a JSON header, the values.
/// Source: the safetensors format description, github.com/huggingface/safetensors.
/// `more` follows the weights, `prefix` before its names.
std::vector<std::byte> encodeSafetensors(const WeightSet& weights,
                                         const std::map<std::string, std::string>& metadata = {},
                                         std::span<const NamedTensor> more = {},
                                         std::string_view prefix = {});
/// Refuses truncated data, overlapping or out-of-range offsets, and types other than F32. `metadata`, if
/// given, is filled with what the header tells beside the arrays.
Result<WeightSet> decodeSafetensors(std::span<const std::byte> bytes,
                                    std::map<std::string, std::string>* metadata = nullptr);

} // namespace burdock
