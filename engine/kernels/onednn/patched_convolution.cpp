#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/vector_math.h"

#include <limits>
#include <omp.h>

namespace burdock::fast {
namespace {

using dnnl::memory;

/// A block of channels of one line of the output, and where its values lie in the rows of the product: those
/// of a pixel of the input `row` behind each other, and in there the columns of its patch `column`.
template <class V>
struct Line {
    V *map, *rows;
    std::int64_t depth, pixels, wide, row, column;

    /// visit(values of the map, the same in the product), of `depth` values.
    template <class F>
    BURDOCK_INLINE void each(F visit) const {
        for (std::int64_t x = 0; x < pixels; ++x)
            for (std::int64_t v = 0; v < wide; ++v)
                visit(map + (x * wide + v) * depth, rows + x * row + v * column);
    }
};

/// map = row + bias, and maybe the ReLU of it.
template <class V>
BURDOCK_INLINE void paintLine(const Line<V>& line, const float* bias, bool relu) {
    const float least = relu ? 0.0f : -std::numeric_limits<float>::infinity();
    line.each([&](V* map, const V* row) {
#pragma omp simd
        for (std::int64_t i = 0; i < line.depth; ++i)
            put(map[i], std::max(widened(row[i]) + bias[i], least));
    });
}
/// row = map, where there is `slopes` only where the output is above zero, which lies so far from the map.
/// Adds it to `sums`.
template <class V>
BURDOCK_INLINE void gatherLine(const Line<V>& line, bool slopes, std::ptrdiff_t toOutput, float* sums) {
    line.each([&](const V* map, V* row) {
        const V* const y = slopes ? map + toOutput : map;
#pragma omp simd
        for (std::int64_t i = 0; i < line.depth; ++i) {
            const float slope = !slopes || widened(y[i]) > 0.0f ? widened(map[i]) : 0.0f;
            put(row[i], slope);
            sums[i] += slope;
        }
    });
}

/// A transposed convolution whose kernels neither overlap nor leave gaps: an inner product whose batch is the
/// pixels, (N·H·W, C) by (C, h·w·F), each row of which is a patch of the output. V: the values' type; they
/// lie in blocks of L channels, N × C/L × H × W × L.
template <class V>
class PatchedConvolution final
    : public Weighted<dnnl::inner_product_forward, dnnl::inner_product_backward_weights,
                      dnnl::inner_product_backward_data> {
  public:
    PatchedConvolution(const LayerRequest& r, const operation::TransposedConvolution& c, std::int64_t block)
        : Weighted(false, false)
        , in_(r.inputs[0])
        , out_(r.output)
        , batch_(r.batch)
        , block_(block)
        , high_(c.window.y.kernel)
        , wide_(c.window.x.kernel)
        , bias_(c.bias)
        , relu_(r.reluFollows)
        , slopes_(r.reluFollows)
        , training_(r.training)
        , threads_(omp_get_max_threads())
        , input_(layoutOf({batchDims(r.batch, in_), type(), tag()}))
        , output_(layoutOf({batchDims(r.batch, out_), type(), tag()})) {
        const auto src = plainDesc({rows(), in_.channels}, type()),
                   dst = plainDesc({rows(), patch()}, type());
        const memory::dims kernels{patch(), in_.channels};
        describeProduct(r, {src, plainDesc(kernels, type()), plainDesc(kernels), {}, dst}, dst);
    }
    static constexpr Type type() { return sizeof(V) == sizeof(float) ? Type::f32 : Type::bf16; }
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return output_; }
    bool includesRelu() const override { return relu_; }
    void leaveReluBackward() override { slopes_ = false; }
    bool backwardReadsOutput() const override { return slopes_; }
    /// Behind what the primitives need: the input's rows, those of the product, and sums of the bias's slope.
    std::int64_t scratchFloats() const override {
        return primitiveFloats() + rowFloats(in_.channels) + rowFloats(patch()) +
               (training_ ? sumParts * out_.channels : 0);
    }

    void bind(const StepBinding& b) override {
        b_ = b;
        x_ = b.scratch + primitiveFloats();
        product_ = x_ + rowFloats(in_.channels);
        sums_ = product_ + rowFloats(patch());
        noBias_.assign(static_cast<std::size_t>(out_.channels), 0.0f);
        StepBinding rows = b;
        rows.inputs[0] = x_;
        rows.output = product_;
        if (b.outputGradient) rows.outputGradient = product_;
        if (b.inputGradients[0]) rows.inputGradients[0] = x_;
        Weighted::bind(rows);
    }
    void forward(std::uint64_t seed) override {
        overInput([this](V* map, V* row) { std::copy_n(map, block_, row); }, b_.inputs[0]);
        Weighted::forward(seed);
        const float* const bias = bias_ ? b_.weights[1] : noBias_.data();
        overPatches(b_.output, [&](std::int64_t, std::int64_t filter, const Line<V>& line) {
            perProcessor<paintLine<V>>(line, bias + filter, relu_);
        });
    }
    void backward() override {
        if (!b_.outputGradient) return;
        std::fill_n(sums_, sumParts * out_.channels, 0.0f);
        const std::ptrdiff_t toOutput = values(b_.output) - values(b_.outputGradient);
        overPatches(b_.outputGradient, [&](std::int64_t part, std::int64_t filter, const Line<V>& line) {
            perProcessor<gatherLine<V>>(line, slopes_, toOutput, sums_ + part * out_.channels + filter);
        });
        if (bias_ && b_.weightGradients[1])
            for (std::int64_t f = 0; f < out_.channels; ++f) {
                float sum = 0;
                for (std::int64_t part = 0; part < sumParts; ++part)
                    sum += sums_[part * out_.channels + f];
                b_.weightGradients[1][f] = sum;
            }
        // The gradient of the input takes the place of the input's rows, which the weights' is found from.
        if (b_.weightGradients[0])
            overInput([this](V* map, V* row) { std::copy_n(map, block_, row); }, b_.inputs[0]);
        Weighted::backward();
        if (b_.inputGradients[0])
            overInput([this](V* map, V* row) { std::copy_n(row, block_, map); }, b_.inputGradients[0]);
    }

