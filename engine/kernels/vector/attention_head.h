#pragma once

#include "engine/kernels/vector/blocks.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace burdock::fast {

/// One head of one sample, with T positions of E values, in tables that are filled up with zeros to whole
/// blocks: T' × E'. Where it is causal, only blocks are computed in which some query sees some key. For use
/// within functions that are built per processor.
struct AttentionHead {
    std::int64_t positions, size;
    bool causal;
    float *query, *key, *value, *gradient; ///< (T' × E'), the last one of the context
    float* turned;                         ///< (E' × T')
    float* result;                         ///< (T' × E')
    float *shares, *shareGradients;        ///< (T' × T'), row j, column i: how much position i looks at j

    std::int64_t rows() const { return wholeBlocks(positions); }
    std::int64_t columns() const { return wholeBlocks(size); }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(size)); }
    /// The keys that a block of queries sees end here, and the queries that see a block of keys begin there.
    std::int64_t keysEnd(std::int64_t first) const { return causal ? first + blockSize : rows(); }
    std::int64_t queriesBegin(std::int64_t first) const { return causal ? first : 0; }

    /// Fills a table from rows that lie `stride` apart.
    template <class V>
    [[gnu::always_inline]] void gather(const V* from, std::int64_t stride, float* table) const {
        const std::int64_t width = columns(), whole = size / blockSize * blockSize;
        for (std::int64_t t = 0; t < positions; ++t) {
            for (std::int64_t e = 0; e < whole; e += blockSize)
#pragma omp simd
                for (std::int64_t i = e; i < e + blockSize; ++i)
                    table[t * width + i] = widened(from[t * stride + i]);
            for (std::int64_t e = whole; e < width; ++e)
                table[t * width + e] = e < size ? widened(from[t * stride + e]) : 0.0f;
        }
        std::fill(table + positions * width, table + rows() * width, 0.0f);
    }
    /// Hands out the result, to rows that lie `stride` apart.
    template <class V>
    [[gnu::always_inline]] void spread(V* to, std::int64_t stride) const {
        for (std::int64_t t = 0; t < positions; ++t)
#pragma omp simd
            for (std::int64_t e = 0; e < size; ++e)
                put(to[t * stride + e], result[t * columns() + e]);
    }
    /// The result's sums over the positions.
    [[gnu::always_inline]] void sum(float* sums) const {
        for (std::int64_t e = 0; e < columns(); e += blockSize) {
            Vector sum = {};
            for (std::int64_t t = 0; t < positions; ++t)
                sum += vectorAt(result + t * columns() + e);
            for (std::int64_t i = e; i < std::min(e + blockSize, size); ++i)
                sums[i] = sum[i - e];
        }
    }

    [[gnu::always_inline]] void turn(const float* table) const {
        for (std::int64_t t = 0; t < rows(); t += blockSize)
            for (std::int64_t e = 0; e < columns(); e += blockSize)
                turnBlock(table + t * columns() + e, columns(), turned + e * rows() + t, rows());
    }
    /// For the keys that queries first … first+15 see: their rows of `table` times the turned one.
    [[gnu::always_inline]] void score(const float* table, std::int64_t first, float* scores) const {
        for (std::int64_t j = 0; j < keysEnd(first); j += blockSize)
            multiplyBlock({table + j * columns(), columns(), 1}, {turned + first, rows()}, size,
                          scores + j * rows() + first, rows());
    }
    /// For queries first … first+15: the rows of `table` that they see, each times its share, added up.
    [[gnu::always_inline]] void mix(const float* share, const float* table, std::int64_t first) const {
        for (std::int64_t e = 0; e < columns(); e += blockSize)
            multiplyBlock({share + first, 1, rows()}, {table + e, columns()}, keysEnd(first),
                          result + first * columns() + e, columns());
    }
    /// For all keys: the rows of `table` by which they are seen, each times its share, added up.
    [[gnu::always_inline]] void mixBack(const float* share, const float* table) const {
        for (std::int64_t j = 0; j < rows(); j += blockSize)
            for (std::int64_t e = 0, i = queriesBegin(j); e < columns(); e += blockSize)
                multiplyBlock({share + j * rows() + i, rows(), 1}, {table + i * columns() + e, columns()},
                              rows() - i, result + j * columns() + e, columns());
    }

    /// Writes over the shares of queries first … first+15 in what they must not see.
    [[gnu::always_inline]] void hide(std::int64_t first, float value) const {
        Integers last = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        last = causal ? last + static_cast<std::int32_t>(first)
                      : last * 0 + static_cast<std::int32_t>(positions - 1);
        for (std::int64_t j = causal ? first : positions; j < keysEnd(first); ++j) {
            Vector& row = vectorAt(shares + j * rows() + first);
            row = last < static_cast<std::int32_t>(j) ? Vector{} + value : row;
        }
    }
    /// In place, of the scores of queries first … first+15: a softmax in each column.
    [[gnu::always_inline]] void softmax(std::int64_t first) const {
        const std::int64_t end = keysEnd(first), row = rows();
        float* const column = shares + first;
        hide(first, std::numeric_limits<float>::lowest());
        Vector most = vectorAt(column), sum = {};
        for (std::int64_t j = 1; j < end; ++j) {
            const Vector score = vectorAt(column + j * row);
            most = score > most ? score : most;
        }
        float largest[blockSize];
        vectorAt(largest) = most;
        for (std::int64_t j = 0; j < end; ++j)
#pragma omp simd
            for (std::int64_t i = 0; i < blockSize; ++i)
                column[j * row + i] = expNegative((column[j * row + i] - largest[i]) * scale());
        hide(first, 0);
        for (std::int64_t j = 0; j < end; ++j)
            sum += vectorAt(column + j * row);
        const Vector part = 1.0f / sum;
        for (std::int64_t j = 0; j < end; ++j)
            vectorAt(column + j * row) *= part;
    }
    /// In place, from the gradient of the shares of queries first … first+15 to that of the products that
    /// were scaled to scores: scale · shares · (gradient − Σ shares·gradient).
    [[gnu::always_inline]] void softmaxBackward(std::int64_t first) const {
        const std::int64_t end = keysEnd(first), row = rows();
        const float* const share = shares + first;
        float* const change = shareGradients + first;
        Vector dot = {};
        for (std::int64_t j = 0; j < end; ++j)
            dot += vectorAt(share + j * row) * vectorAt(change + j * row);
        for (std::int64_t j = 0; j < end; ++j) {
            Vector& g = vectorAt(change + j * row);
            g = scale() * vectorAt(share + j * row) * (g - dot);
        }
    }
};

} // namespace burdock::fast
