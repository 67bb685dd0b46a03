#pragma once

#include "engine/schema/diagnostic.h"
#include "files/large_array.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace burdock {

/// Rows of equally many numbers: in memory, or, where they are more than that should hold, in a file that is
/// gone when the store is. Reading is safe from any thread.
class RowStore {
  public:
    /// For at most `rows` × `width` numbers: in memory up to `most` bytes. Refuses where there is no
    /// room for the file; `path` is of the table.
    static Result<RowStore> make(const std::filesystem::path& path, std::int64_t rows, std::size_t width,
                                 std::uint64_t most = mostInMemory());

    RowStore(RowStore&& other) noexcept { *this = std::move(other); }
    RowStore& operator=(RowStore&& other) noexcept;
    ~RowStore();

    /// Adds whole rows. Refuses where the disk is full.
    Status append(std::span<const float> rows);
    void read(std::int64_t row, std::int64_t count, float* values) const;
    /// At most so many rows, evenly spread.
    std::vector<float> some(std::int64_t most) const;
    std::int64_t rows() const { return rows_; }
    bool onDisk() const { return file_ >= 0; }

  private:
    RowStore() = default;
    std::filesystem::path path_;
    std::size_t width_ = 1;
    std::int64_t rows_ = 0;
    std::vector<float> memory_;
    int file_ = -1;
};

} // namespace burdock
