#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/graph.h"
#include "engine/train/train_config.h"
#include "engine/train/train_event.h"
#include "session/diagnostics.h"
#include "session/stored_checkpoint.h"
#include "storage/notebook/notebook.h"

#include <QObject>

namespace burdock {

/// What a user asks to be trained.
struct TrainingRequest {
    QString runName; ///< empty: "model · data"
    Graph graph;
    QString dataset; ///< a catalog id or a file's path
    TrainConfig config;
    std::optional<storage::RunId> initialRun; ///< whose weights to start from
    CheckpointChoice initialWeights{};
    /// Whether weights that fit in part will do: transferred() tells which did.
    bool partly = false;
    /// The run that goes on from its last checkpoint as if it had never stopped: see resumeRequest().
    std::optional<storage::RunId> resumed{};
};

/// What asks for a stopped or interrupted run to go on, with the network, the data and the settings it was
/// begun with. Refuses a run that is going on or has finished.
Result<TrainingRequest> resumeRequest(const storage::Notebook& notebook, storage::RunId run);

/// The latest numbers of a run, to be polled by the window.
struct TrainingProgress {
    std::int64_t epoch = 0, epochs = 0; ///< the epoch being trained, from 1
    std::int64_t step = 0, steps = 0;   ///< of the whole run
    double samplesPerSecond = 0;
    double secondsLeft = 0; ///< NaN until it can be told
    double secondsDone = 0; ///< pauses left out
    double phaseDone = 0;   ///< 0..1 of an evaluation, else of the run
    QString phase;          ///< "Loading data", "Training", "Validating", "Testing", "Paused"
};

/// The bridge between the trainer's thread, the notebook and the window: one run at a time. Everything here
/// is called from, and emitted on, the window's thread; the window program and burdock-cli both train through
/// it. The catalog must outlive it.
class TrainingSession : public QObject {
    Q_OBJECT
  public:
    TrainingSession(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                    QObject* parent = nullptr);
    ~TrainingSession() override; ///< stops a run that is going on and waits for it

    enum class State { Idle, Starting, Training, Paused, Stopping };
    State state() const;
    bool isBusy() const { return state() != State::Idle; }
    storage::RunId runId() const; ///< of the current run, or the last one
    /// What was asked for last; of an idle session, of the last run.
    const TrainingRequest& request() const;

    /// Returns at once; started or refused follows. Refused while another run is going on.
    void start(TrainingRequest request);
    void pause();
    void resume();
    /// The weights after the current step stay in the notebook, beside the best and the last ones.
    void keepCheckpoint();
    /// The run ends after the current step and is kept, without a test. A run that has not begun is refused.
    void stop();

    TrainingProgress progress() const;
    /// Steps since the last call; when the window was slow, older ones may be missing (the notebook has them
    /// all). There is one taker: in the window, LiveCurves.
    std::vector<StepRecord> takeSteps();
    /// Whether training gets a lower share of the machine than the window; from the next start on.
    void setBackground(bool background);

  signals:
    void stateChanged();
    void started(burdock::storage::RunId run);
    void refused(const burdock::Diagnostic& why);
    void epochFinished(burdock::storage::RunId run, const burdock::EpochRecord& record);
    void finished(burdock::storage::RunId run, const burdock::FinishRecord& record);
    /// Of a request whose weights were taken partly; before started().
    void transferred(const burdock::TransferReport& report);
    /// Something that does not end the run, such as a notebook that cannot be written.
    void warned(burdock::storage::RunId run, const burdock::Diagnostic& why);

  private:
    friend class TrainingJob;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
