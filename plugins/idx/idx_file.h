#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace burdock {

/// One IDX array of unsigned bytes, row-major: the last dimension runs fastest.
struct IdxFile {
    std::vector<std::int64_t> dims;
    std::vector<std::uint8_t> values;
    std::string header; ///< its bytes, for the hash

    std::int64_t count() const { return dims.front(); }
    std::int64_t sampleSize() const;
};

/// Whether these first bytes begin an IDX file: 0, 0, a type's code, 1 to 4 dimensions.
bool isIdxMagic(const std::string& bytes);

/// Reads a whole IDX file, plain or gzip. Refuses types other than unsigned byte, and contents longer or
/// shorter than the header says; memory is taken for what is there.
/// Source: the format description on the MNIST page, yann.lecun.com/exdb/mnist.
Result<IdxFile> readIdxFile(const std::filesystem::path& path);

} // namespace burdock
