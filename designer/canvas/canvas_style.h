#pragma once

#include "engine/schema/layer_schema.h"

#include <QColor>
#include <QFont>

#include <array>

namespace burdock {

/// The theme's tokens that canvas items paint with, looked up once per theme rather than once per paint.
struct CanvasStyle {
    bool dark = false;
    QColor paper, surface, raised, ink, soft, line, accent, onAccent, error, warning, good, grid;
    QColor shadow;
    std::array<QColor, 16> category;
    QFont title, body, caption, figures;
    double radius = 8;

    QColor of(Category c) const { return category[static_cast<std::size_t>(c)]; }
};

const CanvasStyle& canvasStyle();

/// `a` with `share` of `b` in it.
QColor mixed(const QColor& a, const QColor& b, double share);

} // namespace burdock
