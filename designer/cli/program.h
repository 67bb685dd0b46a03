#pragma once

#include "arguments.h"
#include "engine/data/dataset_catalog.h"
#include "storage/notebook/notebook.h"

#include <functional>
#include <string>

namespace burdock::cli {

/// Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 130 stopped by Ctrl+C (as a shell says it).
inline constexpr int failed = 1;
inline constexpr int wrongUsage = 2;
inline constexpr int stoppedByUser = 130;

/// What a command runs with: the plugins' data sets and layers are loaded by then.
struct Program {
    DatasetCatalog catalog;
    std::string notebookPath; ///< as given; empty: the default one
    bool json = false;
    bool writes = false; ///< nothing can be done with a notebook that cannot be written

    /// The path in use.
    QString notebook() const;
    /// What is done to a notebook before it is told what is amiss with it.
    using Mend = std::function<Status(storage::Notebook&)>;
    /// Opens it, or makes it if there is none. What is amiss with it is told once.
    Result<std::shared_ptr<storage::Notebook>> openNotebook(const Mend& mend = {}) const;
    /// Opens it, and refuses to make one: for commands that only read.
    Result<std::shared_ptr<storage::Notebook>> openExistingNotebook(const Mend& mend = {}) const;

  private:
    mutable std::shared_ptr<storage::Notebook> opened_;
};

/// What a command does once the arguments are read; gives the exit code.
using Action = std::function<Result<int>(Program&)>;
/// Each adds its command to the program's line and sets `action` when it is chosen.
using Chosen = std::function<void(Action)>;

void addTemplates(ArgumentParser& parser, Program& program, Chosen choose);
void addDescribe(ArgumentParser& parser, Program& program, Chosen choose);
void addDatasets(ArgumentParser& parser, Program& program, Chosen choose);
/// A command for each registry that lists its entries, or shows one.
void addRegistries(ArgumentParser& parser, Program& program, Chosen choose);
void addReference(ArgumentParser& parser, Program& program, Chosen choose);
void addTrain(ArgumentParser& parser, Program& program, Chosen choose);
void addPropose(ArgumentParser& parser, Program& program, Chosen choose);
void addFindRate(ArgumentParser& parser, Program& program, Chosen choose);
void addEvaluate(ArgumentParser& parser, Program& program, Chosen choose);
void addPredict(ArgumentParser& parser, Program& program, Chosen choose);
void addGenerate(ArgumentParser& parser, Program& program, Chosen choose);
void addRuns(ArgumentParser& parser, Program& program, Chosen choose);
void addShow(ArgumentParser& parser, Program& program, Chosen choose);
void addCompare(ArgumentParser& parser, Program& program, Chosen choose);

/// Options that commands share.
void addJsonFlag(Command command, Program& program);
void addNotebookOption(Command command, Program& program);
/// For an option's check(): an empty value, as of a variable that is not set, stands for nothing and is
/// refused.
std::string notEmpty(const std::string& value);

/// "12", "run:12" or "#12"; what is none of these is wrong usage.
storage::RunId runIdFrom(const std::string& text);
bool isRunId(const std::string& text);

Diagnostic problem(std::string code, std::string what, std::string where, std::string mend);
/// A refusal that ends the program as wrong usage.
Diagnostic usageProblem(std::string what, std::string mend);
bool isUsageProblem(const Diagnostic& diagnostic);

} // namespace burdock::cli
