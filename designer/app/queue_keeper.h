#pragma once

#include "session/run_queue.h"

#include <QJsonArray>
#include <QTimer>

#include <atomic>
#include <memory>
#include <optional>

namespace burdock {

class ModelSaver;

/// Keeps the runs that wait or are being trained in the notebook, so that they outlive the window: the next
/// one offers them, held. Where another program that is still alive keeps its own there, they are left alone.
class QueueKeeper : public QObject {
    Q_OBJECT
  public:
    QueueKeeper(RunQueue& queue, storage::Notebook& notebook, ModelSaver& saver);

    /// Puts the kept runs back into the queue; how many.
    int restore();
    /// Hands what is not kept yet to the saver.
    void keepNow();
    /// What to say of it where that did not succeed, else empty; once the saver has written all.
    QString unkept() const;

  signals:
    void noticed(const QString& text);
    /// What was noticed is so no more.
    void settled(const QString& text);

  private:
    struct Found;
    static storage::Outcome<Found> exchange(storage::Notebook& notebook, const QJsonArray& mine,
                                            std::atomic<bool>& taken);
    static QString notKept(const storage::StorageError& why);
    void putBack(const Found& found);
    QJsonArray waiting() const;

    RunQueue& queue_;
    storage::Notebook& notebook_;
    ModelSaver& saver_;
    QTimer soon_;
    QJsonArray unreadable_; ///< of the kept runs; they are kept on as they are
    /// What the notebook holds, or was handed to the saver for it; none: that did not succeed.
    std::optional<QJsonArray> kept_;
    std::shared_ptr<std::atomic<bool>> taken_; ///< see exchange(); of the saver's thread, as the next
    std::shared_ptr<QString> refusal_;         ///< what to say of the last list, if it was not kept
    bool told_ = false;                        ///< that ours are not kept, for another window's sake
    QString unkept_;                           ///< what was noticed when they could not be
};

} // namespace burdock
