#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace burdock {

/// So many floats, rounded up to whole cache lines.
template <class Count>
constexpr Count onLines(Count floats) {
    constexpr Count line = 16;
    return (floats + line - 1) / line * line;
}

/// Zeroed floats on a cache line's border.
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t floats)
        : size_(floats) {
        if (floats == 0) return;
        const std::size_t bytes = (floats * sizeof(float) + alignment - 1) / alignment * alignment;
        data_.reset(static_cast<float*>(std::aligned_alloc(alignment, bytes)));
        if (!data_) throw std::bad_alloc();
        std::memset(data_.get(), 0, bytes);
    }
    float* data() const { return data_.get(); }
    std::size_t size() const { return size_; }
    std::span<float> span() const { return {data_.get(), size_}; }

    static constexpr std::size_t alignment = 64;

  private:
    struct Free {
        void operator()(float* p) const { std::free(p); }
    };
    std::unique_ptr<float, Free> data_;
    std::size_t size_ = 0;
};

} // namespace burdock
