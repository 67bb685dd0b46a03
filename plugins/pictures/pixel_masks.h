#pragma once

#include "engine/tensor/shape.h"
#include "mask_names.h"
#include "picture_folder.h"

namespace burdock {

/// What the value 255 of a mask is beside smaller ones: a label, or as in Pascal VOC a border without one.
enum class Border { Auto, Label, None };

/// The masks of pictures, as numbers of labels.
struct PixelLabels {
    std::vector<std::uint8_t> train, test; ///< of each pixel, from 1; 0 for none
    std::vector<std::string> names;
    std::vector<std::string> notes;
};

/// Reads the masks of the pictures to train on and to test. Each value of grey masks and of masks with a
/// palette is a label, but 0; each colour of others, but black; at most 32, or 255 that have names. Masks in
/// JPEG, whose values are near 0 and 255, are parted at 128; others are refused. Refuses masks of other
/// proportions than their pictures, of too many colours, without any label, and labels that only the test
/// has.
Result<PixelLabels> readMasks(const std::vector<PictureFile>& train, const std::vector<PictureFile>& test,
                              const Shape& shape, Border border, const MaskNames& names);

} // namespace burdock
