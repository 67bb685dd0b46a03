#include "described_dataset.h"
#include "plugin_api/plugin.h"
#include "plugin_api/resources.h"

#include <QObject>
#include <QString>

#include <stdexcept>

namespace burdock {

class SamplesPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "samples.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    /// Throws (the host makes a refusal of it) when the manifest is missing or wrong.
    void registerEntries(Registries& registries) override {
        const auto manifest = readManifest((resourceFolder() + "/datasets/manifest.json").toStdString());
        if (!manifest) throw std::runtime_error(oneLine(manifest.error()));
        for (const SampleDescription& description : *manifest) {
            DatasetEntry entry;
            entry.id = description.id;
            entry.title = description.title;
            entry.doc = description.doc;
            entry.licence = description.licence;
            entry.task = description.task;
            std::error_code error;
            entry.available = std::filesystem::exists(description.path, error);
            entry.unavailable = description.unavailable;
            entry.format = description.format;
            entry.open = [&catalog = registries.data(),
                          description](const ParamValues& options) -> Result<std::shared_ptr<const Dataset>> {
                auto file = catalog.resolve(description.path.string());
                if (!file) return refuse(file.error());
                file->options = options;
                auto data = catalog.open(file->text());
                if (!data) return data;
                return describeDataset(std::move(*data), description);
            };
            (void)registries.add(std::move(entry));
        }
    }
};

} // namespace burdock

#include "samples_plugin.moc"
