#include "files/large_array.h"

#include "engine/tensor/user_cache.h"
#include "files/problem.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace burdock {
namespace fs = std::filesystem;
namespace {

/// The user's folder for what can be made again; /tmp is often memory.
fs::path cacheFolder() {
    const fs::path cache = userCacheFolder();
    return cache.empty() ? fs::path("/var/tmp") : cache;
}

int openIn(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    std::string name = (folder / "data-XXXXXX").string(); // not all file systems have nameless files
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

} // namespace

std::uint64_t mostInMemory() {
    const auto memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                        static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return std::min<std::uint64_t>(memory / 4, 1u << 30);
}

Result<int> openNameless(const fs::path& path, const std::string& code, std::uint64_t bytes,
                         const std::string& less) {
    const fs::path folder = cacheFolder();
    std::error_code error;
    fs::create_directories(folder, error);
    struct statvfs disk {};
    const bool known = statvfs(folder.c_str(), &disk) == 0;
    const std::uint64_t free = known ? static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize : bytes;
    const int file = free < bytes ? -1 : openIn(folder);
    if (file >= 0) return file;
    return refuseFile(path, code, "There is no room for the numbers of the data on the disk.",
                      std::to_string(bytes >> 20) + " MB are needed in " + folder.string() +
                          (free < bytes ? ", " + std::to_string(free >> 20) + " MB are free."
                                        : std::string(": ") + std::strerror(errno) + "."),
                      "Make room there, let XDG_CACHE_HOME name another folder, or " + less + ".");
}

Result<LargeBlock> LargeBlock::make(const fs::path& path, const std::string& code, std::uint64_t bytes,
                                    std::uint64_t most) {
    LargeBlock made;
    made.size_ = static_cast<std::size_t>(bytes);
    if (bytes <= most) {
        made.data_ = static_cast<char*>(std::calloc(std::max<std::size_t>(made.size_, 1), 1));
        if (!made.data_) throw std::bad_alloc();
        return made;
    }
    const std::string fewer = "save fewer samples";
    const auto file = openNameless(path, code + ".disk", bytes, fewer);
    if (!file) return tl::unexpected(file.error());
    // Room is taken first: to write a page that has none would end the program.
    const int failed = ::posix_fallocate(*file, 0, static_cast<off_t>(bytes));
    void* const at =
        failed != 0 ? MAP_FAILED : ::mmap(nullptr, made.size_, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
    const int why = failed != 0 ? failed : errno;
    ::close(*file);
    if (at == MAP_FAILED)
        return refuseFile(path, code + ".disk", "The numbers of the data cannot be kept on the disk.",
                          std::to_string(bytes >> 20) + " MB are needed: " + std::strerror(why) + ".",
                          "Make room in the cache folder, or " + fewer + ".");
    made.data_ = static_cast<char*>(at);
    made.mapped_ = true;
    return made;
}

LargeBlock& LargeBlock::operator=(LargeBlock&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
}

LargeBlock::~LargeBlock() {
    if (mapped_)
        ::munmap(data_, size_);
    else
        std::free(data_);
}

void LargeBlock::release() const {
    if (mapped_) ::madvise(data_, size_, MADV_DONTNEED);
}

} // namespace burdock
