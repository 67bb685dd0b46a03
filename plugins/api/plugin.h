#pragma once

#include <QtPlugin>

namespace burdock {

class LayerRegistry;
class DatasetCatalog;

/// Raised when a plugin built against the old interfaces could not work with the new ones. A plugin
/// names the version it was built for in its metadata JSON: { "name": …, "api": 2, "doc": … }.
inline constexpr int pluginApiVersion = 2;

/// What every plugin implements, the shipped ones too. A plugin is a Qt plugin (a shared library with
/// metadata), found in the program's plugin folder and in the folders of BURDOCK_PLUGIN_PATH.
class Plugin {
  public:
    virtual ~Plugin() = default;
    /// Adds its layers. Called once at start, before any thread runs.
    virtual void registerLayers(LayerRegistry&) {}
    /// Adds its data set formats and data sets. Called once at start, after all layers.
    virtual void registerDatasets(DatasetCatalog&) {}
};

} // namespace burdock

#define BURDOCK_PLUGIN_IID "org.burdock.Plugin/1"
Q_DECLARE_INTERFACE(burdock::Plugin, BURDOCK_PLUGIN_IID)
