#pragma once

#include <QString>

namespace burdock {

class CurveChart;
class LiveCurves;

/// "80 %", "82.5 %": for axes.
QString shortPercent(double fraction);
/// Axes, formats and empty texts of a run's charts.
void dressLossChart(CurveChart& chart);
void dressAccuracyChart(CurveChart& chart);
void dressRateChart(CurveChart& chart); ///< of learning rates
/// Hands the latest curves to the two charts.
void feedCharts(const LiveCurves& curves, CurveChart& loss, CurveChart& accuracy);

} // namespace burdock
