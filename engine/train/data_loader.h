#pragma once

#include "engine/data/dataset.h"
#include "engine/data/split.h"
#include "engine/data/transform.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/train/scaling.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace burdock {

/// A mini-batch in plain memory: inputs and targets, one sample after another.
struct MiniBatch {
    std::int64_t size = 0;
    AlignedBuffer inputs, targets;
    std::vector<std::int64_t> samples{}; ///< their numbers within their part
    bool hasInputs = true;               ///< false: nobody needs them, and they were not read
};

/// By which Augmentation changes a sample in an epoch (from 1) of a run with this seed.
std::uint64_t augmentationKey(std::uint64_t seed, std::int64_t epoch, std::int64_t sample);

/// Hands out the mini-batches of one epoch after another, loaded ahead on threads of its own: one, or two
/// where samples are augmented, and more while they come late.
class DataLoader {
  public:
    /// Reads `samples` of `part`. With `shuffle`, the order of each epoch is drawn from seed and epoch, and a
    /// last mini-batch of a single sample is left out of its epoch: no mean over the batch can be taken of
    /// it. What `augmentation` does to a sample follows from seed, epoch and the sample's index alone.
    DataLoader(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples,
               Scaling scaling, std::int64_t batch, bool shuffle, std::uint64_t seed,
               Augmentation augmentation = {});
    ~DataLoader();

    /// The size of the last mini-batch of an epoch.
    static std::int64_t lastBatch(std::int64_t samples, std::int64_t batch, bool shuffle);

    std::int64_t batchesPerEpoch() const;
    std::int64_t samples() const;
    /// Whether the inputs of a mini-batch of these samples are needed: asked on the loader's threads, some
    /// mini-batches ahead. To be set before the first epoch begins; without it all are.
    void setNeedsInputs(std::function<bool(std::span<const std::int64_t> samples)> needsInputs);
    /// Begins an epoch (from 1) at its mini-batch `firstBatch` (from 0); what was loaded ahead of an
    /// unfinished one is dropped.
    void start(std::int64_t epoch, std::int64_t firstBatch = 0);
    /// The next mini-batch, or null at the end of the epoch. Good until the next call. The last one of
    /// an epoch may be smaller. Throws what reading the data threw on a loader's thread.
    const MiniBatch* next();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
