#include "engine/schema/plain_file.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace burdock {
namespace fs = std::filesystem;

namespace {

tl::unexpected<Diagnostic> refuseFile(const fs::path& path, std::string code, std::string what,
                                      std::string why, std::string mend) {
    Diagnostic d;
    d.code = "file." + std::move(code);
    d.where = path.string();
    d.what = std::move(what);
    d.why = std::move(why);
    d.mend = std::move(mend);
    return refuse(std::move(d));
}

} // namespace

Result<std::string> readPlainFile(const fs::path& path, std::uint64_t limit) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
        return refuseFile(path, "missing", "There is no such file.", "", "Check its name.");
    if (fs::is_directory(status))
        return refuseFile(path, "folder", "This is a folder, not a file.", "", "Give one of its files.");
    if (!fs::is_regular_file(status))
        return refuseFile(path, "kind", "This is no plain file.", "It is a pipe, a device or a socket.",
                          "Save its contents as a file, and give that.");
    const auto tooLarge = [&] {
        return refuseFile(path, "large", "The file is too large.",
                          "At most " + std::to_string(limit / 1'000'000) + " MB are read.",
                          "Check that it is the right file.");
    };
    const std::uint64_t size = fs::file_size(path, error);
    if (!error && size > limit) return tooLarge();
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return refuseFile(path, "unreadable", "The file cannot be read.", "", "Check that you may read it.");
    std::string contents;
    std::string part(1 << 16, '\0');
    while (file.read(part.data(), static_cast<std::streamsize>(part.size())) || file.gcount() > 0) {
        contents.append(part, 0, static_cast<std::size_t>(file.gcount()));
        if (contents.size() > limit) return tooLarge(); // it grew meanwhile, or its size is not told (/proc)
    }
    if (file.bad())
        return refuseFile(path, "unreadable", "The file cannot be read to its end.", "", "Check the disk.");
    return contents;
}

} // namespace burdock
