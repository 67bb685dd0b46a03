#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/winograd.h"
#include "engine/kernels/weight_copy.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

class WinogradConvolution final : public Step {
  public:
    WinogradConvolution(const LayerRequest& r, std::int64_t filters, bool bias,
                        std::unique_ptr<Winograd> winograd)
        : winograd_(std::move(winograd))
        , input_({batchDims(r.batch, r.inputs[0]), valueType(r), valuesTag()})
        , output_({batchDims(r.batch, r.output), valueType(r), valuesTag()})
        , weights_(layoutOf({{filters, r.inputs[0].channels, 3, 3},
                             Type::f32,
                             isWide() ? memory::format_tag::OIhw16i16o : memory::format_tag::OIhw8i8o}))
        , bias_(bias)
        , relu_(r.reluFollows)
        , training_(r.training)
        , frozen_(r.frozen) {
        if (relu_ && training_) reluPd_ = reluBackwardDesc(output_);
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(input_); }
    Layout outputLayout() const override { return layoutOf(output_); }
    Layout weightLayout(std::size_t index) const override { return index == 0 ? weights_ : Layout{}; }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        return index == 0 ? std::vector{weights_} : std::vector<Layout>{};
    }
    std::int64_t scratchFloats() const override {
        return training_ ? winograd_->trainingScratchFloats() : winograd_->scratchFloats();
    }
    bool includesRelu() const override { return relu_; }
    void leaveReluBackward() override { reluPd_ = {}; }
    bool backwardReadsInput(std::size_t) const override { return training_ && !frozen_; }
    bool backwardReadsOutput() const override { return static_cast<bool>(reluPd_); }

    void bind(const StepBinding& b) override {
        b_ = b;
        copy_ = b.weightCopies[0][0];
        if (copy_) b_.weights[0] = copy_->data();
        if (!reluPd_ || !b.outputGradient) return;
        const memory gradient = bufferAt(output_, b.outputGradient);
        reluBackward_ = {dnnl::eltwise_backward(reluPd_),
                         {{DNNL_ARG_DST, bufferAt(output_, b.output)},
                          {DNNL_ARG_DIFF_DST, gradient},
                          {DNNL_ARG_DIFF_SRC, gradient}}};
    }
    void forward(std::uint64_t) override {
        if (copy_) copy_->refresh();
        winograd_->forward(b_.inputs[0], b_.weights[0], bias_ ? b_.weights[1] : nullptr, relu_, b_.output,
                           b_.scratch);
    }
    void backward() override {
        if (!b_.outputGradient) return;
        if (reluBackward_) reluBackward_.run();
        if (b_.weightGradients[0])
            winograd_->backwardWeights(b_.inputs[0], b_.outputGradient, b_.weightGradients[0],
                                       bias_ ? b_.weightGradients[1] : nullptr, b_.scratch);
        if (b_.inputGradients[0])
            winograd_->backwardData(b_.outputGradient, b_.weights[0], b_.inputGradients[0], b_.scratch);
    }

  private:
    bool isWide() const { return winograd_->width() == 16; }
    memory::format_tag valuesTag() const {
        return isWide() ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
    }

    std::unique_ptr<Winograd> winograd_;
    memory::desc input_, output_;
    Layout weights_;
    bool bias_, relu_, training_, frozen_;
    dnnl::eltwise_backward::primitive_desc reluPd_;
    StepBinding b_;
    WeightCopy* copy_ = nullptr;
    Call reluBackward_;
};

std::string doubtWinograd(const operation::Convolution& c, const LayerRequest& r) {
    // Where there are too few tiles, transforming the kernels takes longer than it saves.
    constexpr std::int64_t fewestTiles = 48;
    const std::int64_t pixels = r.mixed ? 2 : 4; // a side of a tile's output
    const auto tiles = [&](const WindowAxis& a) { return (a.output + pixels - 1) / pixels; };
    if (r.batch * tiles(c.window.x) * tiles(c.window.y) < fewestTiles)
        return "a batch of this size has too few tiles";
    // Matrices of whole tiles of bfloat16 (AMX) multiply faster than transforms can follow.
    if (r.mixed && hasInstructions(dnnl::cpu_isa::avx512_core_amx))
        return "the processor's tiles of bfloat16 (AMX) are faster";
    return {};
}

KernelOffer offerWinograd(const operation::Convolution& c, const LayerRequest& r) {
    const auto fits = [](const WindowAxis& a) {
        return a.kernel == 3 && a.stride == 1 && a.dilation == 1 && a.before <= 2 && a.after <= 2;
    };
    const Window& w = c.window;
    if (c.groups != 1 || !fits(w.x) || !fits(w.y)) return declined("computes 3×3 at stride 1 only");
    auto winograd = Winograd::make({.batch = r.batch,
                                    .channels = r.inputs[0].channels,
                                    .filters = c.filters,
                                    .height = w.y.input,
                                    .width = w.x.input,
                                    .outHeight = w.y.output,
                                    .outWidth = w.x.output,
                                    .rowsBefore = w.y.before,
                                    .columnsBefore = w.x.before},
                                   r.mixed);
    if (!winograd) return declined(std::move(winograd.error()));
    return std::make_unique<WinogradConvolution>(r, c.filters, c.bias, std::move(*winograd));
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorWinograd() {
    return kernelFor<operation::Convolution>(
        {.id = "vector.winograd",
         .backend = "Burdock",
         .name = "Winograd convolution",
         .doc = "3×3 at stride 1 with a quarter of the products, or 4/9 of them in bfloat16.",
         .competes = true},
        fast::offerWinograd, fast::doubtWinograd);
}

} // namespace burdock
