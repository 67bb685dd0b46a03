#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace burdock {

/// The bytes of one array's file from its start on.
struct ByteStream {
    std::filesystem::path where; ///< for refusals
    /// Fills the bytes as far as the file goes; how many were read.
    std::function<Result<std::size_t>(std::span<char>)> read;
    std::uint64_t atMost = 0; ///< no more than this can come
    bool exact = false;       ///< that many come
};

enum class NpyKind { Bool, Unsigned, Signed, Float, Bytes, Text };

/// What the header of a .npy file says.
struct NpyHeader {
    NpyKind kind = NpyKind::Float;
    std::int64_t itemBytes = 0;
    bool bigEndian = false;
    bool fortran = false; ///< the first index runs fastest, not the last
    std::vector<std::int64_t> shape;
    std::string type; ///< "float32", for people

    std::int64_t count() const; ///< of values
    std::int64_t rank() const { return std::ssize(shape); }
    bool isText() const { return kind == NpyKind::Bytes || kind == NpyKind::Text; }
    bool isWhole() const { return kind == NpyKind::Unsigned || kind == NpyKind::Signed; }
    /// "60000 × 28 × 28 of uint8"
    std::string text() const;
};

/// Reads the header, after which the values begin. Refuses what is not one, whole; types that are no numbers,
/// truth values or texts, above all Python objects, which only running a stranger's code would read; and
/// shapes whose values are none or more than can come.
/// Source: numpy.lib.format, versions 1.0 to 3.0.
Result<NpyHeader> readNpyHeader(const ByteStream& stream);

} // namespace burdock
