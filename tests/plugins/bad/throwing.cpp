#include "plugin_api/plugin.h"

#include <QObject>

#include <stdexcept>

class ThrowingPlugin final : public QObject, public burdock::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "metadata.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerDatasets(burdock::DatasetCatalog&) override { throw std::runtime_error("no such luck"); }
};

#include "throwing.moc"
