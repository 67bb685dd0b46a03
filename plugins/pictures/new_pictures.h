#pragma once

#include "picture_samples.h"

namespace burdock {

/// How further pictures are made samples of.
struct NewPictures {
    Decoding decoding;
    LeaveOut damaged{};
    bool masked = false; ///< those in folders of masks, beside one of images, are none
};

/// Whether it is a folder, or a file that begins as a picture does.
bool mayBePictures(const std::filesystem::path& path);

/// One picture, or all of a folder and of the folders in it: named by their paths from there. Refuses what
/// cannot be read, folders without a picture, and more than fit into memory.
NewSamplesResult readNewPictures(const std::filesystem::path& path, const NewPictures& how);

} // namespace burdock
