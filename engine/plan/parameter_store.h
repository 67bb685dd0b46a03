#pragma once

#include "engine/kernels/weight_copy.h"
#include "engine/plan/weights.h"
#include "engine/schema/layer_schema.h"
#include "engine/tensor/aligned_buffer.h"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace burdock {

/// All weights of a network that learn in one block, their gradients in a second block of the same order,
/// the statistics in a third, and weights that are frozen in a fourth. Each weight has the layout its first
/// user likes.
class ParameterStore {
  public:
    struct Entry {
        std::string name; ///< "conv 1.weight"
        WeightSpec spec;
        Layout layout;
        std::size_t offset = 0; ///< in its block
        std::size_t floats = 0; ///< padding included
        bool frozen = false;

        bool learns() const { return spec.isParameter() && !frozen; }
    };

    /// Before allocate(): declares a weight and returns its index.
    std::size_t declare(std::string name, WeightSpec spec, Layout layout, bool frozen = false);
    void allocate();
    void place(); ///< allocate() but for the memory: sizes are known then
    /// The weight in that layout, one copy for all who want it; null where the store itself keeps it so. It
    /// has memory after allocateCopies().
    WeightCopy* copyOf(std::size_t weight, const Layout& layout);
    void allocateCopies();
    std::size_t copyFloats() const;
    std::size_t learningFloats() const { return learning_; }
    std::size_t floats() const { return learning_ + kept_ + still_; } ///< of all weights and statistics

    const std::vector<Entry>& entries() const { return entries_; }
    std::size_t find(std::string_view name) const; ///< npos if there is none
    static constexpr std::size_t npos = ~std::size_t{0};

    float* value(std::size_t index) const;
    float* gradient(std::size_t index) const; ///< null for a statistic, and for a frozen weight
    std::span<float> values() const { return values_.span(); } ///< of the weights that learn
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
    /// A block that lies as values() does, such as the gradients, as arrays of the learning weights' names
    /// and shapes with `prefix` before the names.
    std::vector<NamedTensor> saveBlock(std::span<const float> block, const std::string& prefix) const;
    /// Refuses what is not exactly this network's weights, naming the first that is missing or differs.
    Status load(const TensorSource& weights);
    Status load(const WeightSet& weights) { return load(TensorsInMemory(weights)); }

    /// Runs move(begin, end) over parts of values() on all threads; the parts depend on the weights alone.
    /// Copies that have been in use since the last change follow part by part, while it is in cache.
    void moveValues(const std::function<void(std::size_t, std::size_t)>& move);
    /// To be called after every change of the values: what has not followed yet does so when it is read.
    void changed();

  private:
    /// Of values(), and the copies' blocks that are made of nothing else.
    struct Part {
        std::size_t begin, end;
        struct Blocks {
            WeightCopy* copy;
            std::int64_t first, end;
        };
        std::vector<Blocks> blocks{};
    };
    void makeParts();
    bool canFollow(const WeightCopy& copy) const;
    static void follow(const Part& part);

    std::vector<Entry> entries_;
    std::unordered_map<std::string, std::size_t> index_;           ///< of entries_, by name
    std::vector<std::vector<std::unique_ptr<WeightCopy>>> copies_; ///< of each weight
    AlignedBuffer values_, gradients_, statistics_, frozen_;
    std::size_t decaying_ = 0, learning_ = 0, kept_ = 0, still_ = 0;
    std::vector<Part> parts_;
    bool followed_ = false; ///< the copies have, since values() changed
    std::uint64_t version_ = 1;
};

} // namespace burdock
