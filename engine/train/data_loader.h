#pragma once

#include "engine/data/dataset.h"
#include "engine/data/split.h"
#include "engine/tensor/aligned_buffer.h"

#include <memory>
#include <span>
#include <vector>

namespace burdock {

/// Scales features: (x - mean) / deviation. Empty: leaves them as they are.
struct Scaling {
    std::vector<float> mean, inverseDeviation;

    /// Measured over the given samples where the data ask for it; a feature that never changes becomes 0.
    static Scaling measure(const Dataset& data, std::span<const std::int64_t> samples);
    void apply(std::span<float> sample) const;
};

/// A mini-batch in plain memory: inputs and targets, one sample after another.
struct MiniBatch {
    std::int64_t size = 0;
    AlignedBuffer inputs, targets;
};

/// Hands out the mini-batches of one epoch after another, loaded ahead on a thread of its own.
class DataLoader {
  public:
    /// Reads `samples` of `part`. With `shuffle`, the order of each epoch is drawn from seed and epoch.
    DataLoader(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples,
               Scaling scaling, std::int64_t batch, bool shuffle, std::uint64_t seed);
    ~DataLoader();

    std::int64_t batchesPerEpoch() const;
    std::int64_t samples() const;
    /// Begins an epoch (from 1); what was loaded ahead of an unfinished one is dropped.
    void start(std::int64_t epoch);
    /// The next mini-batch, or null at the end of the epoch. Good until the next call. The last one of
    /// an epoch may be smaller. Throws what reading the data threw on the loader's thread.
    const MiniBatch* next();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
