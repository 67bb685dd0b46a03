#pragma once

#include "engine/kernels/onednn/support.h"

#include <optional>

namespace burdock::fast {

/// How a batch of samples lies in memory: of each sample groups of `depth` channels, of each group row after
/// row, at each place the channels of the group side by side. The last group may be filled up with zeros.
struct Maps {
    dnnl::memory::format_tag tag;
    Type type; ///< f32 or bf16
    std::int64_t batch, channels, height, width;
    std::int64_t depth; ///< 1: plain; all channels: channels last, or a vector

    std::int64_t groups() const { return (channels + depth - 1) / depth; }
    std::int64_t area() const { return height * width; }
    std::int64_t rows() const { return batch * groups() * height; } ///< in all
    std::int64_t rowValues() const { return width * depth; }
    std::int64_t values() const { return rows() * rowValues(); } ///< with what fills them up
    bool isBfloat16() const { return type == Type::bf16; }
    std::size_t valueBytes() const { return isBfloat16() ? 2 : 4; }

    Layout layout() const;
    Maps with(const Shape& shape) const; ///< other maps that lie in the same way
};

/// None where the values lie in another way.
std::optional<Maps> mapsOf(const Layout& layout);
/// The same maps, of four dims, with channels last.
Layout channelsLast(const Layout& layout);
/// As the values of an input arrive; where that is in no such way, plain in single precision.
Maps arrivingMaps(const LayerRequest& r, std::size_t port = 0);

/// A step of type S as its input arrives, or with channels last, where oneDNN has more than its reference
/// code for it only so: reordering costs far less.
template <class S, class... Args>
KernelOffer offerByFormat(const LayerRequest& r, Args... args) {
    const auto isSlow = [](const KernelOffer& step) {
        const std::string by = step ? (*step)->implementation() : "ref";
        return by.starts_with("ref") || by.starts_with("simple");
    };
    KernelOffer asItArrives = offer<S>(r, args...);
    if (!isSlow(asItArrives) || r.inputs[0].isFlat()) return asItArrives;
    LayerRequest other = r;
    other.inputLayouts[0] = channelsLast(r.inputLayouts[0]);
    KernelOffer last = offer<S>(other, args...);
    return isSlow(last) ? std::move(asItArrives) : std::move(last);
}

/// work(V{}) with the type of the values, float or Bits16.
template <class F>
auto withTypeOf(const Maps& maps, F work) {
    return maps.isBfloat16() ? work(std::uint16_t{}) : work(float{});
}

} // namespace burdock::fast
