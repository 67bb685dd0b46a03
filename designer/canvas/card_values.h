#pragma once

#include "engine/schema/node_path.h"

#include <QGraphicsItem>
#include <QStringList>
#include <QVector>

#include <map>

namespace burdock {

/// A value that a card gives, as it is shown while the network is computed step by step.
struct ShownValue {
    QString text;
    bool active = false;   ///< it is not zero
    bool settable = false; ///< a click changes it: a bit of the Input

    friend bool operator==(const ShownValue&, const ShownValue&) = default;
};

/// What the canvas shows of one sample on its way through the network, as far as it has come.
struct ShownValues {
    std::map<NodeId, QVector<ShownValue>> cards; ///< those that have computed
    NodeId computing;                            ///< the last of them
    QStringList note;                            ///< how it came to its values, a line for each

    friend bool operator==(const ShownValues&, const ShownValues&) = default;
};

/// Where the chip of a value stands, on a card whose top left corner is the origin; null for those for which
/// there is no room.
QRectF valueChip(QSizeF card, const QVector<ShownValue>& values, qsizetype index);
void paintValues(QPainter& painter, QSizeF card, const QVector<ShownValue>& values);

/// Lines beside a card, over everything.
class CardNote final : public QGraphicsItem {
  public:
    CardNote();
    void setLines(const QStringList& lines);
    const QStringList& lines() const { return lines_; }
    /// Its lower edge in the middle above the card.
    void placeAbove(const QRectF& card);
    QRectF boundingRect() const override { return box_.adjusted(-2, -2, 2, 2); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    QStringList lines_;
    QRectF box_;
};

} // namespace burdock
