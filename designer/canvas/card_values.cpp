#include "canvas/card_values.h"

#include "canvas/canvas_style.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace burdock {
namespace {

constexpr double chipHeight = 20, chipRise = 7, chipGap = 4, chipInset = 15, noteLine = 19;

double valueWidth(const QString& text) {
    return std::max(chipHeight, QFontMetricsF(canvasStyle().figures).horizontalAdvance(text) + 12);
}

} // namespace

QRectF valueChip(QSizeF card, const QVector<ShownValue>& values, qsizetype index) {
    double left = chipInset;
    for (qsizetype i = 0; i < index; ++i)
        left += valueWidth(values[i].text) + chipGap;
    const double width = valueWidth(values[index].text);
    if (left + width > card.width()) return {};
    return {left, card.height() - chipRise, width, chipHeight};
}

void paintValues(QPainter& p, QSizeF card, const QVector<ShownValue>& values) {
    const CanvasStyle& style = canvasStyle();
    p.setFont(style.figures);
    for (qsizetype i = 0; i < values.size(); ++i) {
        const QRectF chip = valueChip(card, values, i);
        if (chip.isNull()) return;
        const ShownValue& value = values[i];
        p.setPen(QPen(value.active || value.settable ? style.accent : style.line, value.settable ? 1.6 : 1));
        p.setBrush(value.active ? style.accent : style.raised);
        p.drawRoundedRect(chip, chipHeight / 2, chipHeight / 2);
        p.setPen(value.active ? style.onAccent : style.ink);
        p.drawText(chip, Qt::AlignCenter, value.text);
    }
}

CardNote::CardNote() {
    setZValue(30);
    setAcceptedMouseButtons(Qt::NoButton);
}

void CardNote::setLines(const QStringList& lines) {
    if (lines == lines_) return;
    prepareGeometryChange();
    lines_ = lines;
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, QFontMetricsF(canvasStyle().figures).horizontalAdvance(line));
    const double height = noteLine * static_cast<double>(lines.size()) + 8;
    box_ = QRectF(-width / 2 - 10, -height, width + 20, height);
    update();
}

void CardNote::placeAbove(const QRectF& card) {
    setPos(card.center().x(), card.top() - 8);
}

void CardNote::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
    const CanvasStyle& style = canvasStyle();
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(QPen(style.accent, 1));
    p->setBrush(style.raised);
    p->drawRoundedRect(box_, style.radius, style.radius);
    p->setFont(style.figures);
    p->setPen(style.ink);
    QRectF line(box_.left() + 10, box_.top() + 4, box_.width() - 20, noteLine);
    for (const QString& text : lines_) {
        p->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, text);
        line.translate(0, noteLine);
    }
}

} // namespace burdock
