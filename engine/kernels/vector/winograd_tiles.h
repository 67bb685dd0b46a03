#pragma once

#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

// The values that some intrinsics leave undefined on purpose are no mistake (GCC's bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")

// The pieces of Winograd's algorithms on vectors of 16 channels or filters. A number is single or bfloat16;
// transformed values of the matrices' inner dimension lie in words of 32 bits, one or two of them together.
// For winograd.cpp alone.
namespace burdock::fast::winograd {
namespace {

using Vector = __m512;

struct Single {
    using Value = float;
    static constexpr int pair = 1;
    static Vector load(const float* from) { return _mm512_loadu_ps(from); }
    static void store(float* to, Vector v) { _mm512_storeu_ps(to, v); }
    static Vector word(const Vector (&values)[1]) { return values[0]; }
    static Vector addProduct(Vector sum, Vector a, Vector b) { return _mm512_fmadd_ps(a, b, sum); }
};

struct Half {
    using Value = std::uint16_t;
    static constexpr int pair = 2;
    static Vector load(const std::uint16_t* from) {
        const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
    }
    static void store(std::uint16_t* to, Vector v) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v)));
    }
    /// The first value in a word's lower half.
    static Vector word(const Vector (&values)[2]) {
        const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(values[1], values[0]));
        const __m512i low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(both));
        const __m512i high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(both, 1));
        return _mm512_castsi512_ps(_mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
    static Vector addProduct(Vector sum, Vector a, Vector b) {
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
    }
};

// In the terms of Lavin and Gray: input is Bᵀ, kernel is G, output is Aᵀ; gradient and kernelGradient are A
// and Gᵀ.

/// F(2×2, 3×3)
struct Tile2 {
    static constexpr int size = 4, out = 2;
    static void input(const Vector (&d)[4], Vector (&t)[4]) {
        t[0] = d[0] - d[2];
        t[1] = d[1] + d[2];
        t[2] = d[2] - d[1];
        t[3] = d[1] - d[3];
    }
    static void kernel(const Vector (&g)[3], Vector (&u)[4]) {
        const Vector ends = 0.5f * (g[0] + g[2]), middle = 0.5f * g[1];
        u[0] = g[0];
        u[1] = ends + middle;
        u[2] = ends - middle;
        u[3] = g[2];
    }
    static void output(const Vector (&m)[4], Vector (&y)[2]) {
        y[0] = m[0] + m[1] + m[2];
        y[1] = m[1] - m[2] - m[3];
    }
    static void gradient(const Vector (&y)[2], Vector (&m)[4]) {
        m[0] = y[0];
        m[1] = y[0] + y[1];
        m[2] = y[0] - y[1];
        m[3] = -y[1];
    }
    static void kernelGradient(const Vector (&u)[4], Vector (&g)[3]) {
        const Vector sum = 0.5f * (u[1] + u[2]);
        g[0] = u[0] + sum;
        g[1] = 0.5f * (u[1] - u[2]);
        g[2] = sum + u[3];
    }
};

