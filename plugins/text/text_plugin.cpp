#include "engine/data/foreign_file.h"
#include "files/file_reader.h"
#include "plugin_api/plugin.h"
#include "text_dataset.h"

#include <QObject>

namespace burdock {

class TextPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "text.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "text";
        format.name = "Plain text";
        format.patterns = {"*.txt", "*.txt.gz"};
        format.doc = "A text to write on: the network learns to tell the next character, or the next part of "
                     "a word.";
        format.recognises = [](const std::filesystem::path& path) {
            if (!hasEnding(path, ".txt")) return false;
            const std::string start = firstBytes(path, 4096);
            if (start.find('\0') != std::string::npos) return false;
            return !beginsAsForeignText(start) || !foreignFile(path);
        };
        format.params = textParams();
        format.open = openText;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "text_plugin.moc"
