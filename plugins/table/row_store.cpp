#include "row_store.h"

#include "files/problem.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/statvfs.h>
#include <unistd.h>

namespace burdock {
namespace fs = std::filesystem;
namespace {

/// The user's folder for what can be made again; /tmp is often memory.
fs::path cacheFolder() {
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
        return fs::path(cache) / "burdock";
    if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".cache" / "burdock";
    return "/var/tmp";
}

/// A file without a name: it is gone with the program, however that ends.
int openNameless(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    std::string name = (folder / "table-XXXXXX").string(); // not all file systems have nameless files
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

} // namespace

std::uint64_t RowStore::defaultMost() {
    const auto memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                        static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return std::min<std::uint64_t>(memory / 4, 1u << 30);
}

Result<RowStore> RowStore::make(const fs::path& path, std::int64_t rows, std::size_t width,
                                std::uint64_t mostInMemory) {
    RowStore store;
    store.path_ = path;
    store.width_ = width;
    const std::uint64_t bytes = static_cast<std::uint64_t>(rows) * width * sizeof(float);
    if (bytes <= mostInMemory) {
        store.memory_.reserve(static_cast<std::size_t>(rows) * width);
        return store;
    }
    const fs::path folder = cacheFolder();
    std::error_code error;
    fs::create_directories(folder, error);
    struct statvfs disk {};
    const bool known = statvfs(folder.c_str(), &disk) == 0;
    const std::uint64_t free = known ? static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize : bytes;
    store.file_ = free < bytes ? -1 : openNameless(folder);
    if (store.file_ < 0)
        return refuseFile(
            path, "csv.disk", "There is no room for the table's numbers on the disk.",
            std::to_string(bytes >> 20) + " MB are needed in " + folder.string() +
                (free < bytes ? ", " + std::to_string(free >> 20) + " MB are free."
                              : std::string(": ") + std::strerror(errno) + "."),
            "Make room there, let XDG_CACHE_HOME name another folder, or leave columns out (ignore=…).");
    return store;
}

RowStore& RowStore::operator=(RowStore&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(width_, other.width_);
    std::swap(rows_, other.rows_);
    std::swap(memory_, other.memory_);
    std::swap(file_, other.file_);
    return *this;
}

RowStore::~RowStore() {
    if (file_ >= 0) ::close(file_);
}

Status RowStore::append(std::span<const float> rows) {
    const auto before = rows_;
    rows_ += static_cast<std::int64_t>(rows.size() / width_);
    if (file_ < 0) {
        memory_.insert(memory_.end(), rows.begin(), rows.end());
        return {};
    }
    const char* from = reinterpret_cast<const char*>(rows.data());
    std::size_t left = rows.size_bytes();
    auto at = static_cast<off_t>(static_cast<std::size_t>(before) * width_ * sizeof(float));
    while (left > 0) {
        const ssize_t done = ::pwrite(file_, from, left, at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0)
            return refuseFile(path_, "csv.disk", "The table's numbers cannot be written to the disk.",
                              std::strerror(errno) + std::string("."), "Make room in the cache folder.");
        from += done;
        left -= static_cast<std::size_t>(done);
        at += done;
    }
    return {};
}

void RowStore::read(std::int64_t row, std::int64_t count, float* values) const {
    const std::size_t first = static_cast<std::size_t>(row) * width_,
                      size = static_cast<std::size_t>(count) * width_;
    if (file_ < 0) {
        std::copy_n(memory_.data() + first, size, values);
        return;
    }
    char* to = reinterpret_cast<char*>(values);
    std::size_t left = size * sizeof(float);
    auto at = static_cast<off_t>(first * sizeof(float));
    while (left > 0) {
        const ssize_t done = ::pread(file_, to, left, at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) throw std::runtime_error("The table's numbers cannot be read from the disk");
        to += done;
        left -= static_cast<std::size_t>(done);
        at += done;
    }
}

} // namespace burdock
