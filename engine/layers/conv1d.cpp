#include "engine/layers/conv1d.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/sequence.h"

#include <algorithm>
#include <armadillo>

namespace burdock {
namespace {

ParamTable<Conv1dParams> table() {
    using P = Conv1dParams;
    ParamTable<P> t;
    t.add(&P::filters, {.key = "filters",
                        .label = "Filters",
                        .minimum = 1,
                        .maximum = 1 << 16,
                        .doc = "Features of each position that come out.",
                        .role = ParamRole::OutputFeatures});
    t.add(&P::kernel, {.key = "kernel",
                       .label = "Kernel",
                       .minimum = 1,
                       .maximum = 1024,
                       .doc = "Neighbouring positions that one neuron sees."});
    t.add(&P::stride, {.key = "stride",
                       .label = "Stride",
                       .minimum = 1,
                       .maximum = 1024,
                       .doc = "Step from one window to the next. 2 halves the length."});
    t.addChoice(&P::padding,
                {.key = "padding",
                 .label = "Padding",
                 .doc = "What lies around the sequence. “Same” and “causal” keep the length at stride 1."},
                {{"same", "Same", "As many zeros on both sides as make the output ceil(length / stride)."},
                 {"valid", "Valid", "None: the window stays within the sequence."},
                 {"causal", "Causal", "Zeros before the sequence alone: no position sees a later one."}});
    t.add(&P::dilation, {.key = "dilation",
                         .label = "Dilation",
                         .minimum = 1,
                         .maximum = 1024,
                         .doc = "Distance between the positions that the kernel sees, as in WaveNet.",
                         .advanced = true});
    t.add(&P::bias, {.key = "bias",
                     .label = "Bias",
                     .doc = "Adds a learned constant to each feature.",
                     .advanced = true});
    return t;
}

Result<Shape> inferShape(const Conv1dParams& p, std::span<const Shape> in) {
    if (const Status sequence = checkSequence(in[0]); !sequence) return refuse(sequence.error());
    const WindowAxis a = sequenceAxis(p, in[0]);
    if (a.output >= 1) return Shape::sequence(a.output, p.filters);
    Diagnostic d;
    d.code = "conv1d.too-large";
    d.param = "kernel";
    d.what = "The kernel is longer than the sequence.";
    d.why = "It covers " + std::to_string(a.span()) + " positions, and there are " + std::to_string(a.input) +
            ".";
    d.mend = "Choose a smaller kernel, or the padding “same”.";
    d.fix = Fix{
        Fix::Kind::SetParam, "Set padding to “same”", {}, "padding", ParamValue{std::string("same")}, {}, 0};
    return refuse(std::move(d));
}

std::vector<WeightSpec> weightSpecs(const Conv1dParams& p, std::span<const Shape> in) {
    const std::int64_t fanIn = in[0].width * p.kernel, fanOut = p.filters * p.kernel;
    std::vector<WeightSpec> specs{
        {"weight", {p.filters, in[0].width, p.kernel}, Initializer::GlorotUniform, fanIn, fanOut}};
    if (p.bias)
        specs.push_back(
            {"bias", {p.filters}, Initializer::Zeros, fanIn, fanOut, WeightRole::Parameter, false});
    return specs;
}

/// As a matrix product, one sample at a time: T' output positions, F filters, K = D·kernel.
template <class T>
class Conv1dKernel final : public Kernel<T> {
  public:
    Conv1dKernel(const Conv1dParams& p, std::span<const Shape> in)
        : axis_(sequenceAxis(p, in[0]))
        , features_(in[0].width)
        , filters_(static_cast<arma::uword>(p.filters))
        , patches_(static_cast<arma::uword>(features_ * axis_.kernel), static_cast<arma::uword>(axis_.output))
        , bias_(p.bias) {}

    void forward(const Pass<T>& pass) override {
        const arma::Mat<T> wt(pass.weights[0], patches_.n_rows, filters_, false, true); // K × F
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            gather(pass.inputs[0], n);
            arma::Mat<T> y = positions(pass.output, n); // F × T'
            y = wt.t() * patches_;
            if (bias_) y.each_col() += arma::Col<T>(pass.weights[1], filters_, false, true);
        }
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> wt(pass.weights[0], patches_.n_rows, filters_, false, true); // K × F
        T* const weightGradient = pass.weightGradients[0];
        T* const biasGradient = bias_ ? pass.weightGradients[1] : nullptr;
        if (weightGradient) std::fill_n(weightGradient, wt.n_elem, T(0));
        if (biasGradient) std::fill_n(biasGradient, filters_, T(0));
        for (std::int64_t n = 0; n < pass.output.batch; ++n) {
            const arma::Mat<T> dy = positions(pass.outputGradient, n); // F × T'
            if (weightGradient) {
                gather(pass.inputs[0], n);
                arma::Mat<T> dwt(weightGradient, patches_.n_rows, filters_, false, true); // K × F
                dwt += patches_ * dy.t();
            }
            if (biasGradient) {
                arma::Col<T> db(biasGradient, filters_, false, true);
                db += arma::sum(dy, 1);
            }
            if (!pass.inputGradients[0]) continue;
            patches_ = wt * dy; // K × T'
            scatter(pass.inputGradients[0], n);
        }
    }

