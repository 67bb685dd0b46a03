#include "canvas/canvas_style.h"
#include "canvas/card_painter.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QColor faint(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

void paintCurve(QPainter& p, const CardFacts& facts, const QRectF& box, const QColor& color) {
    // The axes cross where the function is at zero input: the middle of the box.
    p.setPen(QPen(faint(color, 0.3), 1));
    p.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()));
    const double zero = box.top() + facts.curveZero * box.height();
    p.drawLine(QPointF(box.left(), zero), QPointF(box.right(), zero));
    QPolygonF line;
    for (const QPointF& point : facts.curve)
        line << QPointF(box.left() + point.x() * box.width(), box.top() + point.y() * box.height());
    p.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    p.setBrush(Qt::NoBrush);
    p.drawPolyline(line);
}

void paintKernel(QPainter& p, const CardFacts& facts, const QRectF& box, const QColor& color, bool pool) {
    const int rows = static_cast<int>(std::clamp<std::int64_t>(facts.kernel.height, 1, 9));
    const int columns = static_cast<int>(std::clamp<std::int64_t>(facts.kernel.width, 1, 9));
    const double cell = std::min(box.width() / std::max(columns, 2), box.height() / std::max(rows, 2));
    const double gap = cell > 6 ? 1.5 : 0.7;
    const QPointF corner = box.center() - QPointF(columns * cell / 2, rows * cell / 2);
    p.setPen(Qt::NoPen);
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) {
            const double dy = y - (rows - 1) / 2.0, dx = x - (columns - 1) / 2.0;
            const double reach = std::max(1.0, std::hypot(rows, columns) / 2);
            // A pooling keeps one of its cells; a kernel looks hardest at its middle.
            const double weight = pool ? (x == columns - 1 && y == 0 ? 0.9 : 0.25)
                                       : 0.22 + 0.68 * std::exp(-2.5 * (dx * dx + dy * dy) / (reach * reach));
            p.setBrush(faint(color, weight));
            p.drawRoundedRect(QRectF(corner.x() + x * cell, corner.y() + y * cell, cell - gap, cell - gap),
                              gap, gap);
        }
}

void paintFan(QPainter& p, const QRectF& box, const QColor& color) {
    const double left = box.left() + 4, right = box.right() - 4;
    const auto y = [&](int i, int n) { return box.top() + box.height() * (i + 0.5) / n; };
    p.setPen(QPen(faint(color, 0.4), 1));
    for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 4; ++b)
            p.drawLine(QPointF(left, y(a, 3)), QPointF(right, y(b, 4)));
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    for (int a = 0; a < 3; ++a)
        p.drawEllipse(QPointF(left, y(a, 3)), 2.6, 2.6);
    for (int b = 0; b < 4; ++b)
        p.drawEllipse(QPointF(right, y(b, 4)), 2.6, 2.6);
}

void paintDots(QPainter& p, const QRectF& box, const QColor& color) {
    static constexpr bool dropped[9] = {false, true, false, false, false, true, true, false, false};
    for (int i = 0; i < 9; ++i) {
        const QPointF at(box.left() + box.width() * (i % 3 + 0.5) / 3,
                         box.top() + box.height() * (i / 3 + 0.5) / 3);
        p.setPen(QPen(faint(color, dropped[i] ? 0.5 : 1), 1.2, dropped[i] ? Qt::DotLine : Qt::SolidLine));
        p.setBrush(dropped[i] ? QBrush(Qt::NoBrush) : QBrush(color));
        p.drawEllipse(at, 3, 3);
    }
}

void paintBell(QPainter& p, const QRectF& box, const QColor& color) {
    QPolygonF line;
    for (int i = 0; i <= 28; ++i) {
        const double x = -3 + 6 * i / 28.0;
        line << QPointF(box.left() + box.width() * i / 28.0,
                        box.bottom() - 4 - (box.height() - 8) * std::exp(-x * x / 1.6));
    }
    p.setPen(QPen(faint(color, 0.35), 1));
    p.drawLine(QPointF(box.center().x(), box.top() + 2), QPointF(box.center().x(), box.bottom() - 3));
    p.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
    p.setBrush(Qt::NoBrush);
    p.drawPolyline(line);
}

void paintBars(QPainter& p, const QRectF& box, const QColor& color) {
    static constexpr double heights[5] = {0.18, 0.32, 0.95, 0.24, 0.12};
    const double step = box.width() / 5;
    p.setPen(Qt::NoPen);
    for (int i = 0; i < 5; ++i) {
        p.setBrush(faint(color, i == 2 ? 1 : 0.5));
        const double h = box.height() * heights[i];
        p.drawRoundedRect(QRectF(box.left() + i * step + 0.8, box.bottom() - h, step - 1.6, h), 1.2, 1.2);
    }
}

