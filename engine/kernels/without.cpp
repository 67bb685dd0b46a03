// Stands in for this folder where the program is built without oneDNN: nothing is available.
#include "engine/kernels/fast_layers.h"
#include "engine/kernels/layout_formats.h"

#include <cstdlib>

namespace burdock::fast {

bool available() {
    return false;
}
Bfloat16 bfloat16() {
    return Bfloat16::None;
}
bool sameFormat(const Format&, const Format&) {
    std::abort();
} // there are no formats to compare
std::int64_t formatFloats(const Format&) {
    std::abort();
}
void reorderFormats(const Layout&, const float*, const Layout&, float*) {
    std::abort();
}
std::unique_ptr<Step> reorderStep(const Layout&, const Layout&) {
    std::abort();
}
bool sameMemoryFormats(const Layout&, const Layout&) {
    std::abort();
}
std::function<void()> preparedReorderFormats(const Layout&, const float*, const Layout&, float*, bool) {
    std::abort();
}

std::unique_ptr<Step> convolution(const LayerRequest&, std::int64_t, std::int64_t, bool, const Window&) {
    return nullptr;
}
std::unique_ptr<Step> transposedConvolution(const LayerRequest&, std::int64_t, bool, const Window&) {
    return nullptr;
}
std::unique_ptr<Step> convolution1d(const LayerRequest&, std::int64_t, bool, const WindowAxis&) {
    return nullptr;
}
std::unique_ptr<Step> dense(const LayerRequest&, std::int64_t, bool) {
    return nullptr;
}
std::unique_ptr<Step> attention(const LayerRequest&, std::int64_t, bool, bool) {
    return nullptr;
}
std::unique_ptr<Step> pooling(const LayerRequest&, Pooling, const Window&) {
    return nullptr;
}
std::unique_ptr<Step> gelu(const LayerRequest&) {
    return nullptr;
}
std::unique_ptr<Step> elementwise(const LayerRequest&, Elementwise, float) {
    return nullptr;
}
std::unique_ptr<Step> softmax(const LayerRequest&, int) {
    return nullptr;
}
std::unique_ptr<Step> batchNorm(const LayerRequest&, float, float) {
    return nullptr;
}
std::unique_ptr<Step> layerNorm(const LayerRequest&, std::int64_t, std::int64_t, float) {
    return nullptr;
}
std::unique_ptr<Step> resampling(const LayerRequest&, bool) {
    return nullptr;
}
std::unique_ptr<Step> add(const LayerRequest&) {
    return nullptr;
}
std::unique_ptr<Step> concatenate(const LayerRequest&) {
    return nullptr;
}

} // namespace burdock::fast
