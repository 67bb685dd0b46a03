#include "engine/data/dataset_catalog.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace burdock {
namespace fs = std::filesystem;

namespace {

Diagnostic problem(std::string code, std::string where, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = std::move(where);
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

/// Names one state of a file: a file that was written anew is another.
std::string fileKey(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    std::string key = "file:" + (error ? path : canonical).string();
    if (const auto time = fs::last_write_time(path, error); !error)
        key += "@" + std::to_string(time.time_since_epoch().count());
    if (const auto size = fs::file_size(path, error); !error) key += "#" + std::to_string(size);
    return key;
}

} // namespace

struct DatasetCatalog::OpenData {
    /// One lock a data set, so that reading a large one does not hold up the others.
    struct Slot {
        std::mutex mutex;
        std::weak_ptr<const Dataset> data;
    };
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<Slot>> slots;

    Result<std::shared_ptr<const Dataset>>
    share(const std::string& key, const std::function<Result<std::shared_ptr<const Dataset>>()>& open) {
        std::shared_ptr<Slot> slot;
        {
            const std::lock_guard lock(mutex);
            auto& place = slots[key];
            if (!place) place = std::make_shared<Slot>();
            slot = place;
        }
        const std::lock_guard lock(slot->mutex);
        if (auto data = slot->data.lock()) return data;
        auto data = open();
        if (data) slot->data = *data;
        return data;
    }
};

DatasetCatalog::DatasetCatalog()
    : open_(std::make_unique<OpenData>()) {}
DatasetCatalog::~DatasetCatalog() = default;

Status DatasetCatalog::add(DatasetEntry entry) {
    if (entry.id.empty() || find(entry.id))
        return refuse(
            problem("catalog.id", entry.id,
                    entry.id.empty() ? "A data set has no id." : "A data set of this id is there already.",
                    "Give the data set an id of its own."));
    if (entry.available && !entry.open)
        return refuse(problem("catalog.open", entry.id, "The data set cannot be opened.",
                              "Give its entry a function that opens it."));
    entries_.push_back(std::move(entry));
    return {};
}

Status DatasetCatalog::add(DatasetFormat format) {
    const auto same = [&format](const DatasetFormat& f) { return f.id == format.id; };
    if (format.id.empty() || std::any_of(formats_.begin(), formats_.end(), same))
        return refuse(problem("catalog.id", format.id,
                              format.id.empty() ? "A data format has no id."
                                                : "A data format of this id is there already.",
                              "Give the data format an id of its own."));
    if (!format.recognises || !format.open)
        return refuse(problem("catalog.open", format.id, "The data format cannot be opened.",
                              "Give it the functions recognises and open."));
    formats_.push_back(std::move(format));
    return {};
}

const DatasetEntry* DatasetCatalog::find(std::string_view id) const {
    for (const DatasetEntry& entry : entries_)
        if (entry.id == id) return &entry;
    return nullptr;
}

Result<std::shared_ptr<const Dataset>> DatasetCatalog::open(const std::string& idOrPath) const {
    if (const DatasetEntry* entry = find(idOrPath)) {
        if (!entry->available)
            return refuse(problem("dataset.unavailable", entry->id,
                                  "The files of this data set are not there.", entry->unavailable));
        return open_->share("id:" + entry->id, entry->open);
    }
    const fs::path path = idOrPath;
    std::error_code error;
    if (idOrPath.empty() || !fs::exists(path, error))
        return refuse(problem("dataset.unknown", idOrPath, "There is no data set and no file of this name.",
                              "Give the path of a file, or a name that `burdock-cli datasets` lists."));
    for (const DatasetFormat& format : formats_)
        if (format.recognises(path)) return open_->share(fileKey(path), [&] { return format.open(path); });

    Diagnostic d = problem("dataset.format", idOrPath, "No reader recognises this file.", "");
    d.mend = formats_.empty() ? "No reader is loaded: check the plugin folder."
                              : "Give a file of one of the formats: ";
    for (std::size_t i = 0; i < formats_.size(); ++i)
        d.mend += formats_[i].name + (i + 1 < formats_.size() ? ", " : ".");
    return refuse(std::move(d));
}

} // namespace burdock
