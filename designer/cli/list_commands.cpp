#include "engine/graph/check_graph.h"
#include "engine/models/templates.h"
#include "engine/train/task_defaults.h"
#include "output.h"
#include "program.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

Result<int> listTemplates(Program& program) {
    Json all = Json::array();
    TextTable table({{"Template", TextTable::Align::Left},
                     {"Parameters", TextTable::Align::Right},
                     {"Group", TextTable::Align::Left},
                     {"Data", TextTable::Align::Left},
                     {"Title", TextTable::Align::Left}});
    for (const ModelTemplate& t : modelTemplates()) {
        const GraphReport report = checkGraph(t.build());
        all.push_back({{"id", t.id},
                       {"model", "template:" + t.id},
                       {"title", t.title},
                       {"doc", t.doc},
                       {"group", std::string(templateGroupKey(t.group))},
                       {"dataset", t.dataset},
                       {"trial", t.trial},
                       {"parameters", report.parameters},
                       {"macs", report.macs}});
        table.add({"template:" + t.id, grouped(report.parameters), std::string(templateGroupKey(t.group)),
                   t.dataset, t.title});
    }
    if (program.json)
        printJson({{"templates", all}});
    else
        table.print();
    return 0;
}

Json optionsJson(const std::vector<ParamSpec>& specs) {
    Json all = Json::array();
    for (const ParamSpec& spec : specs) {
        Json option{{"key", spec.key}, {"default", toString(spec.defaultValue)}, {"doc", spec.doc}};
        for (const Choice& choice : spec.choices)
            option["choices"].push_back(choice.key);
        all.push_back(std::move(option));
    }
    return all;
}

/// "noise=0.1, seed=1": what may be given behind the name, with the defaults.
std::string optionsText(const std::vector<ParamSpec>& specs, const ParamValues& values = {}) {
    std::string all;
    for (const ParamSpec& spec : specs)
        all += (all.empty() ? "" : ", ") + spec.key + "=" + toString(paramOr(values, spec));
    return all;
}

Json entryJson(const DatasetEntry& entry, const DatasetCatalog& catalog) {
    Json json{{"id", entry.id},           {"title", entry.title},    {"doc", entry.doc},
              {"licence", entry.licence}, {"task", entry.task.id()}, {"available", entry.available}};
    if (const auto& options = catalog.optionsOf(entry); !options.empty())
        json["options"] = optionsJson(options);
    if (!entry.available) json["unavailable"] = entry.unavailable;
    return json;
}

Result<int> listDatasets(Program& program) {
    Json entries = Json::array(), formats = Json::array();
    TextTable table({{"Data set", TextTable::Align::Left},
                     {"Task", TextTable::Align::Left},
                     {"Licence", TextTable::Align::Left},
                     {"Title", TextTable::Align::Left}});
    for (const DatasetEntry& entry : program.catalog.entries()) {
        entries.push_back(entryJson(entry, program.catalog));
        table.add({entry.id, std::string(entry.task.id()), entry.licence,
                   entry.available ? entry.title : entry.title + " (not here. " + entry.unavailable + ")"});
    }
    for (const DatasetFormat& format : program.catalog.formats())
        formats.push_back({{"id", format.id},
                           {"name", format.name},
                           {"patterns", format.patterns},
                           {"doc", format.doc},
                           {"folders", format.folders},
                           {"options", optionsJson(format.params)}});
    if (program.json) {
        printJson({{"datasets", entries}, {"formats", formats}});
        return 0;
    }
    table.print();
    print("");
    print("With options behind a colon, NAME:KEY=VALUE,KEY=VALUE:");
    for (const DatasetEntry& entry : program.catalog.entries())
        if (const auto& options = program.catalog.optionsOf(entry); !options.empty())
            print("  " + entry.id + ": " + optionsText(options));
    print("");
    for (const DatasetFormat& format : program.catalog.formats()) {
        std::string patterns;
        for (const std::string& pattern : format.patterns)
            patterns += (patterns.empty() ? "" : ", ") + pattern;
        if (format.folders) patterns += patterns.empty() ? "a folder" : ", or a folder";
        print("Files: " + format.name + " (" + patterns + ")");
        if (!format.params.empty()) print("       options: " + optionsText(format.params));
    }
    return 0;
}

Result<int> showDataset(const std::string& name, Program& program) {
    const auto ref = program.catalog.resolve(name);
    if (!ref) return refuse(ref.error());
    const auto data = program.catalog.open(name);
    if (!data) return refuse(data.error());
    const DatasetInfo& info = (*data)->info();
    if (program.json) {
        const LayerSchema* const activation = layerOf(info.task->outputFunction);
        printJson({{"id", info.id},
                   {"title", info.title},
                   {"doc", info.doc},
                   {"licence", info.licence},
                   {"source", info.source},
                   {"task", info.task.id()},
                   {"input", shapeJson(info.input)},
                   {"targets", info.targets},
                   {"output", shapeJson(info.outputShape())},
                   {"defaults",
                    {{"output_activation", activation ? activation->id : ""},
                     {"loss", info.task->loss},
                     {"metrics", info.task->metrics}}},
                   {"classes", info.classNames},
                   {"features", info.featureNames},
                   {"train_size", info.trainSize},
                   {"validation_size", info.validationSize},
                   {"test_size", info.testSize},
                   {"grouped_by", info.groupedBy},
                   {"ordered_by", info.orderedBy},
                   {"missing_values", info.missingValues},
                   {"options", optionsJson(ref->params)},
                   {"standardise", info.standardise},
                   {"sha256", info.sha256},
                   {"notes", info.notes}});
        return 0;
    }
    const auto joined = [](const std::vector<std::string>& names) {
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : ", ") + name;
        return text;
    };
    print(info.title);
    if (!info.doc.empty()) print(info.doc);
    for (const std::string& note : info.notes)
        print("- " + note);
    TextTable table({{"", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    table.add({"Input", toString(info.input)});
    table.add({"Task", std::string(info.task.id())});
    table.add({"Output", toString(info.outputShape())});
    table.add({"Usual network", describeDefaults(info.task)});
    if (!info.classNames.empty()) table.add({"Classes", joined(info.classNames)});
    if (!info.featureNames.empty()) table.add({"Features", joined(info.featureNames)});
    table.add({"Samples",
               grouped(info.trainSize - info.validationSize) + " to train on, " +
                   (info.validationSize > 0 ? grouped(info.validationSize) + " to validate, " : "") +
                   (info.testSize > 0 ? grouped(info.testSize) + " to test" : "the test part is split off")});
    if (!info.groupedBy.empty()) table.add({"Groups", "by " + info.groupedBy});
    if (!info.orderedBy.empty()) table.add({"Time", "by " + info.orderedBy});
    if (!info.licence.empty()) table.add({"Licence", info.licence});
    if (!ref->params.empty()) table.add({"Options", optionsText(ref->params, ref->options)});
    table.add({"Source", info.source});
    table.add({"SHA-256", info.sha256});
    table.print();
    return 0;
}

} // namespace

void addTemplates(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("templates", "Networks to start from");
    addJsonFlag(command, program);
    command.callback([=] { choose(listTemplates); });
}

void addDatasets(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("datasets", "Data sets that can be had by name, or all about one");
    auto name = std::make_shared<std::string>();
    command.option("NAME", *name, "A data set's name, or a file").typeName("");
    addJsonFlag(command, program);
    command.callback(
        [=] { choose([=](Program& p) { return name->empty() ? listDatasets(p) : showDataset(*name, p); }); });
}

} // namespace burdock::cli
