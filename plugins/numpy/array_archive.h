#pragma once

#include "npy_header.h"

#include <string>
#include <vector>

namespace burdock {

/// One array of an archive; its values are read only when they are asked for.
struct ArrayFile {
    std::string name;            ///< "x_train"
    std::filesystem::path where; ///< for refusals: its file, or the archive's with the name behind it
    Result<NpyHeader> header;
    std::function<Result<ByteStream>()> open;
};

/// The arrays of a .npz archive, in its order, or the .npy files in a folder, or beside one of them, by name.
/// An array that cannot be read has its refusal for a header. Nothing is unpacked into a folder, so names in
/// an archive may be any. Refuses what is no archive, holds no array, or two of one name.
Result<std::vector<ArrayFile>> listArrays(const std::filesystem::path& fileOrFolder);

/// The files in which listArrays() finds them; of an archive none but itself.
std::vector<std::filesystem::path> arrayFilesOf(const std::filesystem::path& fileOrFolder);

} // namespace burdock
