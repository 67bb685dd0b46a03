#pragma once

#include "engine/schema/diagnostic.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>

namespace burdock {

/// So many bytes are kept in memory before a file is taken, unless a reader sets a limit of its own: a
/// quarter of the machine's, at most 1 GB.
std::uint64_t mostInMemory();

/// Opens a file without a name in the user's cache folder, which is gone with the program, however that ends.
/// Refuses ("data.<code>") where there is no room for `bytes`; `path` is of the data that they are of, and
/// `less` what could be done to have fewer.
Result<int> openNameless(const std::filesystem::path& path, const std::string& code, std::uint64_t bytes,
                         const std::string& less);

/// Bytes, zero at first: in memory, or, where they are more than `most`, in a mapped file that is gone when
/// they are.
class LargeBlock {
  public:
    LargeBlock() = default;
    /// Refuses where the disk has no room ("data.<code>.disk"); `path` is of the data.
    static Result<LargeBlock> make(const std::filesystem::path& path, const std::string& code,
                                   std::uint64_t bytes, std::uint64_t most = mostInMemory());
    LargeBlock(LargeBlock&& other) noexcept { *this = std::move(other); }
    LargeBlock& operator=(LargeBlock&& other) noexcept;
    ~LargeBlock();

    char* data() const { return data_; }
    bool onDisk() const { return mapped_; }
    /// Of a file, what was written or read need not stay in memory; it comes again when it is asked for.
    void release() const;

  private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    bool mapped_ = false;
};

/// So many numbers in a LargeBlock.
template <class T>
class LargeArray {
  public:
    static Result<LargeArray> make(const std::filesystem::path& path, const std::string& code,
                                   std::uint64_t count, std::uint64_t most = mostInMemory()) {
        auto block = LargeBlock::make(path, code, count * sizeof(T), most);
        if (!block) return tl::unexpected(block.error());
        LargeArray made;
        made.block_ = std::move(*block);
        made.count_ = static_cast<std::size_t>(count);
        return made;
    }

    T* data() { return reinterpret_cast<T*>(block_.data()); }
    const T* data() const { return reinterpret_cast<const T*>(block_.data()); }
    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    T* begin() { return data(); }
    T* end() { return data() + count_; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + count_; }
    T& operator[](std::size_t i) { return data()[i]; }
    const T& operator[](std::size_t i) const { return data()[i]; }
    bool onDisk() const { return block_.onDisk(); }
    void release() const { block_.release(); }

  private:
    LargeBlock block_;
    std::size_t count_ = 0;
};

} // namespace burdock
