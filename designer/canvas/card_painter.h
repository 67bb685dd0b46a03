#pragma once

#include "canvas/card_facts.h"
#include "canvas/card_values.h"

#include <QColor>
#include <QRectF>

class QPainter;

namespace burdock {

/// What the pointer and the document do to a card, apart from what it shows.
struct CardState {
    bool selected = false;
    bool hovered = false;
    bool current = false; ///< where the keyboard is
    bool dimmed = false;  ///< cannot take the edge that is being drawn
    bool offered = false; ///< can take it, and would
    bool focused = false; ///< the canvas has the keyboard
    int hotInput = -1;    ///< port under the pointer
    int hotOutput = -1;
    bool computing = false;       ///< its values have just come
    QVector<ShownValue> values{}; ///< that it gives, while the network is computed step by step

    friend bool operator==(const CardState&, const CardState&) = default;
};

/// How far a card's shadow, ports and badge reach beyond its rectangle.
inline constexpr double cardMargin = 16;
inline constexpr double portRadius = 5.5;
inline constexpr double badgeRadius = 10;

QPointF outputPort(QSizeF card, int port, int ports);
QPointF inputPort(QSizeF card, int port, int ports);
QPointF badgeCenter(QSizeF card);

/// Paints a card whose top left corner is the origin. `zoom` is the number of device pixels per unit:
/// cards that are small on the screen show less.
void paintCard(QPainter& painter, const CardFacts& facts, const CardState& state, QSizeF card, double zoom);

/// The small picture beside a card's name.
void paintEmblem(QPainter& painter, const CardFacts& facts, const QRectF& box, const QColor& color);

} // namespace burdock
