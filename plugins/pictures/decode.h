#pragma once

#include "engine/tensor/shape.h"
#include "picture_folder.h"

#include <QImage>

#include <functional>

namespace burdock {

/// The size that most pictures have, the larger of two that are as frequent; whether all are grey.
struct Survey {
    QSize size;
    PictureFile ofThatSize; ///< the first
    bool grey = true;
};
Result<Survey> survey(const std::vector<PictureFile>& files);

/// Refuses a mask that is not shown in its picture's proportions, since its labels would lie beside what they
/// mean.
Status checkProportions(const PictureFile& file);

/// Pictures are mixed where they are scaled, and stand on white; colours of masks stay as they are, on black.
enum class Decoding { Picture, Mask };

/// Scaled to cover `shape` and cut to it around its centre: a byte a pixel if that has one channel, else red,
/// green and blue. Refuses what cannot be decoded.
Result<QImage> decode(const PictureFile& file, const Shape& shape, Decoding how);
/// What decode() gave, channel by channel.
void copyPixels(const QImage& image, const Shape& shape, std::uint8_t* pixels);

/// Calls f(index) for every file, on several threads; the refusal is that of the first file, in order, that
/// has one.
Status forEachOnAllCores(const std::vector<PictureFile>& files, const std::function<Status(std::size_t)>& f);

} // namespace burdock
