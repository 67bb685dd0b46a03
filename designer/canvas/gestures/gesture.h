#pragma once

#include <QGraphicsItem>
#include <QPoint>
#include <QPointF>

#include <memory>
#include <vector>

class QLineF;

namespace burdock {

class CanvasView;

/// Where the pointer is, in both of the canvas's systems.
struct Pointer {
    QPointF scene;
    QPoint view;
    Qt::KeyboardModifiers modifiers;
};

/// One thing done with the mouse from press to release. It shows what it would do while it moves, and edits
/// the document once, on release. Destroying it takes what it showed away.
class Gesture {
  public:
    explicit Gesture(CanvasView& view)
        : view_(view) {}
    virtual ~Gesture() = default;
    Gesture(const Gesture&) = delete;
    Gesture& operator=(const Gesture&) = delete;

    virtual void move(const Pointer& pointer) = 0;
    virtual void release(const Pointer& pointer) = 0;
    /// Escape, or the document changed underneath.
    virtual void cancel() {}
    /// Whether the canvas scrolls when the pointer comes near its border.
    virtual bool scrolls() const { return true; }

  protected:
    CanvasView& view_;
};

/// Lines that show what a card is aligned with.
class GuideItem final : public QGraphicsItem {
  public:
    GuideItem() { setZValue(25); }
    void setLines(std::vector<QLineF> lines);
    QRectF boundingRect() const override { return bounds_; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

  private:
    std::vector<QLineF> lines_;
    QRectF bounds_;
};

} // namespace burdock
