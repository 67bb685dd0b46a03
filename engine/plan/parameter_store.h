#pragma once

#include "engine/kernels/weight_copy.h"
#include "engine/plan/weights.h"
#include "engine/schema/layer_schema.h"
#include "engine/tensor/aligned_buffer.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace burdock {

/// "64×1×7×7"
std::string dimsText(const std::vector<std::int64_t>& dims);

/// All weights of a network in one block, their gradients in a second block of the same order, and the
/// statistics that are kept but not trained in a third. Each weight has the layout its first user likes.
class ParameterStore {
  public:
    struct Entry {
        std::string name; ///< "conv 1.weight"
        WeightSpec spec;
        Layout layout;
        std::size_t offset = 0; ///< in its block
        std::size_t floats = 0; ///< padding included
    };

    /// Before allocate(): declares a weight and returns its index.
    std::size_t declare(std::string name, WeightSpec spec, Layout layout);
    void allocate();
    void place(); ///< allocate() but for the memory: sizes are known then
    /// The weight in that layout, one copy for all who want it; null where the store itself keeps it so. It
    /// has memory after allocateCopies().
    WeightCopy* copyOf(std::size_t weight, const Layout& layout);
    void allocateCopies();
    std::size_t copyFloats() const;
    std::size_t trainableFloats() const { return trained_; }
    std::size_t statisticFloats() const { return kept_; }

    const std::vector<Entry>& entries() const { return entries_; }
    std::size_t find(std::string_view name) const; ///< npos if there is none
    static constexpr std::size_t npos = ~std::size_t{0};

    float* value(std::size_t index) const;
    float* gradient(std::size_t index) const; ///< null for a statistic
    std::span<float> values() const { return values_.span(); }
    std::span<float> gradients() const { return gradients_.span(); }
    std::span<float> statistics() const { return statistics_.span(); }
    /// The weights that decay come first: so many values of values().
    std::size_t decayingFloats() const { return decaying_; }

    /// Draws every weight by its initializer; the same seed gives the same weights.
    void initialise(std::uint64_t seed);
    WeightSet save() const;
    /// The values of one weight, row-major, and back; changed() is left to the caller.
    std::vector<float> valuesOf(std::size_t index) const;
    void setValues(std::size_t index, std::span<const float> plain);
    /// A block that lies as values() does, such as an optimizer's slot, as arrays of the trainable weights'
    /// names and shapes with `prefix` before the names.
    std::vector<NamedTensor> saveBlock(std::span<const float> block, const std::string& prefix) const;
    Status loadBlock(std::span<float> block, const std::string& prefix,
                     const std::vector<NamedTensor>& tensors) const;
    /// Refuses what is not exactly this network's weights, naming the first that is missing or differs.
    Status load(const WeightSet& weights);

    void changed() { ++version_; } ///< to be called after every change of the values: copies follow then

  private:
    std::vector<Entry> entries_;
    std::vector<std::unique_ptr<WeightCopy>> copies_;
    AlignedBuffer values_, gradients_, statistics_;
    std::size_t decaying_ = 0, trained_ = 0, kept_ = 0;
    std::uint64_t version_ = 1;
};

} // namespace burdock
