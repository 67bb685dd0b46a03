#include "picture_folder.h"
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
        DatasetFormat format;
        format.id = "pictures";
        format.name = "Folder of pictures";
        format.doc = "One folder of PNG, JPEG or BMP files for each class, or images/ and masks/ that label "
                     "their pixels "
                     "by colours; below train/ and test/ where the test part is given.";
        format.recognises = looksLikePictureFolder;
        format.params = pictureParams();
        format.open = openPictures;
        format.folders = true;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "pictures_plugin.moc"
