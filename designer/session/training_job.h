#pragma once

#include "session/prepared_run.h"
#include "session/speed_meter.h"
#include "session/step_table.h"
#include "session/training_run.h"

#include <chrono>
#include <mutex>
#include <utility>

namespace burdock {

/// One run on the trainer's thread: loads, checks, trains and writes to the notebook; tells the TrainingRun
/// by queued calls. What the window polls stands behind one mutex.
class TrainingJob final : private TrainObserver {
  public:
    TrainingJob(TrainingRun& run, std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                TrainingRequest request, int threads, bool background);

    void run(); ///< on the trainer's thread; never throws

    // From the window's thread.
    TrainControl control;
    TrainingProgress progress() const;
    StepTable takeSteps();
    std::optional<WeightsLook> takeLook();
    void setPaused(bool paused);
    /// Why not all of it is in the notebook; once its thread has ended.
    const std::optional<Diagnostic>& unwritten() const { return unwritten_; }

    /// What it was trained on, for the runs that come; once its thread has ended.
    std::shared_ptr<const Dataset> takeData() { return std::exchange(run_.samples, nullptr); }

  private:
    using Clock = std::chrono::steady_clock;

    Status prepare(std::unique_ptr<Trainer>& trainer);
    void finish(FinishRecord record);
    void tellEnd(const FinishRecord& record);
    std::string weightsKept() const; ///< what the notebook has by now of a run of which it has not all
    FinishRecord notKept(FinishRecord record, const storage::StorageError& error);
    void tellStorageProblem(const std::optional<storage::StorageError>& error);
    void tellNotices();
    void lookAtNotebook(); ///< tells what is amiss with it
    void setPhase(const QString& phase, double done);
    double secondsDone() const; ///< with the mutex held
    template <class Call>
    void tell(Call call);

    void onStep(const StepRecord& record) override;
    void onEpoch(const EpochRecord& record) override;
    void onCheckpoint(const CheckpointRecord& record) override;
    bool readyForCheckpoint(CheckpointRecord::Kind kind, bool needed) override;
    void awaitCheckpoints() override;
    bool keepsBest() const override { return true; }
    Result<std::shared_ptr<const WeightSet>> bestWeights() override;
    void onSnapshot(const SnapshotRecord& record) override;
    void onEvaluating(std::string_view what, double done) override;
    void onNotice(const Diagnostic& notice) override;

    TrainingRun& owner_;
    const std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    const TrainingRequest request_;
    const int threads_; ///< at most
    const bool background_;
    PreparedRun run_;
    storage::RunId runId_;
    std::int64_t batch_ = 1; ///< samples of a step
    double samplesOfEpoch_ = 0;
    SpeedMeter epochSpeed_;
    bool warned_ = false;
    std::optional<Diagnostic> unwritten_;
    QStringList stepNames_;
    std::vector<float> stepValues_;
    std::weak_ptr<const WeightSet> best_; ///< for as long as they wait to be written
    std::int64_t checkpointBytes_ = 0;    ///< of the last one with its state
    Clock::time_point lastSave_, lastLook_;
    Clock::duration saveEvery_ = std::chrono::seconds(3);

    mutable std::mutex mutex_;
    StepTable steps_; ///< the newest that nobody has taken
    std::optional<WeightsLook> look_;
    TrainingProgress progress_;
    Clock::time_point begun_, pausedSince_, speedSince_;
    Clock::duration pausedFor_{};
    double firstEpochEnd_ =
        0; ///< counted from the job's begin, as the steps below: the first epoch may take longer
    std::int64_t firstEpochSteps_ = 0;
    bool training_ = false, paused_ = false, speedKnown_ = false;
    std::int64_t speedSteps_ = 0;
};

} // namespace burdock
