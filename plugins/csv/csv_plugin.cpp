#include "csv_dataset.h"
#include "csv_options.h"
#include "files/file_reader.h"
#include "plugin_api/plugin.h"

#include <QObject>

#include <algorithm>
#include <set>

namespace burdock {
namespace {

/// Whether the first lines all have as many of one delimiter: prose has not.
bool looksDelimited(std::string_view start) {
    if (start.find('\0') != std::string_view::npos) return false;
    const auto delimiters = [start](char delimiter, std::size_t fewestLines = 1) {
        std::set<std::ptrdiff_t> counts;
        std::size_t lines = 0;
        for (std::size_t from = 0, end = 0; lines < 8 && from < start.size(); from = end + 1, ++lines) {
            end = start.find('\n', from);
            if (end == std::string_view::npos && lines > 1) break; // cut off by the end of what was read
            end = std::min(end, start.size());
            counts.insert(std::ranges::count(start.substr(from, end - from), delimiter));
        }
        return counts.size() == 1 && *counts.begin() > 0 && lines >= fewestLines;
    };
    return delimiters('\t') || delimiters(';') || delimiters(',') || delimiters(' ', 3);
}

/// By its name; a name that says less must hold text with a delimiter.
bool looksLikeTable(const std::filesystem::path& path) {
    if (hasEnding(path, ".csv") || hasEnding(path, ".tsv")) return true;
    if (!hasEnding(path, ".txt") && !hasEnding(path, ".data") && !hasEnding(path, ".dat")) return false;
    return looksDelimited(firstBytes(path, 4096));
}

} // namespace

class CsvPlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "csv.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "csv";
        format.name = "Tables (CSV)";
        format.patterns = {"*.csv", "*.csv.gz", "*.tsv", "*.tsv.gz", "*.txt", "*.data"};
        format.doc = "One row a sample. The target is the column named target, label, class or species, else "
                     "the last; words and few whole numbers make classes, other numbers a regression.";
        format.recognises = looksLikeTable;
        format.params = CsvOptions::table().specs();
        format.open = openCsv;
        (void)registries.add(std::move(format));
    }
};

} // namespace burdock

#include "csv_plugin.moc"
