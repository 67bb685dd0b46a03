#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace burdock::fast {
namespace {

using dnnl::memory;

/// One row of outputs over two rows of inputs: `width` windows of `depth` values that lie together, the next
/// column `depth` and the next row `below` values on. T is an integer as wide as the values (32 bits for
/// float, 16 for bfloat16): whole numbers are compared and masked sixteen or thirty-two at a time.
template <class T>
struct Row {
    const T *x, *y, *dy;
    T *out, *dx;
    std::uint8_t* place; ///< of the largest within its window
    std::int64_t width, depth, below;
    bool relu; ///< what is not above zero has no slope
};

/// As an integer, a negative floating-point number is the larger the smaller it is; turning its other bits
/// round mends that, and doing it twice gives the number again.
template <class T>
BURDOCK_INLINE T turned(T bits) {
    return static_cast<T>(bits ^ ((bits >> std::numeric_limits<T>::digits) & std::numeric_limits<T>::max()));
}
/// The bits of a floating-point number as an integer of the same order. What is not a number comes above all
/// others, so that no maximum hides it; turned() makes it none again.
template <class T>
BURDOCK_INLINE T ordered(T bits) {
    constexpr T others = std::numeric_limits<T>::max();
    constexpr T infinity = sizeof(T) == sizeof(float) ? T(0x7f800000) : T(0x7f80);
    return (bits & others) > infinity ? others : turned(bits);
}
/// All bits set where it is true.
template <class T>
BURDOCK_INLINE T maskOf(bool is) {
    return static_cast<T>(-static_cast<T>(is));
}
/// maskOf(ordered(bits) > 0) without a branch, which keeps a loop from becoming one of vectors.
template <class T>
BURDOCK_INLINE T maskOfSlope(T bits) {
    constexpr T others = std::numeric_limits<T>::max();
    constexpr T infinity = sizeof(T) == sizeof(float) ? T(0x7f800000) : T(0x7f80);
    return static_cast<T>(maskOf<T>(bits > 0) | maskOf<T>(static_cast<T>(bits & others) > infinity));
}

/// `together`: the depth where it is that of a vector, so that a window takes one; 0: any.
template <class T, std::int64_t together>
BURDOCK_INLINE void forwardRow(const Row<T> r) {
    const std::int64_t depth = together > 0 ? together : r.depth;
    for (std::int64_t w = 0; w < r.width; ++w) {
        const T* const __restrict a = r.x + 2 * w * depth;
        const T* const __restrict b = a + depth, * const __restrict c = a + r.below, * const __restrict d = c + depth;
        T* const __restrict out = r.out + w * depth;
        std::uint8_t* const __restrict place = r.place + w * depth;
#pragma omp simd
        for (std::int64_t i = 0; i < depth; ++i) {
            const T va = ordered(a[i]), vb = ordered(b[i]), vc = ordered(c[i]), vd = ordered(d[i]);
            const T top = std::max(va, vb), bottom = std::max(vc, vd), lower = maskOf<T>(bottom > top);
            out[i] = turned(std::max(top, bottom));
            const T atTop = maskOf<T>(vb > va) & T(1), atBottom = T(2) - maskOf<T>(vd > vc);
            place[i] = static_cast<std::uint8_t>((atTop & ~lower) | (atBottom & lower));
        }
    }
}
template <class T, std::int64_t together>
BURDOCK_INLINE void backwardRow(const Row<T> r) {
    const std::int64_t depth = together > 0 ? together : r.depth;
    const T always = maskOf<T>(!r.relu);
    for (std::int64_t w = 0; w < r.width; ++w) {
        T* const __restrict a = r.dx + 2 * w * depth;
        T* const __restrict b = a + depth, * const __restrict c = a + r.below, * const __restrict d = c + depth;
        const T* const __restrict dy = r.dy + w * depth;
        const T* const __restrict y = r.y + w * depth;
        const std::uint8_t* const __restrict place = r.place + w * depth;
#pragma omp simd
        for (std::int64_t i = 0; i < depth; ++i) {
            const T at = place[i], g = static_cast<T>(dy[i] & (maskOfSlope(y[i]) | always));
            a[i] = g & maskOf<T>(at == 0);
            b[i] = g & maskOf<T>(at == 1);
            c[i] = g & maskOf<T>(at == 2);
            d[i] = g & maskOf<T>(at == 3);
        }
    }
}
/// Windows of 2×2 that neither overlap nor leave the picture, over values whose channels lie together: all
/// of them or a vector at a time.
template <class T, std::int64_t together>
class MaxPool final : public Step {
  public:
    /// `depth`: how many channels lie together.
    MaxPool(const LayerRequest& r, memory::format_tag tag, std::int64_t depth)
        : in_(layoutOf({batchDims(r.batch, r.inputs[0]), type(), tag}))
        , out_(layoutOf({batchDims(r.batch, r.output), type(), tag}))
        , input_(r.inputs[0])
        , output_(r.output)
        , relu_(r.inputIsRelu)
        , gradient_(r.training && r.inputGradients[0])
        , depth_(depth)
        , pictures_(r.batch * ((input_.channels + depth - 1) / depth)) {}
    static constexpr memory::data_type type() {
        return sizeof(T) == sizeof(float) ? memory::data_type::f32 : memory::data_type::bf16;
    }
    Layout inputLayout(std::size_t) const override { return in_; }
    Layout outputLayout() const override { return out_; }
    std::int64_t workspaceFloats() const override { return (pictures_ * output_.area() * depth_ + 3) / 4; }
    bool takesReluBackward() const override { return relu_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return relu_; }
    void bind(const StepBinding& b) override {
        x_ = reinterpret_cast<const T*>(b.inputs[0]);
        y_ = reinterpret_cast<T*>(b.output);
        dx_ = reinterpret_cast<T*>(b.inputGradients[0]);
        dy_ = reinterpret_cast<const T*>(b.outputGradient);
        place_ = reinterpret_cast<std::uint8_t*>(b.workspace);
    }
    void forward(std::uint64_t) override {
        overRows([&](std::int64_t in, std::int64_t out) {
            perProcessor<forwardRow<T, together>>(Row<T>{x_ + in, nullptr, nullptr, y_ + out, nullptr,
                                                         place_ + out, output_.width, depth_, below(),
                                                         false});
        });
    }
    void backward() override {
        if (!gradient_) return;
        const std::int64_t covered = 2 * output_.width * depth_, rest = below() - covered;
        overRows([&](std::int64_t in, std::int64_t out) {
            perProcessor<backwardRow<T, together>>(Row<T>{nullptr, y_ + out, dy_ + out, nullptr, dx_ + in,
                                                          place_ + out, output_.width, depth_, below(),
                                                          relu_});
            if (rest > 0) {
                std::memset(dx_ + in + covered, 0, static_cast<std::size_t>(rest) * sizeof(T));
                std::memset(dx_ + in + below() + covered, 0, static_cast<std::size_t>(rest) * sizeof(T));
            }
        });
        if (input_.height == 2 * output_.height) return;
        for (std::int64_t p = 0; p < pictures_; ++p)
            std::memset(dx_ + (p * input_.height + 2 * output_.height) * below(), 0,
                        static_cast<std::size_t>(below()) * sizeof(T));
    }

