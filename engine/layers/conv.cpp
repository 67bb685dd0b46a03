#include "engine/layers/conv.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/patches.h"
#include "engine/layers/sequence.h"
#include "engine/tensor/matrix.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

ParamTable<ConvParams> table() {
    ParamTable<ConvParams> t;
    t.add(&ConvParams::filters, {.key = "filters",
                                 .label = "Filters",
                                 .minimum = 1,
                                 .maximum = 1 << 16,
                                 .doc = "Feature maps that come out, each made by a kernel of its own.",
                                 .role = ParamRole::OutputFeatures});
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
    t.add(&ConvParams::groups,
          {.key = "groups",
           .label = "Groups",
           .minimum = 1,
           .maximum = 1 << 16,
           .doc = "Splits channels and filters into as many parts that do not see each other. As many as "
                  "there are channels: a depthwise convolution.",
           .advanced = true});
    t.add(&ConvParams::bias,
          {.key = "bias",
           .label = "Bias",
           .doc = "Adds a learned constant to each feature map. Not needed before batch normalisation.",
           .advanced = true});
    return t;
}

Result<Shape> inferShape(const ConvParams& p, std::span<const Shape> in) {
    if (in[0].channels % p.groups != 0 || p.filters % p.groups != 0) {
        const std::int64_t fitting = std::gcd(std::gcd(in[0].channels, p.filters), p.groups);
        Diagnostic d;
        d.code = "conv.groups";
        d.param = "groups";
        d.what = "The channels or the filters cannot be split into these groups.";
        d.why = std::to_string(p.groups) + " groups, " + std::to_string(in[0].channels) + " channels, " +
                std::to_string(p.filters) + " filters.";
        d.mend = "Give a number that divides both channels and filters.";
        d.fix = Fix{
            Fix::Kind::SetParam, "Set groups to " + std::to_string(fitting), {}, "groups", fitting, {}, 0};
        return refuse(std::move(d));
    }
    const Window w = convWindow(p, in[0]);
    if (const Status fits = checkWindow(w); !fits) return refuse(fits.error());
    return alongSequence(in[0], w.output(p.filters));
}

std::vector<WeightSpec> weightSpecs(const ConvParams& p, std::span<const Shape> in) {
    const std::int64_t area = p.kernel.height * p.kernel.width;
    const std::int64_t fanIn = in[0].channels / p.groups * area, fanOut = p.filters / p.groups * area;
    std::vector<WeightSpec> specs{{"weight",
                                   {p.filters, in[0].channels / p.groups, p.kernel.height, p.kernel.width},
                                   Initializer::GlorotUniform,
                                   fanIn,
                                   fanOut}};
    if (p.bias)
        specs.push_back(
            {"bias", {p.filters}, Initializer::Zeros, fanIn, fanOut, WeightRole::Parameter, false});
    return specs;
}

std::int64_t macs(const ConvParams& p, std::span<const Shape> in) {
    const Window w = convWindow(p, in[0]);
    return w.y.output * w.x.output * p.filters * (in[0].channels / p.groups) * p.kernel.height *
           p.kernel.width;
}

/// Convolution as a matrix product, one sample and one group at a time.
/// C input channels, F filters, P places, K = C·kernel height·kernel width; a group has F/G and K/G of them.
template <class T>
class ConvKernel final : public Kernel<T> {
  public:
    ConvKernel(const ConvParams& p, std::span<const Shape> in)
        : patches_(convWindow(p, in[0]), in[0].channels)
        , groups_(static_cast<arma::uword>(p.groups))
        , filters_(static_cast<arma::uword>(p.filters / p.groups))
        , elements_(patches_.elements() / groups_)
        , bias_(p.bias) {}

