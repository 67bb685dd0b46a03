#include "session/training_run.h"

#include "session/training_job.h"

#include <system_error>
#include <thread>

namespace burdock {

struct TrainingRun::Impl {
    std::shared_ptr<storage::Notebook> notebook;
    const DatasetCatalog& catalog;
    const TrainingRequest request;
    State state;
    storage::RunId runId;
    QString name; ///< in the notebook; empty until it has begun
    std::string bestMetric;
    DatasetInfo data;
    std::optional<FinishRecord> result;
    std::optional<Diagnostic> refusal;
    std::unique_ptr<TrainingJob> job; ///< stays after the end, for its progress and its last steps
    std::thread thread;

    void join() {
        if (thread.joinable()) thread.join();
    }
};

TrainingRun::TrainingRun(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                         TrainingRequest request, State state)
    : impl_(
          new Impl{std::move(notebook), catalog, std::move(request), state, {}, {}, {}, {}, {}, {}, {}, {}}) {
    if (impl_->request.resumed) {
        impl_->runId = *impl_->request.resumed;
        impl_->name = impl_->request.runName;
    }
    // Connected first, so that whoever hears these signals finds the state already changed.
    connect(this, &TrainingRun::started, this, [this](storage::RunId run) {
        impl_->runId = run;
        if (impl_->state == State::Starting)
            enter(impl_->job->control.paused() ? State::Paused : State::Training);
    });
    connect(this, &TrainingRun::refused, this, [this](const Diagnostic& why) {
        impl_->join();
        impl_->refusal = why;
        enter(State::Ended);
    });
    connect(this, &TrainingRun::finished, this, [this](storage::RunId, const FinishRecord& record) {
        impl_->join();
        impl_->result = record;
        enter(State::Ended);
    });
}

TrainingRun::~TrainingRun() {
    if (impl_->job) impl_->job->control.requestStop();
    impl_->join();
}

void TrainingRun::enter(State state) {
    if (impl_->state == state) return;
    impl_->state = state;
    emit stateChanged();
}

void TrainingRun::setName(const QString& name) {
    if (name.isEmpty() || name == this->name()) return;
    impl_->name = name;
    emit renamed();
}

void TrainingRun::begin(int threads, bool background) {
    impl_->job = std::make_unique<TrainingJob>(*this, impl_->notebook, impl_->catalog, impl_->request,
                                               threads, background);
    impl_->state = State::Starting;
    try {
        impl_->thread = std::thread([job = impl_->job.get()] { job->run(); });
    } catch (const std::system_error& e) {
        // As any refusal: on a later turn of the event loop.
        QMetaObject::invokeMethod(
            this,
            [this, why = std::string(e.what()) + "."] {
                emit refused(problem("train.thread", "No thread could be started.", "Training",
                                     "End other programs, or raise the limit of processes (ulimit -u).",
                                     why));
            },
            Qt::QueuedConnection);
    }
    emit stateChanged();
}

std::shared_ptr<const Dataset> TrainingRun::takeData() {
    return impl_->job ? impl_->job->takeData() : nullptr;
}

std::optional<Diagnostic> TrainingRun::awaitEnd() {
    impl_->join();
    return impl_->job ? impl_->job->unwritten() : std::nullopt;
}

TrainingRun::State TrainingRun::state() const {
    return impl_->state;
}

const TrainingRequest& TrainingRun::request() const {
    return impl_->request;
}

QString TrainingRun::name() const {
    return impl_->name.isEmpty() ? requestName(impl_->request, impl_->catalog) : impl_->name;
}

storage::RunId TrainingRun::runId() const {
    return impl_->runId;
}

const std::optional<FinishRecord>& TrainingRun::result() const {
    return impl_->result;
}

void TrainingRun::setBestMetric(std::string metric) {
    impl_->bestMetric = std::move(metric);
}

const std::string& TrainingRun::bestMetric() const {
    return impl_->bestMetric;
}

void TrainingRun::setData(DatasetInfo data) {
    impl_->data = std::move(data);
}

const DatasetInfo& TrainingRun::data() const {
    return impl_->data;
}

NamedValue TrainingRun::tested() const {
    return impl_->result ? headline(impl_->result->test, impl_->bestMetric) : NamedValue();
}

const std::optional<Diagnostic>& TrainingRun::refusal() const {
    return impl_->refusal;
}

void TrainingRun::pause() {
    if (impl_->state != State::Training && impl_->state != State::Starting) return;
    impl_->job->setPaused(true);
    if (impl_->state == State::Starting) return; // paused as soon as it has begun
    enter(State::Paused);
}

void TrainingRun::resume() {
    if (!impl_->job || !impl_->job->control.paused()) return;
    impl_->job->setPaused(false);
    if (impl_->state == State::Paused) enter(State::Training);
}

void TrainingRun::keepCheckpoint() {
    if (impl_->state == State::Training || impl_->state == State::Paused)
        impl_->job->control.requestCheckpoint();
}

void TrainingRun::stop() {
    if (!isActive() || impl_->state == State::Stopping) return;
    impl_->job->control.requestStop();
    impl_->job->setPaused(false);
    enter(State::Stopping);
}

TrainingProgress TrainingRun::progress() const {
    if (impl_->job) return impl_->job->progress();
    TrainingProgress waiting;
    waiting.epochs = impl_->request.config.epochs;
    if (const auto& standing = impl_->request.standing) {
        waiting.epoch = standing->epoch();
        waiting.step = standing->step;
        waiting.steps = standing->stepsPerEpoch * waiting.epochs;
        waiting.secondsDone = standing->seconds;
    }
    return waiting;
}

StepTable TrainingRun::takeSteps() {
    return impl_->job ? impl_->job->takeSteps() : StepTable{};
}

void TrainingRun::lookAtWeights() {
    if (impl_->state == State::Training || impl_->state == State::Paused)
        impl_->job->control.requestSnapshot();
}

std::optional<WeightsLook> TrainingRun::takeLook() {
    return impl_->job ? impl_->job->takeLook() : std::nullopt;
}

} // namespace burdock
