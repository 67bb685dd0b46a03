#pragma once

#include "engine/data/dataset.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace burdock {

/// A data set that can be had by name.
struct DatasetEntry {
    std::string id;
    std::string title;
    std::string doc;
    std::string licence;
    Task task = Task::Multiclass;
    bool available = false;  ///< its files are there
    std::string unavailable; ///< otherwise, what to do to get them
    std::function<Result<std::shared_ptr<const Dataset>>()> open;
};

/// Reads data set files of one format.
struct DatasetFormat {
    std::string id;                    ///< "idx"
    std::string name;                  ///< "IDX images and labels"
    std::vector<std::string> patterns; ///< file name patterns for the open dialog: "*.csv"
    std::string doc;
    /// Whether this file looks like the format, from its name and first bytes.
    std::function<bool(const std::filesystem::path&)> recognises;
    std::function<Result<std::shared_ptr<const Dataset>>(const std::filesystem::path&)> open;
};

/// All data sets and formats the plugins brought. Filled at start, constant afterwards.
class DatasetCatalog {
  public:
    DatasetCatalog();
    ~DatasetCatalog();
    DatasetCatalog(const DatasetCatalog&) = delete; ///< entries may refer to the catalog they are in
    DatasetCatalog& operator=(const DatasetCatalog&) = delete;

    /// Refuse an id that is empty or already there, and one that brings no function to open it.
    Status add(DatasetEntry entry);
    Status add(DatasetFormat format);
    const DatasetEntry* find(std::string_view id) const;
    const std::vector<DatasetEntry>& entries() const { return entries_; }
    const std::vector<DatasetFormat>& formats() const { return formats_; }

    /// By id, or else a file's path given to the format that recognises it. A data set that is still
    /// open somewhere is shared, not read twice. Thread-safe.
    Result<std::shared_ptr<const Dataset>> open(const std::string& idOrPath) const;

  private:
    std::vector<DatasetEntry> entries_;
    std::vector<DatasetFormat> formats_;
    struct OpenData;
    std::unique_ptr<OpenData> open_;
};

} // namespace burdock
