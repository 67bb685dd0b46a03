#pragma once

#include <QObject>
#include <QPointF>
#include <QRectF>

class QGraphicsView;
class QVariantAnimation;

namespace burdock {

/// Where the canvas looks and how closely: zooming that keeps a point still, and gliding.
class CanvasCamera final : public QObject {
    Q_OBJECT
  public:
    static constexpr double minZoom = 0.08, maxZoom = 4;

    explicit CanvasCamera(QGraphicsView& view);

    double zoom() const;
    /// Multiplies the zoom while the scene stays still under `viewPos`; glides, and adds up when called again
    /// before it has got there.
    void zoomAt(QPoint viewPos, double factor, bool glide = true);
    void setZoom(double zoom);
    void panBy(QPoint delta);
    void lookAt(QPointF scenePos);
    /// Shows `rect` with a margin, not larger than `largest`.
    void fit(const QRectF& rect, double largest);
    /// Shows the whole network; showsAll() holds until the user looks elsewhere, so that it can be kept in
    /// view when the window's size changes.
    void fitAll(const QRectF& content);
    bool showsAll() const { return showsAll_; }
    void refit(const QRectF& content);
    /// The shortest way to have `rect` in view.
    void reveal(const QRectF& rect);
    void setAnimated(bool animated) { animated_ = animated; }

  signals:
    void moved();

  private:
    void apply(double zoom, QPointF center);
    void glideTo(double zoom, QPointF center, int milliseconds);
    QPointF center() const;

    QGraphicsView& view_;
    QVariantAnimation* glide_;
    double zoom_ = 1;
    double fromZoom_ = 1, toZoom_ = 1;
    QPointF fromCenter_, toCenter_;
    bool anchored_ = false; ///< the glide keeps anchorScene_ at anchorView_
    QPointF anchorScene_;
    QPointF anchorOffset_; ///< of the anchor from the viewport's middle, in pixels
    bool animated_ = true;
    bool showsAll_ = true;
};

} // namespace burdock
