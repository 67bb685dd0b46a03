#pragma once

#include "surface/surface.h"

#include <QColor>
#include <QImage>

namespace burdock {

/// The colours of a surface, which any thread may use.
struct SurfaceColors {
    QColor paper;
    std::vector<QColor> classes; ///< of the colour-blind-safe palette
    QColor low, high;            ///< of numbers below zero, and of large ones

    /// The theme's; on the window's thread.
    static SurfaceColors ofTheme();
    /// More classes than the palette has colours have darker ones.
    QColor ofClass(int index) const;
    /// Of a number on a scale: where the scale has both signs, from one colour through the paper's at zero
    /// to the other, else from the paper's up.
    QColor ofNumber(double value, Range scale) const;
    /// Of a cell, paler than that of a sample: the likeliest class's, by how far it is from a guess.
    QColor ofCell(std::span<const float> answer, bool numbers, Range scale) const;
};

/// A pixel a cell, the highest y at the top; empty for a curve.
QImage surfaceImage(const Surface& surface, const SurfaceColors& colors);

} // namespace burdock
