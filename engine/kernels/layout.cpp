#include "engine/kernels/layout.h"

#include "engine/kernels/layout_formats.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <algorithm>
#include <cstring>

namespace burdock {

Layout Layout::plain(std::vector<std::int64_t> dims) {
    return {std::move(dims), nullptr};
}

Layout Layout::plainBatch(std::int64_t batch, const Shape& shape) {
    if (shape.isFlat()) return plain({batch, shape.channels});
    return plain({batch, shape.channels, shape.height, shape.width});
}

std::int64_t Layout::floats() const {
    if (format_) return fast::formatFloats(*format_);
    std::int64_t product = 1;
    for (const auto dim : dims_)
        product *= dim;
    return product;
}

bool Layout::isBfloat16() const {
    return format_ && fast::isBfloat16(*format_);
}

std::string Layout::order() const {
    return format_ ? fast::formatOrder(*format_) : "plain";
}

bool operator==(const Layout& a, const Layout& b) {
    if (a.dims_ != b.dims_ || a.isPlain() != b.isPlain()) return false;
    return a.isPlain() || a.format_ == b.format_ || fast::sameFormat(*a.format_, *b.format_);
}

bool sameMemory(const Layout& a, const Layout& b) {
    if (a.isPlain() && b.isPlain()) return a.floats() == b.floats();
    return fast::sameMemoryFormats(a, b);
}

void reorder(const Layout& from, const float* source, const Layout& to, float* target) {
    if (from.isPlain() && to.isPlain())
        std::memcpy(target, source, static_cast<std::size_t>(from.floats()) * sizeof(float));
    else
        fast::reorderFormats(from, source, to, target);
}

namespace {

BURDOCK_INLINE void addRange(const float* source, float* target, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        target[i] += source[i];
}

} // namespace

std::function<void()> preparedReorder(const Layout& from, const float* source, const Layout& to,
                                      float* target, bool adds) {
    if (!from.isPlain() || !to.isPlain()) return fast::preparedReorderFormats(from, source, to, target, adds);
    const std::int64_t n = from.floats();
    if (!adds) return [=] { std::memcpy(target, source, static_cast<std::size_t>(n) * sizeof(float)); };
    return [=] {
        constexpr std::int64_t range = 1 << 13;
        forEach((n + range - 1) / range, n > 4 * range, [&](std::int64_t r) {
            perProcessor<addRange>(source + r * range, target + r * range, std::min(range, n - r * range));
        });
    };
}

void BlockwiseCopy::writeAll() const {
    const std::int64_t many = std::max<std::int64_t>(1, (1 << 13) / block_);
    const std::int64_t parts = (blocks_ + many - 1) / many;
    forEach(parts, parts > 4, [&](std::int64_t p) { write(p * many, std::min(blocks_, (p + 1) * many)); });
}

std::shared_ptr<const BlockwiseCopy> blockwiseCopy(const Layout& from, const float* source, const Layout& to,
                                                   float* target) {
    if (from.isPlain() && to.isPlain()) return nullptr;
    return fast::blockwiseCopyFormats(from, source, to, target);
}

} // namespace burdock
