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

/// All weights of a network at one time, in the plan's order.
struct WeightSet {
    std::vector<NamedTensor> tensors;
    const NamedTensor* find(std::string_view name) const;
};

/// Where arrays come from, one at a time: a set in memory, a notebook, a file. What it says of them is seen
/// before their values are read.
class TensorSource {
  public:
    struct Entry {
        std::string name;
        std::vector<std::int64_t> dims;
    };
    virtual ~TensorSource() = default;
    virtual const std::vector<Entry>& entries() const = 0;
    /// The values of entries()[index], row-major: it may be more or fewer than its dims tell.
    virtual Result<std::vector<float>> read(std::size_t index) const = 0;
};

/// Arrays in memory as a source; they must outlive it.
class TensorsInMemory final : public TensorSource {
  public:
    explicit TensorsInMemory(std::span<const NamedTensor> tensors);
    explicit TensorsInMemory(const WeightSet& weights)
        : TensorsInMemory(weights.tensors) {}
    const std::vector<Entry>& entries() const override { return entries_; }
    Result<std::vector<float>> read(std::size_t index) const override;

  private:
    std::span<const NamedTensor> tensors_;
    std::vector<Entry> entries_;
};

/// The places of a source's arrays by their names; of several with one name the first.
std::unordered_map<std::string_view, std::size_t> placesByName(const TensorSource& source);

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
