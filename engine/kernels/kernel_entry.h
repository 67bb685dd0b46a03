#pragma once

#include "engine/kernels/layer_request.h"
#include "engine/schema/param_value.h"

#include <any>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <typeindex>

namespace burdock {

/// A step, or why there is none: "needs channels in multiples of 32". Nothing as the reason means that the
/// request is none of the kernel's business.
using KernelOffer = tl::expected<std::unique_ptr<Step>, std::string>;
inline auto declined(std::string why) {
    return tl::unexpected(std::move(why));
}

/// One way of a backend to compute one of the operations of engine/layers/operations.h (or of a plugin's
/// own), or just one layer.
struct KernelEntry {
    static constexpr std::string_view kind = "kernel", plural = "kernels";
    std::string id;      ///< "vector.winograd"
    std::string backend; ///< "oneDNN", "Burdock's vectors"
    std::string name;    ///< "Winograd convolution"
    std::string doc{};   ///< one sentence: what it is good at

    std::type_index operation = typeid(void); ///< that it computes; ParamValues: the layer
    std::string layer{};                      ///< the id of the one layer that it computes
    std::function<KernelOffer(const std::any& operation, const LayerRequest&)> make{};
    /// Which of several such kernels is the fastest depends on the shape: a plan tries them, see
    /// engine/plan/kernel_trials.h, and it must run whatever the values are. Where nothing is tried, the
    /// registered order decides.
    bool competes = false;
    /// Why by rule, where nothing is tried, it is not worth it though it could: "a batch of this size has too
    /// few tiles". Empty, or none: it is.
    std::function<std::string(const std::any& operation, const LayerRequest&)> doubts{};
    /// The last digits of sums over samples, such as weights' gradients, depend on the number of threads:
    /// each sums up its own first.
    bool sumsByThread = false;

    std::string_view lacks() const { return make ? "" : "make"; }
};

/// An entry whose `make` takes the operation itself: KernelOffer make(const Operation&, const LayerRequest&).
template <class Operation, class F>
KernelEntry kernelFor(KernelEntry entry, F make) {
    entry.operation = typeid(Operation);
    entry.make = [make](const std::any& operation, const LayerRequest& r) -> KernelOffer {
        return make(*std::any_cast<Operation>(&operation), r);
    };
    return entry;
}
/// With doubts of its own: std::string doubts(const Operation&, const LayerRequest&).
template <class Operation, class F, class Doubts>
KernelEntry kernelFor(KernelEntry entry, F make, Doubts doubts) {
    entry.doubts = [doubts](const std::any& operation, const LayerRequest& r) -> std::string {
        return doubts(*std::any_cast<Operation>(&operation), r);
    };
    return kernelFor<Operation>(std::move(entry), make);
}

/// An entry for a layer that need not know of it, by its id, which computes what the layer's own kernel does:
/// KernelOffer make(const ParamValues&, const LayerRequest&).
template <class F>
KernelEntry kernelForLayer(std::string id, KernelEntry entry, F make) {
    entry.layer = std::move(id);
    return kernelFor<ParamValues>(std::move(entry), std::move(make));
}

} // namespace burdock