  private:
    /// The bias's gradient is summed over so many parts, on any number of threads.
    static constexpr std::int64_t sumParts = 16;

    static V* values(float* memory) { return reinterpret_cast<V*>(memory); }
    memory::format_tag tag() const {
        return block_ == 16 ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
    }
    std::int64_t rows() const { return batch_ * in_.area(); }
    std::int64_t patch() const { return high_ * wide_ * out_.channels; }
    std::int64_t primitiveFloats() const { return onLines(Weighted::scratchFloats()); }
    std::int64_t rowFloats(std::int64_t length) const {
        return onLines(static_cast<std::int64_t>(sizeof(V)) * rows() * length / 4 + 1);
    }
    /// The primitives see (h·w·F, C), the store keeps (C, F, h, w).
    Layout weightView(const Layout& layout) const override {
        const std::int64_t c = in_.channels, f = out_.channels;
        return layoutOf({{c, f, high_, wide_}, typeOf(descOf(layout)), {1, c, wide_ * f * c, f * c}});
    }

    /// visit(values in the map, the same in the row of its pixel) for each block of the input.
    template <class F>
    void overInput(F visit, float* maps) const {
        const std::int64_t blocks = in_.channels / block_, lines = batch_ * in_.height;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
        for (std::int64_t line = 0; line < lines; ++line) {
            const std::int64_t n = line / in_.height, y = line % in_.height;
            for (std::int64_t b = 0; b < blocks; ++b) {
                V* const map = values(maps) + ((n * blocks + b) * in_.area() + y * in_.width) * block_;
                V* const row = values(x_) + line * in_.width * in_.channels + b * block_;
                for (std::int64_t x = 0; x < in_.width; ++x)
                    visit(map + x * block_, row + x * in_.channels);
            }
        }
    }
    /// visit(part, the first filter, line) for each block of each line of the output.
    template <class F>
    void overPatches(float* maps, F visit) const {
        const std::int64_t blocks = out_.channels / block_, lines = batch_ * in_.height, row = patch();
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
        for (std::int64_t part = 0; part < sumParts; ++part)
            for (std::int64_t i = part * lines / sumParts; i < (part + 1) * lines / sumParts; ++i)
                for (std::int64_t u = 0; u < high_; ++u)
                    for (std::int64_t b = 0; b < blocks; ++b) {
                        const std::int64_t n = i / in_.height, y = i % in_.height * high_ + u;
                        const std::int64_t at = ((n * blocks + b) * out_.height + y) * out_.width * block_;
                        V* const rows = values(product_) + i * in_.width * row + u * wide_ * out_.channels;
                        visit(part, b * block_,
                              Line<V>{values(maps) + at, rows + b * block_, block_, in_.width, wide_, row,
                                      out_.channels});
                    }
    }

    Shape in_, out_;
    std::int64_t batch_, block_, high_, wide_;
    bool bias_, relu_, slopes_, training_;
    int threads_;
    Layout input_, output_;
    StepBinding b_;
    float *x_ = nullptr, *product_ = nullptr, *sums_ = nullptr;
    std::vector<float> noBias_;
};

KernelOffer offerPatched(const operation::TransposedConvolution& c, const LayerRequest& r) {
    const auto fits = [](const WindowAxis& a) {
        return a.kernel == a.stride && a.before == 0 && a.after == 0 && a.dilation == 1 &&
               a.input == a.output * a.kernel;
    };
    if (!fits(c.window.y) || !fits(c.window.x))
        return declined("computes kernels side by side only, as large as their stride");
    if (!processor::has(processor::InstructionSet::Avx2)) return declined("the processor has no AVX2");
    const std::int64_t block = processor::has(processor::InstructionSet::Avx512) ? 16 : 8;
    if (r.inputs[0].channels % block != 0 || c.filters % block != 0)
        return declined("needs channels and filters in multiples of " + std::to_string(block));
    if (r.mixed) return offer<PatchedConvolution<Bits16>>(r, c, block);
    return offer<PatchedConvolution<float>>(r, c, block);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnPatchedConvolution() {
    return kernelFor<operation::TransposedConvolution>(
        {.id = "onednn.patched-convolution",
         .backend = "oneDNN",
         .name = "transposed convolution as a product of matrices",
         .doc = "For kernels as large as their stride: each pixel paints a patch of its own.",
         .sumsByThread = true},
        fast::offerPatched);
}

} // namespace burdock
