#include "storage/notebook/run_backlog.h"

namespace burdock::storage {

void RunBacklog::putBack(Pending failed) {
    if (!failed.steps.loss.isEmpty()) {
        failed.steps.loss += pending.steps.loss;
        failed.steps.accuracy += pending.steps.accuracy;
        pending.steps = std::move(failed.steps);
    }
    pending.epochs = failed.epochs + pending.epochs;
    for (std::size_t kind = 0; kind < pending.checkpoints.size(); ++kind)
        if (!pending.checkpoints[kind]) pending.checkpoints[kind] = std::move(failed.checkpoints[kind]);
    if (!pending.end) pending.end = std::move(failed.end);
}

Outcome<void> writePending(Database& database, RunBacklog& run, const RunBacklog::Pending& pending,
                           double seconds) {
    if (auto done = run.curve.append(database, pending.steps); !done) return done;
    if (auto done = writeEpochs(database, run.id, pending.epochs); !done) return done;
    for (const auto& checkpoint : pending.checkpoints)
        if (checkpoint)
            if (auto done = writeCheckpoint(database, run.id, *checkpoint); !done) return done;
    const qint64 steps = run.committedSteps + pending.steps.loss.size();
    if (auto done = writeProgress(database, run.id, seconds, steps); !done) return done;
    if (pending.end) return writeEnd(database, run.id, *pending.end);
    return {};
}

} // namespace burdock::storage
