#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/train/train_event.h"
#include "session/step_table.h"
#include "session/training_request.h"

#include <QObject>

#include <memory>

namespace burdock {

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

/// The weights of a run as they were after a step, and the data that it learns.
struct WeightsLook {
    std::int64_t epoch = 0; ///< being trained, from 1
    std::int64_t step = 0;
    std::shared_ptr<const WeightSet> weights;
    std::shared_ptr<const Dataset> data;
};

/// One run of the queue, from waiting to its end: the bridge between its trainer's thread, the notebook and
/// the window. Everything here is called from, and emitted on, the window's thread. Made by RunQueue, which
/// begins it when a slot is free; until then it takes no more memory than what it was asked with.
class TrainingRun : public QObject {
    Q_OBJECT
  public:
    /// Held: waits until it is let go. Ended: finished, stopped, failed or refused.
    enum class State { Held, Waiting, Starting, Training, Paused, Stopping, Ended };

    ~TrainingRun() override; ///< stops it if it is going on, and waits for it

    State state() const;
    bool isWaiting() const { return state() == State::Held || state() == State::Waiting; }
    bool isActive() const { return !isWaiting() && state() != State::Ended; }
    const TrainingRequest& request() const;
    QString name() const; ///< as lists show it; once it has begun, that of its row in the notebook
    /// Its row in the notebook; zero until it has begun.
    storage::RunId runId() const;
    const std::optional<FinishRecord>& result() const; ///< of one that has ended after it had begun
    /// What its best epoch is chosen by, "loss" or a metric's id; empty until it has begun.
    const std::string& bestMetric() const;
    /// What is known of its data; nothing until it has begun.
    const DatasetInfo& data() const;
    /// The number of its test that it is told by: see headline(). None before the test.
    NamedValue tested() const;
    const std::optional<Diagnostic>& refusal() const; ///< why it never began

    void pause();
    void resume();
    /// The weights after the current step stay in the notebook, beside the best and the last ones.
    void keepCheckpoint();
    /// The run ends after the current step and is kept, without a test. One that is loading is refused.
    void stop();

    TrainingProgress progress() const;
    /// Steps since the last call; when the window was slow, older ones may be missing (the notebook has them
    /// all). There is one taker: in the window, LiveCurves.
    StepTable takeSteps();
    /// Asks for one look at the weights, which takeLook() gives when they are there. A run that is not
    /// asked copies nothing.
    void lookAtWeights();
    /// The weights that were asked for, once; none before they are there.
    std::optional<WeightsLook> takeLook();

  signals:
    void stateChanged();
    void renamed();
    void started(burdock::storage::RunId run);
    void refused(const burdock::Diagnostic& why);
    void epochFinished(burdock::storage::RunId run, const burdock::EpochRecord& record);
    void finished(burdock::storage::RunId run, const burdock::FinishRecord& record);
    /// Of a request whose weights were taken partly; before started().
    void transferred(const burdock::TransferReport& report);
    /// What the training check has to say against the request, short of refusing it; before started(). The
    /// canvas shows it while the network is drawn.
    void advised(const burdock::Diagnostic& why);
    /// Something that does not end the run, such as a notebook that cannot be written.
    void warned(burdock::storage::RunId run, const burdock::Diagnostic& why);

  private:
    friend class RunQueue;
    friend class TrainingJob;
    TrainingRun(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                TrainingRequest request, State state);
    void enter(State state);
    void setName(const QString& name);
    void setBestMetric(std::string metric);
    void setData(DatasetInfo data);
    /// Starts its thread, which uses `threads` threads at most.
    void begin(int threads, bool background);
    /// The data of one that has ended, which it then holds no more; null where they were not read.
    std::shared_ptr<const Dataset> takeData();
    /// Waits for the end of its thread. Why not all of the run is in the notebook, if that is so.
    std::optional<Diagnostic> awaitEnd();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
