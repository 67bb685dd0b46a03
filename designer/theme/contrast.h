#pragma once

#include <QColor>

namespace burdock {

/// Relative luminance (0 to 1) and contrast ratio (1 to 21) as WCAG 2.1 defines them, of opaque colours.
double luminance(const QColor& color);
double contrast(const QColor& a, const QColor& b);

} // namespace burdock
