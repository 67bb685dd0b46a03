#pragma once

#include "canvas/gestures/gesture.h"

namespace burdock {

/// Moves the paper under the pointer.
class PanGesture final : public Gesture {
  public:
    PanGesture(CanvasView& view, const Pointer& start);
    ~PanGesture() override;
    void move(const Pointer& pointer) override;
    void release(const Pointer& pointer) override;
    bool scrolls() const override { return false; }

  private:
    QPoint last_;
};

} // namespace burdock
