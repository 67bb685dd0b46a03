#pragma once

#include "dashboard/curve_math.h"

#include <QChartView>
#include <QColor>

#include <functional>

class QValueAxis;

namespace burdock {

/// A line of the cross-hair's box.
struct Reading {
    QString label;
    QString value;
    QColor color;
    int dash = 0; ///< of curvePen()
    double y = 0;
};

/// The drawing surface of a CurveChart: Qt Charts draws the curves, this draws grid, tick labels and the
/// cross-hair around them, and turns drags into zooms. All vertical positions are in the chart's own scale
/// (the logarithm, if that is on).
class ChartView : public QChartView {
    Q_OBJECT
  public:
    explicit ChartView(QWidget* parent = nullptr);

    /// It takes the room that it is given. Of itself a view would ask for that of its last picture, and what
    /// it stands in would grow and never shrink.
    QSize sizeHint() const override { return {240, 90}; }

    struct Axis {
        Range range;
        QList<std::pair<double, QString>> ticks; ///< positions in the chart's scale, and their labels
        QString name{};                          ///< stands at the axis; empty: it needs none
    };
    void setAxes(Axis x, Axis y);
    void setEmptyText(const QString& text, bool empty);
    void setCompact(bool compact);
    /// Whether a click on the horizontal axis's name offers others.
    void setChoosable(bool choosable);
    const QList<std::pair<double, QString>>& yTicks() const { return y_.ticks; }
    const QString& xName() const { return x_.name; }
    const QString& yName() const { return y_.name; }
    const Range& yRange() const { return y_.range; }
    QRectF xNamePlace() const; ///< in the viewport
    QValueAxis* xAxis() const { return xAxis_; }
    QValueAxis* yAxis() const { return yAxis_; }
    /// Title and lines for the cross-hair at x; its own x comes back snapped to a point.
    std::function<QList<Reading>(double& x, QString& title)> readings;

  signals:
    void zoomed(burdock::Range x);
    void zoomReset();
    void xNameClicked(QPoint globalPos);

  protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void layOut();
    QString shownXName() const;
    void drawBox(QPainter* painter, double x, const QString& title, const QList<Reading>& lines) const;
    double toPixelX(double x) const;
    double toPixelY(double y) const;
    double toX(double pixel) const;

    QValueAxis* xAxis_;
    QValueAxis* yAxis_;
    Axis x_, y_;
    QRectF plot_;
    QString emptyText_;
    bool empty_ = true;
    bool compact_ = false;
    bool choosable_ = false;
    bool hovering_ = false;
    bool dragging_ = false;
    QPointF mouse_, pressed_;
};

} // namespace burdock
