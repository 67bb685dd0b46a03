#include "canvas/edge_item.h"

#include "canvas/canvas_style.h"

#include <QFontMetricsF>
#include <QGraphicsScene>
#include <QLineF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

QColor colorOf(EdgeItem::Look look, const CanvasStyle& style) {
    switch (look) {
    case EdgeItem::Look::Hovered:
    case EdgeItem::Look::Selected:
    case EdgeItem::Look::Target:
    case EdgeItem::Look::Draft:
    case EdgeItem::Look::Active:
        return style.accent;
    case EdgeItem::Look::Near:
        return mixed(style.soft, style.accent, 0.65);
    case EdgeItem::Look::Wrong:
        return style.error;
    case EdgeItem::Look::Plain:
        break;
    }
    return mixed(style.line, style.soft, 0.6);
}

double labelWidth(const QString& text) {
    return QFontMetricsF(canvasStyle().figures).horizontalAdvance(text) + 16;
}

} // namespace

EdgeLabel::EdgeLabel() {
    setZValue(30);
    setAcceptedMouseButtons(Qt::NoButton);
}

void EdgeLabel::setText(const QString& text) {
    if (text == text_) return;
    prepareGeometryChange();
    text_ = text;
    const double width = labelWidth(text);
    box_ = QRectF(-width / 2, -11, width, 22);
    update();
}

void EdgeLabel::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
    const CanvasStyle& style = canvasStyle();
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(QPen(style.accent, 1));
    p->setBrush(style.raised);
    p->drawRoundedRect(box_, 11, 11);
    p->setFont(style.figures);
    p->setPen(style.ink);
    p->drawText(box_, Qt::AlignCenter, text_);
}

EdgeItem::EdgeItem(const Edge& edge)
    : edge_(edge) {
    setAcceptedMouseButtons(Qt::NoButton);
}

EdgeItem::~EdgeItem() = default;

void EdgeItem::route(const EdgeEnds& ends, const CardIndex& cards, EdgeLanes* lanes) {
    prepareGeometryChange();
    path_ = routeEdge(ends, cards, lanes);
    outline_ = path_.toSubpathPolygons().value(0);
    const double margin = width_ + 3;
    bounds_ = path_.boundingRect().adjusted(-margin, -margin, margin, margin);
    placeLabel();
    update();
}

void EdgeItem::setTensor(const QString& shape, qint64 values) {
    const double width =
        values > 0 ? 1.6 + 0.62 * std::clamp(std::log10(static_cast<double>(values)) - 0.5, 0.0, 6.0) : 1.6;
    if (shape == shape_ && width == width_) return;
    shape_ = shape;
    width_ = width;
    if (label_) label_->setText(shape);
    prepareGeometryChange();
    const double margin = width_ + 3;
    bounds_ = path_.boundingRect().adjusted(-margin, -margin, margin, margin);
    update();
}

void EdgeItem::setLook(Look look) {
    if (look == look_) return;
    look_ = look;
    setZValue(look == Look::Plain ? 0 : (look == Look::Draft ? 20 : 1));
    update();
}

void EdgeItem::showLabel(double opacity) {
    if (shape_.isEmpty()) opacity = 0;
    if (opacity <= 0) {
        if (label_) label_->hide();
        return;
    }
    if (!label_) {
        if (!scene()) return;
        label_ = std::make_unique<EdgeLabel>();
        label_->setText(shape_);
        scene()->addItem(label_.get());
        placeLabel();
    }
    label_->setOpacity(opacity);
    label_->show();
}

bool EdgeItem::isTight() const {
    return bounds_.width() < 90 && bounds_.height() < 60;
}

bool EdgeItem::hasRoomForLabel() const {
    return !isTight() || labelWidth(shape_) <= bounds_.width();
}

double EdgeItem::labelOpacity() const {
    return label_ && label_->isVisible() ? label_->opacity() : 0;
}

void EdgeItem::placeLabel() {
    if (!label_ || path_.isEmpty()) return;
    const QPointF middle = path_.pointAtPercent(0.5);
    // Short edges have no room for it between the cards: it floats above the line.
    label_->setPos(middle - QPointF(0, isTight() ? 22 : 0));
}

double EdgeItem::distanceTo(QPointF point) const {
    constexpr double far = std::numeric_limits<double>::max();
    if (!bounds_.adjusted(-12, -12, 12, 12).contains(point)) return far;
    double best = far;
    for (qsizetype i = 1; i < outline_.size(); ++i) {
        const QPointF a = outline_[i - 1], d = outline_[i] - a;
        const double length = QPointF::dotProduct(d, d);
        const double t = length > 0 ? std::clamp(QPointF::dotProduct(point - a, d) / length, 0.0, 1.0) : 0;
        best = std::min(best, QLineF(point, a + t * d).length());
    }
    return best;
}

void EdgeItem::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
    const CanvasStyle& style = canvasStyle();
    const bool strong =
        look_ == Look::Selected || look_ == Look::Hovered || look_ == Look::Target || look_ == Look::Active;
    p->setRenderHint(QPainter::Antialiasing);
    QPen pen(colorOf(look_, style), width_ + (strong ? 1 : 0), Qt::SolidLine, Qt::RoundCap);
    if (look_ == Look::Draft) pen.setStyle(Qt::DashLine);
    p->setPen(pen);
    p->setBrush(Qt::NoBrush);
    p->drawPath(path_);
}

} // namespace burdock
