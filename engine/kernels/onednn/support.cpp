#include "engine/kernels/onednn/support.h"

#include "engine/tensor/processor.h"
#include "engine/tensor/team_placement.h"

namespace burdock::fast {

using dnnl::memory;

namespace {

/// Holds oneDNN to the instructions that the environment allows to our own code. It takes that only before it
/// is asked for anything.
void limitInstructions() {
    using processor::InstructionSet;
    static const bool once = [] {
        if (!processor::isHeldBack()) return true;
        const auto set = processor::instructionSet();
        dnnl::set_max_cpu_isa(set >= InstructionSet::Avx512Bfloat16 ? dnnl::cpu_isa::avx512_core_bf16
                              : set >= InstructionSet::Avx512       ? dnnl::cpu_isa::avx512_core
                                                                    : dnnl::cpu_isa::avx2);
        return true;
    }();
    (void)once;
}

} // namespace

dnnl::engine& cpu() {
    limitInstructions();
    static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

dnnl::stream& stream() {
    thread_local dnnl::stream s(cpu());
    return s;
}

bool hasInstructions(dnnl::cpu_isa set) {
    limitInstructions();
    // A set's number has the bits of all sets it contains.
    const auto wanted = static_cast<unsigned>(set);
    return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

namespace {

memory::format_tag plainTag(std::size_t dims) {
    static constexpr memory::format_tag tags[] = {memory::format_tag::undef, memory::format_tag::a,
                                                  memory::format_tag::ab,    memory::format_tag::abc,
                                                  memory::format_tag::abcd,  memory::format_tag::abcde};
    return tags[dims];
}

} // namespace

void appendRelu(dnnl::primitive_attr& attr) {
    dnnl::post_ops ops;
    appendEltwise(ops, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
    attr.set_post_ops(ops);
}

dnnl::eltwise_backward::primitive_desc reluBackwardDesc(const memory::desc& values) {
    constexpr auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
    const auto hint = describe<dnnl::eltwise_forward>({}, dnnl::prop_kind::forward_training, relu, values,
                                                      values, 0.0f, 0.0f);
    return describeBackward<dnnl::eltwise_backward>(hint, {}, relu, values, values, values, 0.0f, 0.0f);
}

Call reorderCall(const memory& from, const memory& to) {
    return {dnnl::reorder(dnnl::reorder::primitive_desc(from, to)),
            {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}};
}

memory::desc plainDesc(const memory::dims& dims, Type type) {
    return {dims, type, plainTag(dims.size())};
}
memory::desc anyDesc(const memory::dims& dims, Type type) {
    return {dims, type, memory::format_tag::any};
}

memory::desc descOf(const Layout& layout) {
    return layout.isPlain() ? plainDesc(layout.dims()) : layout.format()->desc;
}

Layout packedLayout(std::vector<std::int64_t> dims, Packing packing) {
    return {std::move(dims),
            std::make_shared<const Format>(Format{{}, std::make_shared<const Packing>(std::move(packing))})};
}

Layout layoutOf(const memory::desc& desc) {
    const memory::dims dims = dimsOf(desc);
    if (desc == plainDesc(dims)) return Layout::plain(dims);
    return {dims, std::make_shared<const Format>(Format{desc})};
}

memory::dims batchDims(std::int64_t batch, const Shape& shape) {
    return {batch, shape.channels, shape.height, shape.width};
}

memory bufferAt(const memory::desc& desc, float* data) {
    return {desc, cpu(), data};
}

dnnl::primitive_attr scratchAttr() {
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attr;
}

std::int64_t floatsOf(const memory::desc& desc) {
    return static_cast<std::int64_t>((desc.get_size() + 3) / 4);
}

void Call::run() const {
    if (list.empty()) {
        for (const auto& [index, memory] : args)
            list.push_back({index, memory.get()});
        neverSleeps = args.contains(DNNL_ARG_DIFF_WEIGHTS) ||
                      primitive.get_kind() == dnnl::primitive::kind::batch_normalization;
    }
    const ApartScope apart(neverSleeps);
    // Not primitive::execute(), which makes the list anew each time.
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive.get(), stream().get(), static_cast<int>(list.size()), list.data());
    if (status != dnnl_success) throw dnnl::error(status, "a primitive could not be executed");
}

} // namespace burdock::fast
