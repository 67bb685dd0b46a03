#pragma once

#include "engine/tensor/shape.h"
#include "files/on_all_cores.h"
#include "picture_folder.h"

#include <QColor>
#include <QImage>

#include <functional>
#include <span>

namespace burdock {

/// What happened to a picture on its way to a sample, each a bit.
enum Remark : std::uint8_t {
    Transparent = 1, ///< it stands on the background
    Deep = 2,        ///< it had more than eight bits a channel
    Cmyk = 4,        ///< it was in the colours of print
    Frames = 8,      ///< it is the first of several
    Turned = 16,     ///< Exif says that it was taken lying
    Cut = 32,        ///< its ends are cut off
    Lossy = 64,      ///< JPEG: its colours are not those that were saved
};

/// What the headers of pictures tell.
struct Survey {
    struct One {
        QSize size; ///< as it is shown
        bool grey = false;
        bool indexed = false; ///< its pixels are numbers in a palette
    };
    std::vector<One> pictures; ///< empty sizes: not read
    /// That which most have, the larger of two that are as frequent.
    QSize usualSize() const;
    bool isGrey() const;
};

/// Calls f(index) for every file, on several threads.
Refusals forEachPicture(std::span<const PictureFile> files, const std::function<Status(std::size_t)>& f);

/// Reads the headers of all; those with a refusal are left out.
Survey survey(const std::vector<PictureFile>& files, Refusals& refused);

/// Refuses a mask that is not shown in its picture's proportions, since its labels would lie beside what they
/// mean.
Status checkProportions(const PictureFile& file);

struct Decoding {
    Shape shape;
    /// What is transparent becomes of this colour: white or black.
    QColor background = Qt::white;
    /// Neighbours are mixed where pictures are scaled; colours of masks are to stay as they are.
    bool smooth = true;
    /// The values as they are stored: numbers of a palette's colours, and grey of 16 bits that fits into
    /// eight, rather than the colours and the upper bits.
    bool values = false;
};

struct Decoded {
    QImage image; ///< a byte a pixel if the shape has one channel, else red, green and blue
    std::uint8_t remarks = 0;
    QList<QRgb> palette; ///< where numbers were asked for
};

/// Turned as Exif says, scaled to cover the shape and cut to it around its centre. JPEG and very large PNG
/// files are scaled while they are decoded. Refuses what cannot be decoded, is cut off, or has more than 2²⁸
/// pixels.
Result<Decoded> decode(const std::filesystem::path& path, const Decoding& how);
/// What decode() gave, channel by channel.
void copyPixels(const QImage& image, const Shape& shape, std::uint8_t* pixels);

/// Gives Qt's readers the allocation that the largest pictures need, and keeps what they tell off the
/// standard error stream. To be called once, before any is read.
void prepareReaders();

} // namespace burdock
