#include "session/run_queue.h"

#include <QThread>

#include <algorithm>
#include <utility>

namespace burdock {
namespace {

using State = TrainingRun::State;

/// Ended, then active, then waiting: within each kind the order stays.
int rank(const TrainingRun* run) {
    return run->isWaiting() ? 2 : run->isActive() ? 1 : 0;
}

} // namespace

RunQueue::RunQueue(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                   QObject* parent)
    : QObject(parent)
    , notebook_(std::move(notebook))
    , catalog_(catalog) {}

RunQueue::~RunQueue() {
    end();
}

const QStringList& RunQueue::end() {
    blockSignals(true);
    for (TrainingRun* run : runs_)
        run->stop(); // all at once; each is waited for below
    for (TrainingRun* run : std::exchange(runs_, {})) {
        if (run->isActive()) noteEnd(*run);
        delete run;
    }
    return unwritten_;
}

void RunQueue::noteEnd(TrainingRun& run) {
    if (const auto why = run.awaitEnd()) unwritten_ << QString::fromStdString(oneLine(*why));
}

TrainingRun& RunQueue::enqueue(TrainingRequest request, bool held) {
    auto* run = new TrainingRun(notebook_, catalog_, std::move(request), held ? State::Held : State::Waiting);
    run->setParent(this);
    runs_.push_back(run);
    follow(*run);
    emit added(run);
    emit changed();
    beginNext();
    return *run;
}

void RunQueue::follow(TrainingRun& run) {
    // One row of the notebook is one row of the list: what is drawn of it has been handed on by now.
    connect(&run, &TrainingRun::started, this, [this, begun = &run](storage::RunId id) {
        const auto before = std::find_if(runs_.begin(), runs_.end(), [&](const TrainingRun* other) {
            return other != begun && other->runId() == id && other->state() == State::Ended;
        });
        if (before != runs_.end()) remove(**before);
    });
    connect(&run, &TrainingRun::renamed, this, &RunQueue::changed);
    connect(&run, &TrainingRun::started, this, &RunQueue::started);
    connect(&run, &TrainingRun::refused, this, &RunQueue::refused);
    connect(&run, &TrainingRun::epochFinished, this, &RunQueue::epochFinished);
    connect(&run, &TrainingRun::finished, this, &RunQueue::finished);
    connect(&run, &TrainingRun::warned, this, &RunQueue::warned);
    connect(&run, &TrainingRun::stateChanged, this, [this, ended = &run] {
        std::stable_sort(runs_.begin(), runs_.end(),
                         [](const TrainingRun* a, const TrainingRun* b) { return rank(a) < rank(b); });
        emit changed();
        if (ended->state() != State::Ended) return;
        noteEnd(*ended);
        keepData(*ended);
        // Later: whoever else hears of the end finds it ended, and nothing begun yet.
        QMetaObject::invokeMethod(
            this,
            [this] {
                dropOldest();
                beginNext();
            },
            Qt::QueuedConnection);
    });
}

void RunQueue::keepData(TrainingRun& ended) {
    auto data = ended.takeData();
    const auto next = std::find_if(runs_.begin(), runs_.end(),
                                   [](const TrainingRun* r) { return r->state() == State::Waiting; });
    if (next == runs_.end() || (*next)->request().dataset != ended.request().dataset)
        data_.reset();
    else if (data)
        data_ = std::move(data);
}

void RunQueue::beginNext() {
    for (auto active = static_cast<int>(this->active().size()); active < atOnce_; ++active) {
        const auto next = std::find_if(runs_.begin(), runs_.end(),
                                       [](const TrainingRun* r) { return r->state() == State::Waiting; });
        if (next == runs_.end()) return;
        (*next)->begin(threadsEach(), background_);
    }
}

std::vector<TrainingRun*> RunQueue::active() const {
    std::vector<TrainingRun*> found;
    std::copy_if(runs_.begin(), runs_.end(), std::back_inserter(found),
                 [](const TrainingRun* r) { return r->isActive(); });
    return found;
}

std::vector<TrainingRun*> RunQueue::waiting() const {
    std::vector<TrainingRun*> found;
    std::copy_if(runs_.begin(), runs_.end(), std::back_inserter(found),
                 [](const TrainingRun* r) { return r->isWaiting(); });
    return found;
}

std::vector<TrainingRun*> RunQueue::held() const {
    std::vector<TrainingRun*> found;
    std::copy_if(runs_.begin(), runs_.end(), std::back_inserter(found),
                 [](const TrainingRun* r) { return r->state() == State::Held; });
    return found;
}

bool RunQueue::isBusy() const {
    return std::any_of(runs_.begin(), runs_.end(), [](const TrainingRun* r) { return r->isActive(); });
}

TrainingRun* RunQueue::find(storage::RunId id) const {
    const auto it = std::find_if(runs_.rbegin(), runs_.rend(),
                                 [id](const TrainingRun* r) { return r->runId() == id && !r->isWaiting(); });
    return it == runs_.rend() ? nullptr : *it;
}

TrainingRun* RunQueue::findWaiting(storage::RunId id) const {
    const auto it = std::find_if(runs_.begin(), runs_.end(), [id](const TrainingRun* r) {
        return r->isWaiting() && r->request().resumed == id;
    });
    return it == runs_.end() ? nullptr : *it;
}

void RunQueue::rename(storage::RunId id, const QString& name) {
    for (TrainingRun* run : runs_)
        if (run->runId() == id) run->setName(name);
}

void RunQueue::move(TrainingRun& run, int by) {
    if (!run.isWaiting()) return;
    const auto first =
        std::find_if(runs_.begin(), runs_.end(), [](const TrainingRun* r) { return r->isWaiting(); });
    const auto at = std::find(runs_.begin(), runs_.end(), &run);
    const auto to =
        std::clamp<std::ptrdiff_t>(at - runs_.begin() + by, first - runs_.begin(), std::ssize(runs_) - 1);
    if (to == at - runs_.begin()) return;
    runs_.erase(at);
    runs_.insert(runs_.begin() + to, &run);
    emit changed();
}

void RunQueue::drop(TrainingRun& run) {
    emit aboutToRemove(&run);
    runs_.erase(std::find(runs_.begin(), runs_.end(), &run));
    run.disconnect(this);
    run.deleteLater(); // it may be the one whose signal is being heard
}

void RunQueue::remove(TrainingRun& run) {
    if (run.isActive()) return;
    drop(run);
    emit changed();
}

void RunQueue::dropOldest() {
    const auto ended = std::count_if(runs_.begin(), runs_.end(),
                                     [](const TrainingRun* r) { return r->state() == State::Ended; });
    for (auto excess = ended - keptEnded; excess > 0; --excess)
        remove(*runs_.front());
}

void RunQueue::release(TrainingRun& run) {
    if (run.state() != State::Held) return;
    run.enter(State::Waiting);
    beginNext();
}

void RunQueue::releaseAll() {
    for (TrainingRun* run : waiting())
        release(*run);
}

void RunQueue::stopAll() {
    for (TrainingRun* run : waiting())
        run->enter(State::Held);
    for (TrainingRun* run : active())
        run->stop();
}

void RunQueue::setAtOnce(int runs) {
    runs = std::clamp(runs, 1, maxAtOnce);
    if (runs == atOnce_) return;
    atOnce_ = runs;
    emit changed();
    beginNext();
}

int RunQueue::threadsEach() const {
    return std::max(1, QThread::idealThreadCount() / atOnce_);
}

} // namespace burdock
