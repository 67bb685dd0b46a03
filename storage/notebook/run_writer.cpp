#include "storage/notebook/run_writer.h"

#include "storage/notebook/core.h"
#include "storage/notebook/run_check.h"
#include "storage/notebook/run_writer_impl.h"

namespace burdock::storage {
namespace {

// Steps that were left out are kept as NaN; more of them than this is a mistake of the caller.
constexpr qint64 greatestGap = 1'000'000;

void misused(RunBacklog& run, const QString& what) {
    if (run.misuse) return;
    run.misuse = StorageError{StorageError::Kind::Internal, what, QStringLiteral("run %1").arg(run.id.value),
                              QStringLiteral("Please report this.")};
}

} // namespace

RunWriter::RunWriter(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

RunWriter::~RunWriter() {
    Writer& writer = *impl_->core->writer();
    if (!impl_->finished) {
        // Where how it ended is known, that only waits to be written.
        const auto done = impl_->ended ? writer.drain(*impl_->backlog)
                                       : finish(RunState::Interrupted, impl_->backlog->seconds());
        if (!done) (void)keepRest();
    }
    writer.detach(impl_->backlog);
}

RunId RunWriter::id() const {
    return impl_->backlog->id;
}

void RunWriter::step(qint64 step, const QStringList& names, std::span<const float> values) {
    if (impl_->finished) return;
    impl_->core->writer()->change(*impl_->backlog, [&](RunBacklog& run) {
        if (run.nextStep == 0) run.nextStep = step;
        if (run.firstStep == 0) run.firstStep = run.nextStep;
        const qint64 gap = step - run.nextStep;
        if (gap < 0 || gap > greatestGap)
            return misused(run,
                           QStringLiteral("Step %1 came where %2 was expected.").arg(step).arg(run.nextStep));
        if (names.size() != static_cast<qsizetype>(values.size()))
            return misused(run, QStringLiteral("Step %1 has %2 names and %3 values.")
                                    .arg(step)
                                    .arg(names.size())
                                    .arg(values.size()));
        StepBlock& steps = run.pending.steps;
        if (steps.isEmpty()) steps.firstStep = run.nextStep;
        for (qint64 i = 0; i < gap; ++i)
            steps.add({}, {});
        steps.add(names, values);
        run.nextStep = step + 1;
    });
}

void RunWriter::epoch(const EpochRow& row) {
    if (impl_->finished) return;
    impl_->core->writer()->change(*impl_->backlog, [&](RunBacklog& run) { run.pending.epochs << row; });
}

void RunWriter::checkpoint(std::shared_ptr<const CheckpointData> data) {
    if (impl_->finished) return;
    impl_->core->writer()->change(*impl_->backlog, [&](RunBacklog& run) { run.add(std::move(data)); });
}

bool RunWriter::awaitCheckpoints() {
    return impl_->core->writer()->awaitWeights(*impl_->backlog);
}

bool RunWriter::supersede(CheckpointKind kind) {
    return impl_->core->writer()->supersede(*impl_->backlog, kind);
}

bool RunWriter::holdsCheckpoints() const {
    return impl_->core->writer()->holdsWeights(*impl_->backlog);
}

QVector<CheckpointInfo> RunWriter::takeSkipped() {
    return impl_->core->writer()->takeSkipped(*impl_->backlog);
}

Outcome<void> RunWriter::finish(RunState state, double seconds, const NamedValues& test,
                                const QString& problem, const QByteArray& testMetrics) {
    if (impl_->finished) return {};
    impl_->ended = true;
    Writer& writer = *impl_->core->writer();
    writer.change(*impl_->backlog, [&](RunBacklog& run) {
        run.end = RunEnd{state, seconds, test, problem, testMetrics};
        run.endTold = run.told + 1;
    });
    auto done = writer.drain(*impl_->backlog);
    if (!done) return done;
    // Its heart stops; a later change would still be written by the next flush, but there is none.
    writer.detach(impl_->backlog);
    impl_->finished = true;
    return {};
}

Outcome<void> RunWriter::checkBefore() {
    const RunBacklog& run = *impl_->backlog;
    if (run.stepsBefore == 0) return {};
    return impl_->core->writer()->perform([&run](Database& database) -> Outcome<void> {
        const auto lost = lostUpTo(database, run.id, run.epochsBefore, run.soundBefore);
        if (!lost) return refuse(lost.error());
        if (!*lost) return {};
        return refuse(
            StorageError::Kind::Damaged,
            QStringLiteral("While the run went on, another program has deleted or changed a part of "
                           "what it had before: %1.")
                .arg(lost->text()),
            QStringLiteral("run %1").arg(run.id.value),
            QStringLiteral("Restore the notebook from a backup, or train the run anew."));
    });
}

Outcome<QString> RunWriter::keepRest() {
    Writer& writer = *impl_->core->writer();
    auto kept = writer.keepRest(*impl_->backlog);
    if (!kept) return kept;
    writer.detach(impl_->backlog);
    impl_->finished = true;
    // The notebook says so as far as it can be written, and calls nothing finished that it has not got.
    const RunId id = impl_->backlog->id;
    (void)writer.perform([&](Database& database) {
        return writeEnd(database, id,
                        {RunState::Interrupted,
                         impl_->backlog->seconds(),
                         {},
                         QStringLiteral("What could not be written is kept in %1.").arg(*kept),
                         {}});
    });
    return kept;
}

std::optional<StorageError> RunWriter::error() const {
    return impl_->core->writer()->errorOf(*impl_->backlog);
}

QVector<StorageError> RunWriter::takeNotices() {
    return impl_->core->writer()->takeNotices();
}

} // namespace burdock::storage
