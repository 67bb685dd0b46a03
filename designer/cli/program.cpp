#include "program.h"

#include "output.h"
#include "session/diagnostics.h"
#include "session/machine.h"

namespace burdock::cli {
namespace {

/// The digits of a run's id.
std::string_view idDigits(std::string_view text) {
    if (text.starts_with("run:")) return text.substr(4);
    if (text.starts_with("#")) return text.substr(1);
    return text;
}

} // namespace

QString Program::notebook() const {
    return notebookPath.empty() ? defaultNotebookPath() : QString::fromStdString(notebookPath);
}

Result<std::shared_ptr<storage::Notebook>> Program::openNotebook(const Mend& mend) const {
    const auto mended = [&](storage::Notebook& opened) { return mend ? mend(opened) : Status(); };
    if (opened_) {
        if (const Status done = mended(*opened_); !done) return refuse(done.error());
        return opened_;
    }
    if (notebook().isEmpty())
        return refuse(problem("notebook.missing", "There is no home folder for the notebook.", "",
                              "Give --notebook FILE, or set HOME or BURDOCK_NOTEBOOK."));
    auto opened = storage::Notebook::open(notebook());
    if (!opened) return refuse(toDiagnostic(opened.error()));
    if (const Status done = mended(**opened); !done) return refuse(done.error());
    if (const auto damage = (*opened)->damage()) warn("burdock-cli: " + damage->oneLine().toStdString());
    if (const auto why = (*opened)->unwritable()) {
        if (writes) return refuse(toDiagnostic(*why));
        warn("burdock-cli: " + why->oneLine().toStdString());
    }
    for (const QString& run : (*opened)->takenIn())
        warn("burdock-cli: Taken into the notebook from the file that had to keep it: " + run.toStdString() +
             ".");
    for (const QString& why : (*opened)->notTakenIn())
        warn("burdock-cli: " + why.toStdString());
    return opened_ = *opened;
}

Result<std::shared_ptr<storage::Notebook>> Program::openExistingNotebook(const Mend& mend) const {
    if (!opened_ && !notebook().isEmpty() && !storage::Notebook::isThere(notebook()))
        return refuse(problem("notebook.missing", "There is no such notebook.", notebook().toStdString(),
                              "Train a network, which makes one, or give another --notebook."));
    return openNotebook(mend);
}

void addJsonFlag(Command command, Program& program) {
    command.flag("--json", program.json, "Print JSON instead of text");
}

void addNotebookOption(Command command, Program& program) {
    command
        .option("--notebook", program.notebookPath,
                "The notebook's file (default: BURDOCK_NOTEBOOK, or the window's notebook)")
        .typeName("FILE")
        .check(notEmpty);
}

std::string notEmpty(const std::string& value) {
    return value.empty() ? "The value is empty." : "";
}

bool isRunId(const std::string& text) {
    const std::string_view digits = idDigits(text);
    return !digits.empty() && digits.size() < 18 &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
}

storage::RunId runIdFrom(const std::string& text) {
    return {isRunId(text) ? std::stoll(std::string(idDigits(text))) : 0};
}

Diagnostic problem(std::string code, std::string what, std::string where, std::string mend) {
    return burdock::problem(std::move(code), std::move(what), std::move(where), std::move(mend));
}

Diagnostic usageProblem(std::string what, std::string mend) {
    return problem("usage", std::move(what), "", std::move(mend));
}

bool isUsageProblem(const Diagnostic& diagnostic) {
    return diagnostic.code == "usage";
}

} // namespace burdock::cli
