#include "engine/kernels/layout_formats.h"
#include "engine/kernels/onednn/support.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace burdock::fast {
namespace {

/// Two neighbours in memory.
[[gnu::always_inline]] inline std::uint32_t pairOf(float first, float second) {
    Bits16 low, high;
    put(low, first);
    put(high, second);
    return low | static_cast<std::uint32_t>(high) << 16;
}

// Of a block of rows × columns values.

BURDOCK_INLINE void writeSame(const float* from, float* target, std::int64_t rows, std::int64_t columns) {
    Bits16* const to = reinterpret_cast<Bits16*>(target);
#pragma omp simd
    for (std::int64_t i = 0; i < rows * columns; ++i)
        put(to[i], from[i]);
}
/// The values of two rows by turns.
BURDOCK_INLINE void writePairs(const float* from, float* target, std::int64_t rows, std::int64_t columns) {
    auto* to = reinterpret_cast<std::uint32_t*>(target);
    for (std::int64_t r = 0; r < rows; r += 2, from += 2 * columns, to += columns)
#pragma omp simd
        for (std::int64_t c = 0; c < columns; ++c)
            to[c] = pairOf(from[c], from[columns + c]);
}
/// The transpose of the table of a row's pairs.
BURDOCK_INLINE void writeTurnedPairs(const float* from, float* target, std::int64_t rows,
                                     std::int64_t columns) {
    auto* const to = reinterpret_cast<std::uint32_t*>(target);
    std::array<std::uint32_t, 64> pairs;
    for (std::int64_t r = 0; r < rows; ++r, from += columns) {
#pragma omp simd
        for (std::int64_t c = 0; c < columns / 2; ++c)
            pairs[static_cast<std::size_t>(c)] = pairOf(from[2 * c], from[2 * c + 1]);
        for (std::int64_t c = 0; c < columns / 2; ++c)
            to[c * rows + r] = pairs[static_cast<std::size_t>(c)];
    }
}

/// Where the blocks of one layout lie in another one, and how they are written.
struct Blocks {
    std::int64_t rows = 1, columns = 1, count = 0;
    struct Axis {
        std::int64_t from, to; ///< how many blocks further the next one lies
    };
    std::vector<Axis> axes; ///< the one with the furthest blocks of the source first
    enum class Order { Same, Pairs, TurnedPairs } order = Order::Same;

    std::int64_t placeOf(std::int64_t block) const {
        std::int64_t place = 0;
        for (const Axis& axis : axes) {
            place += block / axis.from * axis.to;
            block %= axis.from;
        }
        return place;
    }
};

/// How the values of a block lie in the other layout's, if that is one of the known ways.
std::optional<Blocks::Order> orderOf(const Blocking& from, const Blocking& to) {
    using Dims = dnnl::memory::dims;
    if (from.sizes == to.sizes && from.dims == to.dims) return Blocks::Order::Same;
    if (from.sizes.size() != 2 || to.sizes.size() != 3) return {};
    const auto rows = from.sizes[0], columns = from.sizes[1], row = from.dims[0], column = from.dims[1];
    if (rows % 2 == 0 && to.sizes == Dims{rows / 2, columns, 2} && to.dims == Dims{row, column, row})
        return Blocks::Order::Pairs;
    if (to.sizes == Dims{columns / 2, rows, 2} && to.dims == Dims{column, row, column} && columns <= 128)
        return Blocks::Order::TurnedPairs;
    return {};
}

std::optional<Blocks> blocksOf(const dnnl::memory::desc& fromDesc, const dnnl::memory::desc& toDesc) {
    if (!isBlocked(fromDesc) || !isBlocked(toDesc) || typeOf(fromDesc) != Type::f32 ||
        typeOf(toDesc) != Type::bf16)
        return {};
    const Blocking from = blockingOf(fromDesc), to = blockingOf(toDesc);
    const auto order = orderOf(from, to);
    if (!order || from.padded != to.padded || from.sizes.empty()) return {};
    Blocks blocks;
    blocks.order = *order;
    blocks.rows = from.sizes[0];
    for (std::size_t i = 1; i < from.sizes.size(); ++i)
        blocks.columns *= from.sizes[i];
    const std::int64_t size = blocks.rows * blocks.columns;
    std::int64_t count = 1, end = 1;
    for (std::size_t d = 0; d < from.padded.size(); ++d) {
        std::int64_t along = from.padded[d];
        for (std::size_t i = 0; i < from.sizes.size(); ++i)
            if (from.dims[i] == static_cast<std::int64_t>(d)) along /= from.sizes[i];
        if (along == 1) continue;
        if (from.strides[d] % size != 0 || to.strides[d] % size != 0) return {};
        blocks.axes.push_back({from.strides[d] / size, to.strides[d] / size});
        count *= along;
        end += (along - 1) * blocks.axes.back().from;
    }
    if (end != count) return {}; // there are gaps
    blocks.count = count;
    std::ranges::sort(blocks.axes, std::ranges::greater(), &Blocks::Axis::from);
    return blocks;
}

class CopyOfBlocks final : public BlockwiseCopy {
  public:
    CopyOfBlocks(Blocks blocks, const float* source, float* target)
        : BlockwiseCopy(blocks.rows * blocks.columns, blocks.count)
        , blocks_(std::move(blocks))
        , source_(source)
        , target_(target) {}
    void write(std::int64_t first, std::int64_t end) const override {
        switch (blocks_.order) {
        case Blocks::Order::Same:
            return writeBy<writeSame>(first, end);
        case Blocks::Order::Pairs:
            return writeBy<writePairs>(first, end);
        case Blocks::Order::TurnedPairs:
            return writeBy<writeTurnedPairs>(first, end);
        }
    }

  private:
    template <auto writeBlock>
    void writeBy(std::int64_t first, std::int64_t end) const {
        for (std::int64_t b = first; b < end; ++b)
            perProcessor<writeBlock>(source_ + b * block(), target_ + blocks_.placeOf(b) * block() / 2,
                                     blocks_.rows, blocks_.columns);
    }
    Blocks blocks_;
    const float* source_;
    float* target_;
};

} // namespace

std::shared_ptr<const BlockwiseCopy> blockwiseCopyFormats(const Layout& from, const float* source,
                                                          const Layout& to, float* target) {
    if (isPacked(to)) return nullptr;
    const auto [fromDesc, toDesc] = underSameDims(from, to);
    auto blocks = blocksOf(fromDesc, toDesc);
    if (!blocks || blocks->columns % 2 != 0) return nullptr;
    return std::make_shared<CopyOfBlocks>(std::move(*blocks), source, target);
}

} // namespace burdock::fast
