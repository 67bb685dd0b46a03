#include "storage/notebook/notebook.h"

#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/going_on.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/orphan_rows.h"
#include "storage/notebook/rest.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/run_writer_impl.h"
#include "storage/notebook/schema.h"

#include <QFile>
#include <QFileInfo>
#include <QThread>
#include <QVariant>

#include <algorithm>
#include <mutex>

namespace burdock::storage {

struct Notebook::Impl {
    std::shared_ptr<Core> core;
    bool readOnly = false;
    std::optional<StorageError> unwritable;
    QStringList takenIn, notTakenIn;

    Outcome<Writer*> writer() const {
        if (!readOnly) return core->writer();
        if (unwritable) {
            StorageError error = *unwritable;
            error.mend = error.kind == StorageError::Kind::Full
                             ? QStringLiteral("Free some space, then open the notebook again.")
                             : QStringLiteral("Check the disk, then open the notebook again.");
            return refuse(std::move(error));
        }
        return refuse(StorageError::Kind::ReadOnly,
                      core->damage() ? QStringLiteral("The notebook is damaged in part and can only be read.")
                                     : QStringLiteral("The notebook can only be read."),
                      core->path(),
                      QStringLiteral("Make the file and its folder writable, or work on a copy."));
    }

    Outcome<void> write(Writer::Job job) const {
        auto thread = writer();
        if (!thread) return refuse(thread.error());
        return (*thread)->perform(std::move(job));
    }

    Outcome<void> changeRun(RunId id, Fields fields) const {
        return write([id, fields = std::move(fields)](Database& database) {
            return updateRow(database, runTable(), id.value, fields);
        });
    }

    void takeInRests() {
        for (const QString& rest : restsOf(core->path())) {
            TakenIn taken;
            auto done = core->writer()->performDurably([&](Database& database) -> Outcome<void> {
                if (!QFileInfo::exists(rest)) return {}; // another program was faster
                auto found = takeIn(database, rest);
                if (!found) return refuse(found.error());
                taken = *found;
                return {};
            });
            if (done && !taken.run.isEmpty()) {
                takenIn << taken.run;
                if (taken.damaged.isEmpty())
                    QFile::remove(rest);
                else
                    notTakenIn << putAside(rest, taken);
            } else if (!done) {
                StorageError error = done.error();
                error.what = QStringLiteral("What is missing of a run could not be taken in: ") + error.what;
                error.where = rest;
                notTakenIn << error.oneLine();
            }
        }
    }

    /// A rest that is damaged in part stays, under a name by which it is not taken in again. Tells so.
    static QString putAside(const QString& rest, const TakenIn& taken) {
        const QString aside = rest + QStringLiteral(".damaged");
        const bool moved = QFile::rename(rest, aside);
        return StorageError{StorageError::Kind::Damaged,
                            QStringLiteral("Of %1, a part of the rest is damaged and cannot be read: %2.")
                                .arg(taken.run, taken.damaged),
                            moved ? aside : rest,
                            moved ? QStringLiteral("The file is kept.")
                                  : QStringLiteral("The file could not be renamed, and is taken in again.")}
            .oneLine();
    }

    Outcome<std::optional<StorageError>> orphans() const {
        const std::lock_guard lock(mutex_);
        if (orphans_) return *orphans_;
        auto found = read(findOrphans);
        if (found) orphans_ = *found;
        return found;
    }

    void forgetOrphans() const {
        const std::lock_guard lock(mutex_);
        orphans_.reset();
    }

    // Answers a question on a connection of the calling thread, from one state of the file: what others
    // write meanwhile must not look like something that is missing.
    template <class Question>
    auto read(Question&& question) const -> decltype(question(std::declval<const Database&>())) {
        auto database = core->reader();
        if (!database) return refuse(database.error());
        if (auto begun = database->run(QStringLiteral("BEGIN")); !begun) return refuse(begun.error());
        return question(*database);
    }

