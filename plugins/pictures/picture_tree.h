#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace burdock {

/// What a folder holds, links followed. Hidden files and folders are left out, as are those that systems and
/// programs put beside pictures.
struct PictureTree {
    std::string name;
    std::filesystem::path path;
    std::vector<PictureTree> folders;            ///< sorted
    std::vector<std::filesystem::path> pictures; ///< sorted; directly in it
    std::vector<std::filesystem::path> others;   ///< all other files, sorted

    bool hasPictures() const; ///< in it or in a folder of it
    /// In it and in all folders of it, sorted.
    std::vector<std::filesystem::path> allPictures() const;
};

struct ScannedTree {
    PictureTree root;
    std::vector<std::string> faults;           ///< what could not be followed or read, a sentence each
    std::vector<std::filesystem::path> linked; ///< the files that are reached through links only
};

/// Links in a circle are followed once. Files whose name has no ending are looked into.
ScannedTree scanPictures(const std::filesystem::path& folder);

/// Whether there is a picture in the folder, or a few folders below: looks no further than the first.
bool holdsPictures(const std::filesystem::path& folder);

/// The folder in this one that is called as one of pictures that have masks usually is, or as that of the
/// masks; null if there is none.
const PictureTree* imagesIn(const PictureTree& folder);
const PictureTree* masksIn(const PictureTree& folder);

bool isPictureName(const std::filesystem::path& path);

/// Whether a system or program put it there: ".DS_Store", "Thumbs.db", "__MACOSX".
bool isHiddenName(const std::string& name);

} // namespace burdock
