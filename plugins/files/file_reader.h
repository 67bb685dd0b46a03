#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace burdock {

/// Reads a file from its start, inflating it on the way if it is gzip (by its first bytes, not its name).
class FileReader {
  public:
    static Result<FileReader> open(const std::filesystem::path& path);

    /// Fills `bytes` as far as the file goes; how many were read. Refuses gzip that is cut off or damaged.
    Result<std::size_t> read(std::span<char> bytes);
    /// The next `count` bytes; fewer where the file ends before. Memory is taken as they come, for what a
    /// header claims need not be there.
    Result<std::vector<std::uint8_t>> readUpTo(std::uint64_t count);
    bool isCompressed() const { return compressed_; }
    /// No more than this can come out of the file: its length, or what deflate can make of that at best.
    std::uint64_t atMost() const;

  private:
    FileReader() = default;
    std::filesystem::path path_;
    std::uint64_t length_ = 0;
    bool compressed_ = false;
    std::shared_ptr<void> file_; ///< a gzFile
};

/// A whole file's contents; refuses more than `limit` bytes of them.
Result<std::string> readWhole(const std::filesystem::path& path, std::uint64_t limit);

/// Up to `count` bytes from the start of the contents; fewer, or none, where the file is short or unreadable.
std::string firstBytes(const std::filesystem::path& path, std::size_t count);

/// "train" of "folder/train.csv.gz".
std::string nameWithoutEnding(const std::filesystem::path& path);

/// "train.csv.gz" ends with ".csv" behind an optional ".gz", in any case.
bool hasEnding(const std::filesystem::path& path, std::string_view ending);

} // namespace burdock
