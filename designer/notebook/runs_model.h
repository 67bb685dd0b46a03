#pragma once

#include "notebook/run_columns.h"
#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QTimer>

namespace burdock {

class TrainingSession;

/// The notebook's runs, newest first, binned ones too. Reads summaries on a thread of its own and follows the
/// run that is being trained. Its columns are runColumns().
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Role {
        OrderRole = Qt::UserRole, ///< what sorting compares
        RunIdRole,
        ProgressRole, ///< 0..1 of a run that is being trained, else negative
        StateRole,
        BinnedRole,
        WordsRole ///< all its words in lower case, for the filter
    };

    RunsModel(std::shared_ptr<storage::Notebook> notebook, TrainingSession& session,
              QObject* parent = nullptr);
    ~RunsModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// A new name: asks by renameWanted, so that it becomes a step of the history.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

    void reload();                   ///< all rows; loaded follows
    void refresh(storage::RunId id); ///< one row, new or known
    const RunRow* find(storage::RunId id) const;
    int rowOf(storage::RunId id) const; ///< -1 if there is none
    bool isLoaded() const { return loaded_; }
    bool hasRunning() const; ///< a run that another program is training

    // Changes of a run: written to the notebook, then shown. False, and failed, if the notebook refuses.
    bool rename(storage::RunId id, const QString& name);
    bool setNotes(storage::RunId id, const QString& notes);
    bool setTags(storage::RunId id, const QStringList& tags);
    bool setBinned(storage::RunId id, bool binned);

  signals:
    void loaded();
    void runChanged(burdock::storage::RunId id);
    void renameWanted(burdock::storage::RunId id, const QString& name);
    void failed(const QString& why);

  private:
    void take(QVector<RunRow> rows);
    void put(RunRow row);
    void showProgress();
    void changed(int row);
    template <class Write, class Change>
    bool write(storage::RunId id, Write write, Change change);

    std::shared_ptr<storage::Notebook> notebook_;
    TrainingSession& session_;
    QVector<RunRow> rows_;
    QHash<qint64, int> rowById_;
    bool loaded_ = false;
    QTimer follow_;
    Worker worker_;
};

} // namespace burdock
