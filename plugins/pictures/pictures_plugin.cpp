#include "decode.h"
#include "picture_folder.h"
#include "picture_format.h"
#include "pictures_dataset.h"
#include "plugin_api/plugin.h"

#include <QObject>

namespace burdock {

class PicturesPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "pictures.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        prepareReaders();
        DatasetFormat format;
        format.id = "pictures";
        format.name = "Folder of pictures";
        format.doc =
            "A folder of " + pictureFormatNames() +
            " files: one folder for each class, or images/ and masks/ that label their pixels by "
            "values or colours, or a CSV file with names of pictures and their labels; in one folder, or "
            "in train/, validation/ and test/ under their usual names.";
        format.recognises = looksLikePictureFolder;
        format.params = pictureParams();
        format.open = openPictures;
        format.files = filesBesidePictures;
        format.folders = true;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "pictures_plugin.moc"
