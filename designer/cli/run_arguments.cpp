#include "run_arguments.h"

#include "run_json.h"

namespace burdock::cli {

void RunArguments::addRun(Command command) {
    command.option("RUN", run, "A run's number").required().typeName("").check([](const std::string& s) {
        return isRunId(s) ? "" : "\"" + s + "\" is no run's number.";
    });
}

void RunArguments::addOptions(Command command, Program& program) {
    weights.addTo(command, /*withKinds=*/true);
    addNotebookOption(command, program);
    addJsonFlag(command, program);
}

Result<OpenedRun> RunArguments::open(const Program& program) const {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto choice = weights.choose(**notebook, id());
    if (!choice) return refuse(choice.error());
    auto network = loadRun(**notebook, program.catalog, id(), *choice);
    if (!network) return refuse(network.error());
    if (const auto used = (*notebook)->run(id())) warnOfDamage(*used);
    return OpenedRun{*notebook, id(), std::move(*network)};
}

} // namespace burdock::cli
