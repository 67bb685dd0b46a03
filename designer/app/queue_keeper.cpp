#include "app/queue_keeper.h"

#include "app/model_saver.h"
#include "storage/notebook/process_identity.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace burdock {
namespace {

/// The notebook's setting with the runs that wait.
const QString queueSetting = QStringLiteral("waiting-runs");

} // namespace

QueueKeeper::QueueKeeper(RunQueue& queue, storage::Notebook& notebook, ModelSaver& saver)
    : queue_(queue)
    , notebook_(notebook)
    , saver_(saver)
    , kept_(waitingAsText()) {
    soon_.setSingleShot(true);
    soon_.setInterval(200);
    connect(&soon_, &QTimer::timeout, this, &QueueKeeper::keepNow);
    connect(&queue_, &RunQueue::changed, this, [this] {
        if (!soon_.isActive()) soon_.start();
    });
}

int QueueKeeper::restore() {
    const int restored = takeOver();
    if (ours_) kept_ = waitingAsText(); // what the notebook holds: if they begin at once, that is taken back
    return restored;
}

int QueueKeeper::takeOver() {
    const QJsonObject stored = QJsonDocument::fromJson(notebook_.setting(queueSetting).toUtf8()).object();
    const QString owner = stored[QStringLiteral("owner")].toString();
    const QJsonArray runs = stored[QStringLiteral("runs")].toArray();
    const auto at = QDateTime::fromString(stored[QStringLiteral("at")].toString(), Qt::ISODate);
    ours_ = runs.isEmpty() || owner == storage::processIdentity() || !storage::mayBeAlive(owner, at);
    if (!ours_) return 0;
    int restored = 0;
    for (const QJsonValue& run : runs) {
        auto request = requestFromText(run.toString().toUtf8());
        if (request) {
            queue_.enqueue(std::move(*request), /*held=*/true);
            ++restored;
        } else {
            unreadable_.append(run); // a newer Burdock, or one with its plugin, may read it
            emit noticed(QString::fromStdString(oneLine(request.error())));
        }
    }
    return restored;
}

QByteArray QueueKeeper::waitingAsText() const {
    QJsonArray runs = unreadable_;
    for (const TrainingRun* run : queue_.waiting())
        runs.append(QString::fromUtf8(requestToText(run->request())));
    return QJsonDocument(runs).toJson(QJsonDocument::Compact);
}

void QueueKeeper::keepNow() {
    soon_.stop();
    if (waitingAsText() == kept_) return;
    if (!ours_) takeOver(); // once the other window is closed, with what waited there
    if (!ours_) {
        if (!std::exchange(told_, true))
            emit noticed(
                tr("Another window has this notebook open, with runs that wait: those that wait here "
                   "are not kept when this window is closed."));
        return;
    }
    const QByteArray now = waitingAsText();
    kept_ = now;
    const QJsonObject text{{QStringLiteral("owner"), storage::processIdentity()},
                           {QStringLiteral("at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)},
                           {QStringLiteral("runs"), QJsonDocument::fromJson(now).array()}};
    saver_.keepSetting(queueSetting, QString::fromUtf8(QJsonDocument(text).toJson(QJsonDocument::Compact)),
                       [this](const storage::Outcome<void>& done) {
                           if (done) return;
                           kept_.clear(); // to be tried again with the next change
                           emit noticed(
                               tr("The runs that wait could not be kept. %1").arg(done.error().oneLine()));
                       });
}

} // namespace burdock
