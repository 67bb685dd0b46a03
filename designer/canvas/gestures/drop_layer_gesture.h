#pragma once

#include "canvas/gestures/gesture.h"
#include "canvas/node_item.h"

#include <optional>
#include <string>

namespace burdock {

/// A layer that comes from the palette: its card follows the pointer, and an edge underneath takes it in.
class DropLayerGesture final : public Gesture {
  public:
    DropLayerGesture(CanvasView& view, std::string type);
    ~DropLayerGesture() override;
    void move(const Pointer& pointer) override;
    void release(const Pointer& pointer) override;

  private:
    std::string type_;
    bool takesInput_ = true;
    std::optional<Edge> edge_;
    std::unique_ptr<NodeItem> ghost_;
    std::unique_ptr<GuideItem> guides_;
};

} // namespace burdock
