#include "engine/data/dataset_catalog.h"
#include "generated_dataset.h"
#include "plugin_api/plugin.h"

#include <QObject>

#include <stdexcept>

namespace burdock {

class GeneratedPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "generated.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    /// Throws (the host makes a refusal of it) when another plugin has taken a name.
    void registerDatasets(DatasetCatalog& catalog) override {
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
            if (const auto added = catalog.add(std::move(entry)); !added)
                throw std::runtime_error(oneLine(added.error()));
        }
    }
};

} // namespace burdock

#include "generated_plugin.moc"
