#include "session/training_job.h"

#include "engine/train/thread_scope.h"
#include "session/background.h"
#include "session/stored_run.h"

#include <cmath>
#include <limits>
#include <thread>
#include <utility>

namespace burdock {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Large ones are kept more rarely, so that a disk is not written to all the time.
std::chrono::seconds saveEveryFor(std::int64_t bytes) {
    constexpr std::int64_t bytesPerSecond = 10'000'000;
    return std::chrono::seconds(20 + bytes / bytesPerSecond);
}

storage::RunState toState(RunStatus status) {
    switch (status) {
    case RunStatus::Running:
        return storage::RunState::Running;
    case RunStatus::Finished:
        return storage::RunState::Finished;
    case RunStatus::Stopped:
        return storage::RunState::Stopped;
    case RunStatus::Failed:
        return storage::RunState::Failed;
    case RunStatus::Interrupted:
        return storage::RunState::Interrupted;
    }
    return storage::RunState::Failed;
}

/// Of weights that wait no longer because of what hinders the writer.
Diagnostic weightsSkipped(const storage::CheckpointInfo& skipped,
                          const std::optional<storage::StorageError>& hindrance) {
    const bool disk = !hindrance || hindrance->isOfTheDisk();
    return problem("notebook.skipped",
                   "The weights after step " + std::to_string(skipped.step) + " are not kept.", "Notebook",
                   disk ? std::string() : hindrance->mend.toStdString(),
                   disk ? std::string("The disk takes nothing, and later ones wait for it.")
                        : "Nothing can be written, and later ones wait: " + hindrance->what.toStdString());
}

Diagnostic trainingBrokeOff(const Breakdown& broken) {
    return problem("train.exception", "Training broke off.", "Training",
                   "Try a smaller batch; if it stays, report it with this run's settings.", broken.why);
}

/// Of weights that nothing in this program waits to write any more: they were in the notebook.
Diagnostic deletedMeanwhile(Diagnostic missing) {
    if (missing.code != "run.weights") return missing;
    missing.why = "Another program has deleted them.";
    missing.mend = "Evaluate others of the weights that the run has kept, or train it anew.";
    return missing;
}

/// What is not there any more is not called finished.
FinishRecord lostInPart(FinishRecord record, const storage::StorageError& error) {
    Diagnostic lost = toDiagnostic(error);
    lost.code = "notebook.lost";
    if (record.problem) lost.why = "The run itself failed: " + oneLine(*record.problem);
    record.status = RunStatus::Failed;
    record.problem = std::move(lost);
    return record;
}

} // namespace

TrainingJob::TrainingJob(TrainingRun& owner, std::shared_ptr<storage::Notebook> notebook,
                         const DatasetCatalog& catalog, TrainingRequest request, int threads, bool background)
    : owner_(owner)
    , notebook_(std::move(notebook))
    , catalog_(catalog)
    , request_(std::move(request))
    , threads_(threads)
    , background_(background) {
    progress_.phase = TrainingRun::tr("Loading data");
    progress_.epochs = request_.config.epochs;
    progress_.secondsLeft = unknown;
}

/// Queued on the window's thread, in order; dropped once the run is gone.
template <class Call>
void TrainingJob::tell(Call call) {
    QMetaObject::invokeMethod(&owner_, std::move(call), Qt::QueuedConnection);
}

void TrainingJob::run() {
    if (background_) lowerThreadPriority();
    const ThreadShare share(threads_);
    std::unique_ptr<Trainer> trainer; // goes with this thread's work: what it takes is much
    const Status ready = guarded(trainingBrokeOff, [&] { return prepare(trainer); });
    if (!ready) {
        tell([owner = &owner_, why = ready.error()] { emit owner->refused(why); });
        return;
    }
    auto record =
        guarded(trainingBrokeOff, [&]() -> Result<FinishRecord> { return trainer->run(*this, control); });
    if (!record) {
        FinishRecord failed;
        failed.status = RunStatus::Failed;
        failed.problem = record.error();
        record = std::move(failed);
    }
    const Status kept = guarded(trainingBrokeOff, [&]() -> Status {
        finish(*record);
        return {};
    });
    if (kept) return;
    // The writer, as it goes, keeps what it can; nobody may wait for an end that is never told.
    run_.writer.reset();
    record->status = RunStatus::Failed;
    record->problem = kept.error();
    tellEnd(*record);
}

