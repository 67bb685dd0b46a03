#include "data_files.h"
#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "plugin_api/resources.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

using namespace burdock;

class PluginHostTest : public QObject {
    Q_OBJECT

    static std::string codeFor(const PluginReport& report, const std::string& file) {
        for (const Diagnostic& d : report.refused)
            if (d.where.find(file) != std::string::npos) return d.code;
        return "";
    }
    static std::string lineFor(const PluginReport& report, const std::string& file) {
        for (const Diagnostic& d : report.refused)
            if (d.where.find(file) != std::string::npos) return oneLine(d);
        return "";
    }

  private slots:
    void shippedPluginsAreFoundAndLoad() {
        DatasetCatalog catalog;
        const PluginReport report = loadPlugins(pluginFolders().mid(0, 1), Registries(catalog));
        QVERIFY2(report.refused.empty(), report.refused.empty() ? "" : oneLine(report.refused[0]).c_str());
        QStringList names;
        for (const LoadedPlugin& plugin : report.loaded) {
            names << plugin.name;
            QVERIFY(!plugin.doc.isEmpty());
            QVERIFY(QFile::exists(plugin.path));
        }
        QVERIFY(names.contains("idx"));
        QVERIFY(names.contains("samples"));
    }
    void everyRefusalNamesItsFileAndStopsNoOther() {
        QTemporaryDir folder;
        for (const QFileInfo& file : QDir(TEST_PLUGINS).entryInfoList(QDir::Files))
            QVERIFY(QFile::copy(file.filePath(), folder.filePath(file.fileName())));
        QFile text(folder.filePath("h_text.so"));
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write("no library at all");
        text.close();
        QFile whole(folder.filePath("f_foreign.so"));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        QFile half(folder.filePath("i_cut.so"));
        QVERIFY(half.open(QIODevice::WriteOnly));
        half.write(whole.read(whole.size() / 2));
        half.close();
        QFile readme(folder.filePath("README"));
        QVERIFY(readme.open(QIODevice::WriteOnly));

        DatasetCatalog catalog;
        const LayerRegistry& layers = layerRegistry();
        const Registries registries(catalog);
        const auto before = registries.sizes();
        const PluginReport report = loadPlugins({folder.path()}, registries);
        QCOMPARE(report.loaded.size(), 1u);
        QCOMPARE(report.loaded[0].name, "test layer");
        QCOMPARE(report.loaded[0].doc, "Brings one layer.");
        QCOMPARE(codeFor(report, "b_twin"), "plugin.twice");
        for (const char* file : {"c_newer", "c_older"}) {
            QCOMPARE(codeFor(report, file), "plugin.api");
            const std::string line = lineFor(report, file), own = std::to_string(pluginApiVersion);
            QVERIFY2(line.find("this program's is " + own) != std::string::npos, line.c_str());
            QVERIFY2(line.find("\"api\": " + own) != std::string::npos, line.c_str());
        }
        QCOMPARE(codeFor(report, "d_no_api"), "plugin.api");
        QCOMPARE(codeFor(report, "e_nameless"), "plugin.name");
        QCOMPARE(codeFor(report, "f_foreign"), "plugin.interface");
        QCOMPARE(codeFor(report, "f_eager"), "plugin.interface");
        QVERIFY(!findLoss("test.eager"));
        QCOMPARE(codeFor(report, "g_throws"), "plugin.threw");
        QCOMPARE(codeFor(report, "g_refused"), "plugin.entry");
        const std::string refused = lineFor(report, "g_refused");
        QVERIFY2(refused.find("test.left-behind: A loss of this id is there already.") != std::string::npos,
                 refused.c_str());
        // Of plugins that failed midway nothing stays; the two layers are those of the one that did not.
        auto after = before;
        after[0] += 2;
        QVERIFY(registries.sizes() == after);
        QVERIFY(!layers.find("test.left-behind") && !findLoss("test.left-behind"));
        QCOMPARE(losses().choices().size(), losses().size());
        QCOMPARE(codeFor(report, "h_text"), "plugin.metadata");
        // By where the linker has put the metadata, in the half that is there or in the other.
        const auto cut = codeFor(report, "i_cut");
        QVERIFY2(cut == "plugin.metadata" || cut == "plugin.interface", cut.c_str());
        QCOMPARE(report.refused.size(), 11u);
        for (const Diagnostic& d : report.refused)
            QVERIFY2(!d.what.empty() && !d.mend.empty(), d.where.c_str());
        QVERIFY(layers.find("test.relu"));
        QVERIFY2(layers.find("test.shared"), "the plugin has an engine of its own");
    }
    void foldersOfTheEnvironmentComeAfterTheOwn() {
        const QStringList own = pluginFolders();
        QCOMPARE(own.size(), 1);
        qputenv("BURDOCK_PLUGIN_PATH", "/one::/two");
        const QStringList all = pluginFolders();
        qunsetenv("BURDOCK_PLUGIN_PATH");
        QCOMPARE(all, own + QStringList({"/one", "/two"}));
        DatasetCatalog catalog;
        const PluginReport report = loadPlugins({"/one", "/two"}, Registries(catalog));
        QVERIFY(report.loaded.empty());
        QCOMPARE(report.refused.size(), 2U); // nobody looks where no folder is
        QCOMPARE(report.refused[0].where, std::string("/one"));
    }
    /// A program that was copied without its plugins says so, and where it has looked for them.
    void noPluginAtAllIsTold() {
        DatasetCatalog catalog;
        const QStringList folders = pluginFolders();
        QVERIFY(!noPluginFound(folders, loadPlugins(folders, Registries(catalog))));
        const QTemporaryDir empty;
        DatasetCatalog other;
        const auto none = noPluginFound({empty.path()}, loadPlugins({empty.path()}, Registries(other)));
        QVERIFY(none);
        QVERIFY(none->where.find(empty.path().toStdString()) != std::string::npos);
        QVERIFY(none->where.find(QCoreApplication::applicationDirPath().section(u'/', 1, 2).toStdString()) !=
                std::string::npos);
    }
    void resourcesAreFound() { QVERIFY(QFile::exists(resourceFolder() + "/datasets/manifest.json")); }
};

QTEST_GUILESS_MAIN(PluginHostTest)
#include "plugin_host_test.moc"
