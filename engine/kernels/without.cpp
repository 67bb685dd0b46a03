// Stands in for the folders onednn and vector where the program is built without oneDNN: nothing is
// available.
#include "engine/kernels/capabilities.h"
#include "engine/kernels/layout_formats.h"

#include <cstdlib>

namespace burdock::fast {

bool available() {
    return false;
}
std::string oneDnnVersion() {
    return {};
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
bool isBfloat16(const Format&) {
    std::abort();
}
std::string formatOrder(const Format&) {
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
std::shared_ptr<const BlockwiseCopy> blockwiseCopyFormats(const Layout&, const float*, const Layout&,
                                                          float*) {
    std::abort();
}

} // namespace burdock::fast
