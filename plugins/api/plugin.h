#pragma once

#include "plugin_api/registries.h"

#include <QtPlugin>

namespace burdock {

/// Raised when a plugin built against the old interfaces could not work with the new ones. A plugin
/// names the version it was built for in its metadata JSON: { "name": …, "api": 6, "doc": … }.
inline constexpr int pluginApiVersion = 6;

/// What every plugin implements, the shipped ones too. A plugin is a Qt plugin (a shared library with
/// metadata), found in the program's plugin folder and in the folders of BURDOCK_PLUGIN_PATH.
class Plugin {
  public:
    virtual ~Plugin() = default;
    /// Adds what it brings, of any kind. Called once at start, before any thread runs. Where it throws or an
    /// entry is refused, nothing of it stays.
    virtual void registerEntries(Registries& registries) = 0;
};

} // namespace burdock

#define BURDOCK_PLUGIN_IID "org.burdock.Plugin/1"
Q_DECLARE_INTERFACE(burdock::Plugin, BURDOCK_PLUGIN_IID)
