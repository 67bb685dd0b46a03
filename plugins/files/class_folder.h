#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace burdock {

/// What is looked for in a folder, and how messages speak of it.
struct FileKind {
    std::string code;    ///< of refusals: "sound" gives "data.sound.none"
    std::string one;     ///< "recording"
    std::string many;    ///< "recordings"
    std::string formats; ///< "WAV, FLAC or OGG"
    std::function<bool(const std::filesystem::path&)> isSample; ///< by its name
};

struct ClassFile {
    std::filesystem::path path;
    std::int64_t kind = 0; ///< number of the class
};

/// What a folder of samples holds, before any is read.
struct ClassFolder {
    std::vector<std::string> classNames;            ///< sorted
    std::vector<ClassFile> train, validation, test; ///< of each part sorted by class and path
    std::vector<std::string> notes;                 ///< what was guessed and left out, a sentence each
};

/// Whether a folder holds samples, not too deep.
bool holdsSamples(const std::filesystem::path& folder, const FileKind& kind);

/// Finds them: one folder a class, at any depth within it, in the folder itself or in its train/, validation/
/// and test/ (or what else partNamed knows); validation/ is the test part where there is no test/, and
/// testing_list.txt may name files of the test. Where all lie in one folder their names tell the class, as
/// that of 7_jackson_0.wav does: by the part `namePart` of them, from 1 on, or by the first that repeats (0).
/// Files and folders that are hidden, folders whose name begins with "_", and what lies beside parts are left
/// out, and told in notes. Refuses folders without samples, with one class only, and classes of the test or
/// the validation that are not trained.
Result<ClassFolder> findClassFiles(const std::filesystem::path& folder, const FileKind& kind,
                                   std::int64_t namePart);

/// The samples of a folder and of all folders in it, sorted, whatever their classes; in `notes` what was left
/// out. Refuses a folder without any.
Result<std::vector<std::filesystem::path>> findSamples(const std::filesystem::path& folder,
                                                       const FileKind& kind, std::vector<std::string>& notes);

} // namespace burdock