Status TrainingJob::prepare(std::unique_ptr<Trainer>& trainer) {
    const auto told = PreparationWatch{
        .stopped = [this] { return control.stopRequested(); },
        .loaded = [this] { setPhase(TrainingRun::tr("Preparing"), 0); },
        .advised =
            [this](const Diagnostic& why) { tell([owner = &owner_, why] { emit owner->advised(why); }); },
        .transferred =
            [this](const TransferReport& report) {
                tell([owner = &owner_, report] { emit owner->transferred(report); });
            },
    };
    auto ready = prepareRun(*notebook_, catalog_, request_, told);
    if (!ready) return refuse(ready.error());
    run_ = std::move(*ready);
    trainer = std::move(run_.trainer);
    batch_ = trainer->batch();
    samplesOfEpoch_ = static_cast<double>(batch_ * trainer->stepsPerEpoch());
    runId_ = run_.writer->id();
    lastSave_ = Clock::now();
    {
        const std::lock_guard lock(mutex_);
        training_ = true;
        begun_ = speedSince_ = pausedSince_ = lastSave_;
        progress_.epoch = 1 + run_.stepsBefore / trainer->stepsPerEpoch();
        progress_.step = run_.stepsBefore;
        progress_.steps = trainer->stepsPerEpoch() * request_.config.epochs;
        progress_.phase = TrainingRun::tr("Training");
    }
    tell([owner = &owner_, run = runId_, name = run_.name, best = trainer->bestMetric(), data = run_.data] {
        owner->setName(name);
        owner->setData(data);
        owner->setBestMetric(best);
        emit owner->started(run);
    });
    return {};
}

std::string TrainingJob::weightsKept() const {
    const auto infos = notebook_->checkpoints(runId_);
    if (!infos) return {};
    qint64 step = -1;
    for (const storage::CheckpointInfo& info : *infos)
        if (!info.damaged) step = std::max(step, info.step);
    if (step < 0) return " The notebook has none of its weights.";
    return " The notebook has its weights of step " + std::to_string(step) + ".";
}

/// What is not kept is not called finished.
FinishRecord TrainingJob::notKept(FinishRecord record, const storage::StorageError& error) {
    const auto rest = run_.writer->keepRest();
    Diagnostic d = toDiagnostic(error);
    d.code = "notebook.unwritten";
    d.what = "The run could not be written to the notebook: " + d.what;
    if (rest) {
        d.why = "What was missing is kept in " + rest->toStdString() + ".";
        d.mend = "It is taken in when the notebook is opened again.";
    } else {
        d.why = "What is missing could not be kept in a file of its own either: " +
                rest.error().oneLine().toStdString();
        d.mend = "Free some space, and train it again.";
    }
    if (record.problem) {
        Diagnostic own = *record.problem;
        if (!rest) own.mend.clear(); // it speaks of weights that the trainer has handed over
        d.why += " The run itself failed: " + oneLine(own);
    }
    if (!rest) d.why += weightsKept();
    unwritten_ = d;
    record.status = RunStatus::Failed;
    record.problem = std::move(d);
    return record;
}

/// Once, until it has been written again.
void TrainingJob::tellStorageProblem(const std::optional<storage::StorageError>& error) {
    if (!error || warned_) {
        warned_ = warned_ && error;
        return;
    }
    warned_ = true;
    tell([owner = &owner_, run = runId_, why = toDiagnostic(*error)] { emit owner->warned(run, why); });
}

void TrainingJob::tellNotices() {
    for (const storage::StorageError& notice : run_.writer->takeNotices())
        tell([owner = &owner_, run = runId_, what = toDiagnostic(notice)] { emit owner->warned(run, what); });
}

void TrainingJob::lookAtNotebook() {
    tellNotices();
    tellStorageProblem(run_.writer->error());
}

