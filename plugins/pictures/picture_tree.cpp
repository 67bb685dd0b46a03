#include "picture_tree.h"

#include "engine/data/reading.h"
#include "files/lowered.h"
#include "picture_format.h"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>
#include <utility>

namespace burdock {
namespace fs = std::filesystem;
namespace {

bool startsLikePicture(const fs::path& path) {
    std::string start(16, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return pictureFormatOf(start) != nullptr;
}

bool isPicture(const fs::path& path) {
    return isPictureName(path) || (!path.has_extension() && startsLikePicture(path));
}

class Scan {
  public:
    explicit Scan(ScannedTree& result)
        : result_(result) {}

    void read(PictureTree& folder, bool linked) {
        const Id id = idOf(folder.path);
        // Links may lead to one folder from many, and from those again: that would grow without end.
        constexpr int mostVisits = 8;
        if (std::ranges::find(above_, id) != above_.end() || ++visits_[id] > mostVisits) {
            result_.faults.push_back("The link " + folder.path.string() +
                                     " leads back to a folder that is read already: it was passed over.");
            return;
        }
        above_.push_back(id);
        std::error_code error;
        fs::directory_iterator it(folder.path, error);
        if (error)
            result_.faults.push_back("The folder " + folder.path.string() +
                                     " was left out: " + error.message() + ".");
        for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
            continueReading();
            if (!isHiddenName(it->path().filename().string())) take(folder, *it, linked);
        }
        const auto byName = [](const PictureTree& a, const PictureTree& b) { return a.path < b.path; };
        std::ranges::sort(folder.folders, byName);
        std::ranges::sort(folder.pictures);
        std::ranges::sort(folder.others);
        for (PictureTree& inner : folder.folders) {
            std::error_code ignored;
            read(inner, linked || fs::is_symlink(inner.path, ignored));
        }
        above_.pop_back();
    }
    /// A link to a folder around it is a circle as well.
    void begin(const fs::path& root) {
        std::error_code error;
        for (fs::path above = fs::canonical(root, error); !error && above.has_relative_path();) {
            above = above.parent_path();
            above_.push_back(idOf(above));
        }
    }

  private:
    using Id = std::pair<dev_t, ino_t>;
    static Id idOf(const fs::path& path) {
        struct stat is {};
        return stat(path.c_str(), &is) == 0 ? Id{is.st_dev, is.st_ino} : Id{};
    }

    void take(PictureTree& folder, const fs::directory_entry& entry, bool linked) {
        std::error_code error;
        const fs::path& path = entry.path();
        const bool link = entry.is_symlink(error);
        if (entry.is_directory(error)) {
            folder.folders.push_back({path.filename().string(), path, {}, {}, {}});
        } else if (entry.is_regular_file(error)) {
            const bool picture = isPicture(path);
            (picture ? folder.pictures : folder.others).push_back(path);
            if (picture && (linked || link)) result_.linked.push_back(path);
        } else if (link) {
            result_.faults.push_back("The link " + path.string() + " leads nowhere: it was passed over.");
        } else {
            folder.others.push_back(path);
        }
    }

    ScannedTree& result_;
    std::vector<Id> above_;
    std::map<Id, int> visits_;
};

void collect(const PictureTree& folder, std::vector<fs::path>& pictures) {
    pictures.insert(pictures.end(), folder.pictures.begin(), folder.pictures.end());
    for (const PictureTree& inner : folder.folders)
        collect(inner, pictures);
}

/// The folder of one of these names, in any case; null if there is none.
const PictureTree* folderNamed(const PictureTree& folder, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        for (const PictureTree& inner : folder.folders)
            if (lowered(inner.name) == name) return &inner;
    return nullptr;
}

} // namespace

bool isPictureName(const fs::path& path) {
    const std::string ending = lowered(path.extension().string());
    return !ending.empty() && std::ranges::any_of(pictureFormats, [&](const PictureFormat& format) {
        return std::ranges::find(format.endings, ending) != format.endings.end();
    });
}

bool isHiddenName(const std::string& name) {
    static const std::vector<std::string> known{"thumbs.db", "ehthumbs.db",  "desktop.ini", "__macosx",
                                                "@eadir",    "$recycle.bin", "__pycache__", "lost+found"};
    return name.starts_with('.') || std::ranges::find(known, lowered(name)) != known.end();
}

bool PictureTree::hasPictures() const {
    return !pictures.empty() || std::ranges::any_of(folders, &PictureTree::hasPictures);
}

std::vector<fs::path> PictureTree::allPictures() const {
    std::vector<fs::path> all;
    collect(*this, all);
    std::ranges::sort(all);
    return all;
}

const PictureTree* imagesIn(const PictureTree& folder) {
    return folderNamed(folder, {"images", "image", "imgs", "pictures", "jpegimages"});
}

const PictureTree* masksIn(const PictureTree& folder) {
    return folderNamed(folder,
                       {"masks", "mask", "labels", "annotations", "segmentations", "segmentationclass"});
}

bool holdsPictures(const fs::path& folder) {
    constexpr int deepest = 5;
    std::error_code error;
    fs::recursive_directory_iterator it(folder,
                                        fs::directory_options::follow_directory_symlink |
                                            fs::directory_options::skip_permission_denied,
                                        error);
    for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
        continueReading();
        const bool hidden = isHiddenName(it->path().filename().string());
        std::error_code ignored; // a link that leads nowhere ends nothing
        if (hidden || it.depth() >= deepest) it.disable_recursion_pending();
        if (!hidden && it->is_regular_file(ignored) && isPicture(it->path())) return true;
    }
    return false;
}

ScannedTree scanPictures(const fs::path& folder) {
    ScannedTree result;
    result.root.path = folder;
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    result.root.name = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    Scan scan(result);
    scan.begin(folder);
    scan.read(result.root, false);
    return result;
}

} // namespace burdock
