#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/registry.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace burdock {

/// A data set that can be had by name.
struct DatasetEntry {
    static constexpr std::string_view kind = "data set", plural = "data sets";
    std::string id;
    std::string title;
    std::string doc;
    std::string licence;
    Task task;
    bool available = false;          ///< its files are there
    std::string unavailable;         ///< otherwise, what to do to get them
    std::vector<ParamSpec> params{}; ///< its options
    std::string format{};            ///< the id of the DatasetFormat whose options it takes; empty: its own
    std::function<Result<std::shared_ptr<const Dataset>>(const ParamValues& options)> open;

    std::string_view lacks() const { return available && !open ? "open" : ""; }
};

/// Reads data set files of one format.
struct DatasetFormat {
    static constexpr std::string_view kind = "data format", plural = "data formats";
    std::string id;                    ///< "idx"
    std::string name;                  ///< "IDX images and labels"
    std::vector<std::string> patterns; ///< file name patterns for the open dialog: "*.csv"
    std::string doc;
    /// Whether this file looks like the format, from its name and first bytes.
    std::function<bool(const std::filesystem::path&)> recognises;
    std::vector<ParamSpec> params{}; ///< how a file may be read
    std::function<Result<std::shared_ptr<const Dataset>>(const std::filesystem::path&,
                                                         const ParamValues& options)>
        open;
    bool folders = false; ///< a data set of the format may be a whole folder
    /// The other files that are read with this one, such as the labels of pictures; empty: none are.
    std::function<std::vector<std::filesystem::path>(const std::filesystem::path&)> files{};

    std::string_view lacks() const { return recognises && open ? "" : "recognises and open"; }
};

/// What a reference such as "moons:noise=0.3" or "houses.csv:target=price" names.
struct DatasetRef {
    std::string name;                      ///< an entry's id, or a file's path
    ParamValues options;                   ///< what differs from the defaults may be missing
    const DatasetEntry* entry = nullptr;   ///< null: it is a file
    const DatasetFormat* format = nullptr; ///< whose options it takes; null: the entry has its own
    std::vector<ParamSpec> params;         ///< its options; those of a file begin with `formatOption`

    /// The reference again, as short as possible; a file's path is absolute.
    std::string text() const;
};

/// The option of every file that names the format to read it as: "notes.csv:as=text".
inline constexpr std::string_view formatOption = "as";

/// All data sets and formats the plugins brought. Filled at start, constant afterwards.
class DatasetCatalog {
  public:
    DatasetCatalog();
    ~DatasetCatalog();
    DatasetCatalog(const DatasetCatalog&) = delete; ///< entries may refer to the catalog they are in
    DatasetCatalog& operator=(const DatasetCatalog&) = delete;

    Registry<DatasetEntry>& entries() { return entries_; }
    const Registry<DatasetEntry>& entries() const { return entries_; }
    Registry<DatasetFormat>& formats() { return formats_; }
    const Registry<DatasetFormat>& formats() const { return formats_; }
    Status add(DatasetEntry entry) { return entries_.add(std::move(entry)); }
    Status add(DatasetFormat format) { return formats_.add(std::move(format)); }
    const DatasetEntry* find(std::string_view id) const { return entries_.find(id); }
    /// The options of an entry: its own, or those of its format.
    const std::vector<ParamSpec>& optionsOf(const DatasetEntry& entry) const;

    /// Understands NAME or FILE, each with options behind a colon: NAME:key=value,key=value. A file is read
    /// by the format that its options name, else by the first that recognises it. Refuses names and files
    /// that are not there, files that no format recognises, and wrong options.
    Result<DatasetRef> resolve(const std::string& reference) const;
    /// Opens what a reference names. A data set that is still open somewhere with the same options is
    /// shared, not read twice. What a reader throws becomes a refusal. Thread-safe.
    Result<std::shared_ptr<const Dataset>> open(const std::string& reference) const;

  private:
    Result<const DatasetFormat*> formatOf(const std::string& file, std::string_view options) const;

    Registry<DatasetEntry> entries_;
    Registry<DatasetFormat> formats_;
    struct OpenData;
    std::unique_ptr<OpenData> open_;
};

} // namespace burdock