    void forward(const Pass<T>& pass) override {
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            const arma::Mat<T> x = patches_.gather(pass.inputs[0], n); // P × K
            arma::Mat<T> y = asMaps(pass.output, n);                   // P × F
            for (arma::uword g = 0; g < groups_; ++g)
                columns(y, g, filters_) = columns(x, g, elements_) * weights(pass.weights[0], g);
            if (bias_) y.each_row() += arma::Row<T>(pass.weights[1], y.n_cols, false, true);
        }
    }
    void backward(const Pass<T>& pass) override {
        T* const weightGradient = pass.weightGradients[0];
        T* const biasGradient = bias_ ? pass.weightGradients[1] : nullptr;
        if (weightGradient) std::fill_n(weightGradient, groups_ * elements_ * filters_, T(0));
        if (biasGradient) std::fill_n(biasGradient, groups_ * filters_, T(0));
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            const arma::Mat<T> dy = asMaps(pass.outputGradient, n); // P × F
            if (weightGradient) {
                const arma::Mat<T> x = patches_.gather(pass.inputs[0], n); // P × K
                for (arma::uword g = 0; g < groups_; ++g)
                    weights(weightGradient, g) += columns(x, g, elements_).t() * columns(dy, g, filters_);
            }
            if (biasGradient)
                for (arma::uword f = 0; f < dy.n_cols; ++f)
                    biasGradient[f] += arma::accu(dy.unsafe_col(f));
            if (!pass.inputGradients[0]) continue;
            arma::Mat<T> dx = patches_.target(pass.inputGradients[0], n); // P × K
            for (arma::uword g = 0; g < groups_; ++g)
                columns(dx, g, elements_) = columns(dy, g, filters_) * weights(pass.weights[0], g).t();
            patches_.scatter(pass.inputGradients[0], n);
        }
    }

  private:
    /// The part of group g, `width` columns, on the matrix's own memory.
    static arma::Mat<T> columns(const arma::Mat<T>& whole, arma::uword g, arma::uword width) {
        return arma::Mat<T>(const_cast<T*>(whole.colptr(g * width)), whole.n_rows, width, false, true);
    }
    /// Of group g: K/G × F/G.
    arma::Mat<T> weights(T* first, arma::uword g) const {
        return arma::Mat<T>(first + g * elements_ * filters_, elements_, filters_, false, true);
    }

    Patches<T> patches_;
    arma::uword groups_, filters_, elements_; // G, F/G, K/G
    bool bias_;
};

std::string summary(const ConvParams& p) {
    std::string text = countText(p.filters, "filter") + " · " + toString(ParamValue{p.kernel});
    if (p.stride != IntPair{1, 1}) text += " · stride " + toString(ParamValue{p.stride});
    if (p.dilation != IntPair{1, 1}) text += " · dilation " + toString(ParamValue{p.dilation});
    if (p.groups != 1) text += " · " + std::to_string(p.groups) + " groups";
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
    s.keywords = "convolutional filter kernel cnn conv receptive field feature map strided dilated atrous "
                 "depthwise grouped separable pointwise";
    return LayerBuilder<ConvParams>(std::move(s), table())
        .infer(inferShape)
        .makes([](const Shape& from, const Shape& to) {
            const bool fits = !from.isSequence() && !to.isSequence() && !from.isFlat() &&
                              from.height == to.height && from.width == to.width;
            return fits ? std::optional(ConvParams{.filters = to.channels, .kernel = {1, 1}}) : std::nullopt;
        })
        .keepsAxes([](const ConvParams& p) { return p.filters == 1; })
        .weights(weightSpecs)
        .macs(macs)
        .summary(summary)
        .kernel<ConvKernel>()
        .computes([](const ConvParams& p, std::span<const Shape> in) {
            return operation::Convolution{p.filters, p.groups, p.bias, convWindow(p, in[0])};
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
        .sample("two groups", {4, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, true, 2}, {{6, 4, 5}})
        .sample("depthwise", {3, {3, 3}, {2, 2}, Same, {1, 1}, {1, 1}, false, 3}, {{3, 6, 5}})
        .sample("depthwise with two filters a channel", {4, {2, 3}, {1, 1}, Valid, {1, 1}, {1, 1}, true, 2},
                {{2, 4, 5}})
        .sample("grouped 1×1", {4, {1, 1}, {1, 1}, Same, {1, 1}, {1, 1}, true, 2}, {{4, 3, 3}})
        .sample("same on one pixel", {2, {3, 3}, {1, 1}, Same, {1, 1}, {1, 1}, true}, {{3, 1, 1}})
        .build();
}

} // namespace burdock
