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
    seen_ = notebook_.setting(queueSetting);
    const QJsonObject stored = QJsonDocument::fromJson(seen_.toUtf8()).object();
    const QString owner = stored[QStringLiteral("owner")].toString();
    const QJsonArray runs = stored[QStringLiteral("runs")].toArray();
    const auto at = QDateTime::fromString(stored[QStringLiteral("at")].toString(), Qt::ISODate);
    ours_ = runs.isEmpty() || owner == storage::processIdentity() || !storage::mayBeAlive(owner, at);
    if (!ours_ || runs.isEmpty() || !claim(runs)) return 0;
    int restored = 0;
    for (const QJsonValue& run : runs) {
        auto request = requestFromText(run.toString().toUtf8());
        if (!request) {
            unreadable_.append(run); // a newer Burdock, or one with its plugin, may read it
            emit noticed(QString::fromStdString(oneLine(request.error())));
            continue;
        }
        if (request->resumed) { // one that was being trained: it may have ended since, or be gone
            request = resumeRequest(notebook_, *request->resumed);
            if (!request) continue;
        }
        queue_.enqueue(std::move(*request), /*held=*/true);
        ++restored;
    }
    return restored;
}

/// Of several windows that find what a closed one has left, one takes it.
bool QueueKeeper::claim(const QJsonArray& runs) {
    const QString mine = asSetting(runs);
    const auto claimed = notebook_.replaceSetting(queueSetting, seen_, mine);
    ours_ = claimed && *claimed;
    if (ours_) seen_ = mine;
    if (!claimed) emit noticed(claimed.error().oneLine());
    return ours_;
}

QString QueueKeeper::asSetting(const QJsonArray& runs) {
    const QJsonObject all{{QStringLiteral("owner"), storage::processIdentity()},
                          {QStringLiteral("at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)},
                          {QStringLiteral("runs"), runs}};
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact));
}

QByteArray QueueKeeper::waitingAsText() const {
    QJsonArray runs = unreadable_;
    const auto append = [&runs](const TrainingRequest& request) {
        runs.append(QString::fromUtf8(requestToText(request)));
    };
    // What is being trained stops with the window, and can go on from its last weights.
    for (const TrainingRun* run : queue_.active()) {
        TrainingRequest rest = run->request();
        if (run->runId()) {
            rest.initialRun.reset();
            rest.resumed = run->runId();
        }
        append(rest);
    }
    for (const TrainingRun* run : queue_.waiting())
        append(run->request());
    return QJsonDocument(runs).toJson(QJsonDocument::Compact);
}

void QueueKeeper::keepNow() {
    soon_.stop();
    if (waitingAsText() == kept_) return;
    if (!ours_) takeOver(); // once the other window is closed, with what it left
    if (!ours_) {
        if (!std::exchange(told_, true))
            emit noticed(
                tr("Another window has this notebook open, with runs that have not ended: those that "
                   "wait here are not kept when this window is closed."));
        return;
    }
    kept_ = waitingAsText();
    const QString mine = asSetting(QJsonDocument::fromJson(kept_).array());
    saver_.replaceSetting(
        queueSetting, std::exchange(seen_, mine), mine, [this](const storage::Outcome<bool>& done) {
            if (done && *done) return;
            kept_.clear(); // to be tried again with the next change
            if (!done)
                emit noticed(tr("The runs that wait could not be kept. %1").arg(done.error().oneLine()));
            ours_ = false; // the notebook is to be looked at first
            if (done && !soon_.isActive()) soon_.start();
        });
}

} // namespace burdock
