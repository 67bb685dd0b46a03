#include "engine/onednn/support.h"

namespace burdock::fast {

using dnnl::memory;

dnnl::engine& cpu() {
    static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

dnnl::stream& stream() {
    thread_local dnnl::stream s(cpu());
    return s;
}

namespace {

memory::format_tag plainTag(std::size_t dims) {
    static constexpr memory::format_tag tags[] = {memory::format_tag::undef, memory::format_tag::a,
                                                  memory::format_tag::ab,    memory::format_tag::abc,
                                                  memory::format_tag::abcd,  memory::format_tag::abcde};
    return tags[dims];
}

} // namespace

dnnl::eltwise_backward::primitive_desc reluBackwardDesc(const memory::desc& values) {
    constexpr auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
    const dnnl::eltwise_forward::primitive_desc hint({dnnl::prop_kind::forward_training, relu, values, 0.0f},
                                                     cpu());
    return {{relu, values, values, 0.0f}, cpu(), hint};
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

Layout layoutOf(const memory::desc& desc) {
    const memory::dims dims = desc.dims();
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

void WeightUse::bind(const Layout& stored, float* data, const dnnl::memory::desc& wanted,
                     const std::uint64_t* version) {
    version_ = version;
    seen_ = ~std::uint64_t{0};
    // A weight may be kept under fewer dims than the primitive sees, as (units, inputs) for (units, c, h, w).
    dnnl::memory::desc kept = descOf(stored);
    if (kept.dims() != wanted.dims()) kept = kept.reshape(wanted.dims());
    const dnnl::memory source = bufferAt(kept, data);
    if (kept == wanted) {
        memory_ = source;
        copy_ = {};
        return;
    }
    buffer_ = AlignedBuffer(static_cast<std::size_t>(floatsOf(wanted)));
    memory_ = bufferAt(wanted, buffer_.data());
    copy_ = reorderCall(source, memory_);
}

void WeightUse::refresh() {
    if (!copy_ || seen_ == *version_) return;
    copy_.run();
    seen_ = *version_;
}

void WeightGradientUse::bind(const Layout& stored, float* data, const dnnl::memory::desc& made) {
    dnnl::memory::desc kept = descOf(stored);
    if (kept.dims() != made.dims()) kept = kept.reshape(made.dims());
    const dnnl::memory target = bufferAt(kept, data);
    if (kept == made) {
        memory_ = target;
        copy_ = {};
        return;
    }
    buffer_ = AlignedBuffer(static_cast<std::size_t>(floatsOf(made)));
    memory_ = bufferAt(made, buffer_.data());
    copy_ = reorderCall(memory_, target);
}

void WeightGradientUse::deliver() {
    if (copy_) copy_.run();
}

} // namespace burdock::fast
