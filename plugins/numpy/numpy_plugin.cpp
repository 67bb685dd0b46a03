#include "array_archive.h"
#include "files/file_reader.h"
#include "numpy_dataset.h"
#include "plugin_api/plugin.h"

#include <QObject>

namespace burdock {

class NumpyPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "numpy.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "npz";
        format.name = "NumPy arrays";
        format.patterns = {"*.npz", "*.npy"};
        format.doc =
            "An archive that np.savez made, or .npy files in one folder: inputs and targets are found "
            "by their names, such as x_train, y_train, x_test and y_test.";
        format.recognises = [](const std::filesystem::path& path) {
            std::error_code error;
            // A single one may lie beside pictures: it has no partner.
            if (std::filesystem::is_directory(path, error)) return arrayFilesOf(path).size() > 1;
            return firstBytes(path, 6) == "\x93NUMPY" ||
                   (hasEnding(path, ".npz") && firstBytes(path, 2) == "PK");
        };
        format.params = numpyParams();
        format.open = openNumpy;
        format.folders = true;
        format.files = arrayFilesOf;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "numpy_plugin.moc"
