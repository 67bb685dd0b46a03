#include "engine/onednn/layers.h"
#include "engine/onednn/support.h"
#include "engine/plan/layout_formats.h"

namespace burdock::fast {

bool available() {
    return true;
}

bool sameFormat(const Format& a, const Format& b) {
    return a.desc == b.desc;
}

std::int64_t formatFloats(const Format& format) {
    return floatsOf(format.desc);
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
