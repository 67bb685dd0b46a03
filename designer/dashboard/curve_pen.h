#pragma once

#include <QPen>
#include <QVector>

class QPainter;

namespace burdock {

/// Colours come again after a few runs. A curve is drawn solid, or dashed in one of these ways, of which no
/// two look alike: as many as curves are ever put into one chart, all of which may have one colour.
constexpr int dashCount = 12;

/// `dash`: 0 is solid, up to dashCount.
QPen curvePen(const QColor& color, double width, int dash);

/// Of several runs in one chart, how each curve is dashed, in their order. A run's colour is its own wherever
/// it is shown, and so is its dash, unless another one of these has both.
QVector<int> runDashes(const QVector<qint64>& runIds);

/// A dot in the curve's colour, hollow while the curve is hidden; behind it, unless the curve is solid, a
/// piece of it. For legends.
QSizeF curveSampleSize(int dash);
void drawCurveSample(QPainter& painter, QPointF topLeft, const QColor& color, int dash, bool visible = true);
/// The same as a picture, at twice the resolution.
QPixmap curveSample(const QColor& color, int dash, bool visible = true);

} // namespace burdock
