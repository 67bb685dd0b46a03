#pragma once

#include "checkpoint_options.h"
#include "session/stored_run.h"

namespace burdock::cli {

/// A run's network as a command asks it.
struct OpenedRun {
    std::shared_ptr<storage::Notebook> notebook;
    storage::RunId id;
    RunNetwork network;
};

/// The arguments of commands that ask a kept run: which one, which of its weights, in which notebook.
struct RunArguments {
    std::string run;
    CheckpointOptions weights;

    storage::RunId id() const { return runIdFrom(run); }
    void addRun(Command command);
    /// After the command's own.
    void addOptions(Command command, Program& program);
    /// Tells of what is damaged in it.
    Result<OpenedRun> open(const Program& program) const;
};

} // namespace burdock::cli
