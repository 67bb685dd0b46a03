#include "engine/layers/conv_transpose.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/patches.h"
#include "engine/layers/sequence.h"
#include "engine/tensor/matrix.h"

namespace burdock {
namespace {

ParamTable<ConvTransposeParams> table() {
    using P = ConvTransposeParams;
    ParamTable<P> t;
    t.add(&P::filters, {.key = "filters",
                        .label = "Filters",
                        .minimum = 1,
                        .maximum = 1 << 16,
                        .doc = "Feature maps that come out.",
                        .role = ParamRole::OutputFeatures});
    t.add(&P::kernel, kernelSpec("Height × width of what each input pixel paints into the output."));
    t.add(&P::stride, strideSpec("Distance in the output between the marks of neighbouring input pixels. 2 "
                                 "doubles height and width."));
    ParamSpec padding = paddingSpec();
    padding.doc = "What is cut off the borders of the painted output. With “same” the output is input · "
                  "stride, with “valid” nothing is cut.";
    t.addChoice(&P::padding, std::move(padding),
                {{"same", "Same", "As much is cut as makes the output input · stride."},
                 {"valid", "Valid", "Nothing is cut: the output is (input − 1) · stride + kernel."},
                 {"explicit", "Explicit", "The amount given, on both sides."}});
    ParamSpec pad = padSpec();
    pad.doc = "Rows cut off above and below, and columns cut off left and right.";
    t.add(&P::pad, std::move(pad));
    t.add(&P::outputPadding, {.key = "output_padding",
                              .label = "Output padding",
                              .minimum = 0,
                              .maximum = 254,
                              .unit = "px",
                              .doc = "Rows added below and columns added right; less than the stride.",
                              .onlyIfKey = "padding",
                              .onlyIfValue = "explicit",
                              .advanced = true});
    t.add(&P::bias, {.key = "bias",
                     .label = "Bias",
                     .doc = "Adds a learned constant to each feature map.",
                     .advanced = true});
    return t;
}

Result<Shape> inferShape(const ConvTransposeParams& p, std::span<const Shape> in) {
    Diagnostic d;
    if (p.padding == Padding::Explicit &&
        (p.outputPadding.height >= p.stride.height || p.outputPadding.width >= p.stride.width)) {
        d.code = "conv-transpose.output-padding";
        d.param = "output_padding";
        d.what = "The output padding is as large as the stride.";
        d.why =
            toString(ParamValue{p.outputPadding}) + " of a stride of " + toString(ParamValue{p.stride}) + ".";
        d.mend = "Give less than the stride: it only settles which of the sizes the stride rounds to.";
        d.fix = Fix{Fix::Kind::SetParam, "Set it to 0", {}, "output_padding", IntPair{0, 0}, {}, 0};
        return refuse(std::move(d));
    }
    const Window w = transposedWindow(p, in[0]);
    if (w.y.input >= 1 && w.x.input >= 1) return alongSequence(in[0], {p.filters, w.y.input, w.x.input});
    d.code = "conv-transpose.empty";
    d.param = "pad";
    d.what = "The padding cuts the whole output off.";
    d.mend = "Give less padding, or choose “same”.";
    d.fix = Fix{
        Fix::Kind::SetParam, "Set padding to “same”", {}, "padding", ParamValue{std::string("same")}, {}, 0};
    return refuse(std::move(d));
}

std::vector<WeightSpec> weightSpecs(const ConvTransposeParams& p, std::span<const Shape> in) {
    const std::int64_t area = p.kernel.height * p.kernel.width;
    const std::int64_t fanIn = in[0].channels * area, fanOut = p.filters * area;
    std::vector<WeightSpec> specs{{"weight",
                                   {in[0].channels, p.filters, p.kernel.height, p.kernel.width},
                                   Initializer::GlorotUniform,
                                   fanIn,
                                   fanOut}};
    if (p.bias)
        specs.push_back(
            {"bias", {p.filters}, Initializer::Zeros, fanIn, fanOut, WeightRole::Parameter, false});
    return specs;
}

std::int64_t macs(const ConvTransposeParams& p, std::span<const Shape> in) {
    return in[0].size() * p.filters * p.kernel.height * p.kernel.width;
}

/// The gradient of a convolution with respect to its input, as a layer. C input channels, F filters, P input
/// places, K = F·kernel height·kernel width.
template <class T>
class ConvTransposeKernel final : public Kernel<T> {
  public:
    ConvTransposeKernel(const ConvTransposeParams& p, std::span<const Shape> in)
        : patches_(transposedWindow(p, in[0]), p.filters)
        , channels_(static_cast<arma::uword>(in[0].channels))
        , bias_(p.bias) {}