void paintPicture(QPainter& p, const QRectF& box, const QColor& color) {
    const QRectF frame = box.adjusted(2, 3, -2, -3);
    p.setPen(QPen(color, 1.6));
    p.setBrush(faint(color, 0.12));
    p.drawRoundedRect(frame, 3, 3);
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    p.drawEllipse(frame.topLeft() + QPointF(8, 7.5), 2.4, 2.4);
    QPainterPath hills(frame.bottomLeft() + QPointF(3, -3));
    hills.lineTo(frame.left() + 9, frame.bottom() - 10);
    hills.lineTo(frame.left() + 13.5, frame.bottom() - 6);
    hills.lineTo(frame.left() + 18, frame.bottom() - 13);
    hills.lineTo(frame.right() - 3, frame.bottom() - 3);
    hills.closeSubpath();
    p.setBrush(faint(color, 0.6));
    p.drawPath(hills);
}

void paintJoin(QPainter& p, const QRectF& box, const QColor& color) {
    const QPointF c = box.center() + QPointF(3, 0);
    p.setPen(QPen(faint(color, 0.55), 1.6));
    p.setBrush(Qt::NoBrush);
    for (const double side : {-1.0, 1.0}) {
        QPainterPath path(QPointF(box.left(), c.y() + side * 10));
        path.cubicTo(QPointF(box.left() + 7, c.y() + side * 10), QPointF(c.x() - 9, c.y() + side * 2),
                     c + QPointF(-7, side * 1.5));
        p.drawPath(path);
    }
    p.drawLine(c + QPointF(8, 0), QPointF(box.right(), c.y()));
    p.setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap));
    p.drawEllipse(c, 7, 7);
    p.drawLine(c + QPointF(-3.4, 0), c + QPointF(3.4, 0));
    p.drawLine(c + QPointF(0, -3.4), c + QPointF(0, 3.4));
}

void paintLine(QPainter& p, const QRectF& box, const QColor& color) {
    p.setPen(Qt::NoPen);
    p.setBrush(faint(color, 0.4));
    for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 3; ++x)
            p.drawRoundedRect(QRectF(box.left() + x * 5, box.center().y() - 7.5 + y * 5, 4, 4), 1, 1);
    p.setBrush(color);
    for (int y = 0; y < 6; ++y)
        p.drawRoundedRect(QRectF(box.right() - 4.5, box.top() + y * 5, 4, 4), 1, 1);
    p.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap));
    p.drawLine(QPointF(box.left() + 17, box.center().y()), QPointF(box.right() - 7.5, box.center().y()));
}

/// Features, one beside the other.
void paintVector(QPainter& p, const QRectF& box, const QColor& color) {
    constexpr int cells = 5;
    const double side = box.height() / cells;
    p.setPen(QPen(color, 1.4));
    for (int i = 0; i < cells; ++i) {
        p.setBrush(faint(color, i % 2 ? 0.12 : 0.5));
        p.drawRoundedRect(QRectF(box.center().x() - side / 2, box.top() + i * side, side - 1, side - 1), 1,
                          1);
    }
}

/// Positions in a row; the last looks back at all of them.
void paintBeads(QPainter& p, const QRectF& box, const QColor& color) {
    const double y = box.center().y() + box.height() * 0.22;
    const auto x = [&](int i) { return box.left() + box.width() * (i + 0.5) / 4; };
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(faint(color, 0.5), 1.2));
    for (int i = 0; i < 3; ++i) {
        QPainterPath arc(QPointF(x(3), y));
        arc.quadTo(QPointF((x(i) + x(3)) / 2, y - box.height() * 0.3 * (3 - i)), QPointF(x(i), y));
        p.drawPath(arc);
    }
    p.setPen(Qt::NoPen);
    p.setBrush(color);
    for (int i = 0; i < 4; ++i)
        p.drawEllipse(QPointF(x(i), y), 2.8, 2.8);
}

void paintRepeat(QPainter& p, const CardFacts& facts, const QRectF& box, const QColor& color) {
    p.setPen(color);
    QFont font = canvasStyle().title;
    font.setPixelSize(facts.repeat < 100 ? 15 : 11);
    p.setFont(font);
    p.drawText(box, Qt::AlignCenter, QStringLiteral("×%1").arg(facts.repeat));
}

} // namespace

void paintEmblem(QPainter& p, const CardFacts& facts, const QRectF& box, const QColor& color) {
    switch (facts.emblem) {
    case Emblem::None:
        return;
    case Emblem::Curve:
        return paintCurve(p, facts, box, color);
    case Emblem::Kernel:
        return paintKernel(p, facts, box, color, false);
    case Emblem::Pool:
        return paintKernel(p, facts, box, color, true);
    case Emblem::Bars:
        return paintBars(p, box, color);
    case Emblem::Repeat:
        return paintRepeat(p, facts, box, color);
    case Emblem::Picture:
        return paintPicture(p, box, color);
    case Emblem::Fan:
        return paintFan(p, box, color);
    case Emblem::Dots:
        return paintDots(p, box, color);
    case Emblem::Bell:
        return paintBell(p, box, color);
    case Emblem::Join:
        return paintJoin(p, box, color);
    case Emblem::Line:
        return paintLine(p, box, color);
    case Emblem::Beads:
        return paintBeads(p, box, color);
    case Emblem::Vector:
        return paintVector(p, box, color);
    }
}

} // namespace burdock