  private:
    mutable std::mutex mutex_;
    mutable std::optional<std::optional<StorageError>> orphans_; ///< none: not looked for yet
};

Notebook::Notebook(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

Notebook::~Notebook() = default;

Outcome<std::shared_ptr<Notebook>> Notebook::open(const QString& path, Access access) {
    auto core = Core::open(path, access, notebookFormat());
    if (!core) return refuse(core.error());
    auto impl = std::make_unique<Impl>();
    impl->core = std::move(*core);
    impl->readOnly = access == Access::ReadOnly || !impl->core->writer();
    impl->unwritable = impl->core->unwritable();
    if (!impl->readOnly) {
        auto marked = impl->core->markInterruptedRuns();
        removeUnfinished(impl->core->path());
        if (marked) {
            impl->takeInRests();
        } else {
            if (!marked.error().isOfTheDisk()) return refuse(marked.error());
            impl->unwritable = marked.error();
        }
    } else {
        for (const QString& rest : restsOf(impl->core->path()))
            impl->notTakenIn << StorageError{
                StorageError::Kind::ReadOnly,
                QStringLiteral("What is missing of a run is taken in as soon as "
                               "the notebook can be written."),
                rest,
                {}}.oneLine();
    }
    for (const StorageError& notice : impl->core->takeNotices())
        impl->notTakenIn << notice.oneLine();
    return std::shared_ptr<Notebook>(new Notebook(std::move(impl)));
}

bool Notebook::isThere(const QString& path) {
    return QFileInfo::exists(path) || !restsOf(Core::nameOf(path)).isEmpty();
}

QString Notebook::path() const {
    return impl_->core->path();
}

QStringList Notebook::takenIn() const {
    return impl_->takenIn;
}

QStringList Notebook::notTakenIn() const {
    return impl_->notTakenIn;
}

QVector<StorageError> Notebook::takeNotices() {
    return impl_->core->takeNotices();
}

bool Notebook::isReadOnly() const {
    return impl_->readOnly;
}

std::optional<StorageError> Notebook::damage() const {
    if (const auto& damage = impl_->core->damage()) return damage;
    return impl_->orphans().value_or(std::nullopt); // what cannot be read now is told when it is asked for
}

Outcome<std::optional<StorageError>> Notebook::damageNow() const {
    if (const auto& damage = impl_->core->damage()) return damage;
    impl_->forgetOrphans();
    return impl_->orphans();
}

namespace {

/// The slices before stay deleted.
StorageError brokenOff(StorageError error, const RemovedOrphans& removed) {
    if (removed.rows > 0)
        error.what += QStringLiteral(" Orphaned rows that were deleted before that: %1.").arg(removed.rows);
    return error;
}

} // namespace

Outcome<RemovedOrphans> Notebook::removeOrphans() {
    auto writer = impl_->writer();
    if (!writer) return refuse(writer.error());
    OrphanRemover remover;
    RemovedOrphans removed; // for good
    for (bool all = false; !all;) {
        const auto slice = [&](Database& database) -> Outcome<void> {
            auto gone = remover.removeSlice(database, CheckpointWriter::sliceBytes);
            if (!gone) return refuse(gone.error());
            all = *gone;
            return {};
        };
        auto done = (*writer)->perform(slice, CheckpointWriter::sliceBytes);
        if (!done) return refuse(brokenOff(done.error(), removed));
        removed = remover.removed();
        impl_->forgetOrphans();
        if (!all) QThread::msleep(2 * FileLock::lookEveryMs); // those who wait for the file come between
    }
    return removed;
}

std::optional<StorageError> Notebook::unwritable() const {
    return impl_->unwritable;
}

Outcome<std::unique_ptr<RunWriter>> Notebook::startRun(const RunStart& start) {
    RunId id;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    auto done = impl_->write([&](Database& database) -> Outcome<void> {
        auto added = addRun(database, start, now);
        if (!added) return refuse(added.error());
        id = *added;
        return {};
    });
    if (!done) return refuse(done.error());
    auto impl = std::make_unique<RunWriter::Impl>();
    impl->core = impl_->core;
    impl->backlog = std::make_shared<RunBacklog>(id, start, now);
    impl->core->writer()->attach(impl->backlog);
    return std::unique_ptr<RunWriter>(new RunWriter(std::move(impl)));
}

Outcome<std::unique_ptr<RunWriter>> Notebook::continueRun(RunId id, qint64 epochs, qint64 steps) {
    const auto before = run(id);
    if (!before) return refuse(before.error());
    auto done = impl_->write([&](Database& database) -> Outcome<void> {
        if (auto reopened = reopenRun(database, id, epochs, steps); !reopened) return reopened;
        if (auto dropped = dropCheckpointsAfter(database, id, steps); !dropped) return dropped;
        return cutSteps(database, id, steps);
    });
    if (!done) return refuse(done.error());
    impl_->core->writer()->dropUnwantedLater();
    auto impl = std::make_unique<RunWriter::Impl>();
    impl->core = impl_->core;
    impl->backlog = std::make_shared<RunBacklog>(id, before->start, before->startedAt);
    impl->backlog->secondsBefore = before->seconds;
    impl->backlog->committedSteps = impl->backlog->stepsBefore = steps;
    impl->backlog->epochsBefore = epochs;
    impl->backlog->soundBefore = std::min(steps, before->steps);
    impl->backlog->nextStep = steps + 1;
    impl->core->writer()->attach(impl->backlog);
    return std::unique_ptr<RunWriter>(new RunWriter(std::move(impl)));
}

Outcome<void> Notebook::mayContinue(RunId id, qint64 epochs, qint64 steps) const {
    const auto found = run(id);
    if (!found) return refuse(found.error());
    return impl_->read([&](const Database& database) -> Outcome<void> {
        return mayGoOnFrom(database, *found, epochs, steps);
    });
}

Outcome<QVector<RunSummary>> Notebook::runs(bool withDeleted) const {
    return impl_->read([&](const Database& database) { return readRuns(database, withDeleted); });
}

Outcome<RunSummary> Notebook::run(RunId id) const {
    return impl_->read([&](const Database& database) -> Outcome<RunSummary> {
        auto found = readRuns(database, true, id);
        if (!found) return refuse(found.error());
        if (!found->isEmpty()) return found->first();
        return refuse(StorageError::Kind::NotFound, QStringLiteral("There is no run %1.").arg(id.value),
                      path(), QStringLiteral("Choose one of the runs that the notebook lists."));
    });
}

Outcome<QVector<EpochRow>> Notebook::epochs(RunId id) const {
    return impl_->read([&](const Database& database) { return readEpochs(database, id); });
}

Outcome<StepCurves> Notebook::steps(RunId id) const {
    return impl_->read([&](const Database& database) { return readSteps(database, id); });
}

Outcome<QVector<CheckpointInfo>> Notebook::checkpoints(RunId id) const {
    return impl_->read([&](const Database& database) { return readCheckpoints(database, id); });
}

Outcome<std::unique_ptr<CheckpointReader>> Notebook::openCheckpoint(CheckpointId id) const {
    auto database = impl_->core->reader();
    if (!database) return refuse(database.error());
    return CheckpointReader::open(std::move(*database), id);
}

Outcome<std::unique_ptr<CheckpointReader>> Notebook::openCheckpoint(RunId id, CheckpointKind kind) const {
    auto database = impl_->core->reader();
    if (!database) return refuse(database.error());
    return CheckpointReader::open(std::move(*database), id, kind);
}

Outcome<int> Notebook::markInterruptedRuns() {
    if (impl_->readOnly) return 0;
    return impl_->core->markInterruptedRuns();
}

Outcome<void> Notebook::renameRun(RunId id, const QString& name) {
    return impl_->changeRun(id, {{QStringLiteral("name"), textValue(name)}});
}

Outcome<void> Notebook::setNotes(RunId id, const QString& notes) {
    return impl_->changeRun(id, {{QStringLiteral("notes"), textValue(notes)}});
}

Outcome<void> Notebook::setTags(RunId id, const QStringList& tags) {
    return impl_->changeRun(id, {{QStringLiteral("tags"), tagsValue(tags)}});
}

Outcome<void> Notebook::setDeleted(RunId id, bool deleted) {
    return impl_->changeRun(id, {{QStringLiteral("deleted"), qint64(deleted)}});
}

Outcome<void> Notebook::removeRuns(const QVector<RunId>& runs) {
    auto done = impl_->write([&runs](Database& database) -> Outcome<void> {
        for (const RunId run : runs) {
            if (auto removed = removeRun(database, run); !removed) return removed;
            if (auto dropped = dropAllCheckpoints(database, run); !dropped) return dropped;
        }
        return {};
    });
    if (done) impl_->core->writer()->dropUnwantedLater();
    return done;
}

Outcome<void> Notebook::setTestResult(RunId id, const NamedValues& test, const QByteArray& metrics,
                                      std::optional<qint64> epoch) {
    const Fields fields = testFields(test, metrics);
    if (fields.isEmpty()) return {};
    return impl_->write([&](Database& database) -> Outcome<void> {
        const auto best = bestEpochOf(database, id);
        if (!best) return refuse(best.error());
        if (epoch && *best && **best != *epoch)
            return refuse(StorageError::Kind::Busy,
                          QStringLiteral("The run has gone on, and epoch %1 is the best now.").arg(**best),
                          QStringLiteral("run %1").arg(id.value), QStringLiteral("Measure it again."));
        return updateRow(database, runTable(), id.value, fields);
    });
}

Outcome<SavedModel> Notebook::saveModel(const ModelRow& model) {
    SavedModel now;
    auto done = impl_->write([&](Database& database) -> Outcome<void> {
        auto saved = writeModel(database, model);
        if (!saved) return refuse(saved.error());
        now = *saved;
        return {};
    });
    if (!done) return refuse(done.error());
    return now;
}

Outcome<QVector<ModelRow>> Notebook::models() const {
    return impl_->read([](const Database& database) { return readModels(database); });
}

Outcome<void> Notebook::removeModel(ModelId id) {
    return impl_->write([id](Database& database) { return deleteModel(database, id); });
}

Outcome<void> Notebook::setSetting(const QString& key, const QString& value) {
    return impl_->write([&](Database& database) { return writeSetting(database, key, value); });
}

Outcome<bool> Notebook::replaceSetting(const QString& key, const QString& seen, const QString& value) {
    bool replaced = false;
    auto done = impl_->write([&](Database& database) -> Outcome<void> {
        const auto now = readSetting(database, key);
        if (!now) return refuse(now.error());
        replaced = now->value_or(QString()) == seen;
        if (!replaced) return {};
        return writeSetting(database, key, value);
    });
    if (!done) return refuse(done.error());
    return replaced;
}

QString Notebook::setting(const QString& key, const QString& fallback) const {
    const auto value = impl_->read([&](const Database& database) { return readSetting(database, key); });
    return value ? value->value_or(fallback) : fallback;
}

Outcome<void> Notebook::flush() {
    if (impl_->readOnly) return {};
    return impl_->core->writer()->flush();
}

} // namespace burdock::storage
