#include "engine/kernels/onednn/maps.h"

namespace burdock::fast {

using enum dnnl::memory::format_tag;

std::optional<Maps> mapsOf(const Layout& layout) {
    const auto desc = descOf(layout);
    const auto dims = dimsOf(desc);
    const Type type = typeOf(desc);
    if (type != Type::f32 && type != Type::bf16) return std::nullopt;
    if (dims.size() == 2 && desc == plainDesc(dims, type))
        return Maps{nc, type, dims[0], dims[1], 1, 1, dims[1]};
    if (dims.size() != 4) return std::nullopt;
    for (const auto& [tag, depth] :
         {std::pair{nchw, std::int64_t{1}}, {nhwc, dims[1]}, {nChw16c, 16}, {nChw8c, 8}, {nChw4c, 4}})
        if (desc == dnnl::memory::desc(dims, type, tag))
            return Maps{tag, type, dims[0], dims[1], dims[2], dims[3], depth};
    return std::nullopt;
}

Layout channelsLast(const Layout& layout) {
    const auto desc = descOf(layout);
    return layoutOf({dimsOf(desc), typeOf(desc), nhwc});
}

Maps arrivingMaps(const LayerRequest& r, std::size_t port) {
    if (const auto maps = mapsOf(r.inputLayouts[port])) return *maps;
    return *mapsOf(Layout::plainBatch(r.batch, r.inputs[port]));
}

Layout Maps::layout() const {
    if (tag == nc) return layoutOf(plainDesc({batch, channels}, type));
    return layoutOf({{batch, channels, height, width}, type, tag});
}

Maps Maps::with(const Shape& shape) const {
    Maps made{tag, type, batch, shape.channels, shape.height, shape.width, depth};
    if (tag == nc && !shape.isFlat()) {
        made.tag = nchw;
        made.depth = 1;
    } else if (tag == nc || tag == nhwc) {
        made.depth = shape.channels;
    }
    return made;
}

} // namespace burdock::fast
