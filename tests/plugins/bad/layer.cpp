#include "plugin_api/plugin.h"

#include <QObject>

/// Brings a layer of its own by copying the description of a shipped one.
class LayerPlugin final : public QObject, public burdock::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "metadata.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(burdock::Registries& registries) override {
        burdock::LayerSchema schema = *registries.of<burdock::LayerSchema>().find("relu");
        schema.id = "test.relu";
        (void)registries.add(std::move(schema));
        // The engine is the program's own: the registry handed over is the one that this library sees.
        if (&registries.of<burdock::LayerSchema>() == &burdock::layerRegistry()) {
            burdock::LayerSchema proof = *burdock::layerRegistry().find("relu");
            proof.id = "test.shared";
            (void)registries.add(std::move(proof));
        }
    }
};

#include "layer.moc"
