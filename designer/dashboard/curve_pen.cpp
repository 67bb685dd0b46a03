#include "dashboard/curve_pen.h"

#include "theme/theme.h"

#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace burdock {
namespace {

// Dashes and gaps in turn, in widths of the line.
const std::array<QVector<qreal>, dashCount>& patterns() {
    static const std::array<QVector<qreal>, dashCount> all{{{},
                                                            {5, 3},
                                                            {1, 2.5},
                                                            {5, 2.5, 1, 2.5},
                                                            {11, 3},
                                                            {5, 2.5, 1, 2.5, 1, 2.5},
                                                            {2.5, 2.5},
                                                            {11, 2.5, 1, 2.5},
                                                            {1, 5},
                                                            {11, 2.5, 1, 2.5, 1, 2.5},
                                                            {5, 2.5, 5, 2.5, 1, 2.5},
                                                            {11, 2.5, 5, 2.5}}};
    return all;
}

constexpr double dot = 12, piece = 24;

/// After how many runs a colour comes again.
qint64 colourPeriod() {
    const Theme& theme = Theme::instance();
    qint64 period = 1;
    while (theme.runColor(1 + period) != theme.runColor(1))
        ++period;
    return period;
}

} // namespace

QPen curvePen(const QColor& color, double width, int dash) {
    QPen pen(color, width);
    pen.setJoinStyle(Qt::RoundJoin);
    if (dash <= 0) return pen;
    pen.setCapStyle(Qt::FlatCap); // a round one would fill the gaps
    pen.setDashPattern(patterns()[static_cast<std::size_t>(dash % dashCount)]);
    return pen;
}

QVector<int> runDashes(const QVector<qint64>& runIds) {
    const qint64 period = colourPeriod();
    std::vector<qsizetype> order(static_cast<std::size_t>(runIds.size()));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](qsizetype a, qsizetype b) { return runIds[a] < runIds[b]; });
    std::set<std::pair<qint64, int>> taken; // colour and dash
    QVector<int> dashes(runIds.size());
    for (const qsizetype i : order) {
        const qint64 before = std::max<qint64>(runIds[i] - 1, 0);
        int dash = static_cast<int>(before / period % dashCount);
        for (int tried = 1; tried < dashCount && taken.contains({before % period, dash}); ++tried)
            dash = (dash + 1) % dashCount;
        taken.insert({before % period, dash});
        dashes[i] = dash;
    }
    return dashes;
}

QSizeF curveSampleSize(int dash) {
    return {dash > 0 ? dot + piece : dot, dot};
}

void drawCurveSample(QPainter& painter, QPointF topLeft, const QColor& color, int dash, bool visible) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    painter.setBrush(visible ? QBrush(color) : Qt::NoBrush);
    painter.drawEllipse(topLeft + QPointF(dot / 2, dot / 2), dot / 3, dot / 3);
    if (dash > 0) {
        painter.setPen(curvePen(color, 2, dash));
        painter.drawLine(topLeft + QPointF(dot + 2, dot / 2), topLeft + QPointF(dot + piece, dot / 2));
    }
    painter.restore();
}

QPixmap curveSample(const QColor& color, int dash, bool visible) {
    QPixmap pixmap((curveSampleSize(dash) * 2).toSize());
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    drawCurveSample(painter, {0, 0}, color, dash, visible);
    return pixmap;
}

} // namespace burdock
