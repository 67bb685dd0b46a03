#pragma once

#include "engine/schema/diagnostic.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace burdock {

class Registries;

struct LoadedPlugin {
    QString name;
    QString doc;
    QString path;
};

struct PluginReport {
    std::vector<LoadedPlugin> loaded;
    /// Each names its file, or its folder that is not there: no metadata, other API version, does not load.
    std::vector<Diagnostic> refused;
};

/// The program's own plugin folder (build tree or installed), then those of BURDOCK_PLUGIN_PATH, which are
/// separated by colons.
QStringList pluginFolders();

/// Loads every plugin of the folders, in the order of folders and file names; one that is refused stops no
/// other and leaves nothing behind. Metadata is judged before any of the plugin's code runs.
PluginReport loadPlugins(const QStringList& folders, const Registries& registries);

/// What is to be told where not one was loaded, as by a program that was copied without its plugins: without
/// them there are no data. Says where they were looked for.
std::optional<Diagnostic> noPluginFound(const QStringList& folders, const PluginReport& report);

} // namespace burdock
