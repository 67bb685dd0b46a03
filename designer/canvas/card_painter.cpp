#include "canvas/card_painter.h"

#include "canvas/canvas_style.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace burdock {
namespace {

constexpr double band = 5; // width of the coloured edge
constexpr double inset = 15;
constexpr double fullDetail = 0.62, cards = 0.3, blocksOnly = 0.18; // zooms from which on they show

QPainterPath bodyPath(const QRectF& r, double radius) {
    QPainterPath path;
    path.moveTo(r.left() + band, r.top());
    path.lineTo(r.right() - radius, r.top());
    path.arcTo(QRectF(r.right() - 2 * radius, r.top(), 2 * radius, 2 * radius), 90, -90);
    path.arcTo(QRectF(r.right() - 2 * radius, r.bottom() - 2 * radius, 2 * radius, 2 * radius), 0, -90);
    path.lineTo(r.left() + band, r.bottom());
    path.closeSubpath();
    return path;
}

QColor outlineColor(const CardFacts& facts, const CardState& state, const CanvasStyle& style) {
    if (state.offered) return style.good;
    if (state.selected || state.computing) return style.accent;
    if (facts.worst == Severity::Error) return style.error;
    if (facts.worst == Severity::Warning) return style.warning;
    return state.hovered ? mixed(style.line, style.ink, 0.35) : style.line;
}

void paintFrame(QPainter& p, const CardFacts& facts, const CardState& state, const QRectF& r,
                const QColor& tint, const CanvasStyle& style) {
    p.setPen(Qt::NoPen);
    for (const double spread : {3.0, 2.0, 1.0}) {
        p.setBrush(style.shadow);
        p.drawRoundedRect(r.adjusted(-spread + 1, -spread + 2, spread - 1, spread + 1), style.radius + spread,
                          style.radius + spread);
    }
    if (facts.repeat > 1) // a stack of cards
        for (const double step : {6.0, 3.0}) {
            p.setPen(QPen(style.line, 1));
            p.setBrush(style.surface);
            p.drawRoundedRect(r.translated(step, -step), style.radius, style.radius);
        }
    p.setPen(Qt::NoPen);
    p.setBrush(tint);
    p.drawRoundedRect(r, style.radius, style.radius);
    p.setBrush(mixed(style.raised, tint, style.dark ? 0.08 : 0.03));
    p.drawPath(bodyPath(r, style.radius));

    const bool strong = state.selected || state.computing || state.offered ||
                        facts.worst == Severity::Error || facts.worst == Severity::Warning;
    QPen pen(outlineColor(facts, state, style), strong ? 2 : 1);
    if (facts.bypassed) pen.setStyle(Qt::DashLine);
    p.setPen(pen);
    p.setBrush(Qt::NoBrush);
    const double half = strong ? 0.5 : 0;
    p.drawRoundedRect(r.adjusted(-half, -half, half, half), style.radius + half, style.radius + half);
    if (state.current && state.focused) {
        p.setPen(QPen(style.accent, 1.5, Qt::DotLine));
        p.drawRoundedRect(r.adjusted(-5, -5, 5, 5), style.radius + 5, style.radius + 5);
    }
}

void paintPorts(QPainter& p, const CardFacts& facts, const CardState& state, QSizeF card, const QColor& tint,
                const CanvasStyle& style) {
    const auto port = [&](QPointF at, bool hot) {
        p.setPen(QPen(hot ? style.accent : mixed(tint, style.ink, 0.15), hot ? 2.5 : 1.6));
        p.setBrush(hot ? mixed(style.raised, style.accent, 0.35) : style.raised);
        const double radius = hot ? portRadius + 2 : portRadius;
        p.drawEllipse(at, radius, radius);
    };
    for (int i = 0; i < facts.inputs; ++i)
        port(inputPort(card, i, facts.inputs), state.hotInput == i);
    for (int i = 0; i < facts.outputs; ++i)
        port(outputPort(card, i, facts.outputs), state.hotOutput == i);
}

void paintBadge(QPainter& p, const CardFacts& facts, QSizeF card, const CanvasStyle& style) {
    if (!facts.worst || *facts.worst == Severity::Hint) return;
    const QPointF c = badgeCenter(card);
    p.setPen(QPen(style.paper, 2));
    p.setBrush(*facts.worst == Severity::Error ? style.error : style.warning);
    p.drawEllipse(c, badgeRadius, badgeRadius);
    p.setPen(QPen(style.paper, 2.4, Qt::SolidLine, Qt::RoundCap));
    p.drawLine(c + QPointF(0, -4.5), c + QPointF(0, 1));
    p.drawPoint(c + QPointF(0, 4.8));
}

void paintShapeChip(QPainter& p, const CardFacts& facts, const QRectF& r, const QColor& tint,
                    const CanvasStyle& style) {
    const bool known = !facts.shape.isEmpty();
    const QString shown = known ? facts.shape : QCoreApplication::translate("CardPainter", "shape unknown");
    const QFont& font = known ? style.figures : style.caption;
    const QFontMetricsF metrics(font);
    const QRectF chip(r.left() + inset, r.bottom() - 29, metrics.horizontalAdvance(shown) + 14, 20);
    p.setPen(Qt::NoPen);
    p.setBrush(known ? mixed(style.raised, tint, style.dark ? 0.3 : 0.16) : QColor(Qt::transparent));
    p.drawRoundedRect(chip, 6, 6);
    if (!known) {
        p.setPen(QPen(mixed(style.line, style.soft, 0.5), 1, Qt::DashLine));
        p.drawRoundedRect(chip, 6, 6);
    }
    p.setFont(font);
    p.setPen(known ? style.ink : style.soft);
    p.drawText(chip, Qt::AlignCenter, shown);
    if (facts.parameters.isEmpty()) return;
    p.setFont(style.caption);
    p.setPen(style.soft);
    p.drawText(QRectF(chip.right() + 4, chip.top(), r.right() - 12 - chip.right() - 4, chip.height()),
               Qt::AlignRight | Qt::AlignVCenter, facts.parameters);
}

void paintText(QPainter& p, const CardFacts& facts, const QRectF& r, const QColor& tint,
               const CanvasStyle& style) {
    constexpr double emblemSide = 30;
    const bool emblem = facts.emblem != Emblem::None;
    const double width = r.width() - inset - 12 - (emblem ? emblemSide + 6 : 0);
    if (emblem)
        paintEmblem(p, facts, QRectF(r.right() - 11 - emblemSide, r.top() + 11, emblemSide, emblemSide),
                    mixed(tint, style.ink, style.dark ? 0.25 : 0.1));
    const QFontMetricsF title(style.title), caption(style.caption);
    p.setFont(style.title);
    p.setPen(style.ink);
    p.drawText(QRectF(r.left() + inset, r.top() + 8, width, 20), Qt::AlignLeft | Qt::AlignVCenter,
               title.elidedText(facts.name, Qt::ElideRight, width));
    p.setFont(style.caption);
    p.setPen(style.soft);
    QString below = facts.bypassed ? QCoreApplication::translate("CardPainter", "bypassed") : facts.summary;
    if (facts.frozen) {
        const QString frozen = QCoreApplication::translate("CardPainter", "frozen");
        below = below.isEmpty() ? frozen : frozen + QStringLiteral(" · ") + below;
    }
    p.drawText(QRectF(r.left() + inset, r.top() + 27, width, 18), Qt::AlignLeft | Qt::AlignVCenter,
               caption.elidedText(below, Qt::ElideRight, width));
    paintShapeChip(p, facts, r, tint, style);
}

/// From some way off: the name and the shape, as large as can be read.
void paintBriefText(QPainter& p, const CardFacts& facts, const QRectF& r, const QColor& tint, double zoom,
                    const CanvasStyle& style) {
    constexpr double emblemSide = 28;
    QFont title = style.title, figures = style.figures;
    title.setPixelSize(std::clamp(static_cast<int>(12 / zoom), 16, 27));
    figures.setPixelSize(std::clamp(static_cast<int>(10 / zoom), 14, 22));
    const QRectF box = r.adjusted(inset, 7, -10, -8);
    p.setFont(title);
    p.setPen(style.ink);
    p.drawText(box, Qt::AlignLeft | Qt::AlignTop,
               QFontMetricsF(title).elidedText(facts.name, Qt::ElideRight, box.width()));
    p.setFont(figures);
    p.setPen(style.soft);
    const QFontMetricsF metrics(figures);
    p.drawText(box, Qt::AlignLeft | Qt::AlignBottom,
               metrics.elidedText(facts.shape, Qt::ElideRight, box.width()));
    if (metrics.horizontalAdvance(facts.shape) < box.width() - emblemSide - 8)
        paintEmblem(p, facts,
                    QRectF(box.right() - emblemSide, box.bottom() - emblemSide, emblemSide, emblemSide),
                    mixed(tint, style.ink, style.dark ? 0.25 : 0.1));
}

/// A snowflake on the card's left top corner.
void paintFrost(QPainter& p, const CanvasStyle& style) {
    constexpr double radius = 9, arm = 6.4;
    const QPointF center(12, 1);
    p.setPen(QPen(style.line, 1));
    p.setBrush(style.raised);
    p.drawEllipse(center, radius, radius);
    p.setPen(QPen(style.ink, 1.1, Qt::SolidLine, Qt::RoundCap));
    p.save();
    p.translate(center);
    p.rotate(30);
    for (int i = 0; i < 6; ++i) {
        p.rotate(60);
        p.drawLine(QPointF(0, 0), QPointF(arm, 0));
        for (const double side : {-2.2, 2.2})
            p.drawLine(QPointF(3.4, 0), QPointF(5.4, side));
    }
    p.restore();
}

/// From far away: a block of colour, with the name while it can be read.
void paintFromAfar(QPainter& p, const CardFacts& facts, const CardState& state, const QRectF& r,
                   const QColor& tint, double zoom, const CanvasStyle& style) {
    p.setPen(QPen(outlineColor(facts, state, style), (state.selected || facts.worst ? 2 : 1) / zoom));
    p.setBrush(mixed(style.raised, tint, facts.bypassed ? 0.12 : 0.35));
    p.drawRoundedRect(r, style.radius, style.radius);
    if (zoom < blocksOnly) return;
    QFont font = style.title;
    font.setPixelSize(std::clamp(static_cast<int>(11 / zoom), 14, 34));
    p.setFont(font);
    p.setPen(style.ink);
    const QRectF box = r.adjusted(8, 4, -8, -4);
    const QString name = QFontMetricsF(font).elidedText(facts.name, Qt::ElideRight, box.width() * 1.7);
    p.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, name);
}

} // namespace

