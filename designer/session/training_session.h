#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/graph.h"
#include "engine/train/train_config.h"
#include "engine/train/train_event.h"
#include "storage/notebook/notebook.h"

#include <QObject>

namespace burdock {

/// What a user asks to be trained.
struct TrainingRequest {
    QString runName;
    Graph graph;
    QString dataset; ///< a catalog id or a file's path
    TrainConfig config;
    std::optional<storage::RunId> initialRun; ///< whose weights to start from
    storage::CheckpointKind initialKind = storage::CheckpointKind::Best;
};

/// The latest numbers of a run, to be polled by the window.
struct TrainingProgress {
    std::int64_t epoch = 0, epochs = 0;
    std::int64_t step = 0, steps = 0; ///< of the whole run
    double samplesPerSecond = 0;
    double secondsLeft = 0;
    double secondsDone = 0;
    QString phase; ///< "Loading data", "Training", "Validating", "Testing", "Paused"
};

/// The bridge between the trainer's thread, the notebook and the window: one run at a time. Everything here
/// is called from, and emitted on, the window's thread; the window program and burdock-cli both train through
/// it.
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

    /// Returns at once; started or refused follows.
    void start(TrainingRequest request);
    void pause();
    void resume();
    void stop();

    TrainingProgress progress() const;
    /// Steps since the last call; when the window was slow, older ones may be missing (the notebook has them
    /// all).
    std::vector<StepRecord> takeSteps();
    /// Share of the machine that training takes: lower priority than the window.
    void setBackground(bool background);

  signals:
    void stateChanged();
    void started(burdock::storage::RunId run);
    void refused(const burdock::Diagnostic& why);
    void epochFinished(burdock::storage::RunId run, const burdock::EpochRecord& record);
    void finished(burdock::storage::RunId run, const burdock::FinishRecord& record);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
