#pragma once

#include "engine/data/dataset.h"

#include <filesystem>
#include <optional>

namespace burdock {

/// What the manifest says of a data set; the rest is found in its files.
struct SampleDescription {
    std::string id, title, doc, licence;
    std::filesystem::path path; ///< of a file or folder that a format recognises
    std::string format;         ///< whose options it has, if any
    std::string unavailable;    ///< what to do when it is missing
    Task task;
    std::vector<std::string> classNames; ///< empty: as the files have them
    std::optional<Shape> input;          ///< features that are a picture: its shape
    float inputScale = 1;
};

/// Reads a manifest; relative paths start at its folder. Refuses what is not one, naming the entry.
Result<std::vector<SampleDescription>> readManifest(const std::filesystem::path& file);

} // namespace burdock
