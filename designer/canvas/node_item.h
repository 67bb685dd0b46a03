#pragma once

#include "canvas/card_facts.h"
#include "canvas/card_painter.h"

#include <QGraphicsItem>

namespace burdock {

/// A node's card on the scene. It knows nothing of the document: the scene gives it facts and a state.
class NodeItem final : public QGraphicsItem {
  public:
    NodeItem(NodeId id, QSizeF card);

    NodeId id() const { return id_; }
    QSizeF card() const { return card_; }
    QRectF cardRect() const { return {pos(), card_}; } ///< in scene coordinates
    const CardFacts& facts() const { return facts_; }
    const CardState& state() const { return state_; }

    void setCard(QSizeF card);
    void setFacts(CardFacts facts);
    void setState(const CardState& state);

    QPointF outputPos(int output = 0) const {
        return pos() + outputPort(card_, output, std::max(output + 1, facts_.outputs));
    }
    QPointF inputPos(int port) const {
        return pos() + inputPort(card_, port, std::max(port + 1, facts_.inputs));
    }
    QPointF badgePos() const { return pos() + badgeCenter(card_); }

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    NodeId id_;
    QSizeF card_;
    CardFacts facts_;
    CardState state_;
};

} // namespace burdock