    void forward(const Pass<T>& pass) override {
        const arma::Mat<T> wt = weights(pass.weights[0]); // K × C
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            arma::Mat<T> painted = patches_.target(pass.output, n); // P × K
            painted = asMaps(pass.inputs[0], n) * wt.t();
            patches_.scatter(pass.output, n);
            if (!bias_) continue;
            arma::Mat<T> y = asMaps(pass.output, n);
            y.each_row() += arma::Row<T>(pass.weights[1], y.n_cols, false, true);
        }
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> wt = weights(pass.weights[0]); // K × C
        T* const weightGradient = pass.weightGradients[0];
        T* const biasGradient = bias_ ? pass.weightGradients[1] : nullptr;
        const auto filters = static_cast<arma::uword>(pass.output.shape.channels);
        if (weightGradient) std::fill_n(weightGradient, wt.n_elem, T(0));
        if (biasGradient) std::fill_n(biasGradient, filters, T(0));
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            if (biasGradient) {
                const arma::Mat<T> dy = asMaps(pass.outputGradient, n);
                for (arma::uword f = 0; f < filters; ++f)
                    biasGradient[f] += arma::accu(dy.unsafe_col(f));
            }
            if (!weightGradient && !pass.inputGradients[0]) continue;
            const arma::Mat<T> dy = patches_.gather(pass.outputGradient, n); // P × K
            if (weightGradient) {
                arma::Mat<T> dwt = weights(weightGradient);
                dwt += dy.t() * asMaps(pass.inputs[0], n);
            }
            if (pass.inputGradients[0]) {
                arma::Mat<T> dx = asMaps(pass.inputGradients[0], n); // P × C
                dx = dy * wt;
            }
        }
    }

  private:
    arma::Mat<T> weights(T* first) const {
        return arma::Mat<T>(first, patches_.elements(), channels_, false, true);
    }

    Patches<T> patches_;
    arma::uword channels_;
    bool bias_;
};

std::string summary(const ConvTransposeParams& p) {
    return countText(p.filters, "filter") + " · " + toString(ParamValue{p.kernel}) + " · stride " +
           toString(ParamValue{p.stride});
}

} // namespace

Window transposedWindow(const ConvTransposeParams& p, const Shape& in) {
    const auto size = [&](std::int64_t input, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                          std::int64_t more) {
        if (p.padding == Padding::Same) return input * stride;
        const std::int64_t whole = (input - 1) * stride + kernel;
        return p.padding == Padding::Valid ? whole : whole - 2 * pad + more;
    };
    const Shape output{
        p.filters, size(in.height, p.kernel.height, p.stride.height, p.pad.height, p.outputPadding.height),
        size(in.width, p.kernel.width, p.stride.width, p.pad.width, p.outputPadding.width)};
    return resolveWindow(output, p.kernel, p.stride, {1, 1}, p.padding, p.pad);
}

LayerSchema convTransposeLayer() {
    using enum Padding;
    LayerSchema s;
    s.id = "conv_transpose2d";
    s.name = "Transposed convolution 2D";
    s.category = Category::Convolution;
    s.doc = "Turns a convolution round: each input pixel paints a learned kernel into a larger output, and "
            "what overlaps is added up. Enlarges feature maps in decoders, generators and the U-Net.";
    s.formula = "y[f, i·s + u − p, j·s + v − p] += w[c,f,u,v] · x[c,i,j]";
    s.keywords = "deconvolution upconvolution fractionally strided upsampling decoder convtranspose unet";
    return LayerBuilder<ConvTransposeParams>(std::move(s), table())
        .infer(inferShape)
        .keepsAxes([](const ConvTransposeParams& p) { return p.filters == 1; })
        .weights(weightSpecs)
        .macs(macs)
        .summary(summary)
        .kernel<ConvTransposeKernel>()
        .computes([](const ConvTransposeParams& p, std::span<const Shape> in) {
            return operation::TransposedConvolution{p.filters, p.bias, transposedWindow(p, in[0])};
        })
        .sample("doubling", {16, {2, 2}, {2, 2}, Same, {0, 0}, {0, 0}, true}, {{16, 2, 3}})
        .sample("few channels", {3, {2, 2}, {2, 2}, Same, {0, 0}, {0, 0}, true}, {{2, 3, 4}})
        .sample("same 3×3 of 16", {16, {3, 3}, {2, 2}, Same, {0, 0}, {0, 0}, true}, {{16, 3, 2}})
        .sample("same 3×3", {2, {3, 3}, {2, 2}, Same, {0, 0}, {0, 0}, true}, {{3, 3, 2}})
        .sample("valid", {2, {3, 3}, {2, 2}, Valid, {0, 0}, {0, 0}, true}, {{2, 3, 3}})
        .sample("stride 1", {2, {3, 3}, {1, 1}, Same, {0, 0}, {0, 0}, true}, {{2, 4, 3}})
        .sample("explicit", {2, {3, 3}, {2, 2}, Explicit, {1, 1}, {1, 1}, true}, {{2, 3, 4}})
        .sample("explicit non-square", {2, {4, 3}, {2, 1}, Explicit, {1, 0}, {0, 0}, false}, {{2, 3, 3}})
        .sample("stride longer than kernel", {2, {2, 2}, {3, 3}, Same, {0, 0}, {0, 0}, true}, {{1, 3, 2}})
        .sample("1×1", {3, {1, 1}, {1, 1}, Same, {0, 0}, {0, 0}, true}, {{2, 3, 3}})
        .sample("vector", {2, {4, 4}, {1, 1}, Valid, {0, 0}, {0, 0}, false}, {{5, 1, 1}})
        .build();
}

} // namespace burdock
