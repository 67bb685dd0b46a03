#include "canvas/node_item.h"

#include <QPainter>
#include <QStyleOptionGraphicsItem>

namespace burdock {

NodeItem::NodeItem(NodeId id, QSizeF card)
    : id_(id)
    , card_(card) {
    // A card is painted once and then moved as a picture: that is what keeps dragging fluid.
    setCacheMode(DeviceCoordinateCache);
    setZValue(10);
}

void NodeItem::setCard(QSizeF card) {
    if (card == card_) return;
    prepareGeometryChange();
    card_ = card;
    update();
}

void NodeItem::setFacts(CardFacts facts) {
    if (facts == facts_) return;
    facts_ = std::move(facts);
    setToolTip(facts_.trouble);
    update();
}

void NodeItem::setState(const CardState& state) {
    if (state == state_) return;
    if (state.selected != state_.selected) setZValue(state.selected ? 11 : 10);
    // The card as a whole: its layers must not shine through each other.
    setOpacity(state.dimmed ? 0.35 : 1);
    state_ = state;
    update();
}

QRectF NodeItem::boundingRect() const {
    return QRectF(QPointF(0, 0), card_).adjusted(-cardMargin, -cardMargin, cardMargin, cardMargin);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const double zoom = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    paintCard(*painter, facts_, state_, card_, zoom);
}

} // namespace burdock
