#pragma once

#include "engine/tensor/shape.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace burdock {

namespace fast {
struct Format; // a oneDNN memory format; defined in engine/kernels/onednn
}

/// How an array lies in memory: plain (row-major over its dims), or in a format of oneDNN's, which may be
/// padded. Without oneDNN every layout is plain.
class Layout {
  public:
    Layout() = default;
    static Layout plain(std::vector<std::int64_t> dims);
    /// A batch of samples: (batch, channels, height, width), or (batch, channels) for vectors.
    static Layout plainBatch(std::int64_t batch, const Shape& shape);
    Layout(std::vector<std::int64_t> dims, std::shared_ptr<const fast::Format> format)
        : dims_(std::move(dims))
        , format_(std::move(format)) {}

    const std::vector<std::int64_t>& dims() const { return dims_; }
    const fast::Format* format() const { return format_.get(); }
    bool isPlain() const { return !format_; }
    std::int64_t floats() const; ///< that it takes in memory, padding included
    bool isBfloat16() const;     ///< otherwise in single precision
    /// "plain", "channels last", "blocked ×16": where neighbouring values lie.
    std::string order() const;

    friend bool operator==(const Layout& a, const Layout& b);

  private:
    std::vector<std::int64_t> dims_;
    std::shared_ptr<const fast::Format> format_;
};

/// Whether the values lie in the same places, be it under other dims.
bool sameMemory(const Layout& a, const Layout& b);
/// Copies an array from one layout into another of as many values.
void reorder(const Layout& from, const float* source, const Layout& to, float* target);
/// reorder(), made ready to be run again and again; with `adds` the values are added to the target's, which
/// must then be in single precision or in the same layout.
std::function<void()> preparedReorder(const Layout& from, const float* source, const Layout& to,
                                      float* target, bool adds = false);

} // namespace burdock
