#include "engine/layers/conv.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/onednn/layers.h"

#include <algorithm>

namespace burdock {
namespace {

ParamTable<ConvParams> table() {
    ParamTable<ConvParams> t;
    t.add(&ConvParams::filters, {.key = "filters",
                                 .label = "Filters",
                                 .minimum = 1,
                                 .maximum = 1 << 16,
                                 .doc = "Feature maps that come out, each made by a kernel of its own."});
    t.add(&ConvParams::kernel, kernelSpec("Height × width of the receptive field: how much of the input one "
                                          "neuron sees."));
    t.add(&ConvParams::stride,
          strideSpec("Step from one receptive field to the next. 2 halves the output's height and width."));
    t.addChoice(&ConvParams::padding, paddingSpec(), paddingChoices());
    t.add(&ConvParams::pad, padSpec());
    t.add(&ConvParams::dilation,
          {.key = "dilation",
           .label = "Dilation",
           .minimum = 1,
           .maximum = 255,
           .unit = "px",
           .doc = "Distance between the kernel's elements. Above 1 it sees farther with the same weights.",
           .advanced = true});
    t.add(&ConvParams::bias,
          {.key = "bias",
           .label = "Bias",
           .doc = "Adds a learned constant to each feature map. Not needed before batch normalisation.",
           .advanced = true});
    return t;
}

Result<Shape> inferShape(const ConvParams& p, std::span<const Shape> in) {
    const Window w = convWindow(p, in[0]);
    if (const Status fits = checkWindow(w); !fits) return refuse(fits.error());
    return w.output(p.filters);
}

std::vector<WeightSpec> weightSpecs(const ConvParams& p, std::span<const Shape> in) {
    const std::int64_t area = p.kernel.height * p.kernel.width;
    const std::int64_t fanIn = in[0].channels * area, fanOut = p.filters * area;
    std::vector<WeightSpec> specs{{"weight",
                                   {p.filters, in[0].channels, p.kernel.height, p.kernel.width},
                                   Initializer::GlorotUniform,
                                   fanIn,
                                   fanOut}};
    if (p.bias) specs.push_back({"bias", {p.filters}, Initializer::Zeros, fanIn, fanOut, true, false});
    return specs;
}

std::int64_t macs(const ConvParams& p, std::span<const Shape> in) {
    const Window w = convWindow(p, in[0]);
    return w.y.output * w.x.output * p.filters * in[0].channels * p.kernel.height * p.kernel.width;
}

/// Convolution as a matrix product, one sample at a time (Chellapilla et al., 2006).
/// C input channels, F filters, A input area, P output area, K = C·kernel height·kernel width.
template <class T>
class ConvKernel final : public Kernel<T> {
  public:
    ConvKernel(const ConvParams& p, std::span<const Shape> in)
        : window_(convWindow(p, in[0]))
        , channels_(in[0].channels)
        , filters_(static_cast<arma::uword>(p.filters))
        , patch_(static_cast<arma::uword>(in[0].channels * p.kernel.height * p.kernel.width))
        , places_(static_cast<arma::uword>(window_.y.output * window_.x.output))
        , bias_(p.bias)
        // A 1×1 kernel that moves by 1 over unpadded maps sees each pixel once: the maps are the patches.
        , pointwise_(p.kernel == IntPair{1, 1} && p.stride == IntPair{1, 1} && window_.y.before == 0 &&
                     window_.y.after == 0 && window_.x.before == 0 && window_.x.after == 0) {
        if (!pointwise_) patches_.set_size(places_, patch_);
    }