/// F(4×4, 3×3)
struct Tile4 {
    static constexpr int size = 6, out = 4;
    static void input(const Vector (&d)[6], Vector (&t)[6]) {
        const Vector even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
        const Vector near = d[4] - d[2], far = 2.0f * (d[3] - d[1]);
        t[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
        t[1] = even + odd;
        t[2] = even - odd;
        t[3] = near + far;
        t[4] = near - far;
        t[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
    }
    static void kernel(const Vector (&g)[3], Vector (&u)[6]) {
        constexpr float sixth = 1.0f / 6;
        const Vector ends = -sixth * (g[0] + g[2]), middle = -sixth * g[1];
        const Vector far = sixth * (0.25f * g[0] + g[2]), half = 0.5f * sixth * g[1];
        u[0] = 0.25f * g[0];
        u[1] = ends + middle;
        u[2] = ends - middle;
        u[3] = far + half;
        u[4] = far - half;
        u[5] = g[2];
    }
    static void output(const Vector (&m)[6], Vector (&y)[4]) {
        const Vector sum = m[1] + m[2], difference = m[1] - m[2];
        const Vector farSum = m[3] + m[4], farDifference = m[3] - m[4];
        y[0] = m[0] + sum + farSum;
        y[1] = difference + 2.0f * farDifference;
        y[2] = sum + 4.0f * farSum;
        y[3] = difference + 8.0f * farDifference + m[5];
    }
    static void gradient(const Vector (&y)[4], Vector (&m)[6]) {
        const Vector even = y[0] + y[2], odd = y[1] + y[3];
        const Vector farEven = y[0] + 4.0f * y[2], farOdd = 2.0f * y[1] + 8.0f * y[3];
        m[0] = y[0];
        m[1] = even + odd;
        m[2] = even - odd;
        m[3] = farEven + farOdd;
        m[4] = farEven - farOdd;
        m[5] = y[3];
    }
    static void kernelGradient(const Vector (&u)[6], Vector (&g)[3]) {
        constexpr float sixth = 1.0f / 6;
        const Vector near = -sixth * (u[1] + u[2]), far = sixth * (u[3] + u[4]);
        g[0] = 0.25f * u[0] + near + 0.25f * far;
        g[1] = sixth * (u[2] - u[1]) + 0.5f * sixth * (u[3] - u[4]);
        g[2] = near + far + u[5];
    }
};

/// A transform down the columns, then along the rows.
template <int From, int To, class Transform>
void both(const Vector (&from)[From][From], Vector (&to)[To][To], Transform transform) {
    Vector half[From][To]; // by columns
    for (int x = 0; x < From; ++x) {
        Vector column[From];
        for (int y = 0; y < From; ++y)
            column[y] = from[y][x];
        transform(column, half[x]);
    }
    for (int y = 0; y < To; ++y) {
        Vector row[From];
        for (int x = 0; x < From; ++x)
            row[x] = half[x][y];
        transform(row, to[y]);
    }
}

/// Where a tile lies in a map whose pixels are vectors. What lies outside the map is zero.
template <class Value>
struct TileOf {
    Value* map;
    std::int64_t height, width;
    std::int64_t top, left;

    Value* pixel(std::int64_t y, std::int64_t x) const {
        const std::int64_t row = top + y, column = left + x;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        return inside ? map + (row * width + column) * 16 : nullptr;
    }
};

template <class Number, int Size>
void loadTile(const TileOf<const typename Number::Value>& tile, Vector (&d)[Size][Size]) {
    for (int y = 0; y < Size; ++y)
        for (int x = 0; x < Size; ++x) {
            const auto* const from = tile.pixel(y, x);
            d[y][x] = from ? Number::load(from) : _mm512_setzero_ps();
        }
}

/// One value of each place, `stride` values apart.
template <class Tile, class Number>
void transformInput(const TileOf<const typename Number::Value>& tile, typename Number::Value* to,
                    std::int64_t stride) {
    Vector d[Tile::size][Tile::size], t[Tile::size][Tile::size];
    loadTile<Number>(tile, d);
    both(d, t, Tile::input);
    for (int p = 0; p < Tile::size * Tile::size; ++p)
        Number::store(to + p * stride, t[p / Tile::size][p % Tile::size]);
}

/// Tiles that lie together in words.
template <class Tile, class Number, int Size>
void storeWords(const Vector (&t)[Number::pair][Size][Size], float* to, std::int64_t stride) {
    for (int p = 0; p < Size * Size; ++p) {
        Vector values[Number::pair];
        for (int i = 0; i < Number::pair; ++i)
            values[i] = t[i][p / Size][p % Size];
        _mm512_storeu_ps(to + p * stride, Number::word(values));
    }
}

/// One word of each place, `stride` words apart.
template <class Tile, class Number>
void transformInputs(const TileOf<const typename Number::Value> (&tiles)[Number::pair], float* to,
                     std::int64_t stride) {
    Vector t[Number::pair][Tile::size][Tile::size];
    for (int i = 0; i < Number::pair; ++i) {
        Vector d[Tile::size][Tile::size];
        loadTile<Number>(tiles[i], d);
        both(d, t[i], Tile::input);
    }
    storeWords<Tile, Number>(t, to, stride);
}

/// The same of the output's gradient, whose values are added to `sums` (16).
template <class Tile, class Number>
void transformGradients(const TileOf<const typename Number::Value> (&tiles)[Number::pair], float* to,
                        std::int64_t stride, float* sums) {
    Vector t[Number::pair][Tile::size][Tile::size];
    Vector sum = _mm512_loadu_ps(sums);
    for (int i = 0; i < Number::pair; ++i) {
        Vector y[Tile::out][Tile::out];
        loadTile<Number>(tiles[i], y);
        for (const auto& row : y)
            for (const Vector& value : row)
                sum += value;
        both(y, t[i], Tile::gradient);
    }
    _mm512_storeu_ps(sums, sum);
    storeWords<Tile, Number>(t, to, stride);
}

/// Products of each place, `stride` apart, to pixels.
template <class Tile, class Number>
void transformOutput(const float* products, std::int64_t stride, const float* bias, bool relu,
                     const TileOf<typename Number::Value>& tile) {
    Vector m[Tile::size][Tile::size], y[Tile::out][Tile::out];
    for (int p = 0; p < Tile::size * Tile::size; ++p)
        m[p / Tile::size][p % Tile::size] = _mm512_loadu_ps(products + p * stride);
    both(m, y, Tile::output);
    const Vector shift = bias ? _mm512_loadu_ps(bias) : _mm512_setzero_ps();
    for (int row = 0; row < Tile::out; ++row)
        for (int column = 0; column < Tile::out; ++column) {
            auto* const to = tile.pixel(row, column);
            if (!to) continue;
            const Vector value = y[row][column] + shift;
            Number::store(to, relu ? _mm512_max_ps(_mm512_setzero_ps(), value) : value);
        }
}

/// Kernels of 16 channels and 16 filters (3 × 3 × 16 × 16): words of `Number::pair` channels, `row` apart,
/// for each place, `stride` apart. Backward the kernels are turned, and channels and filters change places.
template <class Tile, class Number, bool Backward>
void transformKernels(const float* w, float* to, std::int64_t stride, std::int64_t row) {
    const __m512i column =
        _mm512_slli_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), 4);
    for (int channel = 0; channel < 16; channel += Number::pair) {
        Vector u[Number::pair][Tile::size][Tile::size];
        for (int i = 0; i < Number::pair; ++i) {
            Vector g[3][3];
            for (int tap = 0; tap < 9; ++tap)
                g[tap / 3][tap % 3] = Backward
                                          ? _mm512_i32gather_ps(column, w + (8 - tap) * 256 + channel + i, 4)
                                          : _mm512_loadu_ps(w + tap * 256 + (channel + i) * 16);
            both(g, u[i], Tile::kernel);
        }
        storeWords<Tile, Number>(u, to + channel / Number::pair * row, stride);
    }
}

