#include "output.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "program.h"
#include "session/machine.h"
#include "session/stop_signal.h"
#include "session/thread_policy.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace burdock::cli {
namespace {

/// One line: what is wrong, and where help is.
int usageError(const std::string& what, const CLI::App& app) {
    std::string command;
    for (const CLI::App* chosen : app.get_subcommands())
        command = " " + chosen->get_name();
    std::string line = what;
    std::replace(line.begin(), line.end(), '\n', ' ');
    warn("burdock-cli: " + line + " See `burdock-cli" + command + " --help`.");
    return wrongUsage;
}

/// In our words where an option stands without its value.
std::string wordsOf(const CLI::ParseError& e) {
    std::string words = e.what();
    constexpr std::string_view middle = ": 1 required ", end = " missing";
    if (const auto at = words.find(middle); at != std::string::npos && words.ends_with(end))
        words = words.substr(0, at) + " needs a value: " +
                words.substr(at + middle.size(), words.size() - at - middle.size() - end.size());
    return words.ends_with('.') ? words : words + ".";
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
    const PluginReport plugins = loadPlugins(pluginFolders(), Registries(program.catalog));
    Action action;
    const Chosen choose = [&action](Action chosen) { action = std::move(chosen); };

    CLI::App app("Trains neural networks and keeps every run, without a window.", "burdock-cli");
    app.require_subcommand(1);
    app.set_version_flag("--version", programVersion().toStdString(), "Print the version and exit");
    for (const auto add : {addTemplates, addDescribe, addDatasets, addTrain, addFindRate, addEvaluate,
                           addGenerate, addRuns, addShow, addCompare})
        add(app, program, choose);
    addRegistries(app, program, choose);
    addReference(app, program, choose);
    app.footer("Exit codes: 0 done, 1 it could not be done (one line says why), 2 wrong usage.");
    std::string names;
    bool known = argc < 2 || argv[1][0] == '-';
    for (const CLI::App* command : app.get_subcommands({})) {
        names += (names.empty() ? "" : ", ") + command->get_name();
        known = known || command->get_name() == argv[1];
    }
    if (!known)
        return usageError("There is no command \"" + std::string(argv[1]) + "\"; there are " + names + ".",
                          app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        std::ostringstream words; // our own alone
        const int code = app.exit(help, words, std::cerr);
        printText(words.str());
        return code == 0 ? wholeOrFailed() : code;
    } catch (const CLI::ParseError& e) {
        return usageError(wordsOf(e), app);
    }

    for (const Diagnostic& d : plugins.refused)
        warn("burdock-cli: " + oneLine(d));
    const Result<int> result = action(program);
    if (result) return *result == 0 ? wholeOrFailed() : *result;
    if (isUsageProblem(result.error())) return usageError(oneLine(result.error()), app);
    warn("burdock-cli: " + oneLine(result.error()));
    return failed;
}

} // namespace
} // namespace burdock::cli

int main(int argc, char** argv) {
    burdock::openStandardStreams();
    burdock::confineStopSignals();
    burdock::outliveFileLimits();
    burdock::liveWithinAddressLimits();
    burdock::adoptThreadPolicy(argv);
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName("burdock-cli");
    // What they say of a file or a plugin is said in one line of ours.
    QLoggingCategory::setFilterRules("qt.gui.imageio*=false\nqt.core.plugin*=false");
    try {
        return burdock::cli::run(argc, argv);
    } catch (const std::exception& e) { // out of memory
        burdock::cli::warn(std::string("burdock-cli: ") + e.what());
        return burdock::cli::failed;
    }
}
