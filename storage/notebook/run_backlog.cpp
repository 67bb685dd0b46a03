#include "storage/notebook/run_backlog.h"

#include <algorithm>

namespace burdock::storage {

void RunBacklog::putBack(Pending failed) {
    failed.steps.append(pending.steps);
    pending.steps = std::move(failed.steps);
    pending.epochs = failed.epochs + pending.epochs;
}

void RunBacklog::supersede(CheckpointKind kind) {
    if (kind != CheckpointKind::Best && kind != CheckpointKind::Last) return;
    std::erase_if(checkpoints, [&](const auto& waiting) { return waiting->writer.data().info.kind == kind; });
}

void RunBacklog::add(std::shared_ptr<const CheckpointData> checkpoint) {
    supersede(checkpoint->info.kind);
    checkpoints.push_back(
        std::make_shared<Checkpoint>(Checkpoint{CheckpointWriter(id, std::move(checkpoint)), told + 1}));
}

qint64 RunBacklog::committedUpTo(qint64 rows) const {
    if (writing) rows = std::min(rows, writing->told - 1);
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
