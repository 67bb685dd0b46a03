#include "row_store.h"

#include "engine/data/number_fields.h"
#include "files/problem.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <unistd.h>

namespace burdock {
namespace fs = std::filesystem;

Result<RowStore> RowStore::make(const fs::path& path, std::int64_t rows, std::size_t width,
                                std::uint64_t most) {
    RowStore store;
    store.path_ = path;
    store.width_ = width;
    const std::uint64_t bytes = static_cast<std::uint64_t>(rows) * width * sizeof(float);
    if (bytes <= most) {
        store.memory_.reserve(static_cast<std::size_t>(rows) * width);
        return store;
    }
    const auto file = openNameless(path, "csv.disk", bytes, "leave columns out (ignore=…)");
    if (!file) return tl::unexpected(file.error());
    store.file_ = *file;
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

std::vector<float> RowStore::some(std::int64_t most) const {
    const std::vector<std::int64_t> places = evenlySpread(rows_, most);
    std::vector<float> all(places.size() * width_);
    for (std::size_t i = 0; i < places.size(); ++i)
        read(places[i], 1, all.data() + i * width_);
    return all;
}

} // namespace burdock
