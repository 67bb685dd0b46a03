#include "cifar_dataset.h"
#include "plugin_api/plugin.h"

#include <QObject>

namespace burdock {

class CifarPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "cifar.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "cifar";
        format.name = "CIFAR-10 and CIFAR-100";
        format.patterns = {"*.bin"};
        format.doc =
            "The binary version: a folder with data_batch_1.bin … and test_batch.bin, or train.bin and "
            "test.bin; or one of the files, which is split.";
        format.recognises = looksLikeCifar;
        format.params = cifarParams();
        format.open = openCifar;
        format.folders = true;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "cifar_plugin.moc"
