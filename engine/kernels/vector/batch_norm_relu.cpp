#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <bit>
#include <cmath>
#include <vector>

namespace burdock::fast {
namespace {

using dnnl::memory;

// y = max(0, a·x + b), and what is not a number stays none.

using Bfloat = std::uint16_t;

[[gnu::always_inline]] inline float read(float x) {
    return x;
}
[[gnu::always_inline]] inline float read(Bfloat x) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16);
}
[[gnu::always_inline]] inline void write(float y, float& to) {
    to = y;
}
/// To the nearest, ties to even; what is not a number must not round up to infinity.
[[gnu::always_inline]] inline void write(float y, Bfloat& to) {
    const auto bits = std::bit_cast<std::uint32_t>(y);
    const std::uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    to = static_cast<Bfloat>(y != y ? 0x7fc0 : rounded);
}
template <class T>
[[gnu::always_inline]] inline void normalise(const T& x, float a, float b, T& y) {
    const float value = a * read(x) + b;
    write(value < 0 ? 0 : value, y);
}
/// `places` times values of `depth` channels that lie together.
template <class T>
[[gnu::always_inline]] inline void overPlaces(const T* __restrict x, const float* __restrict a,
                                              const float* __restrict b, T* __restrict y, std::int64_t places,
                                              std::int64_t depth) {
    for (std::int64_t p = 0; p < places; ++p)
        for (std::int64_t c = 0; c < depth; ++c)
            normalise(x[p * depth + c], a[c], b[c], y[p * depth + c]);
}
/// The places of one channel lie together.
template <class T>
[[gnu::always_inline]] inline void overMap(const T* __restrict x, float a, float b, T* __restrict y,
                                           std::int64_t places) {
    for (std::int64_t p = 0; p < places; ++p)
        normalise(x[p], a, b, y[p]);
}
template <class T>
[[gnu::always_inline]] inline void part(const T* x, const float* a, const float* b, T* y, std::int64_t places,
                                        std::int64_t depth) {
    if (depth == 16)
        overPlaces(x, a, b, y, places, 16);
    else if (depth == 1)
        overMap(x, *a, *b, y, places);
    else
        overPlaces(x, a, b, y, places, depth);
}
BURDOCK_PER_PROCESSOR void normalisePart(const float* x, const float* a, const float* b, float* y,
                                         std::int64_t places, std::int64_t depth) {
    part(x, a, b, y, places, depth);
}
BURDOCK_PER_PROCESSOR void normalisePart(const Bfloat* x, const float* a, const float* b, Bfloat* y,
                                         std::int64_t places, std::int64_t depth) {
    part(x, a, b, y, places, depth);
}

/// In use: with the running statistics, and the ReLU that follows.
template <class T>
class BatchNormRelu final : public Step {
  public:
    /// `depth`: how many channels lie together at each place: all, sixteen, or one.
    BatchNormRelu(const LayerRequest& r, float epsilon, std::int64_t depth)
        : layout_(r.inputLayouts[0])
        , channels_(r.inputs[0].channels)
        , batch_(r.batch)
        , area_(r.inputs[0].area())
        , depth_(depth)
        , parts_((channels_ + depth - 1) / depth)
        , epsilon_(epsilon)
        , a_(static_cast<std::size_t>(parts_ * depth), 0.0f)
        , b_(a_) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool includesRelu() const override { return true; }
    void bind(const StepBinding& b) override { binding_ = b; }
    void forward(std::uint64_t) override {
        const auto& w = binding_.weights; // scale, shift, mean, variance
        for (std::int64_t c = 0; c < channels_; ++c) {
            const auto at = static_cast<std::size_t>(c);
            a_[at] = w[0][c] / std::sqrt(w[3][c] + epsilon_);
            b_[at] = w[1][c] - w[2][c] * a_[at];
        }
        const T* const x = reinterpret_cast<const T*>(binding_.inputs[0]);
        T* const y = reinterpret_cast<T*>(binding_.output);
        const std::int64_t size = area_ * depth_;
        forEach(batch_ * parts_, batch_ * parts_ * size > 1 << 15, [&](std::int64_t i) {
            const std::int64_t first = i % parts_ * depth_;
            normalisePart(x + i * size, a_.data() + first, b_.data() + first, y + i * size, area_, depth_);
        });
    }
    void backward() override {}

  private:
    Layout layout_;
    std::int64_t channels_, batch_, area_, depth_, parts_;
    float epsilon_;
    std::vector<float> a_, b_; ///< of each channel, with zeros behind the last where blocks are padded
    StepBinding binding_;
};

KernelOffer offerBatchNormRelu(const operation::BatchNorm& n, const LayerRequest& r) {
    if (r.training || !r.reluFollows) return declined({});
    const auto desc = descOf(r.inputLayouts[0]);
    const auto dims = batchDims(r.batch, r.inputs[0]);
    const std::int64_t channels = r.inputs[0].channels;
    if (dimsOf(desc).size() == 2 && r.inputLayouts[0].isPlain())
        return std::make_unique<BatchNormRelu<float>>(r, n.epsilon, channels);
    for (const auto& [tag, depth] : {std::pair{memory::format_tag::nhwc, channels},
                                     {memory::format_tag::nChw16c, std::int64_t{16}},
                                     {memory::format_tag::nchw, std::int64_t{1}}}) {
        if (desc == memory::desc{dims, Type::bf16, tag})
            return std::make_unique<BatchNormRelu<Bfloat>>(r, n.epsilon, depth);
        if (desc == memory::desc{dims, Type::f32, tag})
            return std::make_unique<BatchNormRelu<float>>(r, n.epsilon, depth);
    }
    return declined("the values arrive in a format of oneDNN's own");
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorBatchNormRelu() {
    return kernelFor<operation::BatchNorm>(
        {.id = "vector.batch-normalization-relu",
         .backend = "Burdock",
         .name = "batch normalization and ReLU",
         .doc = "In use, when statistics are known; oneDNN's would make 0 of what is not a number."},
        fast::offerBatchNormRelu);
}

} // namespace burdock