/// The gradient of one channel's kernels (3 × 3, 16 × 16 apart).
template <class Tile>
void transformKernelGradient(const float* from, std::int64_t stride, float* dw) {
    Vector u[Tile::size][Tile::size], g[3][3];
    for (int p = 0; p < Tile::size * Tile::size; ++p)
        u[p / Tile::size][p % Tile::size] = _mm512_loadu_ps(from + p * stride);
    both(u, g, Tile::kernelGradient);
    for (int tap = 0; tap < 9; ++tap)
        _mm512_storeu_ps(dw + tap * 256, g[tap / 3][tap % 3]);
}

// Matrices of words: where a row's and an inner step's next word lies.
struct Left {
    const float* words;
    std::int64_t row, step;
};
struct Right {
    const float* words;
    std::int64_t step;
};
struct Product {
    float* values;
    std::int64_t row;
    bool adds; ///< to what is there
};

template <class Number, int Rows>
void multiplyRows(const Left& a, const Right& b, const Product& c, std::int64_t steps) {
    Vector sums[Rows][2];
    for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < 2; ++v)
            sums[r][v] = c.adds ? _mm512_loadu_ps(c.values + r * c.row + v * 16) : _mm512_setzero_ps();
    for (std::int64_t s = 0; s < steps; ++s) {
        const Vector first = _mm512_loadu_ps(b.words + s * b.step);
        const Vector second = _mm512_loadu_ps(b.words + s * b.step + 16);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
            const Vector left = _mm512_set1_ps(a.words[r * a.row + s * a.step]);
            sums[r][0] = Number::addProduct(sums[r][0], left, first);
            sums[r][1] = Number::addProduct(sums[r][1], left, second);
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < 2; ++v)
            _mm512_storeu_ps(c.values + r * c.row + v * 16, sums[r][v]);
}

/// (rows × steps) · (steps × 32), eight rows at a time.
template <class Number>
void multiply(Left a, const Right& b, Product c, std::int64_t rows, std::int64_t steps) {
    for (; rows >= 8; rows -= 8) {
        multiplyRows<Number, 8>(a, b, c, steps);
        a.words += 8 * a.row;
        c.values += 8 * c.row;
    }
    for (; rows > 0; --rows) {
        multiplyRows<Number, 1>(a, b, c, steps);
        a.words += a.row;
        c.values += c.row;
    }
}

} // namespace
} // namespace burdock::fast::winograd

#pragma GCC pop_options

#endif
