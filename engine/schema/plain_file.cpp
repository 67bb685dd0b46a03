#include "engine/schema/plain_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

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

struct Descriptor {
    explicit Descriptor(int n)
        : number(n) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
    const int number;
};

} // namespace

std::optional<std::string> otherThanPlain(const fs::path& path) {
    std::error_code error;
    switch (fs::status(path, error).type()) {
    case fs::file_type::regular:
    case fs::file_type::not_found:
        return std::nullopt;
    case fs::file_type::directory:
        return "a folder";
    case fs::file_type::fifo:
        return "a pipe";
    case fs::file_type::socket:
        return "a socket";
    case fs::file_type::block:
    case fs::file_type::character:
        return "a device";
    default: // it cannot be looked at
        if (error == std::errc::too_many_symbolic_link_levels)
            return "a symbolic link that leads back to itself";
        return std::nullopt;
    }
}

std::string mendOfUnopened(int error) {
    return error == EMFILE || error == ENFILE
               ? "Let this program open more files (ulimit -n), or end others that have many open."
               : "Check that you may read it.";
}

Result<std::string> readPlainFile(const fs::path& path, std::uint64_t limit) {
    std::error_code error;
    if (fs::status(path, error).type() == fs::file_type::not_found)
        return refuseFile(path, "missing", "There is no such file.", "", "Check its name.");
    if (fs::is_directory(path, error))
        return refuseFile(path, "folder", "This is a folder, not a file.", "", "Give one of its files.");
    if (const auto other = otherThanPlain(path))
        return refuseFile(path, "kind", "This is no plain file.", "It is " + *other + ".",
                          "Save its contents as a file, and give that.");
    const auto tooLarge = [&] {
        return refuseFile(path, "large", "The file is too large.",
                          "At most " + std::to_string(limit / 1'000'000) + " MB are read.",
                          "Check that it is the right file.");
    };
    const std::uint64_t size = fs::file_size(path, error);
    if (!error && size > limit) return tooLarge();
    // Without waiting: some files of /proc are plain and have a reader wait, as pipes do.
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (file.number < 0) {
        const int why = errno;
        return refuseFile(path, "unreadable", "The file cannot be read.",
                          std::strerror(why) + std::string("."), mendOfUnopened(why));
    }
    std::string contents;
    std::string part(1 << 16, '\0');
    for (;;) {
        const ssize_t count = ::read(file.number, part.data(), part.size());
        if (count == 0) return contents;
        if (count > 0) {
            contents.append(part, 0, static_cast<std::size_t>(count));
            if (contents.size() > limit)
                return tooLarge(); // it grew meanwhile, or its size is not told (/proc)
        } else if (errno == EAGAIN) {
            return refuseFile(path, "kind", "This is no plain file.", "It waits for what may never come.",
                              "Save its contents as a file, and give that.");
        } else if (errno != EINTR) {
            return refuseFile(path, "unreadable", "The file cannot be read to its end.", "",
                              "Check the disk.");
        }
    }
}

} // namespace burdock
