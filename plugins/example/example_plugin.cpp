#include "example.h"

#include <QObject>

class ExamplePlugin final : public QObject, public burdock::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "example.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(burdock::Registries& registries) override {
        (void)registries.add(example::clampLayer());
        (void)registries.add(example::logCoshLoss());
        (void)registries.add(example::biasMetric());
        (void)registries.add(example::signOptimizer());
        (void)registries.add(example::pointsFormat());
        (void)registries.add(example::dotExporter());
    }
};

#include "example_plugin.moc"
