#pragma once

#include "canvas/canvas_scene.h"
#include "canvas/gestures/gesture.h"

namespace burdock {

/// Draws an edge from a port to another: to a port, or anywhere on a card, which then takes it at its first
/// free port. Dragged off an input, the edge that was there is picked up; dropped on nothing, such an edge
/// goes, while a new one asks for the layer to put there.
class ConnectGesture final : public Gesture {
  public:
    ConnectGesture(CanvasView& view, const Hit& port, const Pointer& start);
    ~ConnectGesture() override;
    void move(const Pointer& pointer) override;
    void release(const Pointer& pointer) override;

  private:
    void findImpossible();
    /// Why the card under the pointer cannot be connected; empty: it can, or there is none.
    QString refusal(const Pointer& pointer) const;
    void explain(const Pointer& pointer);
    bool findTarget(const Pointer& pointer);
    void draw(QPointF loose);

    NodeId fixed_;        ///< the end that stays
    bool forward_ = true; ///< the fixed end is an output
    int fixedPort_ = 0;   ///< which of the outputs, or of the inputs
    std::optional<Edge> picked_;
    Pointer start_;
    bool moved_ = false;
    CanvasScene::Offer offer_;
    QSet<NodeId> cycles_; ///< those of the impossible ones that would close a cycle
    QString explained_;
    std::unique_ptr<EdgeItem> line_;
};

} // namespace burdock
