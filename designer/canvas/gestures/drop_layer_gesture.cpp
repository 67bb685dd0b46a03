#include "canvas/gestures/drop_layer_gesture.h"

#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/snapping.h"
#include "document/card_size.h"

namespace burdock {

DropLayerGesture::DropLayerGesture(CanvasView& view, std::string type)
    : Gesture(view)
    , type_(std::move(type))
    , guides_(std::make_unique<GuideItem>()) {
    Graph alone;
    const NodeId id = alone.add(type_, {}, {}, view.document().graph().freeName(type_));
    const CardSize size = cardSize(alone, *alone.find(id));
    ghost_ = std::make_unique<NodeItem>(id, QSizeF(size.width, size.height));
    // Nothing is wrong with it yet: what is missing is the network around it.
    CardFacts facts = cardFacts(alone, {}, {}, *alone.find(id));
    takesInput_ = facts.inputs > 0;
    ghost_->setFacts(std::move(facts));
    ghost_->setOpacity(0.8);
    ghost_->setZValue(35);
    ghost_->hide();
    view.canvas().addItem(ghost_.get());
    view.canvas().addItem(guides_.get());
}

DropLayerGesture::~DropLayerGesture() {
    view_.canvas().setTargetEdge({});
}

void DropLayerGesture::move(const Pointer& pointer) {
    std::vector<QRectF> cards;
    for (const auto& [id, item] : view_.canvas().nodes())
        cards.push_back(item->cardRect());
    const QSizeF size = ghost_->card();
    const QPointF corner = pointer.scene - QPointF(size.width() / 2, size.height() / 2);
    Snap snap = snapCard(QRectF(corner, size), cards, 6 / view_.zoom());
    ghost_->setPos(snap.position);
    ghost_->show();
    guides_->setLines(std::move(snap.guides));
    edge_.reset();
    if (takesInput_) edge_ = view_.canvas().edgeNear(pointer.scene, 30 / view_.zoom());
    view_.canvas().setTargetEdge(edge_);
}

void DropLayerGesture::release(const Pointer& pointer) {
    move(pointer);
    LayerPlace place;
    place.at = ghost_->cardRect().center();
    place.onEdge = edge_;
    // Between the rows there is no room for it: it may have gone to the end of one.
    if (const NodeId added = addLayer(view_.document(), type_, place)) view_.reveal(added);
}

} // namespace burdock
