#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

// oneDNN 3 describes a primitive by its engine and what it computes, oneDNN 2 by an operation descriptor of
// its own, which some primitives give less to. Here both are called as oneDNN 3 is, without the engine;
// nothing else in this folder asks for the version.

namespace burdock::fast {

dnnl::engine& cpu();

/// How values lie in memory: blocks, whose values lie together, at `strides` from each other along each dim.
struct Blocking {
    dnnl::memory::dims padded, strides;
    dnnl::memory::dims sizes, dims; ///< of the blocks, from the outermost to the innermost: sizes along dims
};

#if DNNL_VERSION_MAJOR >= 3

/// Whether batch normalisation's backward is given the shift, and refuses to run without it, or with it.
constexpr bool backwardTakesShift = false;
/// Whether it gives the gradients of scale and shift also where only that of the input is asked for.
constexpr bool frozenNormGivesSlopes = true;
inline dnnl::memory::dims dimsOf(const dnnl::memory::desc& desc) {
    return desc.get_dims();
}
inline dnnl::memory::data_type typeOf(const dnnl::memory::desc& desc) {
    return desc.get_data_type();
}

/// Of a description in oneDNN's blocked format, as all plain ones are, too.
inline Blocking blockingOf(const dnnl::memory::desc& desc) {
    return {desc.get_padded_dims(), desc.get_strides(), desc.get_inner_blks(), desc.get_inner_idxs()};
}
inline bool isBlocked(const dnnl::memory::desc& desc) {
    return desc.get_format_kind() == dnnl::memory::format_kind::blocked && desc.get_submemory_offset() == 0;
}

/// `operation`: as in P::primitive_desc's constructor, between engine and attributes.
template <class P, class... Operation>
typename P::primitive_desc describe(const dnnl::primitive_attr& attr, const Operation&... operation) {
    return {cpu(), operation..., attr};
}
template <class P, class Forward, class... Operation>
typename P::primitive_desc describeBackward(const Forward& forward, const dnnl::primitive_attr& attr,
                                            const Operation&... operation) {
    return {cpu(), operation..., forward, attr};
}
inline dnnl::concat::primitive_desc describeConcat(int axis, const std::vector<dnnl::memory::desc>& sources) {
    return {cpu(), axis, sources};
}
inline dnnl::sum::primitive_desc describeSum(const dnnl::memory::desc& target,
                                             const std::vector<float>& scales,
                                             const std::vector<dnnl::memory::desc>& sources) {
    return {cpu(), target, scales, sources};
}
inline void appendEltwise(dnnl::post_ops& ops, dnnl::algorithm function, float alpha, float beta) {
    ops.append_eltwise(function, alpha, beta);
}

#else

constexpr bool backwardTakesShift = true;
constexpr bool frozenNormGivesSlopes = false;
inline dnnl::memory::dims dimsOf(const dnnl::memory::desc& desc) {
    return desc.dims();
}
inline dnnl::memory::data_type typeOf(const dnnl::memory::desc& desc) {
    return desc.data_type();
}

inline Blocking blockingOf(const dnnl::memory::desc& desc) {
    const dnnl_memory_desc_t& d = desc.data;
    const dnnl_blocking_desc_t& b = d.format_desc.blocking;
    return {{d.padded_dims, d.padded_dims + d.ndims},
            {b.strides, b.strides + d.ndims},
            {b.inner_blks, b.inner_blks + b.inner_nblks},
            {b.inner_idxs, b.inner_idxs + b.inner_nblks}};
}
inline bool isBlocked(const dnnl::memory::desc& desc) {
    return desc.data.format_kind == dnnl_blocked && desc.data.offset0 == 0;
}

namespace version2 {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::normalization_flags;
using dnnl::prop_kind;

/// The operation descriptor of what oneDNN 3 takes.
template <class P>
struct Descriptor {
    template <class... Operation>
    static typename P::desc of(const Operation&... operation) {
        return {operation...};
    }
};
template <>
struct Descriptor<dnnl::eltwise_forward> {
    static dnnl::eltwise_forward::desc of(prop_kind prop, algorithm function, const memory::desc& src,
                                          const memory::desc&, float alpha, float beta) {
        return {prop, function, src, alpha, beta};
    }
};
template <>
struct Descriptor<dnnl::eltwise_backward> {
    static dnnl::eltwise_backward::desc of(algorithm function, const memory::desc& diffSrc,
                                           const memory::desc&, const memory::desc& values, float alpha,
                                           float beta) {
        return {function, diffSrc, values, alpha, beta};
    }
};
template <>
struct Descriptor<dnnl::softmax_forward> {
    static dnnl::softmax_forward::desc of(prop_kind prop, algorithm, const memory::desc& src,
                                          const memory::desc&, int axis) {
        return {prop, src, axis};
    }
};
template <>
struct Descriptor<dnnl::softmax_backward> {
    static dnnl::softmax_backward::desc of(algorithm, const memory::desc& diffSrc, const memory::desc&,
                                           const memory::desc& dst, int axis) {
        return {diffSrc, dst, axis};
    }
};
template <>
struct Descriptor<dnnl::batch_normalization_forward> {
    static dnnl::batch_normalization_forward::desc
    of(prop_kind prop, const memory::desc& src, const memory::desc&, float epsilon, normalization_flags f) {
        return {prop, src, epsilon, f};
    }
};
template <>
struct Descriptor<dnnl::batch_normalization_backward> {
    static dnnl::batch_normalization_backward::desc of(prop_kind prop, const memory::desc& diffSrc,
                                                       const memory::desc&, const memory::desc& src,
                                                       float epsilon, normalization_flags f) {
        return {prop, diffSrc, src, epsilon, f};
    }
};
template <>
struct Descriptor<dnnl::pooling_forward> {
    static dnnl::pooling_forward::desc of(prop_kind prop, algorithm kind, const memory::desc& src,
                                          const memory::desc& dst, const memory::dims& strides,
                                          const memory::dims& kernel, const memory::dims& /*dilation*/,
                                          const memory::dims& before, const memory::dims& after) {
        return {prop, kind, src, dst, strides, kernel, before, after};
    }
};
template <>
struct Descriptor<dnnl::pooling_backward> {
    static dnnl::pooling_backward::desc of(algorithm kind, const memory::desc& diffSrc,
                                           const memory::desc& diffDst, const memory::dims& strides,
                                           const memory::dims& kernel, const memory::dims& /*dilation*/,
                                           const memory::dims& before, const memory::dims& after) {
        return {kind, diffSrc, diffDst, strides, kernel, before, after};
    }
};

} // namespace version2

template <class P, class... Operation>
typename P::primitive_desc describe(const dnnl::primitive_attr& attr, const Operation&... operation) {
    return {version2::Descriptor<P>::of(operation...), attr, cpu()};
}
template <class P, class Forward, class... Operation>
typename P::primitive_desc describeBackward(const Forward& forward, const dnnl::primitive_attr& attr,
                                            const Operation&... operation) {
    return {version2::Descriptor<P>::of(operation...), attr, cpu(), forward};
}
inline dnnl::concat::primitive_desc describeConcat(int axis, const std::vector<dnnl::memory::desc>& sources) {
    return {axis, sources, cpu()};
}
inline dnnl::sum::primitive_desc describeSum(const dnnl::memory::desc& target,
                                             const std::vector<float>& scales,
                                             const std::vector<dnnl::memory::desc>& sources) {
    return {target, scales, sources, cpu()};
}
inline void appendEltwise(dnnl::post_ops& ops, dnnl::algorithm function, float alpha, float beta) {
    ops.append_eltwise(1.0f, function, alpha, beta);
}

#endif

} // namespace burdock::fast
