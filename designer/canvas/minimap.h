#pragma once

#include <QWidget>

namespace burdock {

class CanvasView;

/// The whole network in a corner, with a frame around what the canvas shows. Press or drag to go there.
class Minimap final : public QWidget {
    Q_OBJECT
  public:
    explicit Minimap(CanvasView& view);
    QSize sizeHint() const override { return {168, 112}; }
    void setSheer(bool sheer); ///< what lies behind it shines through until the pointer is on it

  protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

  private:
    /// From the scene to this widget.
    QTransform mapping() const;
    void goTo(QPointF at);

    CanvasView& view_;
    bool sheer_ = false;
};

} // namespace burdock
