#include "checkpoint_options.h"

#include "session/diagnostics.h"

#include <limits>

namespace burdock::cli {

void CheckpointOptions::addTo(Command command, bool withKinds) {
    constexpr int most = std::numeric_limits<int>::max();
    std::optional<Option> kinds;
    if (withKinds)
        kinds = command.option("--weights", weights, "Which weights of the run (default: best)")
                    .typeName("best|last")
                    .check([](const std::string& s) {
                        return s == "best" || s == "last" ? std::string()
                                                          : "\"" + s + "\" is neither best nor last.";
                    });
    Option byEpoch = command.option("--epoch", epoch, "Those that the run has kept after so many epochs")
                         .typeName("N")
                         .range(0, most);
    Option byId =
        command.option("--checkpoint", checkpoint, "Those of this number, as `burdock-cli show` lists them")
            .typeName("ID")
            .range(1, most);
    byId.excludes(byEpoch);
    if (!kinds) return;
    byEpoch.excludes(*kinds);
    byId.excludes(*kinds);
}

Result<CheckpointChoice> CheckpointOptions::choose(const storage::Notebook& notebook,
                                                   storage::RunId run) const {
    if (epoch) return checkpointOfEpoch(notebook, run, *epoch);
    if (weights == "last") return CheckpointChoice(storage::CheckpointKind::Last);
    if (!checkpoint) return CheckpointChoice(storage::CheckpointKind::Best);
    const auto infos = notebook.checkpoints(run);
    if (!infos) return refuse(toDiagnostic(infos.error()));
    std::string there;
    for (const storage::CheckpointInfo& info : *infos) {
        if (info.id.value == *checkpoint) return CheckpointChoice(info);
        there += (there.empty() ? "" : ", ") + std::to_string(info.id.value);
    }
    return refuse(problem("run.checkpoint", "The run has no checkpoint " + std::to_string(*checkpoint) + ".",
                          "Run " + std::to_string(run.value),
                          there.empty() ? "Choose a run that has kept weights."
                                        : "Choose one of those that it has: " + there + "."));
}

} // namespace burdock::cli
