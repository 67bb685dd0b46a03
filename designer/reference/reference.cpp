#include "reference/reference.h"

#include "engine/train/train_config.h"

#include <algorithm>
#include <cctype>

namespace burdock {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string capitalised(std::string_view text) {
    std::string out(text);
    if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out;
}

std::string document(const std::string& title, const std::string& body) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title) +
           "</title><style>\n"
           "body { font-family: sans-serif; margin: 24px; max-width: 52em; line-height: 1.45; }\n"
           "h2 { margin-top: 28px; } code { font-family: monospace; } h2 code { font-weight: normal; }\n"
           "table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top; "
           "padding: 3px 12px 3px 0; }\n"
           "</style></head><body>\n<h1>" +
           escaped(title) + "</h1>\n" + body + "</body></html>\n";
}

std::string row(const std::vector<std::string>& cells, const char* tag = "td") {
    std::string html = "<tr>";
    for (const std::string& cell : cells)
        html += std::string("<") + tag + ">" + cell + "</" + tag + ">";
    return html + "</tr>\n";
}

std::string choicesHtml(const ParamSpec& spec) {
    std::string html;
    for (const Choice& choice : spec.choices) {
        html += "<br><code>" + escaped(choice.key) + "</code> " + escaped(choice.label);
        if (!choice.doc.empty()) html += ": " + escaped(choice.doc);
    }
    return html;
}

/// `owner`: the entry whose own settings they are, with a dot; or empty.
std::string paramsHtml(const std::vector<ParamSpec>& params, const std::string& owner = {}) {
    if (params.empty()) return {};
    std::string html = "<table>\n" + row({"Setting", "Key", "Default", "Range", "Meaning"}, "th");
    for (const ParamSpec& spec : params) {
        std::string meaning = escaped(spec.doc);
        if (!spec.onlyIfKey.empty()) {
            std::string values = spec.onlyIfValue;
            for (std::size_t at = 0; (at = values.find('|', at)) != std::string::npos;)
                values.replace(at, 1, " or ");
            meaning += " Only where <code>" + escaped(spec.onlyIfKey) + "</code> is " + escaped(values) + ".";
        }
        const bool choice = spec.type == ParamType::Choice;
        if (choice) meaning += choicesHtml(spec);
        const std::string anchor = escaped(owner + spec.key);
        html += row({"<a name=\"" + anchor + "\" id=\"" + anchor + "\"></a>" + escaped(spec.label),
                     "<code>" + escaped(spec.key) + "</code>", escaped(toString(spec.defaultValue)),
                     choice ? "" : escaped(rangeText(spec) + (spec.unit.empty() ? "" : " " + spec.unit)),
                     meaning});
    }
    return html + "</table>\n";
}

constexpr const char* settingsFile = "settings.html";
constexpr const char* toIndex = "<p><a href=\"index.html\">Burdock's reference</a></p>\n";

std::string entryHtml(const EntryText& entry) {
    const std::string id = escaped(entry.id);
    std::string html = "<h2 id=\"" + id + "\"><a name=\"" + id + "\"></a>" + escaped(entry.name) + " <code>" +
                       id + "</code></h2>\n<p>" + escaped(entry.doc) + "</p>\n";
    if (!entry.formula.empty()) html += "<p><i>" + escaped(entry.formula) + "</i></p>\n";
    std::string facts;
    for (const EntryFact& fact : entry.facts)
        if (!fact.text.empty()) facts += row({escaped(fact.label), escaped(fact.text)});
    if (!facts.empty()) html += "<table>\n" + facts + "</table>\n";
    return html + paramsHtml(entry.params, entry.id + ".");
}

/// What all runs have; what the optimizer, the schedule, the loss and a transform have of their own stands
/// with them.
ReferencePage settingsPage() {
    ReferencePage page{settingsFile, "Training settings", {}};
    std::string body = toIndex;
    body +=
        "<p>Of a training run: the training form and the options of <code>burdock-cli train</code> (the key "
        "with hyphens: <code>--learning-rate</code>). What an entry has of its own is set by "
        "<code>--KEY-option</code>, and stands on the pages of ";
    for (const std::string_view plural :
         {OptimizerSchema::plural, ScheduleSchema::plural, LossSchema::plural})
        body += "<a href=\"" + fileNameOf(plural) + "\">" + std::string(plural) + "</a>, ";
    body += "and pictures are augmented by <a href=\"" + fileNameOf(TransformSchema::plural) +
            "\">transforms</a>, with <code>--augment</code>.</p>\n";
    page.html = document(page.title, body + paramsHtml(TrainConfig::table().specs()));
    return page;
}

} // namespace

std::string slugOf(std::string_view plural) {
    std::string slug(plural);
    std::ranges::replace(slug, ' ', '-');
    return slug;
}

std::string settingAddress(const std::string& key) {
    return std::string(settingsFile) + "#" + key;
}

std::vector<ReferencePage> referencePages(const DatasetCatalog& catalog) {
    std::vector<ReferencePage> pages{{"index.html", "Burdock's reference", {}}};
    std::string index =
        "<p>What networks, training and data are made of, as every entry describes itself.</p>\n";
    forEachRegistry(catalog, [&]<class T>(const Registry<T>& registry) {
        ReferencePage page{fileNameOf(T::plural), capitalised(T::plural), {}};
        std::string body = toIndex;
        index += "<h2><a href=\"" + page.file + "\">" + escaped(page.title) + "</a></h2>\n<p>";
        for (const T& entry : registry) {
            EntryText text = textOf(entry);
            if constexpr (std::is_same_v<T, DatasetEntry>) text.params = catalog.optionsOf(entry);
            body += entryHtml(text);
            index += (&entry == &registry.front() ? "" : ", ") + std::string("<a href=\"") + page.file + "#" +
                     escaped(text.id) + "\">" + escaped(text.name) + "</a>";
        }
        index += "</p>\n";
        page.html = document(page.title, body);
        pages.push_back(std::move(page));
    });
    pages.push_back(settingsPage());
    index += "<h2><a href=\"" + pages.back().file + "\">" + pages.back().title + "</a></h2>\n";
    pages[0].html = document(pages[0].title, index);
    return pages;
}

} // namespace burdock
