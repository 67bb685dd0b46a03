#pragma once

#include "canvas/gestures/gesture.h"
#include "engine/graph/graph.h"

#include <QRectF>
#include <QSet>

#include <map>
#include <optional>

namespace burdock {

/// Drags the selected cards. They snap to neighbours and to the grid (Alt: freely); a single card without
/// edges that is dropped on an edge is put into it.
class MoveGesture final : public Gesture {
  public:
    /// `lead` is the card under the pointer, which is what snaps. Pressed without moving, it becomes the only
    /// selected one, unless the press already changed the selection.
    MoveGesture(CanvasView& view, NodeId lead, const Pointer& start, bool selectOnClick);
    ~MoveGesture() override;
    void move(const Pointer& pointer) override;
    void release(const Pointer& pointer) override;
    void cancel() override;

  private:
    void lookForEdge();

    NodeId lead_;
    Pointer start_;
    bool selectOnClick_;
    bool moving_ = false;
    bool mayInsert_ = false;
    std::map<NodeId, QPointF> origins_, positions_;
    QSet<NodeId> moved_;
    std::vector<QRectF> others_;
    std::optional<Edge> edge_;
    std::unique_ptr<GuideItem> guides_;
};

} // namespace burdock
