#pragma once

#include "session/run_queue.h"

#include <QJsonArray>
#include <QTimer>

#include <functional>

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

  signals:
    void noticed(const QString& text);

  private:
    /// Puts what the notebook holds into the queue, unless another live program keeps it there; how many.
    int takeOver();
    bool claim(const QJsonArray& runs);
    static QString asSetting(const QJsonArray& runs);
    QByteArray waitingAsText() const;

    RunQueue& queue_;
    storage::Notebook& notebook_;
    ModelSaver& saver_;
    QTimer soon_;
    QJsonArray unreadable_; ///< of the kept runs; they are kept on as they are
    QByteArray kept_;
    QString seen_;      ///< what stands in the notebook, as far as is known
    bool ours_ = true;  ///< else another live program keeps its runs there
    bool told_ = false; ///< that ours are not kept
};

} // namespace burdock
