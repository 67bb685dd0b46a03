#pragma once

#include "canvas/edge_route.h"
#include "engine/graph/graph.h"

#include <QGraphicsItem>

#include <memory>

namespace burdock {

/// The shape of a tensor, shown over the middle of its edge.
class EdgeLabel final : public QGraphicsItem {
  public:
    EdgeLabel();
    void setText(const QString& text);
    QRectF boundingRect() const override { return box_.adjusted(-2, -2, 2, 2); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    QString text_;
    QRectF box_;
};

/// The line along which a tensor flows; the thicker, the larger the tensor is.
class EdgeItem final : public QGraphicsItem {
  public:
    enum class Look { Plain, Hovered, Selected, Near, Target, Wrong, Draft, Active };

    explicit EdgeItem(const Edge& edge);
    ~EdgeItem() override;

    const Edge& edge() const { return edge_; }
    Look look() const { return look_; }
    const QString& tensorShape() const { return shape_; }
    const QPainterPath& path() const { return path_; }

    void route(const EdgeEnds& ends, const CardIndex& cards, EdgeLanes* lanes = nullptr);
    /// The tensor's shape as text and its number of values; empty while unknown.
    void setTensor(const QString& shape, qint64 values);
    void setLook(Look look);
    /// 0 hides the label.
    void showLabel(double opacity);
    double labelOpacity() const;
    /// Too short for the label to stand on it.
    bool isTight() const;
    /// The label hides nothing of the cards at either end.
    bool hasRoomForLabel() const;
    /// Distance of a point to the line, in scene units; large beyond the bounding rectangle.
    double distanceTo(QPointF point) const;

    QRectF boundingRect() const override { return bounds_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    void placeLabel();

    Edge edge_;
    QPainterPath path_;
    QPolygonF outline_; ///< the path as points, for distances
    QRectF bounds_;
    QString shape_;
    double width_ = 1.8;
    Look look_ = Look::Plain;
    std::unique_ptr<EdgeLabel> label_; ///< made when first shown; not a child, as it lies over the cards
};

} // namespace burdock
