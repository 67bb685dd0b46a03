#pragma once

#include "engine/kernels/kernel_entry.h"
#include "engine/kernels/onednn/primitives.h"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace burdock::fast {

/// A weight in an order of our own, that only its kernel reads.
struct Packing {
    std::string name; ///< the same for the same order
    std::int64_t floats;
    std::function<void(const float* plain, float* packed)> pack;
};

struct Format {
    dnnl::memory::desc desc;
    std::shared_ptr<const Packing> packing{}; ///< then there is no description
};
/// Only ever the layout of a copy of a weight.
Layout packedLayout(std::vector<std::int64_t> dims, Packing packing);
inline bool isPacked(const Layout& layout) {
    return layout.format() && layout.format()->packing;
}

dnnl::stream& stream(); ///< of the calling thread
/// Whether oneDNN may use that set of instructions here, be it as part of a later one.
bool hasInstructions(dnnl::cpu_isa set);

using Type = dnnl::memory::data_type;
/// Of the values that a step computes on where it may choose.
inline Type valueType(const LayerRequest& r) {
    return r.mixed ? Type::bf16 : Type::f32;
}

dnnl::memory::desc plainDesc(const dnnl::memory::dims& dims, Type type = Type::f32);
dnnl::memory::desc anyDesc(const dnnl::memory::dims& dims, Type type = Type::f32);
/// The layout's oneDNN description; a plain one of 2 or 4 dims for the caller's `dims`.
dnnl::memory::desc descOf(const Layout& layout);
/// Plain descriptions become plain layouts, so that layouts compare equal whoever made them.
Layout layoutOf(const dnnl::memory::desc& desc);
/// Both layouts' under the same dims. They differ for a weight: one of a grouped convolution has one dim more
/// for the groups, one of a dense layer may be seen as the convolution that it is.
std::pair<dnnl::memory::desc, dnnl::memory::desc> underSameDims(const Layout& a, const Layout& b);

dnnl::memory::dims batchDims(std::int64_t batch, const Shape& shape); ///< always four
dnnl::memory bufferAt(const dnnl::memory::desc& desc, float* data);
/// User-managed scratch memory, shared by all steps of a plan.
dnnl::primitive_attr scratchAttr();
std::int64_t floatsOf(const dnnl::memory::desc& desc);

/// A primitive with its memory, ready to run. `args` may be changed until it has run once.
struct Call {
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> args;
    mutable std::vector<dnnl_exec_arg_t> list{}; ///< `args` as oneDNN takes them, made by the first run
    mutable bool neverSleeps = false;            ///< its threads wait for each other at barriers that spin
    void run() const;
    explicit operator bool() const { return static_cast<bool>(primitive); }
};
/// A ReLU as a post-operation. It makes 0 of what is not a number, see Plan::watchedForward().
void appendRelu(dnnl::primitive_attr& attr);
/// The slope of a ReLU, found from its output.
dnnl::eltwise_backward::primitive_desc reluBackwardDesc(const dnnl::memory::desc& values);
Call reorderCall(const dnnl::memory& from, const dnnl::memory& to);

/// A step of type S, unless oneDNN has nothing for it but, where S can tell, its slow reference code.
template <class S, class... Args>
KernelOffer offer(Args&&... args) {
    try {
        auto step = std::make_unique<S>(std::forward<Args>(args)...);
        if constexpr (requires { step->isSlow(); })
            if (step->isSlow()) return declined("oneDNN has nothing but its reference code for it");
        return step;
    } catch (const dnnl::error&) {
        return declined("oneDNN has no implementation for it");
    }
}
template <class PrimitiveDesc>
std::string implementationOf(const PrimitiveDesc& description) {
    return description ? description.impl_info_str() : std::string();
}

} // namespace burdock::fast
