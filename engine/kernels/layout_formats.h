#pragma once

#include "engine/kernels/step.h"

#include <functional>
#include <memory>

namespace burdock::fast {

// What plans need of oneDNN for layouts that are not plain; never asked about plain ones alone.
bool sameFormat(const Format& a, const Format& b);
std::int64_t formatFloats(const Format& format);
bool isBfloat16(const Format& format);
std::string formatOrder(const Format& format); ///< Layout::order
void reorderFormats(const Layout& from, const float* source, const Layout& to, float* target);
/// Copies a value from one layout into another, and its gradient back.
std::unique_ptr<Step> reorderStep(const Layout& from, const Layout& to);
bool sameMemoryFormats(const Layout& a, const Layout& b);
std::function<void()> preparedReorderFormats(const Layout& from, const float* source, const Layout& to,
                                             float* target, bool adds);
std::shared_ptr<const BlockwiseCopy> blockwiseCopyFormats(const Layout& from, const float* source,
                                                          const Layout& to, float* target);

} // namespace burdock::fast
