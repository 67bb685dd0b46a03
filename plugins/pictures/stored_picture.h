#pragma once

#include "picture_format.h"

#include <QSize>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace burdock {

/// What a picture's file tells of it, before its pixels are decoded.
struct StoredPicture {
    const PictureFormat* format = nullptr;
    QSize size;           ///< as its pixels are stored; empty where only Qt's reader tells
    int orientation = 1;  ///< Exif's number, 1 to 8: how it is turned to be shown; not of TIFF
    bool grey = false;    ///< of shades of grey alone
    bool alpha = false;   ///< may be transparent; of PNG only
    bool indexed = false; ///< its pixels are numbers in a palette; of PNG only
    bool deep = false;    ///< more than eight bits a channel
    bool cmyk = false;

    /// Its size once it is turned.
    QSize shown() const { return orientation >= 5 ? size.transposed() : size; }
};

struct PictureFault {
    std::string why;     ///< a sentence
    bool cutOff = false; ///< more bytes could have mended it
};

/// Looks through the bytes of a picture's file, to the end of its pixels if `all`, else only as far as its
/// header: those bytes may then be the start of the file alone. `length`: of the whole file. Finds what Qt's
/// readers pass over: they leave missing pixels as memory was, or grey, and libpng tells of broken chunks on
/// the standard error stream. Sources: Portable Network Graphics (W3C, 2003); ITU-T T.81, annex B; GIF89a
/// specification; WebP container specification; Exif 2.32, 4.6.4.
std::optional<PictureFault> inspectPicture(std::string_view bytes, std::size_t length, bool all,
                                           StoredPicture& found);

std::optional<PictureFault> inspectPng(std::string_view bytes, bool all, StoredPicture& found);
std::optional<PictureFault> inspectJpeg(std::string_view bytes, bool all, StoredPicture& found);

/// The orientation in a block of Exif, which starts with "II" or "MM"; 1 where it has none.
int exifOrientation(std::string_view exif);

/// Whether a palette of entries of `entry` bytes, the first three of them colours, has grey alone.
bool isGreyPalette(std::string_view palette, std::size_t entry);

inline std::uint32_t bigEndian(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}
inline std::uint32_t littleEndian(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

} // namespace burdock
