#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin.h"

#include <QObject>

/// Brings a layer of its own by copying the description of a shipped one.
class LayerPlugin final : public QObject, public burdock::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "metadata.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerLayers(burdock::LayerRegistry& registry) override {
        burdock::LayerSchema schema = *registry.find("relu");
        schema.id = "test.relu";
        (void)registry.add(std::move(schema));
        // The engine is the program's own: the registry handed over is the one that this library sees.
        shared = &registry == &burdock::layerRegistry();
        if (shared) {
            burdock::LayerSchema proof = *registry.find("relu");
            proof.id = "test.shared";
            (void)registry.add(std::move(proof));
        }
    }

  private:
    bool shared = false;
};

#include "layer.moc"
