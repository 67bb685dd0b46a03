#include "generated_dataset.h"
#include "plugin_api/plugin.h"

#include <QObject>

namespace burdock {

class GeneratedPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "generated.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        for (const Generator& generator : generators()) {
            DatasetEntry entry;
            entry.id = generator.id;
            entry.title = generator.title;
            entry.doc = generator.doc;
            entry.licence = "none needed";
            entry.task = generator.task;
            entry.available = true;
            entry.params = generator.params;
            entry.open = [&generator](const ParamValues& options) { return generate(generator, options); };
            (void)registries.add(std::move(entry));
        }
    }
};

} // namespace burdock

#include "generated_plugin.moc"
