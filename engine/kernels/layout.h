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

/// Rewrites an array into another layout block by block, so that parts of it can follow as soon as they have
/// changed.
class BlockwiseCopy {
  public:
    virtual ~BlockwiseCopy() = default;
    std::int64_t block() const { return block_; } ///< values of the source that are written together
    std::int64_t blocks() const { return blocks_; }
    virtual void write(std::int64_t first, std::int64_t end) const = 0; ///< blocks
    void writeAll() const;                                              ///< on all threads

  protected:
    BlockwiseCopy(std::int64_t block, std::int64_t blocks)
        : block_(block)
        , blocks_(blocks) {}

  private:
    std::int64_t block_, blocks_;
};
/// Null where a layout's blocks are no blocks of the other one's, or there is no fast way to write them.
std::shared_ptr<const BlockwiseCopy> blockwiseCopy(const Layout& from, const float* source, const Layout& to,
                                                   float* target);

} // namespace burdock