  private:
    std::int64_t below() const { return input_.width * depth_; }
    /// Calls row(offset of the window's first value, offset of the output).
    template <class F>
    void overRows(F row) const {
        const std::int64_t rows = pictures_ * output_.height;
        forEach(rows, rows * below() > 1 << 15, [&](std::int64_t r) {
            const std::int64_t picture = r / output_.height, y = r % output_.height;
            row((picture * input_.height + 2 * y) * below(), r * output_.width * depth_);
        });
    }

    Layout in_, out_;
    Shape input_, output_;
    bool relu_, gradient_;
    std::int64_t depth_, pictures_;
    const T *x_ = nullptr, *dy_ = nullptr;
    T *y_ = nullptr, *dx_ = nullptr;
    std::uint8_t* place_ = nullptr;
};

KernelOffer offerMaxPool(const operation::Pooling& p, const LayerRequest& r) {
    if (p.kind != operation::Pooling::Kind::Max) return declined({});
    const auto fits = [](const WindowAxis& a) {
        return a.kernel == 2 && a.stride == 2 && a.before == 0 && 2 * a.output <= a.input &&
               a.input <= 2 * a.output + 1;
    };
    if (!fits(p.window.x) || !fits(p.window.y)) return declined("computes 2×2 windows side by side only");
    const auto desc = descOf(r.inputLayouts[0]);
    const auto dims = batchDims(r.batch, r.inputs[0]);
    const auto inVectors = [&]<std::int64_t together>(memory::format_tag tag) -> std::unique_ptr<Step> {
        const std::int64_t depth = together > 0 ? together : r.inputs[0].channels;
        if (desc == memory::desc{dims, Type::bf16, tag})
            return std::make_unique<MaxPool<std::int16_t, together>>(r, tag, depth);
        if (desc == memory::desc{dims, Type::f32, tag})
            return std::make_unique<MaxPool<std::int32_t, together>>(r, tag, depth);
        return nullptr;
    };
    if (auto step = inVectors.template operator()<0>(memory::format_tag::nhwc)) return step;
    if (auto step = inVectors.template operator()<16>(memory::format_tag::nChw16c)) return step;
    if (auto step = inVectors.template operator()<8>(memory::format_tag::nChw8c)) return step;
    return declined("the values arrive neither blocked by channels nor with channels last");
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorMaxPool() {
    return kernelFor<operation::Pooling>({.id = "vector.max-pooling",
                                          .backend = "Burdock",
                                          .name = "max pooling of 2×2",
                                          .doc = "Windows side by side, as most networks have them: several "
                                                 "times as fast as for windows of any kind."},
                                         fast::offerMaxPool);
}

} // namespace burdock
