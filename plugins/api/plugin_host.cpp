#include "plugin_api/plugin_host.h"

#include "plugin_api/locations.h"
#include "plugin_api/plugin.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonObject>
#include <QLibrary>
#include <QPluginLoader>

#include <algorithm>
#include <exception>

namespace burdock {
namespace {

Diagnostic refusal(const QString& path, const char* code, const QString& what, const QString& why,
                   const QString& mend) {
    Diagnostic d;
    d.code = std::string("plugin.") + code;
    d.where = path.toStdString();
    d.what = what.toStdString();
    d.why = why.toStdString();
    d.mend = mend.toStdString();
    return d;
}

/// What the metadata say; none of the plugin's code has run by then.
Result<LoadedPlugin> judge(const QString& path, const QJsonObject& metaData) {
    if (metaData.isEmpty())
        return refuse(refusal(path, "metadata", "This is not a plugin that Qt can read.",
                              "It is no shared library, carries no metadata, or was built for another Qt.",
                              "Remove the file, or build it anew as a Qt 6 plugin."));
    const QString iid = metaData.value(u"IID").toString();
    if (iid != QLatin1String(BURDOCK_PLUGIN_IID))
        return refuse(refusal(path, "interface", "This is a plugin of another program.",
                              QString("Its interface is \"%1\", not \"%2\".").arg(iid, BURDOCK_PLUGIN_IID),
                              "Remove the file from the plugin folder."));
    const QJsonObject own = metaData.value(u"MetaData").toObject();
    const QJsonValue api = own.value(u"api");
    if (!api.isDouble() || api.toDouble() != pluginApiVersion)
        return refuse(refusal(path, "api", "This plugin was made for other plugin interfaces.",
                              api.isDouble() ? QString("Its \"api\" is %1; this program's is %2.")
                                                   .arg(api.toDouble())
                                                   .arg(pluginApiVersion)
                                             : QString("Its metadata name no \"api\" number."),
                              QString("Build it against this version, with \"api\": %1 in its metadata.")
                                  .arg(pluginApiVersion)));
    LoadedPlugin plugin{own.value(u"name").toString(), own.value(u"doc").toString(), path};
    if (plugin.name.trimmed().isEmpty())
        return refuse(refusal(path, "name", "This plugin has no name.", {}, "Give its metadata a \"name\"."));
    return plugin;
}

/// Runs the plugin's code. A plugin that throws must not take the program along.
Status activate(const QString& path, Registries registries) {
    QPluginLoader loader(path);
    // Stays loaded to the end of the program: the registries keep its functions.
    loader.setLoadHints(QLibrary::PreventUnloadHint | QLibrary::ResolveAllSymbolsHint);
    const std::vector<std::size_t> before = registries.sizes();
    // Also what its static initialisers added.
    const auto takenBack = [&](Diagnostic d) {
        registries.truncate(before);
        return refuse(std::move(d));
    };
    try {
        QObject* object = loader.instance();
        if (!object)
            return takenBack(refusal(path, "load", "This plugin does not load.", loader.errorString(),
                                     "Build it anew against this version of Burdock."));
        auto* plugin = qobject_cast<Plugin*>(object);
        if (!plugin)
            return takenBack(refusal(path, "interface", "This plugin does not implement burdock::Plugin.", {},
                                     "Name it in Q_INTERFACES(burdock::Plugin)."));
        plugin->registerEntries(registries);
        if (!registries.refusal()) return {};
        return takenBack(refusal(path, "entry", "Something that this plugin brings was refused.",
                                 QString::fromStdString(oneLine(*registries.refusal())),
                                 "Tell its maker; nothing of it is used."));
    } catch (const std::exception& e) {
        return takenBack(refusal(path, "threw", "This plugin failed while it registered what it brings.",
                                 QString::fromUtf8(e.what()), "Tell its maker; nothing of it is used."));
    } catch (...) {
        return takenBack(refusal(path, "threw", "This plugin failed while it registered what it brings.", {},
                                 "Tell its maker; nothing of it is used."));
    }
}

} // namespace

QStringList pluginFolders() {
    QStringList folders;
    if (const QString own = installedOr(QStringLiteral(BURDOCK_PLUGINS_FROM_PROGRAM),
                                        QStringLiteral(BURDOCK_PLUGIN_BUILD_DIR));
        !own.isEmpty())
        folders << own;
    const QString more = qEnvironmentVariable("BURDOCK_PLUGIN_PATH");
    for (const QString& folder : more.split(QDir::listSeparator(), Qt::SkipEmptyParts))
        if (!folders.contains(folder)) folders << folder;
    return folders;
}

PluginReport loadPlugins(const QStringList& folders, const Registries& registries) {
    PluginReport report;
    for (const QString& folder : folders) {
        if (!QFileInfo(folder).isDir()) {
            report.refused.push_back(refusal(folder, "folder", "There is no such folder of plugins.", {},
                                             "Mend BURDOCK_PLUGIN_PATH, or leave it out."));
            continue;
        }
        const auto files = QDir(folder).entryInfoList(QDir::Files | QDir::Readable, QDir::Name);
        for (const QFileInfo& file : files) {
            if (!QLibrary::isLibrary(file.fileName())) continue;
            const QString path = file.absoluteFilePath();
            auto plugin = judge(path, QPluginLoader(path).metaData());
            if (!plugin) {
                report.refused.push_back(plugin.error());
                continue;
            }
            const auto same = std::find_if(report.loaded.begin(), report.loaded.end(),
                                           [&](const LoadedPlugin& p) { return p.name == plugin->name; });
            if (same != report.loaded.end()) {
                report.refused.push_back(refusal(
                    path, "twice", QString("A plugin named \"%1\" is loaded already.").arg(plugin->name),
                    QString("It is %1.").arg(same->path), "Remove one of the two."));
                continue;
            }
            if (auto status = activate(path, registries); !status) {
                report.refused.push_back(status.error());
                continue;
            }
            report.loaded.push_back(std::move(*plugin));
        }
    }
    return report;
}

std::optional<Diagnostic> noPluginFound(const QStringList& folders, const PluginReport& report) {
    if (!report.loaded.empty()) return {};
    QStringList looked{QDir::cleanPath(QCoreApplication::applicationDirPath() + u'/' +
                                       QStringLiteral(BURDOCK_PLUGINS_FROM_PROGRAM))};
    for (const QString& folder : folders)
        if (!looked.contains(folder)) looked << folder;
    return refusal(looked.join(QStringLiteral(", ")), "none", "No plugin was found: no data can be read.",
                   "Whatever reads data is a plugin, and the program was perhaps copied without them.",
                   "Install it whole by cmake --install, or name their folder in BURDOCK_PLUGIN_PATH.");
}

} // namespace burdock
