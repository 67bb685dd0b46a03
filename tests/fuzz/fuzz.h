#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace burdock::fuzz {

using Bytes = std::span<const std::uint8_t>;

/// What a fuzzer does with one input: each defines it, and the driver calls it.
void feed(Bytes input);

/// Ends the run with a finding unless `holds`.
void require(bool holds, const char* what);

inline std::string_view text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Takes values from the start of an input; zeros where it has ended.
class Reader {
  public:
    explicit Reader(Bytes bytes)
        : left_(bytes) {}
    template <class T>
    T number() {
        T value{};
        const Bytes from = bytes(sizeof value);
        std::memcpy(&value, from.data(), from.size());
        return value;
    }
    std::uint8_t byte() { return number<std::uint8_t>(); }
    Bytes bytes(std::size_t count) {
        const Bytes taken = left_.first(std::min(count, left_.size()));
        left_ = left_.subspan(taken.size());
        return taken;
    }
    Bytes rest() { return bytes(left_.size()); }
    bool atEnd() const { return left_.empty(); }

  private:
    Bytes left_;
};

/// A folder in memory, which goes away with the program.
class MemoryFolder {
  public:
    MemoryFolder();
    ~MemoryFolder();
    MemoryFolder(const MemoryFolder&) = delete;
    MemoryFolder& operator=(const MemoryFolder&) = delete;

    std::filesystem::path path(std::string_view name = {}) const { return folder_ / name; }
    /// Writes a file anew, also into folders below this one.
    std::filesystem::path write(std::string_view name, std::string_view contents) const;

  private:
    std::filesystem::path folder_;
};

} // namespace burdock::fuzz