QPointF outputPort(QSizeF card, int port, int ports) {
    return {card.width(), card.height() * (port + 1) / (ports + 1)};
}

QPointF inputPort(QSizeF card, int port, int ports) {
    return {0, card.height() * (port + 1) / (ports + 1)};
}

QPointF badgeCenter(QSizeF card) {
    return {card.width() - 3, 1};
}

void paintCard(QPainter& p, const CardFacts& facts, const CardState& state, QSizeF card, double zoom) {
    const CanvasStyle& style = canvasStyle();
    const QRectF r(QPointF(0, 0), card);
    const QColor tint = facts.known ? style.of(facts.category) : style.soft;
    p.setRenderHint(QPainter::Antialiasing);
    if (zoom < cards) {
        paintFromAfar(p, facts, state, r, tint, zoom, style);
    } else {
        paintFrame(p, facts, state, r, tint, style);
        if (facts.bypassed) p.setOpacity(0.55);
        if (zoom < fullDetail)
            paintBriefText(p, facts, r, tint, zoom, style);
        else
            paintText(p, facts, r, tint, style);
        if (facts.bypassed) p.setOpacity(1);
    }
    if (zoom >= 0.3) paintPorts(p, facts, state, card, tint, style);
    if (zoom >= blocksOnly) paintBadge(p, facts, card, style);
    if (facts.frozen && zoom >= blocksOnly) paintFrost(p, style);
    if (!state.values.isEmpty() && zoom >= blocksOnly) paintValues(p, card, state.values);
}

} // namespace burdock
