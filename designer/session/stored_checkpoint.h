#pragma once

#include "engine/plan/transfer.h"
#include "engine/train/train_event.h"
#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/notebook.h"

#include <functional>

namespace burdock {

/// Which of a run's checkpoints: the newest of a kind, or that very one.
struct CheckpointChoice {
    storage::CheckpointKind kind = storage::CheckpointKind::Best;
    storage::CheckpointId id{}; ///< zero: by kind

    CheckpointChoice() = default;
    CheckpointChoice(storage::CheckpointKind k) // NOLINT(google-explicit-constructor): either names one
        : kind(k) {}
    CheckpointChoice(const storage::CheckpointInfo& info) // NOLINT(google-explicit-constructor)
        : kind(info.kind)
        , id(info.id) {}
    friend bool operator==(const CheckpointChoice&, const CheckpointChoice&) = default;
};

/// The run's checkpoint after so many complete epochs, best and last among them.
Result<CheckpointChoice> checkpointOfEpoch(const storage::Notebook& notebook, storage::RunId run,
                                           std::int64_t epoch);

/// What of a run's checkpoints is given where its best weights are asked for: the best, or the last ones
/// where no epoch was the best yet. None where that is not there, or damaged.
std::optional<storage::CheckpointInfo> bestWeights(const storage::RunSummary& run,
                                                   const QVector<storage::CheckpointInfo>& checkpoints);

/// Why a run has no checkpoint of that kind.
Diagnostic missingWeights(const storage::Notebook& notebook, storage::RunId run,
                          storage::CheckpointKind kind);

storage::CheckpointKind toStored(CheckpointRecord::Kind kind);
/// What a trainer tells on its way into the notebook; nothing is copied.
std::shared_ptr<const storage::CheckpointData> toStore(const CheckpointRecord& record);

/// A run's checkpoint, whose arrays are read one by one. Use it on the thread that opened it.
class StoredWeights final : public TensorSource {
  public:
    /// Refuses what the run has not kept. Where the best are chosen by kind, of a run that has no best epoch
    /// (it ended before its first validation), the last ones are given: see info().
    static Result<std::unique_ptr<StoredWeights>> open(const storage::Notebook& notebook, storage::RunId run,
                                                       const CheckpointChoice& choice);

    const storage::CheckpointInfo& info() const { return reader_->info(); }
    /// The weights'.
    const std::vector<Entry>& entries() const override { return weights_->entries(); }
    Result<std::vector<float>> read(std::size_t index) const override { return weights_->read(index); }
    /// Whether all of them can be read as they were written; no room is made for them. Once it is `stopped`,
    /// those that are left are not looked at.
    Status check(const std::function<bool()>& stopped = {}) const;
    /// Of weights that are known to be the network's: what a notebook says of them is seen only by then.
    Result<WeightSet> readAll() const;
    /// But for the optimizer's arrays, which are read from optimizer(); none where weights alone were kept.
    Result<std::optional<TrainState>> readState() const;
    const TensorSource& optimizer() const { return *optimizer_; }

  private:
    StoredWeights() = default;
    static Result<std::unique_ptr<StoredWeights>> over(std::unique_ptr<storage::CheckpointReader> reader);

    std::unique_ptr<storage::CheckpointReader> reader_;
    std::optional<StoredCheckpoint> oneFile_; ///< of a checkpoint that was stored in one piece
    std::unique_ptr<TensorSource> weights_, optimizer_;
};

} // namespace burdock
