#pragma once

#include "dashboard/curve_math.h"
#include "engine/train/series.h"

#include <QWidget>

#include <memory>

namespace burdock {

class CurveChart;

/// "80 %", "82.5 %": for axes.
QString shortPercent(double fraction);
/// "92.3 %" or "0.2147", as the series is read; "–" where there is no number.
QString figureText(const SeriesSchema& series, double value);
/// "test accuracy 91.0 %"; empty for nothing.
QString figureText(const NamedValue& value);
/// Title, axes, format and limits of a chart over steps for the series of one metric.
void dressChart(CurveChart& chart, const SeriesSchema& series);

/// A curve of one run: over every step, or a point an epoch.
struct SeriesCurve {
    QString name; ///< of the series, "validation.loss"
    Points points;
    bool everyStep = false;
};

/// Where a run was: after so many steps so many epochs, and so many seconds of training, were over.
struct ClockPoint {
    double step = 0, epoch = 0, seconds = 0;
};

/// What a curve is drawn along.
enum class CurveAxis { Step, Epoch, Time };

/// The same curve along another axis; between the points of the clock, which rise, the pace is even, and
/// after the last one that of the last stretch. Without a point it stays as it is.
Points alongAxis(Points points, const QList<ClockPoint>& clock, CurveAxis axis);

/// Another run, drawn behind those that are looked at.
struct GhostRun {
    QString name;  ///< "#3 Lecture CNN"
    QString brief; ///< "#3"
    QList<SeriesCurve> curves;
    QList<ClockPoint> clock;
};

/// Draws those of the curves that are of the metric, and takes away what the chart had beside them.
void feedChart(CurveChart& chart, const QString& metric, const QList<SeriesCurve>& curves,
               const QList<GhostRun>& ghosts = {});

/// The curves of a run: a chart for each metric with a curve for each split, in reading order. One smoothing
/// for all. As many charts stand side by side as there is room for; the rest is scrolled to.
class MetricCharts : public QWidget {
    Q_OBJECT
  public:
    explicit MetricCharts(QWidget* parent = nullptr);
    ~MetricCharts() override;

    /// Takes the place of what was shown. A chart stays the same as long as its metric has curves; those
    /// of `kept` stay without any.
    void setCurves(const QList<SeriesCurve>& curves, const QStringList& kept = {});
    /// By which steps are epochs and seconds; without it the curves can only be drawn along the steps. It
    /// holds from the next setCurves() on.
    void setClock(const QList<ClockPoint>& clock);
    /// Runs that stay behind the curves, from the next setCurves() on.
    void setGhosts(const QList<GhostRun>& ghosts);
    CurveAxis axis() const;
    void setAxis(CurveAxis axis); ///< one for all charts
    void clear();                 ///< the curves; the charts stay
    QStringList metrics() const;
    CurveChart* chart(const QString& metric) const; ///< null if there is none; curves go by their split

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
