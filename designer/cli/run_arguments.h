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
    std::string run, place;
    CheckpointOptions weights;

    storage::RunId id() const { return runIdFrom(run); }
    void addRun(Command command);
    /// After the command's own.
    void addOptions(Command command, Program& program);
    /// Keeps the place of the run's data, if one is given, once it is found to hold the same ones.
    Status findData(storage::Notebook& notebook, const Program& program) const;
    /// Tells of what is damaged in it.
    Result<OpenedRun> open(const Program& program) const;
};

/// The refusal of a run's data that are not where they were, in options.
Diagnostic offeringPlace(Diagnostic why);

} // namespace burdock::cli