void TrainingJob::finish(FinishRecord record) {
    if (const auto before = run_.writer->checkBefore();
        !before && before.error().kind == storage::StorageError::Kind::Damaged)
        record = lostInPart(std::move(record), before.error());
    const QString problem = record.problem ? QString::fromStdString(oneLine(*record.problem)) : QString();
    const QByteArray metrics = metricsToStore(record.testMetrics, run_.data);
    const auto written = [&] {
        return run_.writer->finish(toState(record.status), record.seconds, toStored(record.test), problem,
                                   metrics);
    };
    auto kept = written();
    // Somebody may be about to make room, or another program about to let go of the notebook.
    for (const auto begun = Clock::now();
         !kept && kept.error().mayPass() && Clock::now() - begun < std::chrono::seconds(10);) {
        tellStorageProblem(kept.error());
        setPhase(TrainingRun::tr("Waiting for the disk"), 1);
        std::this_thread::sleep_for(std::chrono::seconds(1));
        kept = written();
    }
    tellNotices();
    if (!kept) record = notKept(record, kept.error());
    run_.writer.reset();
    tellEnd(record);
}

void TrainingJob::tellEnd(const FinishRecord& record) {
    {
        const std::lock_guard lock(mutex_);
        progress_.secondsDone = secondsDone();
        progress_.secondsLeft = 0;
        progress_.phase.clear();
        training_ = false;
        look_.reset(); // it holds the data
    }
    tell([owner = &owner_, run = runId_, record] { emit owner->finished(run, record); });
}

// What the trainer tells. -----------------------------------------------------------------------------

void TrainingJob::onStep(const StepRecord& record) {
    if (stepNames_.isEmpty())
        for (const std::string& name : record.names)
            stepNames_ << QString::fromStdString(name);
    stepValues_.assign(record.values.begin(), record.values.end());
    run_.writer->step(record.step, stepNames_, stepValues_);
    const auto now = Clock::now();
    if (now - lastLook_ > std::chrono::seconds(1)) {
        lastLook_ = now;
        lookAtNotebook();
    }
    // A long epoch must not be lost as a whole: weights are kept soon after the start, then now and then.
    if (now - lastSave_ > saveEvery_) {
        lastSave_ = now;
        saveEvery_ = saveEveryFor(checkpointBytes_);
        control.requestSave();
    }
    const std::lock_guard lock(mutex_);
    steps_.add(record);
    if (record.epoch != progress_.epoch || progress_.step == 0) {
        speedSince_ = now; // leaves the validation between two epochs out of the speed
        speedSteps_ = 0;
    } else {
        ++speedSteps_;
    }
    const std::chrono::duration<double> window = now - speedSince_;
    if (window.count() > 0.5) {
        const double speed = static_cast<double>(speedSteps_ * batch_) / window.count();
        progress_.samplesPerSecond = speedKnown_ ? 0.7 * progress_.samplesPerSecond + 0.3 * speed : speed;
        speedKnown_ = true;
        speedSince_ = now;
        speedSteps_ = 0;
    }
    progress_.epoch = record.epoch;
    progress_.step = record.step;
    progress_.phase = TrainingRun::tr("Training");
    progress_.phaseDone = static_cast<double>(record.step) / static_cast<double>(progress_.steps);
}

void TrainingJob::onEpoch(const EpochRecord& record) {
    if (record.samplesPerSecond > 0)
        epochSpeed_.add(samplesOfEpoch_, samplesOfEpoch_ / record.samplesPerSecond);
    const double speed = epochSpeed_.latest();
    run_.writer->epoch(
        {record.epoch, record.step, toStored(record.values), speed, record.seconds, record.best});
    lookAtNotebook();
    {
        // Where no epoch is long enough to be measured on the way.
        const std::lock_guard lock(mutex_);
        if (firstEpochSteps_ == 0) {
            firstEpochEnd_ = secondsDone() - run_.secondsBefore;
            firstEpochSteps_ = record.step - run_.stepsBefore;
        }
        if (!speedKnown_ && std::isfinite(speed)) progress_.samplesPerSecond = speed;
    }
    EpochRecord told = record;
    told.samplesPerSecond = speed; // as it is kept
    tell([owner = &owner_, run = runId_, told] { emit owner->epochFinished(run, told); });
}

