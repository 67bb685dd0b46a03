#include "engine/kernels/capabilities.h"
#include "engine/kernels/layout_formats.h"
#include "engine/kernels/onednn/support.h"
#include "engine/tensor/aligned_buffer.h"

namespace burdock::fast {

bool available() {
    return true;
}

std::string oneDnnVersion() {
    const dnnl_version_t& v = *dnnl_version();
    return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

Bfloat16 bfloat16() {
    if (hasInstructions(dnnl::cpu_isa::avx512_core_bf16)) return Bfloat16::Native;
    return hasInstructions(dnnl::cpu_isa::avx512_core) ? Bfloat16::Emulated : Bfloat16::None;
}

bool sameFormat(const Format& a, const Format& b) {
    if (a.packing || b.packing) return a.packing && b.packing && a.packing->name == b.packing->name;
    return a.desc == b.desc;
}

std::int64_t formatFloats(const Format& format) {
    return format.packing ? format.packing->floats : floatsOf(format.desc);
}

bool isBfloat16(const Format& format) {
    return !format.packing && typeOf(format.desc) == Type::bf16;
}

std::string formatOrder(const Format& format) {
    using enum dnnl::memory::format_tag;
    if (format.packing) return "packed";
    const auto dims = dimsOf(format.desc);
    const auto type = typeOf(format.desc);
    if (format.desc == plainDesc(dims, type)) return "plain";
    if (dims.size() == 4)
        for (const auto& [tag, name] : {std::pair{nhwc, "channels last"},
                                        {nChw16c, "blocked ×16"},
                                        {nChw8c, "blocked ×8"},
                                        {nChw4c, "blocked ×4"}})
            if (format.desc == dnnl::memory::desc(dims, type, tag)) return name;
    return "of oneDNN's own";
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
        if (dimsOf(from) != dimsOf(to)) from = from.reshape(dimsOf(to));
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

std::pair<dnnl::memory::desc, dnnl::memory::desc> underSameDims(const Layout& a, const Layout& b) {
    dnnl::memory::desc first = descOf(a), second = descOf(b);
    if (dimsOf(first) == dimsOf(second)) return {first, second};
    if (a.isPlain()) return {first.reshape(dimsOf(second)), second};
    return {first, second.reshape(dimsOf(first))};
}

namespace {

/// By way of the plain order where the weight is stored in another one.
std::function<void()> preparedPacking(const Layout& from, const float* source, const Layout& to,
                                      float* target) {
    const Layout plain = Layout::plain(to.dims());
    const auto pack = to.format()->packing->pack;
    if (sameMemory(from, plain)) return [=] { pack(source, target); };
    const auto between = std::make_shared<AlignedBuffer>(static_cast<std::size_t>(plain.floats()));
    return [=, flatten = preparedReorder(from, source, plain, between->data())] {
        flatten();
        pack(between->data(), target);
    };
}

} // namespace

bool sameMemoryFormats(const Layout& a, const Layout& b) {
    if (isPacked(a) || isPacked(b)) return a == b;
    const auto [first, second] = underSameDims(a, b);
    return first == second;
}

void reorderFormats(const Layout& from, const float* source, const Layout& to, float* target) {
    preparedReorderFormats(from, source, to, target, false)();
}

std::function<void()> preparedReorderFormats(const Layout& from, const float* source, const Layout& to,
                                             float* target, bool adds) {
    if (isPacked(to)) return preparedPacking(from, source, to, target);
    const auto [fromDesc, toDesc] = underSameDims(from, to);
    const auto a = bufferAt(fromDesc, const_cast<float*>(source)), b = bufferAt(toDesc, target);
    if (!adds) return [call = reorderCall(a, b)] { call.run(); };
    if (fromDesc == toDesc)
        return [call = Call{dnnl::binary(describe<dnnl::binary>({}, dnnl::algorithm::binary_add, toDesc,
                                                                toDesc, toDesc)),
                            {{DNNL_ARG_SRC_0, b}, {DNNL_ARG_SRC_1, a}, {DNNL_ARG_DST, b}}}] { call.run(); };
    dnnl::post_ops ops;
    ops.append_sum(1.0f);
    dnnl::primitive_attr attr;
    attr.set_post_ops(ops);
    return [call = Call{dnnl::reorder(dnnl::reorder::primitive_desc(a, b, attr)),
                        {{DNNL_ARG_FROM, a}, {DNNL_ARG_TO, b}}}] { call.run(); };
}

} // namespace burdock::fast
