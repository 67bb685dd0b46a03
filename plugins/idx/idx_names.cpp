#include "idx_names.h"

#include "files/problem.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace burdock {
namespace fs = std::filesystem;
namespace {

/// What a file's name says of it.
struct Role {
    std::string group; ///< what precedes: files of one data set share it
    bool test = false;
    bool labels = false;
};

std::optional<Role> roleOf(const fs::path& path) {
    static const std::regex pattern(
        R"(^(.*?)(?:(train|t10k|test)[-_.]?)?(images?|labels?)(?:[-_.]?idx[1-4]?)?(?:[-_.]ubyte)?(?:\.idx)?(?:\.gz)?$)",
        std::regex::icase | std::regex::optimize);
    const std::string name = path.filename().string();
    std::smatch match;
    if (name.size() > 200 || !std::regex_match(name, match, pattern)) return std::nullopt;
    const std::string part = match[2].str(), kind = match[3].str();
    Role role;
    role.group = match[1].str();
    role.test = !part.empty() && (part[1] == '1' || part[1] == 'e' || part[1] == 'E');
    role.labels = kind[0] == 'l' || kind[0] == 'L';
    return role;
}

/// By group, then test, then labels. Of a file that is there plain and compressed, the plain one.
using Groups = std::map<std::string, std::array<std::array<fs::path, 2>, 2>>;

Groups groupsIn(const fs::path& folder) {
    std::set<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->is_regular_file(error)) files.insert(it->path());
    Groups groups;
    for (const fs::path& file : files)
        if (const auto role = roleOf(file)) {
            fs::path& place = groups[role->group][role->test][role->labels];
            if (place.empty()) place = file; // "…ubyte" sorts before "…ubyte.gz"
        }
    return groups;
}

} // namespace

bool isIdxName(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.find("idx") != std::string::npos && roleOf(path).has_value();
}

Result<IdxPaths> findIdxPaths(const fs::path& fileOrFolder) {
    std::error_code error;
    const bool folder = fs::is_directory(fileOrFolder, error);
    const fs::path parent = fileOrFolder.has_parent_path() ? fileOrFolder.parent_path() : fs::path(".");
    Groups groups = groupsIn(folder ? fileOrFolder : parent);

    std::string group;
    if (folder) {
        if (groups.empty())
            return refuseFile(fileOrFolder, "idx.none", "The folder holds no IDX data set.",
                              "No file is named like train-images-idx3-ubyte.",
                              "Give a folder with images and labels files, or one of the files.");
        if (groups.size() > 1)
            return refuseFile(fileOrFolder, "idx.several", "The folder holds several IDX data sets.", "",
                              "Give one of the files instead of the folder.");
        group = groups.begin()->first;
    } else {
        const auto role = roleOf(fileOrFolder);
        if (!role)
            return refuseFile(fileOrFolder, "idx.name", "The labels of these images cannot be found.",
                              "The name says neither \"images\" nor \"labels\".",
                              "Name the files like train-images-idx3-ubyte and train-labels-idx1-ubyte.");
        group = role->group;
        groups[group][role->test][role->labels] = fileOrFolder;
    }

    const auto& [train, test] = groups.at(group);
    const auto complete = [](const auto& pair) { return pair[0].empty() == pair[1].empty(); };
    for (const auto& pair : {train, test})
        if (!complete(pair))
            return refuseFile(pair[0].empty() ? pair[1] : pair[0], "idx.partner",
                              pair[0].empty() ? "The images of these labels are missing."
                                              : "The labels of these images are missing.",
                              "No file in the same folder has a name that fits.",
                              "Put both files into one folder, named like train-images-idx3-ubyte and "
                              "train-labels-idx1-ubyte.");
    if (train[0].empty()) return IdxPaths{test[0], test[1], {}, {}};
    return IdxPaths{train[0], train[1], test[0], test[1]};
}

} // namespace burdock