void TrainingJob::onCheckpoint(const CheckpointRecord& record) {
    if (record.kind == CheckpointRecord::Kind::Best) best_ = record.weights;
    auto data = toStore(record);
    if (record.kind == CheckpointRecord::Kind::Last) {
        lastSave_ = Clock::now();
        checkpointBytes_ = 0;
        for (const auto& tensor : data->tensors)
            checkpointBytes_ += tensor.info.bytes;
    }
    run_.writer->checkpoint(std::move(data));
    for (const storage::CheckpointInfo& skipped : run_.writer->takeSkipped())
        tell([owner = &owner_, run = runId_, why = weightsSkipped(skipped, run_.writer->error())] {
            emit owner->warned(run, why);
        });
}

bool TrainingJob::readyForCheckpoint(CheckpointRecord::Kind kind, bool needed) {
    if (!needed && run_.writer->holdsCheckpoints()) return false;
    return run_.writer->awaitCheckpoints() || run_.writer->supersede(toStored(kind));
}

void TrainingJob::awaitCheckpoints() {
    (void)run_.writer->awaitCheckpoints();
}

Result<std::shared_ptr<const WeightSet>> TrainingJob::bestWeights() {
    if (auto waiting = best_.lock()) return waiting;
    auto read = StoredWeights::open(*notebook_, runId_, storage::CheckpointKind::Best);
    // The result of a test is the best weights'.
    if (!read || (*read)->info().kind != storage::CheckpointKind::Best)
        return refuse(deletedMeanwhile(
            read ? missingWeights(*notebook_, runId_, storage::CheckpointKind::Best) : read.error()));
    auto weights = (*read)->readAll();
    if (!weights) return refuse(weights.error());
    return std::make_shared<const WeightSet>(std::move(*weights));
}

void TrainingJob::onEvaluating(std::string_view what, double done) {
    setPhase(what == "test" ? TrainingRun::tr("Testing") : TrainingRun::tr("Validating"), done);
}

void TrainingJob::onSnapshot(const SnapshotRecord& record) {
    const std::lock_guard lock(mutex_);
    look_ = WeightsLook{progress_.epoch, record.step, record.weights, run_.samples};
}

void TrainingJob::onNotice(const Diagnostic& notice) {
    tell([owner = &owner_, run = runId_, notice] { emit owner->warned(run, notice); });
}

// What the window asks. -------------------------------------------------------------------------------

void TrainingJob::setPhase(const QString& phase, double done) {
    const std::lock_guard lock(mutex_);
    progress_.phase = phase;
    progress_.phaseDone = done;
}

double TrainingJob::secondsDone() const {
    if (!training_) return progress_.secondsDone;
    const auto now = paused_ ? pausedSince_ : Clock::now();
    return run_.secondsBefore + std::chrono::duration<double>(now - begun_ - pausedFor_).count();
}

TrainingProgress TrainingJob::progress() const {
    const std::lock_guard lock(mutex_);
    TrainingProgress p = progress_;
    p.secondsDone = secondsDone();
    if (training_) {
        // The first steps are slow (caches, clocks): a rest told from them would be far too long.
        const double here = p.secondsDone - run_.secondsBefore;
        const std::int64_t steps = p.step - run_.stepsBefore;
        // A second one tells more of those to come: some data are read, or layers run, in the first alone.
        const bool isSecond =
            firstEpochSteps_ > 0 && steps >= 2 * firstEpochSteps_ && here - firstEpochEnd_ > 1;
        const double measured = isSecond ? here - firstEpochEnd_ : here;
        if (steps > 0 && measured > 1)
            p.secondsLeft = measured / static_cast<double>(isSecond ? steps - firstEpochSteps_ : steps) *
                            static_cast<double>(p.steps - p.step);
        if (paused_) p.phase = TrainingRun::tr("Paused");
    }
    return p;
}

StepTable TrainingJob::takeSteps() {
    const std::lock_guard lock(mutex_);
    return std::exchange(steps_, {});
}

std::optional<WeightsLook> TrainingJob::takeLook() {
    const std::lock_guard lock(mutex_);
    return std::exchange(look_, std::nullopt);
}

void TrainingJob::setPaused(bool paused) {
    {
        const std::lock_guard lock(mutex_);
        if (paused == paused_) return;
        const auto now = Clock::now();
        if (paused)
            pausedSince_ = now;
        else if (training_)
            pausedFor_ += now - std::max(pausedSince_, begun_);
        speedSince_ = now;
        speedSteps_ = 0;
        paused_ = paused;
    }
    control.setPaused(paused);
}

} // namespace burdock
