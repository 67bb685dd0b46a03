#pragma once

#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QObject>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace burdock {

/// Writes the open model into the notebook, in the order of the calls, on a thread of its own: the notebook
/// may be busy with a run's weights just then.
class ModelSaver : public QObject {
    Q_OBJECT
  public:
    explicit ModelSaver(std::shared_ptr<storage::Notebook> notebook, QObject* parent = nullptr);
    ~ModelSaver() override; ///< waits until all is written

    /// Starts on another model; zero: one that has no row yet and gets it with the first save.
    void open(storage::ModelId id, const QDateTime& changedAt);
    storage::ModelId current() const;
    /// `row.id` does not matter.
    void save(storage::ModelRow row);
    /// Writes a small setting of the notebook, in its turn.
    void keepSetting(const QString& key, const QString& value,
                     std::function<void(storage::Outcome<void>)> done);
    /// Does `work` with the notebook in its turn, then hands its answer to `done` on the context's thread.
    template <class Work, class Done>
    void post(QObject* context, Work work, Done done) {
        worker_.post(
            context, [notebook = notebook_, work = std::move(work)] { return work(*notebook); },
            std::move(done));
    }
    /// Hands over the notebook's models as they are when all before is written.
    void readModels(QObject* context, std::function<void(storage::Outcome<QVector<storage::ModelRow>>)> done);
    /// Waits until all is written, and gives what could not be: of each model that was open its last save.
    std::vector<storage::ModelRow> unsaved();

  signals:
    void failed(const burdock::storage::StorageError& error);
    void saved();
    /// Another window had changed the model's row: what is open has one of its own from now on.
    void savedApart();

  private:
    /// A model that is or was open.
    struct Slot {
        std::atomic<qint64> id = 0; ///< the row's, known after the first save
        QDateTime changedAt;        ///< as it was seen last; once it is open, the worker's
    };
    using Unsaved = std::map<std::shared_ptr<Slot>, storage::ModelRow>;

    std::shared_ptr<storage::Notebook> notebook_;
    std::shared_ptr<Slot> slot_;           ///< of the model that is open
    std::shared_ptr<Unsaved> unsaved_;     ///< the last saves, where they failed; the worker's while it works
    Worker worker_{Worker::AtEnd::Finish}; // last: it ends before what its jobs use
};

/// The notebook's setting that says which model was open.
inline const QString openModelSetting = QStringLiteral("open-model");

} // namespace burdock
