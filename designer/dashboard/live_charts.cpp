#include "dashboard/live_charts.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_curves.h"
#include "theme/theme.h"

namespace burdock {

QString shortPercent(double fraction) {
    return humanPercent(fraction).replace(QStringLiteral(".0 %"), QStringLiteral(" %"));
}

void dressLossChart(CurveChart& chart) {
    chart.setTitle(CurveChart::tr("Loss"));
    chart.setAxes(CurveChart::tr("Step"), CurveChart::tr("Loss"));
    chart.setLimits(0, std::numeric_limits<double>::infinity());
    chart.setEmptyText(CurveChart::tr("The loss of every step appears here once training begins."));
}

void dressAccuracyChart(CurveChart& chart) {
    chart.setTitle(CurveChart::tr("Accuracy"));
    chart.setAxes(CurveChart::tr("Step"), CurveChart::tr("Accuracy"));
    chart.setFormat({}, shortPercent);
    chart.setLimits(0, 1);
    chart.setEmptyText(CurveChart::tr("The share of right answers appears here once training begins."));
}

void dressRateChart(CurveChart& chart) {
    chart.setTitle(CurveChart::tr("Learning rate"));
    chart.setAxes(CurveChart::tr("Step"), CurveChart::tr("Learning rate"));
    chart.setLimits(0, std::numeric_limits<double>::infinity());
    chart.setEmptyText(CurveChart::tr("The learning rate of every epoch appears here."));
}

void feedCharts(const LiveCurves& curves, CurveChart& loss, CurveChart& accuracy) {
    const Theme& theme = Theme::instance();
    const CurveStyle train{CurveChart::tr("Training"), theme.curve(0), /*smooth=*/true, false, false};
    const CurveStyle validation{CurveChart::tr("Validation"), theme.curve(1), false, /*markers=*/true, false};
    const auto feed = [](CurveChart& chart, const QString& key, const CurveStyle& style,
                         const Points& points) {
        if (points.isEmpty())
            chart.removeCurve(key);
        else
            chart.setCurve(key, style, points);
    };
    feed(loss, QStringLiteral("train"), train, curves.loss());
    feed(loss, QStringLiteral("validation"), validation, curves.validationLoss());
    feed(accuracy, QStringLiteral("train"), train, curves.accuracy());
    feed(accuracy, QStringLiteral("validation"), validation, curves.validationAccuracy());
}

} // namespace burdock
