#pragma once

#include "surface/surface_maker.h"

#include <QHash>
#include <QPixmap>
#include <QWidget>

#include <optional>

namespace burdock {

/// Draws a surface with the samples over it, between axes in the data's units; a curve with one value. Tells
/// what the network answers where the pointer is, or the cross that the arrow keys move.
class SurfaceView : public QWidget {
    Q_OBJECT
  public:
    explicit SurfaceView(QWidget* parent = nullptr);

    void setSurface(std::shared_ptr<const DrawnSurface> drawn); ///< null: none
    const std::shared_ptr<const DrawnSurface>& surface() const { return drawn_; }
    void setEmptyText(const QString& text); ///< where there is none

    /// Where a place in the data's units is drawn.
    QPointF toPixel(double x, double y) const;
    /// What is told at a place in the data's units: where it is, then the answer.
    QStringList reading(double x, double y) const;
    /// What is told now; empty where the pointer is elsewhere.
    QStringList reading() const;

    QSize sizeHint() const override { return {380, 340}; }
    QSize minimumSizeHint() const override { return {220, 190}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void layOut();
    QList<double> yTicks() const;
    void drawAxes(QPainter& painter) const;
    void drawCurves(QPainter& painter) const;
    void drawPoints(QPainter& painter);
    void drawScale(QPainter& painter) const;
    void drawReading(QPainter& painter) const;
    const QPixmap& marker(const QColor& color, bool hollow, bool wrong);
    QString valueText(double number) const;
    QString yText(double value) const; ///< along the vertical axis

    std::shared_ptr<const DrawnSurface> drawn_;
    QImage image_;
    SurfaceColors colors_;
    Range scale_; ///< of numbers
    QString emptyText_;
    QRectF plot_;
    std::optional<QPointF> looked_; ///< in the data's units
    QHash<quint64, QPixmap> markers_;
};

} // namespace burdock
