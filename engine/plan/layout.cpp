#include "engine/plan/layout.h"

#include "engine/plan/layout_formats.h"

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

std::function<void()> preparedReorder(const Layout& from, const float* source, const Layout& to,
                                      float* target, bool adds) {
    if (!from.isPlain() || !to.isPlain()) return fast::preparedReorderFormats(from, source, to, target, adds);
    const std::int64_t n = from.floats();
    if (!adds) return [=] { std::memcpy(target, source, static_cast<std::size_t>(n) * sizeof(float)); };
    return [=] {
#pragma omp parallel for simd schedule(static) if (n > 1 << 15)
        for (std::int64_t i = 0; i < n; ++i)
            target[i] += source[i];
    };
}

} // namespace burdock
