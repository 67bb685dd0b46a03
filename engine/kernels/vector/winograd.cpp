#include "engine/kernels/vector/winograd.h"

#include "engine/kernels/vector/winograd_tiles.h"
#include "engine/tensor/per_processor.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

#include <algorithm>
#include <omp.h>
#include <utility>

// What follows is only called where the processor can run it; see make().
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")

namespace burdock::fast {
namespace {

using namespace winograd;

constexpr std::int64_t lanes = 16;
constexpr std::int64_t panel = 2 * lanes; ///< columns of a product computed at once
constexpr std::int64_t rowsAtOnce = 8;
/// Between the matrices of a tile's places: a multiple of 4 KiB would put all of them in the same lines of
/// the cache.
constexpr std::int64_t apart = lanes;

std::int64_t ceilDiv(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

/// All tiles of a batch, counted over samples, rows and columns.
struct Grid {
    std::int64_t batch, rows, columns;
    std::int64_t count() const { return batch * rows * columns; }
};
struct Place {
    std::int64_t sample, row, column;
    bool exists; ///< or comes after the last tile
};
Place placeOf(const Grid& grid, std::int64_t tile) {
    return {tile / (grid.rows * grid.columns), tile / grid.columns % grid.rows, tile % grid.columns,
            tile < grid.count()};
}

/// Maps of values, and how many zeros stand before them.
struct Maps {
    std::int64_t channels, height, width;
    std::int64_t rowsBefore = 0, columnsBefore = 0;

    /// `side`: how far tiles are apart. A tile that does not exist lies outside.
    template <class Value>
    TileOf<Value> tile(Value* values, const Place& at, std::int64_t channel, std::int64_t side) const {
        if (!at.exists) return {values, 0, 0, 0, 0};
        return {values + (at.sample * channels + channel) * height * width, height, width,
                at.row * side - rowsBefore, at.column * side - columnsBefore};
    }
};

/// The same number of tiles for each thread, as far as there are enough.
struct Blocks {
    std::int64_t count, tiles;
    Blocks(std::int64_t all, std::int64_t most, std::int64_t threads) {
        count = ceilDiv(ceilDiv(all, most), threads) * threads;
        tiles = ceilDiv(ceilDiv(all, count), rowsAtOnce) * rowsAtOnce;
        count = ceilDiv(all, tiles);
    }
};

template <class Tile, class Number>
class WinogradOf final : public Winograd {
    using Value = typename Number::Value;
    static constexpr std::int64_t pair = Number::pair; ///< values of a product's inner dimension in one word
    static constexpr std::int64_t size = Tile::size, out = Tile::out, places = size * size;
    /// What a thread works on at once stays in its caches.
    static constexpr std::int64_t mostTiles = 1536 / places, mostTilesOfAll = 4096 / places;
    /// The bias's gradient is summed over so many parts, so that any number of threads adds in the same
    /// order.
    static constexpr std::int64_t sumParts = 32;

  public:
    explicit WinogradOf(const WinogradShape& s)
        : threads_(omp_get_max_threads())
        , in_{s.channels, s.height, s.width, s.rowsBefore, s.columnsBefore}
        , made_{s.filters, s.outHeight, s.outWidth}
        , grid_{s.batch, ceilDiv(s.outHeight, out), ceilDiv(s.outWidth, out)}
        , inGrid_{s.batch, ceilDiv(s.height, out), ceilDiv(s.width, out)} {}

    std::int64_t scratchFloats() const override { return convolveFloats(in_, made_, grid_); }
    std::int64_t trainingScratchFloats() const override {
        const std::int64_t weights =
            places * (in_.channels * made_.channels + wordsOfAll(in_.channels) + wordsOfAll(made_.channels)) +
            sumParts * made_.channels;
        return std::max({scratchFloats(), convolveFloats(made_, in_, inGrid_), weights});
    }
    void forward(const float* x, const float* w, const float* bias, bool relu, float* y,
                 float* scratch) const override {
        transformWeights<false>(w, in_.channels, made_.channels, scratch);
        convolve(in_, made_, grid_, x, bias, relu, y, scratch);
    }
    void backwardData(const float* dy, const float* w, float* dx, float* scratch) const override {
        transformWeights<true>(w, made_.channels, in_.channels, scratch);
        Maps from = made_, to = in_;
        from.rowsBefore = 2 - std::exchange(to.rowsBefore, 0);
        from.columnsBefore = 2 - std::exchange(to.columnsBefore, 0);
        convolve(from, to, inGrid_, dy, nullptr, false, dx, scratch);
    }
    void backwardWeights(const float* x, const float* dy, float* dw, float* dBias,
                         float* scratch) const override;

  private:
    /// Of the transformed values of a block at one place.
    static std::int64_t words(std::int64_t tiles, std::int64_t channels) {
        return tiles * channels / pair + apart;
    }
    std::int64_t wordsOfAll(std::int64_t channels) const { return words(tilesOfAll(), channels); }
    std::int64_t tilesOfAll() const {
        return std::min(mostTilesOfAll, ceilDiv(grid_.count(), rowsAtOnce) * rowsAtOnce);
    }
    std::int64_t convolveFloats(const Maps& in, const Maps& made, const Grid& grid) const {
        const std::int64_t tiles = Blocks(grid.count(), mostTiles, threads_).tiles;
        return places * (in.channels * made.channels / pair +
                         threads_ * (words(tiles, in.channels) + tiles * panel + apart));
    }

    template <bool Backward>
    void transformWeights(const float* w, std::int64_t channels, std::int64_t filters, float* to) const;
    void convolve(const Maps& in, const Maps& made, const Grid& grid, const float* x, const float* bias,
                  bool relu, float* y, float* scratch) const;

    int threads_;
    Maps in_, made_;
    Grid grid_, inGrid_; ///< of the output's pixels, and of the input's
};

/// Kernels of every channel and filter: for each panel of filters and each place a matrix of words (channels
/// / pair × panel). `w` is that of the layer: backward, its kernels are turned by half a turn, and the
/// layer's filters are the channels.
template <class Tile, class Number>
template <bool Backward>
void WinogradOf<Tile, Number>::transformWeights(const float* w, std::int64_t channels, std::int64_t filters,
                                                float* to) const {
    const std::int64_t matrix = channels / pair * panel;
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t k = 0; k < filters / lanes; ++k)
        for (std::int64_t c = 0; c < channels / lanes; ++c) {
            const std::int64_t block = Backward ? c * (filters / lanes) + k : k * (channels / lanes) + c;
            float* const target =
                to + k * lanes / panel * places * matrix + c * lanes / pair * panel + k * lanes % panel;
            transformKernels<Tile, Number, Backward>(w + block * 9 * lanes * lanes, target, matrix, panel);
        }
}

template <class Tile, class Number>
void WinogradOf<Tile, Number>::convolve(const Maps& in, const Maps& made, const Grid& grid, const float* x,
                                        const float* bias, bool relu, float* y, float* scratch) const {
    const std::int64_t channels = in.channels, filters = made.channels;
    const Blocks blocks(grid.count(), mostTiles, threads_);
    const std::int64_t inWords = words(blocks.tiles, channels), outWords = blocks.tiles * panel + apart;
    const std::int64_t matrix = channels / pair * panel;
    const float* const kernels = scratch;
    float* const own = scratch + places * channels * filters / pair;
    const auto* const values = reinterpret_cast<const Value*>(x);
    auto* const results = reinterpret_cast<Value*>(y);
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t b = 0; b < blocks.count; ++b) {
        float* const transformed = own + omp_get_thread_num() * places * (inWords + outWords);
        float* const products = transformed + places * inWords;
        const std::int64_t first = b * blocks.tiles, count = std::min(blocks.tiles, grid.count() - first);
        for (std::int64_t t = 0; t < count; ++t) {
            const Place at = placeOf(grid, first + t);
            for (std::int64_t c = 0; c < channels; c += lanes)
                transformInput<Tile, Number>(in.tile(values, at, c, out),
                                             reinterpret_cast<Value*>(transformed) + t * channels + c,
                                             inWords * pair);
        }
        for (std::int64_t k = 0; k < filters; k += panel) {
            for (std::int64_t p = 0; p < places; ++p)
                multiply<Number>({transformed + p * inWords, channels / pair, 1},
                                 {kernels + (k / panel * places + p) * matrix, panel},
                                 {products + p * outWords, panel, false}, count, channels / pair);
            for (std::int64_t t = 0; t < count; ++t) {
                const Place at = placeOf(grid, first + t);
                for (std::int64_t i = 0; i < panel; i += lanes)
                    transformOutput<Tile, Number>(products + t * panel + i, outWords,
                                                  bias ? bias + k + i : nullptr, relu,
                                                  made.tile(results, at, k + i, out));
            }
        }
    }
}

/// The transformed gradient of the kernels is the product of the transformed input with the gradient's
/// tiles, summed over all tiles; then it is transformed back.
template <class Tile, class Number>
void WinogradOf<Tile, Number>::backwardWeights(const float* x, const float* dy, float* dw, float* dBias,
                                               float* scratch) const {
    const std::int64_t channels = in_.channels, filters = made_.channels, all = grid_.count();
    const std::int64_t inWords = wordsOfAll(channels), outWords = wordsOfAll(filters);
    float* const kernels = scratch;
    float* const inputs = kernels + places * channels * filters;
    float* const gradients = inputs + places * inWords;
    float* const sums = gradients + places * outWords;
    const auto* const values = reinterpret_cast<const Value*>(x);
    const auto* const slopes = reinterpret_cast<const Value*>(dy);
    std::fill_n(sums, sumParts * filters, 0.0f);
#pragma omp parallel num_threads(threads_)
    {
        for (std::int64_t first = 0; first < all; first += tilesOfAll()) {
            const std::int64_t count = std::min(tilesOfAll(), all - first), steps = ceilDiv(count, pair);
#pragma omp for schedule(static)
            for (std::int64_t part = 0; part < sumParts; ++part)
                for (std::int64_t step = part * steps / sumParts; step < (part + 1) * steps / sumParts;
                     ++step) {
                    Place at[pair];
                    for (std::int64_t i = 0; i < pair; ++i)
                        at[i] = placeOf(grid_, first + step * pair + i);
                    TileOf<const Value> tiles[pair];
                    for (std::int64_t c = 0; c < channels; c += lanes) {
                        for (std::int64_t i = 0; i < pair; ++i)
                            tiles[i] = in_.tile(values, at[i], c, out);
                        transformInputs<Tile, Number>(tiles, inputs + step * channels + c, inWords);
                    }
                    for (std::int64_t k = 0; k < filters; k += lanes) {
                        for (std::int64_t i = 0; i < pair; ++i)
                            tiles[i] = made_.tile(slopes, at[i], k, out);
                        transformGradients<Tile, Number>(tiles, gradients + step * filters + k, outWords,
                                                         sums + part * filters + k);
                    }
                }
#pragma omp for schedule(static) collapse(2)
            for (std::int64_t p = 0; p < places; ++p)
                for (std::int64_t k = 0; k < filters; k += panel)
                    multiply<Number>(
                        {inputs + p * inWords, 1, channels}, {gradients + p * outWords + k, filters},
                        {kernels + p * channels * filters + k, filters, first > 0}, channels, steps);
        }
#pragma omp for schedule(static)
        for (std::int64_t k = 0; k < filters / lanes; ++k) {
            for (std::int64_t c = 0; c < channels; ++c)
                transformKernelGradient<Tile>(
                    kernels + c * filters + k * lanes, channels * filters,
                    dw + ((k * (channels / lanes) + c / lanes) * 9 * lanes + c % lanes) * lanes);
            if (!dBias) continue;
            for (std::int64_t i = k * lanes; i < (k + 1) * lanes; ++i) {
                dBias[i] = 0;
                for (std::int64_t part = 0; part < sumParts; ++part)
                    dBias[i] += sums[part * filters + i];
            }
        }
    }
}

} // namespace

#pragma GCC pop_options

tl::expected<std::unique_ptr<Winograd>, std::string> Winograd::make(const WinogradShape& s, bool bfloat16) {
    if (!processor::hasAvx512()) return tl::unexpected(std::string("the processor has no AVX-512"));
    if (s.channels % panel != 0 || s.filters % panel != 0)
        return tl::unexpected("needs channels and filters in multiples of " + std::to_string(panel));
    if (!bfloat16) return std::make_unique<WinogradOf<Tile4, Single>>(s);
    if (!processor::hasAvx512Bfloat16())
        return tl::unexpected(std::string("the processor has no products of bfloat16"));
    return std::make_unique<WinogradOf<Tile2, Half>>(s);
}

} // namespace burdock::fast

#else

namespace burdock::fast {

tl::expected<std::unique_ptr<Winograd>, std::string> Winograd::make(const WinogradShape&, bool) {
    return tl::unexpected(std::string("the program was built without vectors of AVX-512"));
}

} // namespace burdock::fast

#endif
