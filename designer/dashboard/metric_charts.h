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

/// Draws those of the curves that are of the metric, and takes away what the chart had beside them.
void feedChart(CurveChart& chart, const QString& metric, const QList<SeriesCurve>& curves);

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
    void clear(); ///< the curves; the charts stay
    QStringList metrics() const;
    CurveChart* chart(const QString& metric) const; ///< null if there is none; curves go by their split

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
