#pragma once

#include "picture_samples.h"

#include <optional>
#include <span>

namespace burdock {

/// How further pictures are made samples of.
struct NewPictures {
    Decoding decoding;
    LeaveOut damaged{};
    bool masked = false; ///< those in folders of masks, beside one of images, are none
    /// That of the pictures trained on, see groundOf(): one that stands on the opposite is told.
    std::optional<double> ground{};
};

/// The mean of the outermost pixels of pictures of this shape, 0 to 255: what they stand on.
double groundOf(std::span<const std::uint8_t> values, const Shape& shape);

/// Whether it is a folder, or a file that begins as a picture does.
bool mayBePictures(const std::filesystem::path& path);

/// One picture, or all of a folder and of the folders in it: named by their paths from there. Refuses what
/// cannot be read, folders without a picture, and more than fit into memory.
NewSamplesResult readNewPictures(const std::filesystem::path& path, const NewPictures& how);

} // namespace burdock
