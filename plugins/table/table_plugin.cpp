#include "dialect.h"
#include "files/file_reader.h"
#include "files/text_encoding.h"
#include "plugin_api/plugin.h"
#include "table_dataset.h"

#include <QObject>

namespace burdock {
namespace {

/// By its name; a name that says less must hold what looks like a table.
bool isTable(const std::filesystem::path& path) {
    if (hasEnding(path, ".csv") || hasEnding(path, ".tsv")) return true;
    if (!hasEnding(path, ".txt") && !hasEnding(path, ".data") && !hasEnding(path, ".dat") &&
        !hasEnding(path, ".tab"))
        return false;
    constexpr std::size_t sample = 1u << 14;
    std::string raw = firstBytes(path, sample), text;
    const std::string encoding = guessEncoding(raw);
    const bool cut = raw.size() == sample;
    raw.erase(0, markLength(raw, encoding));
    TextDecoder(encoding).decode(raw, !cut, text);
    if (cut) text.resize(text.find_last_of("\r\n") + 1); // npos + 1 is 0: one long line is no table
    return looksLikeTable(text);
}

} // namespace

class TablePlugin final : public QObject, public Plugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID BURDOCK_PLUGIN_IID FILE "table.json")
    Q_INTERFACES(burdock::Plugin)

  public:
    void registerEntries(Registries& registries) override {
        DatasetFormat format;
        format.id = "csv";
        format.name = "Tables (CSV)";
        format.patterns = {"*.csv", "*.csv.gz", "*.tsv", "*.tsv.gz", "*.txt", "*.data", "*.dat", "*.tab"};
        format.doc = "One row a sample. The target is the column named target, label, class or species, else "
                     "the last; words and few whole numbers make classes, other numbers a regression.";
        format.recognises = isTable;
        format.params = tableParams();
        format.open = openTable;
        (void)registries.add(std::move(format));

        DatasetFormat workbooks;
        workbooks.id = "xlsx";
        workbooks.name = "Workbooks (Excel)";
        workbooks.patterns = {"*.xlsx", "*.xlsm"};
        workbooks.doc = "A sheet as a table, one row a sample: the first, or the one that is named. Its "
                        "target is found as a "
                        "table's is.";
        workbooks.recognises = [](const std::filesystem::path& path) {
            return (hasEnding(path, ".xlsx") || hasEnding(path, ".xlsm")) && firstBytes(path, 2) == "PK";
        };
        workbooks.params = workbookParams();
        workbooks.open = openWorkbook;
        (void)registries.add(std::move(workbooks));
    }
};

} // namespace burdock

#include "table_plugin.moc"
