#include "engine/train/kernel_report.h"
#include "kernel_table.h"
#include "output.h"
#include "plugin_api/registries.h"
#include "program.h"
#include "reference/reference.h"
#include "session/counted.h"
#include "session/whole_file.h"
#include "text_table.h"

#include <QDir>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

struct ToJson {
    Json operator()(const IntPair& v) const { return Json::array({v.height, v.width}); }
    Json operator()(const auto& v) const { return v; }
};

Json paramJson(const ParamSpec& spec) {
    Json json{{"key", spec.key},
              {"label", spec.label},
              {"default", std::visit(ToJson{}, spec.defaultValue)},
              {"range", rangeText(spec)},
              {"doc", spec.doc}};
    if (!spec.unit.empty()) json["unit"] = spec.unit;
    if (!spec.onlyIfKey.empty()) json["only_if"] = {{spec.onlyIfKey, spec.onlyIfValue}};
    for (const Choice& choice : spec.choices)
        json["choices"].push_back({{"key", choice.key}, {"label", choice.label}, {"doc", choice.doc}});
    return json;
}

Json entryJson(const EntryText& entry) {
    Json json{{"id", entry.id}, {"name", entry.name}, {"doc", entry.doc}};
    if (!entry.formula.empty()) json["formula"] = entry.formula;
    for (const EntryFact& fact : entry.facts)
        json[fact.key] = fact.text;
    json["settings"] = Json::array();
    for (const ParamSpec& spec : entry.params)
        json["settings"].push_back(paramJson(spec));
    return json;
}

void printEntry(const EntryText& entry) {
    print(entry.name + " (" + entry.id + ")");
    print(entry.doc);
    if (!entry.formula.empty()) print(entry.formula);
    TextTable facts({{"", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    for (const EntryFact& fact : entry.facts)
        facts.add({fact.label, fact.text});
    if (!entry.facts.empty()) facts.print();
    if (entry.params.empty()) return;
    print("");
    TextTable settings({{"Setting", TextTable::Align::Left},
                        {"Default", TextTable::Align::Left},
                        {"Range", TextTable::Align::Left},
                        {"Meaning", TextTable::Align::Left}});
    for (const ParamSpec& spec : entry.params)
        settings.add({spec.key, toString(spec.defaultValue), rangeText(spec), spec.doc});
    settings.print();
}

/// The entries of a registry, whatever their kind.
struct Listing {
    std::string kind, plural, ids;
    std::vector<EntryText> entries;
};

template <class T>
Listing listingOf(const Registry<T>& registry) {
    Listing all{std::string(T::kind), std::string(T::plural), registry.ids(), {}};
    for (const T& entry : registry)
        all.entries.push_back(textOf(entry));
    return all;
}

Result<int> list(const Listing& all, const std::string& wanted, const Program& program) {
    if (!wanted.empty()) {
        const auto entry = std::ranges::find(all.entries, wanted, &EntryText::id);
        if (entry == all.entries.end())
            return refuse(problem("entry.unknown", "There is no such " + all.kind + ".", wanted,
                                  "Give one of: " + all.ids + "."));
        if (program.json)
            printJson(entryJson(*entry));
        else
            printEntry(*entry);
        return 0;
    }
    if (program.json) {
        Json entries = Json::array();
        for (const EntryText& entry : all.entries)
            entries.push_back(entryJson(entry));
        printJson({{slugOf(all.plural), entries}});
        return 0;
    }
    TextTable table(
        {{"Id", TextTable::Align::Left}, {"Name", TextTable::Align::Left}, {"", TextTable::Align::Left}});
    for (const EntryText& entry : all.entries) {
        const auto end = entry.doc.find(". ");
        table.add(
            {entry.id, entry.name, end == std::string::npos ? entry.doc : entry.doc.substr(0, end + 1)});
    }
    table.print();
    return 0;
}

Status write(const QString& path, const std::string& bytes) {
    const auto failure = writeWhole(path, QByteArray::fromStdString(bytes));
    if (!failure) return {};
    return refuse(problem("file", "The page cannot be written: " + failure->toStdString() + ".",
                          path.toStdString(), "Choose a folder that you may write to."));
}

Result<int> writeReference(const std::string& folder, Program& program) {
    const QDir place(QString::fromStdString(folder));
    if (!place.mkpath(QStringLiteral(".")))
        return refuse(problem("file", "The folder cannot be made.", folder, "Choose another place."));
    Json files = Json::array();
    for (const ReferencePage& page : referencePages(program.catalog)) {
        if (const Status written = write(place.filePath(QString::fromStdString(page.file)), page.html);
            !written)
            return refuse(written.error());
        files.push_back(page.file);
    }
    if (program.json)
        printJson({{"folder", folder}, {"files", files}});
    else
        print(counted(static_cast<std::int64_t>(files.size()), "page") + " in " + folder);
    return 0;
}

/// Which kernel each layer runs on, on this machine.
Result<int> listLayers(const Program& program) {
    const std::vector<NodeKernel> kernels = sampleKernels();
    if (program.json)
        printJson({{"layers", kernelsJson(kernels)}});
    else
        printKernels(kernels);
    return 0;
}

} // namespace

void addRegistries(ArgumentParser& parser, Program& program, Chosen choose) {
    forEachRegistry(program.catalog, [&]<class T>(const Registry<T>&) {
        if constexpr (!std::is_same_v<T, DatasetEntry>) { // `datasets` tells more
            Command command = parser.command(slugOf(T::plural),
                                             "Lists the " + std::string(T::plural) + ", or explains one");
            auto wanted = std::make_shared<std::string>();
            command.option("ID", *wanted, "The one to explain").typeName("");
            auto layers = std::make_shared<bool>(false);
            if constexpr (std::is_same_v<T, KernelEntry>)
                command.flag(
                    "--layers", *layers,
                    "Tell which kernel each layer runs on here, in its first sample's shape, and why "
                    "not on a faster one");
            addJsonFlag(command, program);
            command.callback([=] {
                choose([=](Program& p) {
                    return *layers ? listLayers(p)
                                   : list(listingOf(Registries(p.catalog).of<T>()), *wanted, p);
                });
            });
        }
    });
}

void addReference(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command =
        parser.command("reference", "Writes the reference documentation of all that there is, as HTML");
    auto folder = std::make_shared<std::string>();
    command.option("--output", *folder, "The folder to write into")
        .required()
        .typeName("DIR")
        .check(notEmpty);
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return writeReference(*folder, p); }); });
}

} // namespace burdock::cli