  private:
    static arma::Mat<T> positions(const Tensor<T>& sequence, std::int64_t n) {
        const Shape& s = sequence.shape;
        return arma::Mat<T>(sequence.data + n * s.size(), static_cast<arma::uword>(s.width),
                            static_cast<arma::uword>(s.height), false, true);
    }
    /// Row d·kernel + k of a column: feature d at the k-th position that the window sees.
    void gather(const Tensor<T>& input, std::int64_t n) {
        const T* const x = input.data + n * input.shape.size();
        forEach([&](T& patch, std::int64_t at) { patch = at < 0 ? T(0) : x[at]; });
    }
    void scatter(const Tensor<T>& gradient, std::int64_t n) {
        T* const x = gradient.data + n * gradient.shape.size();
        std::fill_n(x, gradient.shape.size(), T(0));
        forEach([&](const T& patch, std::int64_t at) {
            if (at >= 0) x[at] += patch;
        });
    }
    /// Calls visit(value of the matrix, offset of the input value that it meets, or -1 in the padding).
    template <class Visit>
    void forEach(Visit visit) {
        T* patch = patches_.memptr();
        for (std::int64_t o = 0; o < axis_.output; ++o)
            for (std::int64_t d = 0; d < features_; ++d)
                for (std::int64_t k = 0; k < axis_.kernel; ++k) {
                    const std::int64_t t = axis_.start(o) + k * axis_.dilation;
                    visit(*patch++, t >= 0 && t < axis_.input ? t * features_ + d : -1);
                }
    }

    WindowAxis axis_;
    std::int64_t features_; // D
    arma::uword filters_;
    arma::Mat<T> patches_; // K × T', for one sample
    bool bias_;
};

std::string summary(const Conv1dParams& p) {
    std::string text = countText(p.filters, "filter") + " · " + std::to_string(p.kernel);
    if (p.stride != 1) text += " · stride " + std::to_string(p.stride);
    if (p.dilation != 1) text += " · dilation " + std::to_string(p.dilation);
    return text;
}

} // namespace

WindowAxis sequenceAxis(const Conv1dParams& p, const Shape& input) {
    const auto along = [&](Padding padding) {
        return resolveWindow({1, input.height, 1}, {p.kernel, 1}, {p.stride, 1}, {p.dilation, 1}, padding,
                             {0, 0})
            .y;
    };
    if (p.padding != SequencePadding::Causal)
        return along(p.padding == SequencePadding::Same ? Padding::Same : Padding::Valid);
    WindowAxis a = along(Padding::Same); // as many outputs, but all padding in front
    a.before = a.span() - 1;
    a.after = 0;
    return a;
}

LayerSchema conv1dLayer() {
    using enum SequencePadding;
    LayerSchema s;
    s.id = "conv1d";
    s.name = "Convolution 1D";
    s.category = Category::Convolution;
    s.doc = "Slides learned kernels along a sequence: each neuron sees the features of a few neighbouring "
            "positions. For signals, time series and text.";
    s.formula = "y[t,f] = b[f] + Σ w[f,d,k] · x[t·s + k·δ − p, d]";
    s.keywords = "convolutional temporal sequence time series causal dilated wavenet conv signal";
    s.perPosition = true;
    return LayerBuilder<Conv1dParams>(std::move(s), table())
        .infer(inferShape)
        .weights(weightSpecs)
        .macs([](const Conv1dParams& p, std::span<const Shape> in) {
            return sequenceAxis(p, in[0]).output * p.filters * in[0].width * p.kernel;
        })
        .summary(summary)
        .kernel<Conv1dKernel>()
        .computes([](const Conv1dParams& p, std::span<const Shape> in) {
            return operation::Convolution1d{p.filters, p.bias, sequenceAxis(p, in[0])};
        })
        .sample("same", {4, 3, 1, Same, 1, true}, {Shape::sequence(7, 3)})
        .sample("valid stride 2", {3, 3, 2, Valid, 1, true}, {Shape::sequence(8, 2)})
        .sample("causal", {3, 3, 1, Causal, 1, true}, {Shape::sequence(6, 4)})
        .sample("causal stride 2", {2, 2, 2, Causal, 1, true}, {Shape::sequence(7, 3)})
        .sample("causal dilated", {2, 2, 1, Causal, 4, false}, {Shape::sequence(9, 2)})
        .sample("same even kernel", {2, 4, 2, Same, 1, true}, {Shape::sequence(7, 3)})
        .sample("one by one", {5, 1, 1, Same, 1, true}, {Shape::sequence(4, 6)})
        .sample("one feature", {2, 3, 1, Same, 2, true}, {Shape::sequence(6, 1)})
        .build();
}

} // namespace burdock
