#include "riff_check.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace burdock {
namespace fs = std::filesystem;

std::optional<std::string> faultOfRiff(const fs::path& path) {
    std::error_code error;
    const std::uint64_t length = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    std::array<char, 12> head{};
    if (error || !file.read(head.data(), head.size())) return std::nullopt;
    const std::string_view outer(head.data(), 4), form(head.data() + 8, 4);
    const bool wav = outer == "RIFF" && form == "WAVE",
               aiff = outer == "FORM" && (form == "AIFF" || form == "AIFC");
    if (!wav && !aiff) return std::nullopt;
    const std::string_view samples = wav ? "data" : "SSND";
    for (std::uint64_t at = head.size(); at + 8 <= length;) {
        std::array<char, 8> chunk{};
        file.seekg(static_cast<std::streamoff>(at));
        if (!file.read(chunk.data(), chunk.size())) break;
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(chunk[wav ? 7 - i : 4 + i]);
        if (std::string_view(chunk.data(), 4) == samples) {
            // Written to a pipe, a file has 0 there, or nearly the most that 31 or 32 bits hold.
            constexpr std::uint64_t unknown = 0x7fff'0000;
            if (size <= length - at - 8 || size >= unknown) return std::nullopt;
            return "It ends before its last sample: of " + std::to_string(size) +
                   " bytes of sound there are " + std::to_string(length - at - 8) + ".";
        }
        at += 8 + size + size % 2;
    }
    return std::nullopt; // libsndfile refuses it
}

} // namespace burdock
