#include "canvas/gestures/connect_gesture.h"

#include "canvas/canvas_commands.h"
#include "canvas/canvas_view.h"
#include "document/graph_edits.h"
#include "theme/plain_text.h"

#include <QApplication>
#include <QToolTip>

namespace burdock {

ConnectGesture::ConnectGesture(CanvasView& view, const Hit& port, const Pointer& start)
    : Gesture(view)
    , fixed_(port.node)
    , forward_(port.kind == Hit::Kind::Output)
    , fixedPort_(port.port)
    , start_(start) {
    const Graph& graph = view.document().graph();
    if (const Edge* edge = forward_ ? nullptr : graph.edgeAt(port.node, port.port)) {
        picked_ = *edge;
        fixed_ = edge->from;
        fixedPort_ = edge->output;
        forward_ = true;
    }
    findImpossible();
    line_ = std::make_unique<EdgeItem>(Edge{});
    line_->setLook(EdgeItem::Look::Draft);
    view.canvas().addItem(line_.get());
}

ConnectGesture::~ConnectGesture() {
    view_.canvas().setOffer({});
    if (picked_)
        if (EdgeItem* item = view_.canvas().edge(*picked_)) item->show();
}

/// Nodes that would close a cycle, or whose inputs are all taken (unless that is the edge picked up).
void ConnectGesture::findImpossible() {
    Graph graph = view_.document().graph();
    if (picked_) graph.disconnect(*picked_);
    for (const Node& node : graph.nodes()) {
        const NodeId from = forward_ ? fixed_ : node.id, to = forward_ ? node.id : fixed_;
        const NodeItem* item = view_.canvas().node(node.id);
        const bool noPort = forward_ ? !item || item->facts().inputs == 0 : !item;
        const bool cycle = !noPort && closesCycle(graph, from, to);
        if (cycle) cycles_.insert(node.id);
        if (node.id == fixed_ || noPort || cycle) offer_.impossible.insert(node.id);
    }
    offer_.impossible.remove(fixed_);
}

bool ConnectGesture::findTarget(const Pointer& pointer) {
    CanvasScene& scene = view_.canvas();
    const Hit hit = scene.hitTest(pointer.scene, 20 / view_.zoom() + 8);
    offer_.node = {};
    offer_.input = -1;
    offer_.output = -1;
    const bool card = hit.kind == Hit::Kind::Node || hit.kind == Hit::Kind::Badge ||
                      hit.kind == Hit::Kind::Input || hit.kind == Hit::Kind::Output;
    if (!card || hit.node == fixed_ || offer_.impossible.contains(hit.node)) return false;
    offer_.node = hit.node;
    if (!forward_) {
        offer_.output = hit.kind == Hit::Kind::Output ? hit.port : 0;
        return true;
    }
    if (hit.kind == Hit::Kind::Input) {
        offer_.input = hit.port;
        return true;
    }
    Graph graph = view_.document().graph();
    if (picked_) graph.disconnect(*picked_);
    // A card whose inputs are all taken gives up the first one, as the port itself would.
    offer_.input = std::max(0, freePort(graph, hit.node));
    return true;
}

QString ConnectGesture::refusal(const Pointer& pointer) const {
    const Hit hit = view_.canvas().hitTest(pointer.scene, 20 / view_.zoom() + 8);
    const Node* node = hit.node ? view_.document().graph().find(hit.node) : nullptr;
    if (!node) return {};
    const QString name = QString::fromStdString(node->name);
    // The gesture begins on its own card: only the other kind of port is aimed at.
    const bool own = hit.node == fixed_ && hit.kind == (forward_ ? Hit::Kind::Input : Hit::Kind::Output);
    if (own || (hit.node != fixed_ && cycles_.contains(hit.node)))
        return CanvasView::tr("Not connected: %1 would lie on a cycle, and values flow one way only.")
            .arg(name);
    if (offer_.impossible.contains(hit.node))
        return CanvasView::tr("Not connected: %1 takes no input.").arg(name);
    return {};
}

void ConnectGesture::explain(const Pointer& pointer) {
    const QString why = refusal(pointer);
    if (why == explained_) return;
    explained_ = why;
    emit view_.statusMessage(why);
    if (why.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(view_.viewport()->mapToGlobal(pointer.view), plainTip(why), view_.viewport());
}

void ConnectGesture::draw(QPointF loose) {
    CanvasScene& scene = view_.canvas();
    const NodeItem* fixed = scene.node(fixed_);
    const NodeItem* other = offer_.node ? scene.node(offer_.node) : nullptr;
    EdgeEnds ends;
    if (forward_) {
        ends = {fixed->outputPos(fixedPort_), loose, fixed->cardRect(), {}};
        if (other) {
            ends.to = other->inputPos(offer_.input);
            ends.target = other->cardRect();
        }
    } else {
        ends = {loose, fixed->inputPos(fixedPort_), {}, fixed->cardRect()};
        if (other) {
            ends.from = other->outputPos(offer_.output);
            ends.source = other->cardRect();
        }
    }
    line_->route(ends, {});
}

void ConnectGesture::move(const Pointer& pointer) {
    if (!moved_) {
        if ((pointer.view - start_.view).manhattanLength() < QApplication::startDragDistance()) return;
        moved_ = true;
        if (picked_) view_.canvas().edge(*picked_)->hide();
    }
    findTarget(pointer);
    explain(pointer);
    view_.canvas().setOffer(offer_);
    draw(pointer.scene);
}

void ConnectGesture::release(const Pointer& pointer) {
    GraphDocument& document = view_.document();
    if (!moved_) {
        document.select({picked_ ? picked_->to : fixed_});
        return;
    }
    if (findTarget(pointer)) {
        const Edge edge = forward_ ? Edge{fixed_, offer_.node, offer_.input, fixedPort_}
                                   : Edge{offer_.node, fixed_, fixedPort_, offer_.output};
        connectNodes(document, edge, picked_);
        return;
    }
    explain(pointer);                  // what was refused is still said when the edge has gone
    if (!explained_.isEmpty()) return; // it was let go over a card, however near its border
    const Hit hit = view_.canvas().hitTest(pointer.scene, 0);
    if (hit.kind != Hit::Kind::Nothing && hit.kind != Hit::Kind::Edge) return;
    if (picked_) {
        removeEdge(document, *picked_);
        return;
    }
    LayerPlace place;
    // The new card's port comes to lie where the edge was let go.
    const double half = view_.canvas().node(fixed_)->card().width() / 2;
    if (forward_) {
        place.at = pointer.scene + QPointF(half, 0);
        place.feed = fixed_;
        place.output = fixedPort_;
    } else {
        place.at = pointer.scene - QPointF(half, 0);
        place.target = fixed_;
        place.port = fixedPort_;
    }
    view_.offerLayers(place, pointer.view);
}

} // namespace burdock
