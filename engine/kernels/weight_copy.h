#pragma once

#include "engine/kernels/layout.h"
#include "engine/tensor/aligned_buffer.h"

#include <functional>
#include <memory>

namespace burdock {

/// A weight in another layout than the store's, for primitives that want it so.
class WeightCopy {
  public:
    WeightCopy(std::size_t weight, Layout layout)
        : weight_(weight)
        , layout_(std::move(layout)) {}
    float* data() const { return values_.data(); }
    /// To be called before data() is read: follows the weight if it has changed.
    void refresh() {
        used_ = true;
        if (seen_ == *version_) return;
        copy_();
        seen_ = *version_;
    }

  private:
    friend class ParameterStore;
    std::size_t weight_;
    Layout layout_;
    AlignedBuffer values_;
    std::function<void()> copy_;
    std::shared_ptr<const BlockwiseCopy> blocks_; ///< by which copy_ goes, where it can
    bool used_ = false;                           ///< since the weights changed for the last time
    const std::uint64_t* version_ = nullptr;
    std::uint64_t seen_ = 0; ///< the store begins at 1
};

} // namespace burdock
