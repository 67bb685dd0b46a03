#include "app/queue_keeper.h"

#include "app/model_saver.h"
#include "storage/notebook/process_identity.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace burdock {
namespace {

/// The notebook's setting with the runs that wait.
const QString queueSetting = QStringLiteral("waiting-runs");

constexpr int mostAttempts = 8; ///< to be the one that writes the list that it has seen

QString asSetting(const QJsonArray& runs) {
    const QJsonObject all{{QStringLiteral("owner"), storage::processIdentity()},
                          {QStringLiteral("at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)},
                          {QStringLiteral("runs"), runs}};
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact));
}

QJsonArray together(QJsonArray runs, const QJsonArray& further) {
    for (const QJsonValue& run : further)
        runs.append(run);
    return runs;
}

} // namespace

/// What a look at the notebook's list has found.
struct QueueKeeper::Found {
    bool ours = true; ///< else another live program keeps its runs there
    std::vector<TrainingRequest> left;
    QJsonArray unreadable; ///< a newer Burdock, or one with its plugin, may read it
    QStringList problems;
};

QueueKeeper::QueueKeeper(RunQueue& queue, storage::Notebook& notebook, ModelSaver& saver)
    : queue_(queue)
    , notebook_(notebook)
    , saver_(saver)
    , kept_(waiting())
    , taken_(std::make_shared<std::atomic<bool>>(false))
    , refusal_(std::make_shared<QString>()) {
    soon_.setSingleShot(true);
    soon_.setInterval(200);
    connect(&soon_, &QTimer::timeout, this, &QueueKeeper::keepNow);
    connect(&queue_, &RunQueue::changed, this, [this] {
        if (!soon_.isActive()) soon_.start();
    });
}

int QueueKeeper::restore() {
    const auto found = exchange(notebook_, {}, *taken_);
    if (!found) {
        emit noticed(found.error().oneLine());
        return 0;
    }
    putBack(*found);
    if (found->ours) kept_ = waiting(); // what the notebook holds: if they begin at once, that is taken back
    return static_cast<int>(found->left.size());
}

/// Writes `mine` in place of what the notebook holds, and reads what a closed window has left there, which
/// stays in the list; of several windows that find it, one takes it. Another live program's list is left
/// alone. `taken`: a list of this program is that of this keeper, so that nothing in it is left to be taken.
/// On the saver's thread.
storage::Outcome<QueueKeeper::Found> QueueKeeper::exchange(storage::Notebook& notebook,
                                                           const QJsonArray& mine, std::atomic<bool>& taken) {
    for (int attempt = 0; attempt < mostAttempts; ++attempt) {
        const QString seen = notebook.setting(queueSetting);
        const QJsonObject stored = QJsonDocument::fromJson(seen.toUtf8()).object();
        const QString owner = stored[QStringLiteral("owner")].toString();
        const auto at = QDateTime::fromString(stored[QStringLiteral("at")].toString(), Qt::ISODate);
        QJsonArray runs = stored[QStringLiteral("runs")].toArray();
        Found found;
        if (owner == storage::processIdentity()) {
            if (taken) runs = {};
        } else if (!runs.isEmpty() && storage::mayBeAlive(owner, at)) {
            found.ours = false;
            return found;
        }
        if (runs.isEmpty() && mine.isEmpty() && seen.isEmpty()) return found; // nothing to write
        const auto written = notebook.replaceSetting(queueSetting, seen, asSetting(together(mine, runs)));
        if (!written) return storage::refuse(written.error());
        if (!*written) continue; // another program was quicker: its list is to be looked at
        taken = true;
        for (const QJsonValue& run : runs) {
            auto request = requestFromText(run.toString().toUtf8());
            if (!request) {
                found.unreadable.append(run);
                found.problems << QString::fromStdString(oneLine(request.error()));
                continue;
            }
            if (request->resumed) { // one that was being trained: it may have ended since, or be gone
                request = resumeRequest(notebook, *request->resumed);
                if (!request) continue;
            }
            found.left.push_back(std::move(*request));
        }
        return found;
    }
    return storage::refuse(storage::StorageError::Kind::Busy, tr("Other programs go on writing it."),
                           notebook.path(), tr("It is tried again with the next change."));
}

void QueueKeeper::putBack(const Found& found) {
    unreadable_ = together(unreadable_, found.unreadable);
    for (const QString& problem : found.problems)
        emit noticed(problem);
    for (const TrainingRequest& request : found.left)
        queue_.enqueue(request, /*held=*/true);
}

QJsonArray QueueKeeper::waiting() const {
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
    return runs;
}

QString QueueKeeper::notKept(const storage::StorageError& why) {
    return tr("The runs that wait could not be kept. %1").arg(why.oneLine());
}

QString QueueKeeper::unkept() const {
    return *refusal_;
}

void QueueKeeper::keepNow() {
    soon_.stop();
    QJsonArray mine = waiting();
    if (kept_ == mine) return;
    kept_ = mine;
    saver_.post(
        this,
        [mine = std::move(mine), taken = taken_, refusal = refusal_](storage::Notebook& notebook) {
            auto found = exchange(notebook, mine, *taken);
            *refusal = found || mine.isEmpty() ? QString() : notKept(found.error());
            return found;
        },
        [this](const storage::Outcome<Found>& found) {
            if (!unkept_.isEmpty()) emit settled(std::exchange(unkept_, {}));
            if (found && found->ours) return putBack(*found);
            kept_.reset(); // to be tried again with the next change
            if (!found)
                emit noticed(unkept_ = notKept(found.error()));
            else if (!std::exchange(told_, true))
                emit noticed(
                    tr("Another window has this notebook open, with runs that have not ended: those that "
                       "wait here are not kept when this window is closed."));
        });
}

} // namespace burdock
