#include "storage/notebook/run_backlog.h"

#include <algorithm>
#include <utility>

namespace burdock::storage {

void RunBacklog::putBack() {
    Pending all = inHand; // whatever throws, nothing is lost
    all.steps.append(pending.steps);
    all.epochs += pending.epochs;
    pending = std::move(all);
    inHand = {};
}

void RunBacklog::keepInHand() {
    constexpr qsizetype mostValues = qsizetype{1} << 24; // 64 MB
    const Pending committed = std::exchange(inHand, {}); // whatever throws, it is not written once more
    if (written.steps.steps() * written.steps.series().size() > mostValues) written.steps = {};
    written.steps.append(committed.steps);
    written.epochs += committed.epochs;
}

void RunBacklog::keepWeights(const CheckpointWriter& whole) {
    const CheckpointKind kind = whole.data().info.kind;
    if (isSingle(kind))
        weightsWritten.removeIf([kind](const Weights& before) { return before.kind == kind; });
    weightsWritten.append({whole.id(), kind});
}

RunBacklog::Known RunBacklog::known() const {
    Known all{id,
              start,
              startedAt,
              seconds(),
              written,
              pending,
              committedSteps,
              firstStep,
              checkpoints,
              end.value_or(RunEnd{RunState::Interrupted, seconds(), {}, {}, {}})};
    if (writing) all.checkpoints.push_front(writing);
    if (unseen) all.checkpoints.push_front(unseen);
    return all;
}

void RunBacklog::fails(const StorageError& why, qint64 upTo) {
    constexpr auto retryAfter = std::chrono::seconds(1);
    failed = upTo;
    urgent = false;
    error = why;
    // Nobody has to try again: that is done every second.
    if (why.kind == StorageError::Kind::Full)
        error->mend = QStringLiteral("Free some space; what waits is then written.");
    if (why.kind == StorageError::Kind::Disk)
        error->mend = QStringLiteral("Check the disk; what waits is written as soon as it can be.");
    retryAt = Clock::now() + retryAfter;
}

bool RunBacklog::hasBest() const {
    return stepsBefore > 0 ||
           std::any_of(weightsWritten.begin(), weightsWritten.end(),
                       [](const Weights& weights) { return weights.kind == CheckpointKind::Best; });
}

void RunBacklog::supersede(CheckpointKind kind) {
    if (!isSingle(kind)) return;
    std::erase_if(checkpoints, [&](const auto& waiting) { return waiting->writer.data().info.kind == kind; });
}

void RunBacklog::add(std::shared_ptr<const CheckpointData> checkpoint) {
    const CheckpointKind kind = checkpoint->info.kind;
    if (error && (kind == CheckpointKind::Epoch || kind == CheckpointKind::Manual))
        std::erase_if(checkpoints, [&](const auto& waiting) {
            const CheckpointInfo& info = waiting->writer.data().info;
            if (info.kind != kind) return false;
            skipped << info;
            return true;
        });
    supersede(kind);
    checkpoints.push_back(
        std::make_shared<Checkpoint>(Checkpoint{CheckpointWriter(id, std::move(checkpoint)), told + 1}));
}

qint64 RunBacklog::committedUpTo(qint64 rows) const {
    for (const auto& held : {writing, unseen})
        if (held) rows = std::min(rows, held->told - 1);
    for (const auto& waiting : checkpoints)
        rows = std::min(rows, waiting->told - 1);
    return end ? std::min(rows, endTold - 1) : rows;
}

Outcome<void> writePending(Database& database, RunBacklog& run, const RunBacklog::Pending& pending,
                           double seconds) {
    if (auto done = run.curve.append(database, pending.steps); !done) return done;
    if (auto done = writeEpochs(database, run.id, pending.epochs); !done) return done;
    const qint64 steps = run.committedSteps + pending.steps.steps();
    return writeProgress(database, run.id, seconds, steps);
}

} // namespace burdock::storage
