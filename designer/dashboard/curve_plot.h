#pragma once

#include "dashboard/chart_view.h"
#include "dashboard/curve_chart.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QLineSeries;
class QScatterSeries;

namespace burdock {

/// The curves of a CurveChart and how they are drawn into its view: smoothed, decimated, on either scale.
/// Without controls; refresh() brings the view up to date with all that was set before.
class CurvePlot {
  public:
    /// One curve: its values and the three series that draw it.
    struct Curve {
        QString key;
        CurveStyle style;
        Points points;
        Points shown; ///< smoothed
        bool visible = true;
        bool stale = true; ///< `shown` and the series are older than points or smoothing
        QLineSeries* raw = nullptr;
        QLineSeries* line = nullptr;
        QScatterSeries* dots = nullptr;
    };

    /// `view` outlives the plot.
    explicit CurvePlot(ChartView& view);

    Curve* find(const QString& key) const;
    Curve& add(const QString& key);
    void remove(const QString& key);
    const std::vector<std::unique_ptr<Curve>>& curves() const { return curves_; }

    /// Pens and visibility of a curve's series, after its style has changed.
    void style(Curve& curve) const;
    /// All curves are to be computed anew at the next refresh().
    void outdate();
    void refresh();

    double smoothing = 0.8; ///< 0..0.99
    bool log = false;
    bool compact = false;
    bool namesY = false; ///< the vertical axis bears its name: nothing above the picture says it
    bool restyle = true;
    QString xName, yName, emptyText;
    std::function<QString(double)> xFormat, yFormat;
    bool wholeX = true; ///< ticks at whole numbers only: there is no half step
    Range limits;
    std::optional<Range> zoom;

  private:
    Range xRange() const;
    Range yRange(Range x) const;
    /// The range with so much of what the raw curves do around it as leaves the smooth ones their room.
    Range withRaw(Range smooth, Range x) const;
    void draw(Curve& curve, Range x);
    /// Whether dots at these points leave some of the line between them in sight.
    bool apart(const Points& points, Range x) const;
    double dotSize() const { return compact ? 6 : 8; }
    Points onScale(Points points) const;
    ChartView::Axis xTicks(Range x) const;
    ChartView::Axis yTicks(Range y) const;
    QList<Reading> read(double& x, QString& title) const;

    ChartView& view_;
    std::vector<std::unique_ptr<Curve>> curves_;
};

} // namespace burdock
