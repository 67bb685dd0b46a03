#pragma once

#include "array_archive.h"
#include "engine/tensor/shape.h"
#include "files/large_array.h"
#include "numpy_options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// What the axes of an array of inputs are.
struct InputPlan {
    Shape shape;                       ///< of one sample
    std::vector<std::int64_t> strides; ///< in values: where an index of the array lies in N × C × H × W
    std::string note;                  ///< what was guessed; may be empty
};

/// N, N × F, N × H × W, N × T × F, N × H × W × C or N × C × H × W. Where the option leaves it open: of three
/// axes a last one of at most 12, and at most half of the one before, is that of features; of four the one of
/// 1, 3 or 4 is that of channels, else the smaller. Refuses other ranks and no numbers.
Result<InputPlan> planInput(const ArrayFile& array, ArrayLayout layout);

/// So many bytes of one array are kept in memory, and more in a file: a quarter of what is free, or
/// mostInMemory() where that is not known.
std::uint64_t mostOfArrays();

/// Inputs as they are kept: bytes where they were bytes or all are whole from 0 to 255, else floats.
struct InputValues {
    LargeArray<std::uint8_t> bytes;
    LargeArray<float> floats;
    std::int64_t missing = 0; ///< values that are NaN
    float least = 0, most = 0;

    bool isBytes() const { return !bytes.empty(); }
    bool onDisk() const { return bytes.onDisk() || floats.onDisk(); }
    /// Becomes floats, or bytes where all values are such. `path` is of the data.
    Status widen(const std::filesystem::path& path);
    Status narrow(const std::filesystem::path& path);
    /// Adds those of another array.
    Status append(const std::filesystem::path& path, InputValues from);
};

/// What to take off the values of each channel (see numberOffset): of a flat sample these are its features.
/// Empty where nothing is, as of values that are kept as they are in the file.
Result<std::vector<double>> findInputOffsets(const ArrayFile& array, const InputPlan& plan);

/// Refuses values that no float holds. `offsets` are those of the channels, or empty.
Result<InputValues> readInputs(const ArrayFile& array, const InputPlan& plan,
                               const std::vector<double>& offsets);

} // namespace burdock
