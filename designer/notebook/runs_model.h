#pragma once

#include "notebook/run_columns.h"
#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QTimer>

#include <deque>
#include <functional>

namespace burdock {

class RunQueue;
class TrainingRun;

/// The notebook's runs, newest first, binned ones too. Reads summaries on a thread of its own and follows the
/// run that is being trained. Its columns are runColumns().
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Role {
        OrderRole = Qt::UserRole, ///< what sorting compares
        UnitRole,                 ///< what comes before that, so that like is compared with like
        RunIdRole,
        ProgressRole, ///< 0..1 of a run that is being trained, else negative
        StateRole,
        BinnedRole,
        DamagedRole,
        WordsRole ///< all its words in lower case, for the filter
    };

    RunsModel(std::shared_ptr<storage::Notebook> notebook, RunQueue& queue, QObject* parent = nullptr);
    ~RunsModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// A new name: asks by renameWanted, so that it becomes a step of the history.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

    void reload(); ///< all rows; loaded follows
    /// One row, new or known. What is asked for while it is being read is read once more after that, however
    /// often it is asked for.
    void refresh(storage::RunId id);
    const RunRow* find(storage::RunId id) const;
    int rowOf(storage::RunId id) const; ///< -1 if there is none
    bool isLoaded() const { return loaded_; }
    bool hasRunning() const; ///< a run that another program is training

    /// Called if the notebook refuses a change.
    using Refused = std::function<void()>;
    // Changes of a run: shown at once and written to the notebook in their order, on a thread of its own. If
    // the notebook refuses, failed is emitted, and what is stored is shown again. False for an unknown run.
    bool rename(storage::RunId id, const QString& name, Refused refused = {});
    bool setNotes(storage::RunId id, const QString& notes, Refused refused = {});
    bool setTags(storage::RunId id, const QStringList& tags, Refused refused = {});
    /// One that waits to go on is taken out of the queue with it.
    bool setBinned(storage::RunId id, bool binned, Refused refused = {});
    /// Why a run cannot go into the bin now; empty: it can.
    QString whyNotBinned(storage::RunId id) const;
    /// Those in the bin that no program is training.
    QVector<storage::RunId> binnedRuns() const;
    /// Reckons how many bytes of weights these runs keep.
    void weighRuns(const QVector<storage::RunId>& runs, std::function<void(qint64 bytes)> done);
    /// Removes binned runs for good; `done` once the notebook has let go of them.
    void removeRuns(const QVector<storage::RunId>& runs, std::function<void()> done);
    void flush(); ///< waits until all is written

  signals:
    void loaded();
    /// Its row, or whether the queue is training it.
    void runChanged(burdock::storage::RunId id);
    void renameWanted(burdock::storage::RunId id, const QString& name);
    void failed(const QString& why);
    /// A run that was deleted waited in the queue, and does so no more.
    void tookOutOfQueue(const QString& name);

  private:
    void take(QVector<RunRow> rows);
    void put(RunRow row);
    void findHeadings(); ///< of all rows
    void followQueue();
    void showProgress();
    void showProgressOf(const TrainingRun& run);
    void changed(int row);
    using Change = std::function<void(storage::RunSummary&)>;
    using Write = std::function<storage::Outcome<void>(storage::Notebook&)>;
    /// `taken` is called once the notebook has the change.
    bool write(storage::RunId id, Write write, Change change, Refused refused,
               std::function<void()> taken = {});
    void applyPending(RunRow& row) const;

    std::shared_ptr<storage::Notebook> notebook_;
    RunQueue& queue_;
    QVector<RunRow> rows_;
    QHash<qint64, int> rowById_;
    QHash<qint64, bool> reading_; ///< runs that refresh() reads; whether they are to be read once more
    bool loaded_ = false;
    QTimer follow_;
    QSet<qint64> inTraining_; ///< runs that the queue is training
    /// Changes that are shown already but not written yet, in their order: what is read meanwhile is older.
    struct Pending {
        qint64 number;
        storage::RunId run;
        Change change;
    };
    std::deque<Pending> pending_;
    qint64 lastWrite_ = 0;
    Worker worker_{Worker::AtEnd::Finish}; // last: it ends before what its jobs use
};

} // namespace burdock
