#include "engine/models/proposal.h"
#include "model_source.h"
#include "output.h"
#include "program.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

struct ProposeArguments {
    std::string data, savePath;
    bool force = false;
};

Result<int> propose(const ProposeArguments& arguments, Program& program) {
    const auto data = program.catalog.open(arguments.data);
    if (!data) return refuse(data.error());
    const auto proposal = proposeFor(**data);
    if (!proposal) return refuse(proposal.error());
    if (!arguments.savePath.empty())
        if (const Status saved = saveModel(proposal->graph, arguments.savePath, arguments.force); !saved)
            return refuse(saved.error());
    if (program.json) {
        Json lines = Json::array();
        for (const Proposal::Line& line : proposal->lines)
            lines.push_back({{"what", line.what}, {"value", line.value}, {"why", line.why}});
        printJson({{"data", (*data)->info().title},
                   {"task", (*data)->info().task->name},
                   {"proposed", lines},
                   {"settings", Json::parse(toJson(proposal->config).dump())}});
        return 0;
    }
    print((*data)->info().title + ": " + (*data)->info().task->name);
    print("");
    TextTable table(
        {{"", TextTable::Align::Left}, {"Proposed", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    for (const Proposal::Line& line : proposal->lines)
        table.add({line.what, line.value, line.why});
    table.print();
    print("");
    print("To train it: burdock-cli train proposal --data " + arguments.data);
    return 0;
}

} // namespace

void addPropose(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("propose", "A network and settings that suit a data set, and why");
    auto arguments = std::make_shared<ProposeArguments>();
    command.option("DATA", arguments->data, "A data set's name (see `burdock-cli datasets`), or a file")
        .required()
        .typeName("");
    command
        .option("--save", arguments->savePath,
                "Write the network, without the settings, to a model file, to be edited and trained")
        .typeName("FILE")
        .check(notEmpty);
    command.flag("--force", arguments->force, "Let --save replace a file that is there");
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return propose(*arguments, p); }); });
}

} // namespace burdock::cli
