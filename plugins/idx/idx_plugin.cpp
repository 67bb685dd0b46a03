#include "files/file_reader.h"
#include "idx_dataset.h"
#include "idx_file.h"
#include "idx_names.h"
#include "plugin_api/plugin.h"

#include <QObject>

namespace burdock {

class IdxPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "idx.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "idx";
        format.name = "IDX images and labels";
        format.patterns = {"*ubyte", "*ubyte.gz", "*.idx", "*.idx.gz"};
        format.doc = "The format of MNIST: one file of images, one of labels, found by their names; plain or "
                     "gzip. The test part (t10k-…, test-…) is found beside the training part.";
        format.recognises = [](const std::filesystem::path& path) {
            std::error_code error;
            if (std::filesystem::is_directory(path, error)) {
                const auto paths = findIdxPaths(path);
                return paths || paths.error().code != "data.idx.none";
            }
            return isIdxName(path) || isIdxMagic(firstBytes(path, 4));
        };
        format.open = [](const std::filesystem::path& path, const ParamValues&) { return openIdx(path); };
        format.folders = true;
        format.files = [](const std::filesystem::path& path) -> std::vector<std::filesystem::path> {
            const auto paths = findIdxPaths(path);
            if (!paths) return {};
            return {paths->trainImages, paths->trainLabels, paths->testImages, paths->testLabels};
        };
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "idx_plugin.moc"
