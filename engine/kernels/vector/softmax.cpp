#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/layer_request.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>

namespace burdock::fast {
namespace {

/// So many neighbouring pixels at a time; from a channel to the next it is `area`.
constexpr std::int64_t together = 64;

/// y[c] = e^(x[c] − max x) / Σ e^(x − max x) over `channels`, of each of `count` pixels.
BURDOCK_INLINE void softmaxPixels(const float* x, float* y, std::int64_t channels, std::int64_t area,
                                  std::int64_t count) {
    float largest[together], sums[together];
    for (std::int64_t i = 0; i < count; ++i) {
        largest[i] = x[i];
        sums[i] = 0;
    }
    for (std::int64_t c = 1; c < channels; ++c)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i)
            largest[i] = std::max(largest[i], x[c * area + i]);
    for (std::int64_t c = 0; c < channels; ++c)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i) {
            const float e = expNegative(x[c * area + i] - largest[i]);
            y[c * area + i] = e;
            sums[i] += e;
        }
    for (std::int64_t i = 0; i < count; ++i)
        sums[i] = 1.0f / sums[i];
    for (std::int64_t c = 0; c < channels; ++c)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i)
            y[c * area + i] *= sums[i];
}
/// dx = y·(dy − Σ dy·y); `dx` may be `dy`.
BURDOCK_INLINE void softmaxSlopes(const float* y, const float* dy, float* dx, std::int64_t channels,
                                  std::int64_t area, std::int64_t count) {
    float sums[together] = {};
    for (std::int64_t c = 0; c < channels; ++c)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i)
            sums[i] += dy[c * area + i] * y[c * area + i];
    for (std::int64_t c = 0; c < channels; ++c)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i)
            dx[c * area + i] = y[c * area + i] * (dy[c * area + i] - sums[i]);
}

/// Over the channels of plain maps.
class ChannelSoftmax final : public Step {
  public:
    explicit ChannelSoftmax(const LayerRequest& r)
        : layout_(Layout::plainBatch(r.batch, r.output))
        , batch_(r.batch)
        , shape_(r.output) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override {
        forEachRange([&](std::int64_t first, std::int64_t count) {
            perProcessor<softmaxPixels>(b_.inputs[0] + first, b_.output + first, shape_.channels,
                                        shape_.area(), count);
        });
    }
    void backward() override {
        if (!b_.inputGradients[0]) return;
        forEachRange([&](std::int64_t first, std::int64_t count) {
            perProcessor<softmaxSlopes>(b_.output + first, b_.outputGradient + first,
                                        b_.inputGradients[0] + first, shape_.channels, shape_.area(), count);
        });
    }

  private:
    template <class F>
    void forEachRange(F work) const {
        const std::int64_t area = shape_.area(), ranges = (area + together - 1) / together;
        forEach(batch_ * ranges, batch_ * shape_.size() > 1 << 13, [&](std::int64_t i) {
            const std::int64_t first = i % ranges * together;
            work(i / ranges * shape_.size() + first, std::min(together, area - first));
        });
    }

    Layout layout_;
    std::int64_t batch_;
    Shape shape_;
    StepBinding b_;
};

KernelOffer offerSoftmax(const operation::Softmax& s, const LayerRequest& r) {
    if (s.axis != 1 || r.output.area() == 1) return declined({});
    return std::make_unique<ChannelSoftmax>(r);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorSoftmax() {
    return kernelFor<operation::Softmax>({.id = "vector.softmax",
                                          .backend = "Burdock",
                                          .name = "softmax of each pixel",
                                          .doc =
                                              "Over the channels of plain maps, for which oneDNN has nothing "
                                              "but its reference code."},
                                         fast::offerSoftmax);
}

} // namespace burdock