    void forward(const Pass<T>& pass) override {
        const arma::Mat<T> wt(pass.weights[0], patch_, filters_, false, true); // K × F
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            arma::Mat<T> y = pass.output.maps(n);                // P × F
            const arma::Mat<T> x = patchesOf(pass.inputs[0], n); // P × K
            y = x * wt;
            if (bias_) y.each_row() += arma::Row<T>(pass.weights[1], filters_, false, true);
        }
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> wt(pass.weights[0], patch_, filters_, false, true); // K × F
        T* const weightGradient = pass.weightGradients[0];
        T* const biasGradient = bias_ ? pass.weightGradients[1] : nullptr;
        if (weightGradient) std::fill_n(weightGradient, patch_ * filters_, T(0));
        if (biasGradient) std::fill_n(biasGradient, filters_, T(0));
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            const arma::Mat<T> dy = pass.outputGradient.maps(n); // P × F
            if (weightGradient) {
                arma::Mat<T> dwt(weightGradient, patch_, filters_, false, true); // K × F
                const arma::Mat<T> x = patchesOf(pass.inputs[0], n);             // P × K
                dwt += x.t() * dy;
            }
            if (biasGradient)
                for (arma::uword f = 0; f < filters_; ++f)
                    biasGradient[f] += arma::accu(dy.unsafe_col(f));
            if (!pass.inputGradients[0]) continue;
            if (pointwise_) {
                arma::Mat<T> dx = pass.inputGradients[0].maps(n); // A × C, which is P × K
                dx = dy * wt.t();
            } else {
                patches_ = dy * wt.t(); // P × K
                scatter(pass.inputGradients[0], n);
            }
        }
    }

  private:
    /// The receptive fields of sample n as a matrix, P × K: one column is what one kernel element meets.
    arma::Mat<T> patchesOf(const Tensor<T>& input, std::int64_t n) {
        if (pointwise_) return input.maps(n);
        const T* const sample = input.data + n * input.shape.size();
        forEachRow([&](T* patchRow, std::int64_t inputRow, std::int64_t left, bool inside) {
            const WindowAxis& x = window_.x;
            for (std::int64_t o = 0; o < x.output; ++o) {
                const std::int64_t i = left + o * x.stride;
                patchRow[o] = inside && i >= 0 && i < x.input ? sample[inputRow + i] : T(0);
            }
        });
        return arma::Mat<T>(patches_.memptr(), places_, patch_, false, true);
    }
    /// Adds the patches' gradients to the pixels that they came from. Overwrites sample n of `gradient`.
    void scatter(const Tensor<T>& gradient, std::int64_t n) {
        T* const sample = gradient.data + n * gradient.shape.size();
        std::fill_n(sample, gradient.shape.size(), T(0));
        forEachRow([&](const T* patchRow, std::int64_t inputRow, std::int64_t left, bool inside) {
            if (!inside) return;
            const WindowAxis& x = window_.x;
            for (std::int64_t o = 0; o < x.output; ++o) {
                const std::int64_t i = left + o * x.stride;
                if (i >= 0 && i < x.input) sample[inputRow + i] += patchRow[o];
            }
        });
    }
    /// Calls visit(row of patches_, offset of the input row that it meets, column that its first value
    /// meets, whether that row exists) for each output row of each kernel element.
    template <class Visit>
    void forEachRow(Visit visit) {
        const auto& [y, x] = window_;
        T* row = patches_.memptr();
        for (std::int64_t c = 0; c < channels_; ++c)
            for (std::int64_t ky = 0; ky < y.kernel; ++ky)
                for (std::int64_t kx = 0; kx < x.kernel; ++kx)
                    for (std::int64_t o = 0; o < y.output; ++o, row += x.output) {
                        const std::int64_t i = y.start(o) + ky * y.dilation;
                        const bool inside = i >= 0 && i < y.input;
                        visit(row, inside ? (c * y.input + i) * x.input : 0, x.start(0) + kx * x.dilation,
                              inside);
                    }
    }

    Window window_;
    std::int64_t channels_;
    arma::uword filters_, patch_, places_; // F, K, P
    bool bias_, pointwise_;
    arma::Mat<T> patches_; // P × K, for one sample; empty if pointwise
};

