#pragma once

#include <array>
#include <string_view>

namespace burdock {

/// A format that pictures are read in.
struct PictureFormat {
    const char* name;           ///< Qt's
    std::string_view signature; ///< a file's first bytes
    std::array<std::string_view, 2> endings;
};

/// All of them. Which one a file is, its first bytes say, whatever its name; no other of Qt's readers, such
/// as that of SVG, is ever asked, for a folder of pictures may be a stranger's.
inline constexpr std::array<PictureFormat, 3> pictureFormats{{
    {"png", "\x89PNG\r\n\x1a\n", {".png", ".png"}},
    {"jpeg", "\xff\xd8\xff", {".jpg", ".jpeg"}},
    {"bmp", "BM", {".bmp", ".bmp"}},
}};

} // namespace burdock
