#pragma once

#include "engine/schema/diagnostic.h"
#include "engine/train/checkpoint.h"
#include "engine/train/series.h"

#include <atomic>
#include <memory>
#include <span>

namespace burdock {

/// One step with what was measured on its mini-batch.
struct StepRecord {
    std::int64_t step = 0;  ///< from 1, over the whole run
    std::int64_t epoch = 0; ///< from 1
    /// The series and their values, "train.loss" first; both are the trainer's. The names are the same for
    /// all steps of a run, the values hold until the next step.
    std::span<const std::string> names;
    std::span<const double> values;

    double value(std::string_view name) const; ///< NaN where there is no such series
};

struct EpochRecord {
    std::int64_t epoch = 0; ///< from 1
    std::int64_t step = 0;  ///< the last of the epoch
    /// Training's are means over the epoch's mini-batches, the learning rate is that of the last step.
    NamedValues values;
    /// While it was trained, waiting for its data included; without validation and pauses.
    double samplesPerSecond = 0;
    double seconds = 0; ///< since the start, pauses left out
    bool best = false;  ///< the best so far: see TrainConfig::bestMetric

    double value(std::string_view name) const { return valueOf(values, name); }
};

enum class RunStatus { Running, Finished, Stopped, Failed, Interrupted };
std::string_view runStatusKey(RunStatus status);

struct CheckpointRecord {
    enum class Kind {
        Best,
        Last,
        Epoch, ///< TrainConfig::checkpointEvery
        Manual ///< TrainControl::requestCheckpoint()
    };
    Kind kind = Kind::Last;
    std::int64_t epoch = 0; ///< complete epochs
    std::int64_t step = 0;
    std::shared_ptr<const WeightSet> weights;
    std::shared_ptr<const TrainState> state; ///< with the last weights; null with the others
};

/// The weights as they are between two steps, for whoever looks at the network while it learns.
struct SnapshotRecord {
    std::int64_t epochs = 0; ///< complete ones
    std::int64_t step = 0;
    std::shared_ptr<const WeightSet> weights;
};

struct FinishRecord {
    RunStatus status = RunStatus::Finished;
    std::int64_t epochs = 0; ///< complete ones
    NamedValues test;        ///< of the best weights, one number a metric; empty where it was not measured
    double seconds = 0;
    bool stoppedEarly = false;            ///< no gain for as many epochs as early stopping bears
    std::vector<MetricValue> testMetrics; ///< all of the test, lists and matrices too
    std::optional<Diagnostic> problem;    ///< why it failed
};

/// Hears of a run, on the trainer's thread. Must return fast; it may block to hold the trainer back.
class TrainObserver {
  public:
    virtual ~TrainObserver() = default;
    virtual void onStep(const StepRecord&) {}
    virtual void onEpoch(const EpochRecord&) {}
    virtual void onCheckpoint(const CheckpointRecord&) {}
    /// Asked before the weights are copied for one or more checkpoints. It may block until those of before
    /// are let go of, so that no more than one copy is held. False: not now; where `needed`, they are told
    /// anyway.
    virtual bool readyForCheckpoint(CheckpointRecord::Kind, bool /*needed*/) { return true; }
    /// Blocks until those that were told are let go of, as far as they can be: no more are told.
    virtual void awaitCheckpoints() {}
    /// Whether it keeps the best weights and gives them back: then the trainer holds no copy of its own.
    virtual bool keepsBest() const { return false; }
    virtual Result<std::shared_ptr<const WeightSet>> bestWeights() {
        return std::shared_ptr<const WeightSet>();
    }
    virtual void onSnapshot(const SnapshotRecord&) {}
    /// Progress of an evaluation (validation, test) between steps, 0..1.
    virtual void onEvaluating(std::string_view /*what*/, double /*done*/) {}
    /// What was asked for and cannot be done, with the reason; the run goes on.
    virtual void onNotice(const Diagnostic&) {}
    virtual void onFinish(const FinishRecord&) {}
};

/// All that flows back to a trainer; set from any thread.
class TrainControl {
  public:
    void requestStop() {
        stop_ = true;
        wake();
    }
    void setPaused(bool paused) {
        paused_ = paused;
        wake();
    }
    void requestSave() {
        save_ = true;
        wake();
    }
    /// A checkpoint by hand, which stays beside the best and the last one.
    void requestCheckpoint() {
        checkpoint_ = true;
        wake();
    }
    /// A copy of the weights for one look at them, which is kept nowhere. None is taken while the test is
    /// measured, of the best weights.
    void requestSnapshot() {
        snapshot_ = true;
        wake();
    }
    bool stopRequested() const { return stop_; }
    bool paused() const { return paused_; }
    bool takeSaveRequest() { return save_.exchange(false); }
    bool takeCheckpointRequest() { return checkpoint_.exchange(false); }
    bool takeSnapshotRequest() { return snapshot_.exchange(false); }
    /// Blocks while paused and not stopped; `forRequests`: also until something is asked for. Otherwise
    /// requests stand until somebody takes them.
    void waitWhilePaused(bool forRequests) const;

  private:
    void wake();
    std::atomic<bool> stop_{false}, paused_{false}, save_{false}, checkpoint_{false}, snapshot_{false};
    mutable std::atomic<std::uint32_t> changes_{0};
};

} // namespace burdock
