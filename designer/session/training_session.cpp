#include "session/training_session.h"

#include "session/stored_run.h"
#include "session/training_job.h"

#include <thread>

namespace burdock {

Result<TrainingRequest> resumeRequest(const storage::Notebook& notebook, storage::RunId id) {
    const auto run = notebook.run(id);
    if (!run) return refuse(toDiagnostic(run.error()));
    const std::string name = "Run " + run->start.name.toStdString();
    if (run->state != storage::RunState::Stopped && run->state != storage::RunState::Interrupted)
        return refuse(problem("train.resume", "Only a stopped or interrupted run can go on.", name,
                              "Train a new run from its weights.",
                              "Its state is “" + storage::runStateKey(run->state).toStdString() + "”."));
    auto graph = storedGraph(run->start);
    if (!graph) return refuse(graph.error());
    auto config = storedConfig(run->start);
    if (!config) return refuse(config.error());
    TrainingRequest request;
    request.runName = run->start.name;
    request.graph = std::move(*graph);
    request.dataset = run->start.datasetId;
    request.config = std::move(*config);
    request.resumed = id;
    return request;
}

struct TrainingSession::Impl {
    Impl(std::shared_ptr<storage::Notebook> n, const DatasetCatalog& c)
        : notebook(std::move(n))
        , catalog(c) {}

    std::shared_ptr<storage::Notebook> notebook;
    const DatasetCatalog& catalog;
    State state = State::Idle;
    storage::RunId runId;
    TrainingRequest request;
    bool background = true;
    std::unique_ptr<TrainingJob> job; ///< the last one stays, for its progress and its steps
    std::thread thread;

    void join() {
        if (thread.joinable()) thread.join();
    }
};

TrainingSession::TrainingSession(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                                 QObject* parent)
    : QObject(parent)
    , impl_(new Impl(std::move(notebook), catalog)) {
    // Connected first, so that whoever hears these signals finds the state already changed.
    const auto enter = [this](State state) {
        if (impl_->state == state) return;
        impl_->state = state;
        emit stateChanged();
    };
    connect(this, &TrainingSession::started, this, [this, enter](storage::RunId run) {
        impl_->runId = run;
        if (impl_->state == State::Starting)
            enter(impl_->job->control.paused() ? State::Paused : State::Training);
    });
    connect(this, &TrainingSession::refused, this, [this, enter](const Diagnostic&) {
        impl_->join();
        enter(State::Idle);
    });
    connect(this, &TrainingSession::finished, this, [this, enter](storage::RunId, const FinishRecord&) {
        impl_->join();
        enter(State::Idle);
    });
}

TrainingSession::~TrainingSession() {
    if (impl_->job) impl_->job->control.requestStop();
    impl_->join();
}

TrainingSession::State TrainingSession::state() const {
    return impl_->state;
}

storage::RunId TrainingSession::runId() const {
    return impl_->runId;
}

const TrainingRequest& TrainingSession::request() const {
    return impl_->request;
}

void TrainingSession::start(TrainingRequest request) {
    if (isBusy()) {
        // Not through refused(): that signal ends the run that is going on.
        emit warned(impl_->runId,
                    problem("train.busy", "A run is going on.", "Training",
                            "Stop it, or wait until it has finished.", "One run is trained at a time."));
        return;
    }
    impl_->request = request;
    impl_->job = std::make_unique<TrainingJob>(*this, impl_->notebook, impl_->catalog, std::move(request),
                                               impl_->background);
    impl_->state = State::Starting;
    impl_->thread = std::thread([job = impl_->job.get()] { job->run(); });
    emit stateChanged();
}

void TrainingSession::pause() {
    if (impl_->state != State::Training && impl_->state != State::Starting) return;
    impl_->job->setPaused(true);
    if (impl_->state == State::Starting) return; // paused as soon as it has begun
    impl_->state = State::Paused;
    emit stateChanged();
}

void TrainingSession::resume() {
    if (!impl_->job || !impl_->job->control.paused()) return;
    impl_->job->setPaused(false);
    if (impl_->state != State::Paused) return;
    impl_->state = State::Training;
    emit stateChanged();
}

void TrainingSession::keepCheckpoint() {
    if (impl_->state == State::Training || impl_->state == State::Paused)
        impl_->job->control.requestCheckpoint();
}

void TrainingSession::stop() {
    if (!isBusy() || impl_->state == State::Stopping) return;
    impl_->job->control.requestStop();
    impl_->job->setPaused(false);
    impl_->state = State::Stopping;
    emit stateChanged();
}

TrainingProgress TrainingSession::progress() const {
    return impl_->job ? impl_->job->progress() : TrainingProgress{};
}

std::vector<StepRecord> TrainingSession::takeSteps() {
    return impl_->job ? impl_->job->takeSteps() : std::vector<StepRecord>{};
}

void TrainingSession::setBackground(bool background) {
    impl_->background = background;
}

} // namespace burdock
