#include "arguments.h"
#include "engine/plan/kernel_trials.h"
#include "engine/tensor/processor.h"
#include "output.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "program.h"
#include "session/machine.h"
#include "session/stop_signal.h"
#include "session/thread_policy.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>

namespace burdock::cli {
namespace {

/// One line: what is wrong, and where help is.
int usageError(const std::string& what, const ArgumentParser& parser) {
    const std::string chosen = parser.chosen();
    std::string line = what;
    std::replace(line.begin(), line.end(), '\n', ' ');
    warn("burdock-cli: " + line + " See `burdock-cli" + (chosen.empty() ? "" : " " + chosen) + " --help`.");
    return wrongUsage;
}

/// The exit code of what was done: it is not while some of its output is missing.
int wholeOrFailed() {
    if (outputIsWhole()) return 0;
    warn(outputIsUnread()
             ? "burdock-cli: Nobody reads the output any more."
             : "burdock-cli: The output could not be written. Free some space, or print it elsewhere.");
    return failed;
}

int run(int argc, char** argv) {
    Program program;
    // Before the arguments are read: what plugins bring stands in help texts and may be named.
    const QStringList pluginPlaces = pluginFolders();
    PluginReport plugins = loadPlugins(pluginPlaces, Registries(program.catalog));
    if (auto none = noPluginFound(pluginPlaces, plugins)) plugins.refused.push_back(std::move(*none));
    Action action;
    const Chosen choose = [&action](Action chosen) { action = std::move(chosen); };

    ArgumentParser parser("burdock-cli", "Trains neural networks and keeps every run, without a window.",
                          programVersion().toStdString());
    for (const auto add : {addTemplates, addDescribe, addDatasets, addPropose, addTrain, addFindRate,
                           addEvaluate, addPredict, addGenerate, addRuns, addShow, addCompare})
        add(parser, program, choose);
    addRegistries(parser, program, choose);
    addReference(parser, program, choose);
    parser.footer("Exit codes: 0 done, 1 it could not be done (one line says why), 2 wrong usage.");
    std::string names;
    bool known = argc < 2 || argv[1][0] == '-';
    for (const std::string& command : parser.commands()) {
        names += (names.empty() ? "" : ", ") + command;
        known = known || command == argv[1];
    }
    if (!known)
        return usageError("There is no command \"" + std::string(argv[1]) + "\"; there are " + names + ".",
                          parser);
    const auto asked = parser.parse(argc, argv);
    if (!asked) return usageError(asked.error(), parser);
    if (*asked) {
        printText(**asked);
        return wholeOrFailed();
    }

    if (const std::string problem = processor::limitProblem(); !problem.empty())
        warn("burdock-cli: " + problem);
    for (const Diagnostic& d : plugins.refused)
        warn("burdock-cli: " + oneLine(d));
    const Result<int> result = action(program);
    if (result) return *result == 0 ? wholeOrFailed() : *result;
    if (isUsageProblem(result.error())) return usageError(oneLine(result.error()), parser);
    warn("burdock-cli: " + oneLine(result.error()));
    return failed;
}

} // namespace
} // namespace burdock::cli

int main(int argc, char** argv) {
    burdock::openStandardStreams();
    burdock::confineStopSignals();
    burdock::speakUtf8();
    burdock::outliveFileLimits();
    burdock::liveWithinAddressLimits();
    burdock::adoptThreadPolicy(argv);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName("burdock-cli");
    // What they say of a file or a plugin is said in one line of ours.
    QLoggingCategory::setFilterRules("qt.gui.imageio*=false\nqt.core.plugin*=false");
    burdock::kernelTrials().begin(burdock::kernelTrialsFile());
    try {
        return burdock::cli::run(argc, argv);
    } catch (const std::exception& e) { // out of memory
        burdock::cli::warn(std::string("burdock-cli: ") + e.what());
        return burdock::cli::failed;
    }
}
