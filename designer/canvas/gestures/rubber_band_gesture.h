#pragma once

#include "canvas/gestures/gesture.h"
#include "engine/schema/ids.h"

#include <QSet>

class QGraphicsRectItem;

namespace burdock {

/// Selects the cards that a rectangle touches; with Shift or Ctrl in addition to those selected before.
class RubberBandGesture final : public Gesture {
  public:
    RubberBandGesture(CanvasView& view, const Pointer& start);
    ~RubberBandGesture() override;
    void move(const Pointer& pointer) override;
    void release(const Pointer& pointer) override;
    void cancel() override;

  private:
    QPointF start_;
    QSet<NodeId> before_, kept_;
    std::unique_ptr<QGraphicsRectItem> band_;
};

} // namespace burdock
