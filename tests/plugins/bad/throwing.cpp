#include "plugin_api/plugin.h"

#include <QObject>

#include <stdexcept>

/// Fails when some of what it brings is registered already: it throws, or, of REFUSED, brings an id twice.
class ThrowingPlugin final : public QObject, public burdock::Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "metadata.json")
    Q_INTERFACES(burdock::Plugin)

    template <class T>
    static void addCopy(burdock::Registries& registries) {
        T copy = registries.of<T>().front();
        copy.id = "test.left-behind";
        (void)registries.add(std::move(copy));
    }

  public:
    void registerEntries(burdock::Registries& registries) override {
        addCopy<burdock::LayerSchema>(registries);
        addCopy<burdock::LossSchema>(registries);
        addCopy<burdock::OptimizerSchema>(registries);
        burdock::DatasetEntry entry;
        entry.id = "test.left-behind";
        (void)registries.add(std::move(entry));
#ifdef REFUSED
        addCopy<burdock::LossSchema>(registries);
        addCopy<burdock::MetricSchema>(registries); // a plugin need not look at refusals
#else
        throw std::runtime_error("no such luck");
#endif
    }
};

#include "throwing.moc"
