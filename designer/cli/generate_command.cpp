#include "config_options.h"
#include "engine/train/generator.h"
#include "output.h"
#include "program.h"
#include "run_arguments.h"
#include "run_json.h"
#include "session/stop_signal.h"
#include "session/visible_text.h"

#include <QCoreApplication>
#include <QStringDecoder>

#include <nlohmann/json.hpp>
#include <optional>
#include <unistd.h>

namespace burdock::cli {
namespace {

struct GenerateArguments {
    RunArguments run;
    std::optional<std::string> prompt;
    std::map<std::string, std::string> given;
};

Result<int> generate(const GenerateArguments& arguments, Program& program) {
    ParamValues values;
    for (const ParamSpec& spec : GenerateOptions::table().specs())
        if (const auto given = arguments.given.find(spec.key); given != arguments.given.end())
            values[spec.key] = *parseParam(spec, given->second); // checked while the line was read
    const GenerateOptions options = GenerateOptions::table().read(values);
    const auto opened = arguments.run.open(program);
    if (!opened) return refuse(opened.error());
    const storage::RunId run = opened->id;

    const std::string prompt = arguments.prompt.value_or(usualPrompt(*opened->network.data));
    std::string written;
    // A file gets what was written; a terminal must not obey it. A character may end in a later piece.
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    QStringDecoder whole(QStringDecoder::Utf8);
    const auto write = [&](std::string_view text) {
        if (terminal) {
            const QString characters =
                whole(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
            printText(visibleText(characters.toStdString(), /*lines=*/true));
        } else {
            printText(text);
        }
    };
    bool stopped = false;
    const StopSignal stop([&] { stopped = true; });
    const Status done = generateText(*opened->network.predictor, *opened->network.data, prompt, options,
                                     [&](std::string_view text) {
                                         if (!program.json && written.empty()) write(prompt);
                                         written += text;
                                         if (!program.json) write(text);
                                         QCoreApplication::processEvents(); // a request to stop comes as one
                                         return !stopped && !outputIsUnread();
                                     });
    if (!done) return refuse(done.error());
    if (program.json)
        printJson({{"run", run.value},
                   {"prompt", text(QString::fromStdString(prompt))},
                   {"text", text(QString::fromStdString(written))}}); // half a character becomes a �
    else
        print("");
    return stopped ? stoppedByUser : 0;
}

} // namespace

void addGenerate(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("generate", "Write on with a network that was trained on a text");
    auto arguments = std::make_shared<GenerateArguments>();
    arguments->run.addRun(command);
    command
        .option(
            "--prompt", arguments->prompt,
            "What the text begins with (default: a new line, or the first of its tokens if it knows none)")
        .typeName("TEXT");
    addSettings(command, GenerateOptions::table().specs(), arguments->given);
    arguments->run.addOptions(command, program);
    command.footer("Ctrl+C and SIGTERM end the text where it is (exit code 130).");
    command.callback([=] { choose([=](Program& p) { return generate(*arguments, p); }); });
}

} // namespace burdock::cli
