#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace burdock {

/// A format that pictures are read in.
struct PictureFormat {
    const char* name;                        ///< Qt's
    const char* title;                       ///< for people
    std::array<std::string_view, 2> starts;  ///< what a file's first bytes are, either of the two
    std::array<std::string_view, 4> endings; ///< of its name, as far as there are
    std::string_view eighth = {};            ///< what stands behind the first eight bytes
};

/// All of them. Which one a file is, its first bytes say, whatever its name; no other of Qt's readers, such
/// as that of SVG, is ever asked, for a folder of pictures may be a stranger's.
inline constexpr std::array<PictureFormat, 6> pictureFormats{{
    {"png", "PNG", {"\x89PNG\r\n\x1a\n", "\x89PNG\r\n\x1a\n"}, {".png", ".apng"}},
    {"jpeg", "JPEG", {"\xff\xd8\xff", "\xff\xd8\xff"}, {".jpg", ".jpeg", ".jfif", ".jpe"}},
    {"bmp", "BMP", {"BM", "BM"}, {".bmp", ".dib"}},
    {"webp", "WebP", {"RIFF", "RIFF"}, {".webp"}, "WEBP"},
    {"gif", "GIF", {"GIF87a", "GIF89a"}, {".gif"}},
    {"tiff", "TIFF", {std::string_view("II*\0", 4), std::string_view("MM\0*", 4)}, {".tif", ".tiff"}},
}};

/// The format of a file that starts so (12 bytes are enough), or null.
inline const PictureFormat* pictureFormatOf(std::string_view start) {
    for (const PictureFormat& format : pictureFormats)
        for (const std::string_view own : format.starts)
            if (start.starts_with(own) &&
                (format.eighth.empty() ||
                 start.substr(std::min<std::size_t>(8, start.size())).starts_with(format.eighth)))
                return &format;
    return nullptr;
}

/// "PNG, JPEG, BMP, WebP, GIF, TIFF"
inline std::string pictureFormatNames() {
    std::string names;
    for (const PictureFormat& format : pictureFormats)
        names.append(names.empty() ? "" : ", ").append(format.title);
    return names;
}

} // namespace burdock
