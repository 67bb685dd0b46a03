#pragma once

#include "session/training_run.h"

namespace burdock {

/// The runs of a notebook that are asked for: those that wait, in the order in which they will begin, those
/// that are trained, and the last ones that have ended. As many are trained at once as there are slots, and
/// the processors are shared out among the slots. The window and burdock-cli both train through it.
/// Everything is called from, and emitted on, one thread, the window's. The catalog must outlive it.
class RunQueue : public QObject {
    Q_OBJECT
  public:
    RunQueue(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
             QObject* parent = nullptr);
    ~RunQueue() override; ///< as end()
    /// Stops the runs that are going on and waits for them; nothing is emitted then, and nothing begun. Gives
    /// a line for each run, also of before, that could not be written into the notebook.
    const QStringList& end();

    /// Puts a run at the end. It begins at once where a slot is free, and not before it is let go if `held`.
    TrainingRun& enqueue(TrainingRequest request, bool held = false);
    /// All, in their order; those that have ended first.
    const std::vector<TrainingRun*>& runs() const { return runs_; }
    std::vector<TrainingRun*> active() const;
    std::vector<TrainingRun*> waiting() const; ///< held ones too
    std::vector<TrainingRun*> held() const;
    bool isBusy() const; ///< a run is going on
    /// The one that writes to this row of the notebook, or wrote to it last; null if there is none.
    TrainingRun* find(storage::RunId run) const;
    /// The one that waits to go on with this row of the notebook; null if there is none.
    TrainingRun* findWaiting(storage::RunId run) const;
    const std::shared_ptr<storage::Notebook>& notebook() const { return notebook_; }

    /// A row of the notebook is called so from now on: so are the runs that write to it.
    void rename(storage::RunId run, const QString& name);
    /// Moves a waiting run `by` places, towards the end if positive, among those that wait.
    void move(TrainingRun& run, int by);
    /// Takes out a run that waits or has ended; it is gone afterwards. One that is going on stays.
    void remove(TrainingRun& run);
    /// Lets held runs begin.
    void release(TrainingRun& run);
    void releaseAll();
    /// Stops every run that is going on, and holds those that wait.
    void stopAll();

    int atOnce() const { return atOnce_; }
    /// How many runs are trained at once, 1 to maxAtOnce. Runs that are going on keep their threads.
    void setAtOnce(int runs);
    static constexpr int maxAtOnce = 16;
    /// The threads that a run beginning now may use: the processors shared out among the slots.
    int threadsEach() const;
    /// Whether training gets a lower share of the machine than the window; for runs begun from now on.
    void setBackground(bool background) { background_ = background; }

    /// How many that have ended are kept, for their curves; older ones are dropped.
    static constexpr int keptEnded = 20;

  signals:
    void added(burdock::TrainingRun* run);
    void aboutToRemove(burdock::TrainingRun* run);
    /// A run's state or name, or the order.
    void changed();
    // Of any run:
    void started(burdock::storage::RunId run);
    void refused(const burdock::Diagnostic& why);
    void epochFinished(burdock::storage::RunId run, const burdock::EpochRecord& record);
    void finished(burdock::storage::RunId run, const burdock::FinishRecord& record);
    void warned(burdock::storage::RunId run, const burdock::Diagnostic& why);

  private:
    void beginNext();
    void follow(TrainingRun& run);
    void noteEnd(TrainingRun& run);
    void keepData(TrainingRun& ended);
    void drop(TrainingRun& run);
    void dropOldest();

    std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    std::vector<TrainingRun*> runs_; ///< children of the queue
    QStringList unwritten_;
    std::shared_ptr<const Dataset> data_; ///< for the next run, which would have to read them again
    int atOnce_ = 1;
    bool background_ = true;
};

} // namespace burdock
