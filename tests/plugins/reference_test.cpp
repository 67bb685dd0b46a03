#include "data_files.h"
#include "engine/train/train_config.h"
#include "reference/reference.h"

#include <QtTest>

#include <set>

using namespace burdock;

namespace {

/// A layer's weights and output change when a hyperparameter does, so the range must be told rightly.
bool tellsRange(const ParamSpec& spec) {
    const std::string range = rangeText(spec);
    if (range.empty()) return false;
    if (spec.type != ParamType::Choice) return true;
    for (const Choice& choice : spec.choices)
        if (range.find(choice.key) == std::string::npos) return false;
    return true;
}

} // namespace

/// The reference is made of what the entries of all registries say of themselves.
class ReferenceTest : public QObject {
    Q_OBJECT
  private slots:
    void everyEntryIsExplained() {
        const auto pages = referencePages(shippedCatalog());
        QCOMPARE(pages.front().file, std::string("index.html"));
        std::size_t next = 1;
        std::string wrong;
        forEachRegistry(shippedCatalog(), [&]<class T>(const Registry<T>& registry) {
            const ReferencePage& page = pages.at(next++);
            if (registry.empty() && T::plural != KernelEntry::plural)
                wrong += std::string(T::plural) + " is empty. ";
            std::set<std::string> ids, names;
            for (const T& entry : registry) {
                const EntryText text = textOf(entry);
                const auto has = [&](const std::string& what) {
                    return page.html.find(QString::fromStdString(what).toHtmlEscaped().toStdString()) !=
                           std::string::npos;
                };
                if (!ids.insert(text.id).second || !names.insert(text.name).second || text.name.empty() ||
                    text.doc.size() < 15 || !text.doc.ends_with('.'))
                    wrong += text.id + ": text. ";
                if (page.html.find("id=\"" + text.id + "\"") == std::string::npos || !has(text.name) ||
                    !has(text.doc) || !has(text.formula))
                    wrong += text.id + ": page. ";
                for (const ParamSpec& spec : text.params)
                    if (!has(spec.key) || !has(spec.doc) || spec.label.empty() || !tellsRange(spec))
                        wrong += text.id + "." + spec.key + ". ";
                if (pages.front().html.find(referenceAddress(entry)) == std::string::npos)
                    wrong += text.id + ": index. ";
            }
        });
        QVERIFY2(wrong.empty(), wrong.c_str());
        QCOMPARE(pages.size(), next + 1);
        const ReferencePage& settings = pages.back();
        QVERIFY(pages.front().html.find("href=\"" + settings.file + "\"") != std::string::npos);
        for (const ParamSpec& spec : TrainConfig::table().specs())
            for (const std::string& told :
                 {"<code>" + spec.key + "</code>", "<a name=\"" + spec.key + "\""}) // F1 leads there
                QVERIFY2(settings.html.find(told) != std::string::npos, told.c_str());
    }
    void rangesAreTold() {
        const auto text = [](const char* layer, const char* key) {
            return rangeText(*layerRegistry().find(layer)->param(key));
        };
        QCOMPARE(text("dropout", "rate"), std::string("number from 0 below 1"));
        QCOMPARE(text("dense", "bias"), std::string("yes or no"));
        QCOMPARE(text("conv1d", "padding"), std::string("same, valid or causal"));
        QCOMPARE(text("input", "height"), std::string("whole number from 1 to 16384"));
    }
    /// What comes from a plugin or a file may hold anything.
    void textIsEscaped() {
        DatasetCatalog catalog;
        DatasetEntry entry;
        entry.id = "<b>&\"";
        entry.title = "<script>";
        entry.doc = "1 < 2 & 3.";
        QVERIFY(catalog.add(entry));
        for (const ReferencePage& page : referencePages(catalog)) {
            QVERIFY(page.html.find("<script>") == std::string::npos);
            QVERIFY(page.html.find("<b>&\"") == std::string::npos);
        }
    }
};

QTEST_GUILESS_MAIN(ReferenceTest)
#include "reference_test.moc"
