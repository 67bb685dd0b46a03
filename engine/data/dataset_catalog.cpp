#include "engine/data/dataset_catalog.h"

#include "engine/data/foreign_file.h"
#include "engine/data/reading.h"
#include "engine/data/subset.h"
#include "engine/schema/guarded.h"
#include "engine/schema/param_text.h"
#include "engine/schema/plain_file.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <sys/stat.h>

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

/// Names one state of a file or folder with the `others` that are read with it: one that was written anew is
/// another.
std::string fileKey(const fs::path& path, const std::vector<fs::path>& others) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    const std::string name = "file:" + (error ? path : canonical).string();
    // Each file's own state: one that is overwritten in place leaves its folder's time as it was. The time of
    // its last change of any kind cannot be set back, as that of its contents is by copying with times.
    std::vector<std::string> states;
    const auto add = [&states](const fs::path& at) {
        std::string state = at.string();
        struct stat is {};
        if (stat(at.c_str(), &is) == 0)
            for (const std::int64_t number :
                 {std::int64_t{is.st_ctim.tv_sec}, std::int64_t{is.st_ctim.tv_nsec}, std::int64_t{is.st_size},
                  static_cast<std::int64_t>(is.st_ino)})
                state.append("@").append(std::to_string(number)); // GCC 12 warns falsely of operator+
        states.push_back(std::move(state));
    };
    add(path);
    for (const fs::path& other : others)
        if (!other.empty()) add(other);
    if (fs::is_directory(path, error))
        for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error))
            add(it->path());
    std::sort(states.begin() + 1, states.end()); // a folder is listed in no order
    std::size_t hash = 0;
    for (const std::string& state : states)
        hash = hash * 0x9e3779b97f4a7c15U + std::hash<std::string>()(state);
    return name + "@" + std::to_string(hash);
}

std::string withOptions(std::string name, const std::vector<ParamSpec>& specs, const ParamValues& options) {
    const std::string text = formatParams(specs, options);
    return text.empty() ? name : std::move(name) + ":" + text;
}

using Opened = Result<std::shared_ptr<const Dataset>>;

/// How a plugin's code that ran out of memory or has a fault is refused.
auto readerFailed(const std::string& name) {
    return [name](const Breakdown& broken) {
        if (broken.outOfMemory)
            return problem("data.memory", name, "The data set does not fit into memory.",
                           "Close other programs, or take a smaller data set.");
        Diagnostic d = problem("data.failed", name, "The reader of this data set failed.",
                               "Check the data; if they are sound, tell the maker of the reader.");
        d.why = broken.why;
        return d;
    };
}

ParamSpec asFormat(const Registry<DatasetFormat>& formats) {
    return {.key = std::string(formatOption),
            .label = "Read as",
            .type = ParamType::Choice,
            .defaultValue = std::string("auto"),
            .choices = Choices({{"auto", "By the file", "By its name and first bytes."}}, formats.choices()),
            .doc = "The format to read the file as."};
}

} // namespace

struct DatasetCatalog::OpenData {
    /// One lock a data set, so that reading a large one does not hold up the others.
    struct Slot {
        std::timed_mutex mutex;
        std::weak_ptr<const Dataset> data;
    };
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<Slot>> slots;

    template <class Open>
    Opened share(const std::string& key, Open open) {
        std::shared_ptr<Slot> slot;
        {
            const std::lock_guard lock(mutex);
            std::erase_if(slots, [](const auto& named) {
                const std::unique_lock free(named.second->mutex, std::try_to_lock);
                return free && named.second.use_count() == 1 && named.second->data.expired();
            });
            auto& place = slots[key];
            if (!place) place = std::make_shared<Slot>();
            slot = place;
        }
        std::unique_lock lock(slot->mutex, std::defer_lock);
        while (!lock.try_lock_for(std::chrono::milliseconds(50)))
            continueReading(); // another thread reads them, and this one may not want them any more
        if (auto data = slot->data.lock()) return data;
        auto data = open();
        if (data && !tasks().find((*data)->info().task.id())) {
            const DatasetInfo& info = (*data)->info();
            return refuse(problem("dataset.task", info.title,
                                  "Its task \"" + std::string(info.task.id()) + "\" is not known.",
                                  "Install the plugin that brings the task along."));
        }
        if (data) slot->data = *data;
        return data;
    }
};

DatasetCatalog::DatasetCatalog()
    : open_(std::make_unique<OpenData>()) {}
DatasetCatalog::~DatasetCatalog() = default;

const std::vector<ParamSpec>& DatasetCatalog::optionsOf(const DatasetEntry& entry) const {
    const DatasetFormat* const format = formats_.find(entry.format);
    return format ? format->params : entry.params;
}

std::string DatasetRef::text() const {
    if (entry) return withOptions(name, params, options);
    std::error_code error;
    const fs::path absolute = fs::absolute(name, error);
    return withOptions(error ? name : absolute.string(), params, options);
}

