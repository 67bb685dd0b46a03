#include "files/file_reader.h"

#include "engine/data/reading.h"
#include "engine/schema/plain_file.h"
#include "files/problem.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <zlib.h>

namespace burdock {
namespace fs = std::filesystem;

Result<FileReader> FileReader::open(const fs::path& path) {
    FileReader reader;
    reader.path_ = path;
    std::error_code error;
    if (fs::is_directory(path, error))
        return refuseFile(path, "folder", "This is a folder, not a file.", "", "Give one of its files.");
    const auto length = fs::file_size(path, error);
    if (error)
        return refuseFile(path, "unreadable", "The file cannot be read.", error.message() + ".",
                          "Check that it exists and that you may read it.");
    reader.length_ = length;
    if (length == 0)
        return refuseFile(path, "empty", "The file is empty.", "", "Give a file with data in it.");
    const gzFile file = gzopen(path.c_str(), "rb");
    if (!file) {
        const int why = errno;
        return refuseFile(path, "unreadable", "The file cannot be read.",
                          std::strerror(why) + std::string("."), mendOfUnopened(why));
    }
    reader.file_.reset(file, [](void* f) { gzclose(static_cast<gzFile>(f)); });
    gzbuffer(file, 1u << 17);
    reader.compressed_ = gzdirect(file) == 0;
    return reader;
}

Result<std::size_t> FileReader::read(std::span<char> bytes) {
    const auto file = static_cast<gzFile>(file_.get());
    std::size_t done = 0;
    while (done < bytes.size()) {
        continueReading();
        const auto part = static_cast<unsigned>(std::min<std::size_t>(bytes.size() - done, 1u << 22));
        const int got = gzread(file, bytes.data() + done, part);
        if (got > 0) done += static_cast<std::size_t>(got);
        if (got == static_cast<int>(part)) continue;
        int code = Z_OK;
        const std::string message = gzerror(file, &code);
        if (code == Z_BUF_ERROR)
            return refuseFile(path_, "truncated", "The compressed file ends too early.",
                              std::to_string(done) + " bytes could be read.", "Get the file again.");
        if (got < 0)
            return refuseFile(path_, "damaged", "The compressed file is damaged.",
                              code == Z_ERRNO ? std::strerror(errno) + std::string(".") : message + ".",
                              "Get the file again.");
        break;
    }
    return done;
}

Result<std::vector<std::uint8_t>> FileReader::readUpTo(std::uint64_t count) {
    constexpr std::uint64_t least = 1u << 20;
    std::vector<std::uint8_t> bytes;
    if (!compressed_) bytes.reserve(static_cast<std::size_t>(std::min(count, length_)));
    std::size_t used = 0;
    while (used < count) {
        bytes.resize(used +
                     static_cast<std::size_t>(std::min(count - used, std::max<std::uint64_t>(used, least))));
        const auto got = read({reinterpret_cast<char*>(bytes.data()) + used, bytes.size() - used});
        if (!got) return tl::unexpected(got.error());
        used += *got;
        if (used < bytes.size()) break;
    }
    bytes.resize(used);
    return bytes;
}

std::uint64_t FileReader::atMost() const {
    constexpr std::uint64_t deflateRatio = 1032; // zlib's technical notes: the limit is 1032:1
    return compressed_ ? length_ * deflateRatio : length_;
}

Result<std::string> readWhole(const fs::path& path, std::uint64_t limit) {
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    std::string contents;
    std::size_t used = 0;
    for (;;) {
        contents.resize(used + std::max<std::size_t>(used / 2, 1u << 16));
        const auto got = reader->read({contents.data() + used, contents.size() - used});
        if (!got) return tl::unexpected(got.error());
        used += *got;
        if (used > limit)
            return refuseFile(path, "large", "The file is too large.",
                              "More than " + std::to_string(limit >> 20) + " MB of text would be read.",
                              "Split it into smaller files.");
        if (used < contents.size()) break;
    }
    contents.resize(used);
    return contents;
}

std::string firstBytes(const fs::path& path, std::size_t count) {
    auto reader = FileReader::open(path);
    if (!reader) return {};
    std::string bytes(count, '\0');
    const auto got = reader->read(bytes);
    bytes.resize(got.value_or(0));
    return bytes;
}

std::string nameWithoutEnding(const fs::path& path) {
    const fs::path name = path.filename();
    return (name.extension() == ".gz" ? name.stem() : name).stem().string();
}

bool hasEnding(const fs::path& path, std::string_view ending) {
    std::string name = path.filename().string();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return c < 128 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
    });
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    return name.ends_with(ending);
}

} // namespace burdock
