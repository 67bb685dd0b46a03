#pragma once

#include <cstdint>

// Products and transposes of small tables in cache, by blocks of 16 × 16 values. For use within functions
// that are built per processor; where its vectors are shorter, the compiler makes several of one.

namespace burdock::fast {

constexpr std::int64_t blockSize = 16;
/// Up to whole blocks.
constexpr std::int64_t wholeBlocks(std::int64_t count) {
    return (count + blockSize - 1) / blockSize * blockSize;
}

/// Of as many values as a block is wide, at any address.
using Vector [[gnu::vector_size(64), gnu::aligned(4), gnu::may_alias]] = float;
using Integers [[gnu::vector_size(64)]] = std::int32_t;

[[gnu::always_inline]] inline Vector& vectorAt(float* values) {
    return *reinterpret_cast<Vector*>(values);
}
[[gnu::always_inline]] inline const Vector& vectorAt(const float* values) {
    return *reinterpret_cast<const Vector*>(values);
}

/// A table, or the part of one that begins at `data`: value (i, j) lies at data[i·row + j·column].
struct Left {
    const float* data;
    std::int64_t row, column;
};
struct Right {
    const float* data;
    std::int64_t row;
};

/// A block of the product of 16 rows by 16 columns, over `inner` columns of the left table.
[[gnu::always_inline]] inline void multiplyBlock(Left a, Right b, std::int64_t inner, float* product,
                                                 std::int64_t row) {
    Vector sum[blockSize] = {};
    for (std::int64_t p = 0; p < inner; ++p) {
        const Vector right = vectorAt(b.data + p * b.row);
        const float* const left = a.data + p * a.column;
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < blockSize; ++i)
            sum[i] += left[i * a.row] * right;
    }
#pragma GCC unroll 16
    for (std::int64_t i = 0; i < blockSize; ++i)
        vectorAt(product + i * row) = sum[i];
}

/// A block's transpose: four times the rows of its halves are interleaved, like the cards of two packs.
[[gnu::always_inline]] inline void turnBlock(const float* from, std::int64_t fromRow, float* to,
                                             std::int64_t toRow) {
    Vector rows[blockSize], mixed[blockSize];
#pragma GCC unroll 16
    for (std::int64_t i = 0; i < blockSize; ++i)
        rows[i] = vectorAt(from + i * fromRow);
#pragma GCC unroll 4
    for (int turn = 0; turn < 4; ++turn) {
#pragma GCC unroll 8
        for (std::int64_t i = 0; i < blockSize / 2; ++i) {
            const Vector low = rows[i], high = rows[i + blockSize / 2];
            mixed[2 * i] =
                __builtin_shufflevector(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            mixed[2 * i + 1] = __builtin_shufflevector(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                       29, 14, 30, 15, 31);
        }
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < blockSize; ++i)
            rows[i] = mixed[i];
    }
#pragma GCC unroll 16
    for (std::int64_t i = 0; i < blockSize; ++i)
        vectorAt(to + i * toRow) = rows[i];
}

} // namespace burdock::fast
