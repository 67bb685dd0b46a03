#include "engine/onednn/layers.h"
#include "engine/onednn/support.h"
#include "engine/plan/layout_formats.h"

namespace burdock::fast {

bool available() {
    return true;
}

Bfloat16 bfloat16() {
    switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_amx:
        return Bfloat16::Native;
    case dnnl::cpu_isa::avx512_core:
    case dnnl::cpu_isa::avx512_core_vnni:
        return Bfloat16::Emulated;
    default:
        return Bfloat16::None;
    }
}

bool sameFormat(const Format& a, const Format& b) {
    return a.desc == b.desc;
}

std::int64_t formatFloats(const Format& format) {
    return floatsOf(format.desc);
}

namespace {

/// From one format to another, and the gradient back.
class Reorder final : public Step {
  public:
    Reorder(Layout from, Layout to)
        : from_(std::move(from))
        , to_(std::move(to)) {}
    Layout inputLayout(std::size_t) const override { return from_; }
    Layout outputLayout() const override { return to_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override {
        dnnl::memory::desc from = descOf(from_), to = descOf(to_);
        if (from.dims() != to.dims()) from = from.reshape(to.dims());
        forward_ = reorderCall(bufferAt(from, b.inputs[0]), bufferAt(to, b.output));
        if (b.inputGradients[0])
            backward_ = reorderCall(bufferAt(to, b.outputGradient), bufferAt(from, b.inputGradients[0]));
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    Layout from_, to_;
    Call forward_, backward_;
};

} // namespace

std::unique_ptr<Step> reorderStep(const Layout& from, const Layout& to) {
    return std::make_unique<Reorder>(from, to);
}

std::function<void()> addition(const Layout& layout, float* sum, const float* part) {
    const auto desc = descOf(layout);
    const auto a = bufferAt(desc, sum), b = bufferAt(desc, const_cast<float*>(part));
    return [call = Call{dnnl::binary({{dnnl::algorithm::binary_add, desc, desc, desc}, cpu()}),
                        {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, a}}}] { call.run(); };
}

void reorderFormats(const Layout& from, const float* source, const Layout& to, float* target) {
    dnnl::memory::desc fromDesc = descOf(from), toDesc = descOf(to);
    // The same values under other dims: a weight of a grouped convolution has one more for the groups.
    if (fromDesc.dims() != toDesc.dims()) {
        if (from.isPlain())
            fromDesc = fromDesc.reshape(toDesc.dims());
        else
            toDesc = toDesc.reshape(fromDesc.dims());
    }
    dnnl::memory a = bufferAt(fromDesc, const_cast<float*>(source)), b = bufferAt(toDesc, target);
    dnnl::reorder(a, b).execute(stream(), a, b);
}

} // namespace burdock::fast
