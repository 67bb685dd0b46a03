#include "model_source.h"
#include "output.h"
#include "program.h"
#include "progress_bar.h"
#include "run_arguments.h"
#include "run_json.h"
#include "session/answers.h"
#include "session/counted.h"
#include "session/stop_signal.h"
#include "text_table.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace burdock::cli {
namespace {

struct PredictArguments {
    RunArguments run;
    std::string file, output;
    std::vector<std::string> values; ///< "column=value"
    bool force = false;
};

/// What a row of the printed table says of a sample: numbers, or the classes that are likeliest.
std::string shortAnswer(const Answers& answers, std::size_t row) {
    const auto values = answers.row(row);
    constexpr std::size_t most = 3;
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (answers.decides)
        std::ranges::stable_sort(order, [&](auto a, auto b) { return values[a] > values[b]; });
    std::string text;
    for (std::size_t i = 0; i < order.size() && (i < most || !answers.decides); ++i) {
        const double value = answers.value(row, order[i]);
        const std::string& name = answers.columns[order[i]];
        text += text.empty() ? "" : ", ";
        text += answers.decides     ? name + " " + percent(value)
                : order.size() == 1 ? decimal(value)
                                    : name + " " + decimal(value);
    }
    return text;
}

void printAnswers(const Answers& answers) {
    TextTable table({{"Sample", TextTable::Align::Left}, {"Answer", TextTable::Align::Left}});
    for (std::size_t i = 0; i < answers.rows(); ++i) {
        if (answers.columns.empty())
            table.add({answers.samples[i], answers.verdicts[i]});
        else
            table.add({answers.samples[i], shortAnswer(answers, i)});
    }
    table.print();
}

/// Before a long time is spent on answers that have no place. What is asked about is never replaced.
Status mayWrite(const PredictArguments& arguments) {
    const QFileInfo output(QString::fromStdString(arguments.output));
    const QString same = output.canonicalFilePath();
    if (!same.isEmpty() && same == QFileInfo(QString::fromStdString(arguments.file)).canonicalFilePath())
        return refuse(problem("file.there", "The answers would replace what is asked about.",
                              arguments.output, "Choose another name."));
    return mayReplace(arguments.output, arguments.force);
}

/// Of a file, or of values; nothing where it was stopped.
Result<std::optional<Answers>> ask(const PredictArguments& arguments, const RunNetwork& network,
                                   storage::RunId run) {
    if (arguments.file.empty()) return askAboutValues(network, run, arguments.values);
    ProgressBar bar;
    bool stopped = false;
    const StopSignal stop([&] { stopped = true; });
    auto answers = askAbout(network, run, arguments.file, [&](double done) {
        QCoreApplication::processEvents(); // a request to stop comes as one
        bar.draw("Asking", done, "");
        return !stopped;
    });
    bar.clear();
    if (!answers && stopped) return std::nullopt;
    return answers;
}

Result<int> predict(const PredictArguments& arguments, Program& program) {
    if (arguments.file.empty() == arguments.values.empty())
        return refuse(usageProblem("There is nothing to ask about, or two things.",
                                   "Give a FILE, or values: --set COLUMN=VALUE, as often as you like."));
    if (const Status may = mayWrite(arguments); !may) return refuse(may.error());
    const auto opened = arguments.run.open(program);
    if (!opened) return refuse(opened.error());
    const storage::RunId run = opened->id;

    const auto asked = ask(arguments, opened->network, run);
    if (!asked) return refuse(asked.error());
    if (!*asked) return stoppedByUser;
    const std::optional<Answers>& answers = *asked;
    for (const std::string& note : answers->notes)
        warn("burdock-cli: " + note);
    if (!arguments.output.empty()) {
        const QString path = QString::fromStdString(arguments.output);
        if (const Status saved = saveAnswers(*answers, path); !saved) return refuse(saved.error());
        if (program.json)
            printJson({{"run", run.value}, {"samples", answers->rows()}, {"output", arguments.output}});
        else
            print(counted(static_cast<qint64>(answers->rows()), "answer") + " in " + arguments.output);
    } else if (program.json) {
        for (const AnswerFormat& format : answerFormats()) {
            if (std::string_view(format.ending) != ".json") continue;
            const auto bytes = format.write(*answers, "--json");
            if (!bytes) return refuse(bytes.error());
            printJson(Json::parse(bytes->constData()));
        }
    } else {
        printAnswers(*answers);
    }
    if (answers->odd > 0)
        return refuse(
            problem("answers.diverged",
                    "Of " + counted(static_cast<qint64>(answers->rows()), "answer") + " " +
                        grouped(answers->odd) + " are not finite numbers.",
                    "run " + std::to_string(run.value),
                    "Its weights have diverged, or these samples are beyond all measure: train again "
                    "with a learning rate ten times smaller, or look at the data."));
    return 0;
}

} // namespace

void addPredict(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("predict", "Ask a run's network about new data");
    auto arguments = std::make_shared<PredictArguments>();
    arguments->run.addRun(command);
    command
        .option("FILE", arguments->file,
                "A table, with or without its target column, a picture, a recording, a folder of them, an "
                "array of inputs, a text, or another file of the kind that the run was trained on")
        .typeName("");
    command
        .option("--set", arguments->values,
                "Instead of a FILE: a value of the one sample to ask about; columns that are not set have "
                "their typical values")
        .oneAtATime()
        .typeName("COLUMN=VALUE")
        .check([](const std::string& s) {
            const std::size_t equals = s.find('=');
            return equals == 0 || equals == std::string::npos ? "\"" + s + "\" is no COLUMN=VALUE." : "";
        });
    command.option("--output", arguments->output, "Write the answers to this file: .csv, .json or .npy")
        .typeName("FILE")
        .check(notEmpty);
    command.flag("--force", arguments->force, "Let --output replace a file that is there");
    arguments->run.addOptions(command, program);
    command.callback([=] { choose([=](Program& p) { return predict(*arguments, p); }); });
}

} // namespace burdock::cli