Result<DatasetRef> DatasetCatalog::resolve(const std::string& reference) const {
    // A file's name may have a colon in it: the shortest beginning that is a name or a file counts.
    std::size_t end = reference.size();
    const auto isThere = [this](const std::string& name) {
        std::error_code error;
        return !name.empty() && (find(name) || fs::exists(name, error));
    };
    if (!isThere(reference))
        for (end = reference.find(':'); end != std::string::npos; end = reference.find(':', end + 1))
            if (isThere(reference.substr(0, end))) break;
    if (end == std::string::npos || reference.empty())
        return refuse(problem("dataset.unknown", reference, "There is no data set and no file of this name.",
                              "Give the path of a file, or a name that `burdock-cli datasets` lists."));

    DatasetRef ref;
    ref.name = reference.substr(0, end);
    ref.entry = find(ref.name);
    if (ref.entry) ref.format = formats_.find(ref.entry->format);
    const std::string_view options =
        end < reference.size() ? std::string_view(reference).substr(end + 1) : std::string_view();
    if (ref.entry) {
        ref.params = optionsOf(*ref.entry);
    } else {
        const auto format = formatOf(ref.name, options);
        if (!format) return refuse(format.error());
        ref.format = *format;
        ref.params = ref.format->params;
        ref.params.insert(ref.params.begin(), asFormat(formats_));
    }
    const ParamSpec share = shareOption();
    if (std::ranges::find(ref.params, share.key, &ParamSpec::key) == ref.params.end())
        ref.params.push_back(share);
    auto values = parseParams(ref.params, options, ref.name);
    if (!values) return refuse(values.error());
    ref.options = std::move(*values);
    return ref;
}

/// The format that the option names, else the first that recognises the file.
Result<const DatasetFormat*> DatasetCatalog::formatOf(const std::string& file,
                                                      std::string_view options) const {
    const ParamSpec spec = asFormat(formats_);
    std::error_code error;
    for (const std::string& option : splitEscaped(options, ',')) {
        if (!option.starts_with(spec.key + "=")) continue;
        const auto named = parseParam(spec, option.substr(spec.key.size() + 1));
        const DatasetFormat* const format = named ? formats_.find(std::get<std::string>(*named)) : nullptr;
        if (!format) break; // by the file; what is no format's name is refused with the other options
        if (fs::is_directory(file, error) && !format->folders)
            return refuse(problem("dataset.format", file, format->name + " are no folder.",
                                  "Give a file, or leave the option \"" + spec.key + "\" out."));
        return format;
    }
    for (const DatasetFormat& format : formats_)
        if (format.recognises(file)) return &format;
    if (const auto kind = otherThanPlain(file); kind && !fs::is_directory(file, error)) {
        Diagnostic d = problem("dataset.format", file, "This is no plain file.",
                               "Save its contents as a file, and give that.");
        d.why = "It is " + *kind + ".";
        return refuse(std::move(d));
    }
    if (auto foreign = whyForeign(file)) return refuse(std::move(*foreign));
    Diagnostic d = problem("dataset.format", file, "No reader recognises this file.", "");
    d.mend = formats_.empty() ? "No reader is loaded: check the plugin folder."
                              : "Give a file of one of the formats, or name one (" + spec.key + "=" +
                                    formats_.front().id + "): ";
    for (std::size_t i = 0; i < formats_.size(); ++i)
        d.mend += formats_[i].name + " (" + formats_[i].id + ")" + (i + 1 < formats_.size() ? ", " : ".");
    return refuse(std::move(d));
}

Result<std::shared_ptr<const Dataset>> DatasetCatalog::open(const std::string& reference) const {
    // What the file is is read as well.
    auto ref = guarded(readerFailed(reference), [&] { return resolve(reference); });
    if (!ref) return refuse(ref.error());
    // A share is taken of what is read once, whole.
    const ParamSpec spec = shareOption();
    const std::vector<ParamSpec>& own = ref->format ? ref->format->params : ref->entry->params;
    double share = 1;
    if (std::ranges::find(own, spec.key, &ParamSpec::key) == own.end()) {
        share = std::get<double>(paramOr(ref->options, spec));
        ref->options.erase(spec.key);
    }
    return guarded(readerFailed(ref->name), [&]() -> Opened {
        const auto read = [&]() -> Opened {
            if (ref->entry) {
                if (!ref->entry->available)
                    return refuse(problem("dataset.unavailable", ref->name,
                                          "The files of this data set are not there.",
                                          ref->entry->unavailable));
                return open_->share("id:" + ref->text(), [&] { return ref->entry->open(ref->options); });
            }
            const auto others = ref->format->files ? ref->format->files(ref->name) : std::vector<fs::path>();
            ParamValues options = ref->options; // the format's own
            options.erase(std::string(formatOption));
            return open_->share(ref->format->id + ":" +
                                    withOptions(fileKey(ref->name, others), ref->format->params, options),
                                [&] { return ref->format->open(ref->name, options); });
        };
        auto data = read();
        if (!data) return data;
        return shareOf(std::move(*data), share);
    });
}

} // namespace burdock