std::string summary(const ConvParams& p) {
    std::string text = std::to_string(p.filters) + (p.filters == 1 ? " filter · " : " filters · ") +
                       toString(ParamValue{p.kernel});
    if (p.stride != IntPair{1, 1}) text += " · stride " + toString(ParamValue{p.stride});
    if (p.dilation != IntPair{1, 1}) text += " · dilation " + toString(ParamValue{p.dilation});
    return text;
}

} // namespace

LayerSchema convLayer() {
    using enum Padding;
    LayerSchema s;
    s.id = "conv2d";
    s.name = "Convolution 2D";
    s.category = Category::Convolution;
    s.doc = "Slides small learned kernels over the picture: each neuron sees only its receptive field, and "
            "all neurons of a feature map share their weights. Finds the same pattern wherever it is.";
    s.formula = "y[f,i,j] = b[f] + Σ w[f,c,u,v] · x[c, i·s + u·d − p, j·s + v·d − p]";
    s.keywords = "convolutional filter kernel cnn conv receptive field feature map strided dilated atrous";
    s.onnxOperator = "Conv";
    return LayerBuilder<ConvParams>(std::move(s), table())
        .infer(inferShape)
        .weights(weightSpecs)
        .macs(macs)
        .summary(summary)
        .kernel<ConvKernel>()
        .fast([](const ConvParams& p, const LayerRequest& r) {
            return fast::convolution(r, p.filters, p.bias, convWindow(p, r.inputs[0]));
        })
        .sample("same 3×3", {4, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{3, 6, 5}})
        .sample("valid", {2, {3, 3}, {1, 1}, Valid, {1, 1}, {1, 1}, true}, {{2, 5, 6}})
        .sample("1×1", {3, {1, 1}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{4, 3, 5}})
        .sample("1×1 stride 2", {3, {1, 1}, {2, 2}, Valid, {1, 1}, {1, 1}, true}, {{2, 5, 4}})
        .sample("same stride 2", {3, {3, 3}, {2, 2}, Same, {1, 1}, {1, 1}, true}, {{2, 7, 6}})
        .sample("same even kernel", {2, {4, 2}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{2, 5, 5}})
        .sample("same even kernel stride 2", {2, {2, 4}, {2, 2}, Same, {1, 1}, {1, 1}, true}, {{1, 7, 7}})
        .sample("stride longer than kernel", {2, {2, 2}, {3, 3}, Valid, {1, 1}, {1, 1}, true}, {{2, 8, 7}})
        .sample("same stride longer than kernel", {2, {1, 2}, {3, 3}, Same, {1, 1}, {1, 1}, true},
                {{2, 8, 7}})
        .sample("explicit", {2, {3, 3}, {1, 1}, Explicit, {2, 1}, {1, 1}, true}, {{2, 4, 4}})
        .sample("explicit stride 2 leaves a rest", {2, {3, 3}, {2, 2}, Explicit, {1, 0}, {1, 1}, true},
                {{1, 6, 6}})
        .sample("padding beyond the kernel", {2, {2, 2}, {1, 1}, Explicit, {3, 2}, {1, 1}, true}, {{1, 3, 3}})
        .sample("dilation", {2, {3, 3}, {1, 1}, Valid, {1, 1}, {2, 2}, true}, {{2, 7, 6}})
        .sample("same dilation", {2, {3, 2}, {1, 1}, Same, {1, 1}, {2, 3}, true}, {{1, 6, 7}})
        .sample("non-square kernel and stride", {3, {1, 5}, {1, 2}, Same, {1, 1}, {1, 1}, true}, {{2, 4, 9}})
        .sample("one filter, one channel", {1, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{1, 5, 5}})
        .sample("without bias", {3, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, false}, {{2, 4, 5}})
        .sample("kernel as large as the input", {4, {4, 3}, {1, 1}, Valid, {1, 1}, {1, 1}, true}, {{2, 4, 3}})
        .sample("same on one pixel", {2, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{3, 1, 1}})
        .build();
}

} // namespace burdock
