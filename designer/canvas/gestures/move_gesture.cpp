#include "canvas/gestures/move_gesture.h"

#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/snapping.h"

#include <QApplication>

namespace burdock {

MoveGesture::MoveGesture(CanvasView& view, NodeId lead, const Pointer& start, bool selectOnClick)
    : Gesture(view)
    , lead_(lead)
    , start_(start)
    , selectOnClick_(selectOnClick)
    , guides_(std::make_unique<GuideItem>()) {
    const Graph& graph = view.document().graph();
    for (const auto& [id, item] : view.canvas().nodes())
        if (view.document().selection().contains(id)) {
            origins_[id] = item->pos();
            moved_.insert(id);
        } else {
            others_.push_back(item->cardRect());
        }
    const NodeItem* item = view.canvas().node(lead);
    mayInsert_ = origins_.size() == 1 && item && item->facts().inputs > 0 && graph.inputsOf(lead).empty() &&
                 graph.outputsOf(lead).empty();
    view.canvas().addItem(guides_.get());
}

MoveGesture::~MoveGesture() {
    view_.canvas().setTargetEdge({});
}

void MoveGesture::move(const Pointer& pointer) {
    if (!moving_) {
        if ((pointer.view - start_.view).manhattanLength() < QApplication::startDragDistance()) return;
        moving_ = true;
    }
    const NodeItem* item = view_.canvas().node(lead_);
    if (!item || !origins_.contains(lead_)) return;
    const QPointF wanted = origins_[lead_] + pointer.scene - start_.scene;
    QPointF place = wanted;
    std::vector<QLineF> guides;
    if (!(pointer.modifiers & Qt::AltModifier)) {
        Snap snap = snapCard(QRectF(wanted, item->card()), others_, 6 / view_.zoom());
        place = snap.position;
        guides = std::move(snap.guides);
    }
    const QPointF shift = place - origins_[lead_];
    for (const auto& [id, origin] : origins_)
        positions_[id] = origin + shift;
    guides_->setLines(std::move(guides));
    view_.canvas().moveLive(positions_);
    if (mayInsert_) lookForEdge();
}

void MoveGesture::lookForEdge() {
    const NodeItem* item = view_.canvas().node(lead_);
    edge_ = view_.canvas().edgeNear(item->cardRect().center(), item->card().height() / 2, moved_);
    view_.canvas().setTargetEdge(edge_);
}

void MoveGesture::release(const Pointer& pointer) {
    GraphDocument& document = view_.document();
    if (!moving_) {
        if (selectOnClick_) document.select({lead_});
        return;
    }
    move(pointer);
    if (edge_) {
        dropOnEdge(document, lead_, positions_[lead_], Edge(*edge_));
        view_.reveal(lead_);
    } else {
        document.sealMerge();
        moveNodes(document, positions_);
        view_.canvas().settle(); // edges that pass by are routed around the new places
    }
}

void MoveGesture::cancel() {
    view_.canvas().settle();
}

} // namespace burdock
