#include "run_arguments.h"

#include "run_json.h"
#include "session/diagnostics.h"
#include "session/moved_data.h"

#include <QFileInfo>

namespace burdock::cli {

void RunArguments::addRun(Command command) {
    command.option("RUN", run, "A run's number").required().typeName("").check([](const std::string& s) {
        return isRunId(s) ? "" : "\"" + s + "\" is no run's number.";
    });
}

void RunArguments::addOptions(Command command, Program& program) {
    command
        .option("--data", place,
                "Where the file or folder is now that the run was trained on, if it was moved")
        .typeName("FILE")
        .check(notEmpty);
    weights.addTo(command, /*withKinds=*/true);
    addNotebookOption(command, program);
    addJsonFlag(command, program);
}

Status RunArguments::findData(storage::Notebook& notebook, const Program& program) const {
    if (place.empty()) return {};
    const auto used = notebook.run(id());
    if (!used) return refuse(toDiagnostic(used.error()));
    const QString was = partsOf(used->start.datasetId).path;
    if (!QFileInfo(was).isAbsolute())
        return refuse(usageProblem("The run was trained on " + was.toStdString() + ", which is no file.",
                                   "Leave --data out."));
    const QString now = QFileInfo(QString::fromStdString(place)).absoluteFilePath();
    const auto moved = movedReference(program.catalog, used->start.datasetId, now, used->start.datasetSha256);
    if (!moved) return refuse(moved.error());
    if (now == was) return {};
    const auto kept = keepPlace(notebook, was, now);
    return kept ? Status() : refuse(toDiagnostic(kept.error()));
}

Result<OpenedRun> RunArguments::open(const Program& program) const {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const auto choice = weights.choose(**notebook, id());
    if (!choice) return refuse(choice.error());
    if (const Status found = findData(**notebook, program); !found) return refuse(found.error());
    auto network = loadRun(**notebook, program.catalog, id(), *choice);
    if (!network) return refuse(offeringPlace(network.error()));
    if (const auto used = (*notebook)->run(id())) warnOfDamage(*used);
    return OpenedRun{*notebook, id(), std::move(*network)};
}

Diagnostic offeringPlace(Diagnostic why) {
    if (why.code == dataMissing) why.mend = "Give its place: --data FILE.";
    return why;
}

} // namespace burdock::cli
