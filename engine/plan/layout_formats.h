#pragma once

#include "engine/plan/layout.h"

namespace burdock::fast {

// What Layout needs of oneDNN; a plain layout is never asked.
bool sameFormat(const Format& a, const Format& b);
std::int64_t formatFloats(const Format& format);
/// At least one of the two is not plain.
void reorderFormats(const Layout& from, const float* source, const Layout& to, float* target);

} // namespace burdock::fast
