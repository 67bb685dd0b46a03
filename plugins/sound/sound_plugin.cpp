#include "files/class_folder.h"
#include "plugin_api/plugin.h"
#include "recording.h"
#include "sound_dataset.h"

#include <QObject>

namespace burdock {

class SoundPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "sound.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "sound";
        format.name = "Folder of recordings";
        format.doc = "One folder of WAV, FLAC, OGG, MP3 or AIFF files for each class, or files whose names "
                     "begin with their class, such as 7_jackson_0.wav; below train/ and test/ where the test "
                     "part is given. They become log-mel spectrograms.";
        format.recognises = [](const std::filesystem::path& path) {
            return holdsSamples(path, recordings()) || (recordings().isSample(path) && isRecording(path));
        };
        format.params = soundParams();
        format.open = openSounds;
        format.folders = true;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "sound_plugin.moc"
