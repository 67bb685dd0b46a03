#include "dashboard/curve_plot.h"

#include "dashboard/curve_pen.h"
#include "theme/theme.h"

#include <QChart>
#include <QLineSeries>
#include <QScatterSeries>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>

namespace burdock {

CurvePlot::CurvePlot(ChartView& view)
    : xFormat([](double v) { return exactCount(std::llround(v)); })
    , yFormat(humanNumber)
    , limits{-INFINITY, INFINITY}
    , view_(view) {
    view_.readings = [this](double& x, QString& text) { return read(x, text); };
}

CurvePlot::Curve* CurvePlot::find(const QString& key) const {
    for (const auto& curve : curves_)
        if (curve->key == key) return curve.get();
    return nullptr;
}

CurvePlot::Curve& CurvePlot::add(const QString& key) {
    Curve& curve = *curves_.emplace_back(std::make_unique<Curve>());
    curve.key = key;
    QChart* chart = view_.chart();
    curve.raw = new QLineSeries(chart);
    curve.line = new QLineSeries(chart);
    curve.dots = new QScatterSeries(chart);
    for (QXYSeries* series : std::array<QXYSeries*, 3>{curve.raw, curve.line, curve.dots}) {
        chart->addSeries(series);
        series->attachAxis(view_.xAxis());
        series->attachAxis(view_.yAxis());
    }
    return curve;
}

void CurvePlot::remove(const QString& key) {
    std::erase_if(curves_, [&](const std::unique_ptr<Curve>& curve) {
        if (curve->key != key) return false;
        for (QXYSeries* series : std::array<QXYSeries*, 3>{curve->raw, curve->line, curve->dots}) {
            view_.chart()->removeSeries(series);
            delete series;
        }
        return true;
    });
}

Range CurvePlot::xRange() const {
    if (zoom) return *zoom;
    Range r{INFINITY, -INFINITY};
    bool dots = false;
    for (const auto& curve : curves_)
        if (curve->visible && !curve->points.isEmpty()) {
            r.low = std::min(r.low, curve->points.first().x());
            r.high = std::max(r.high, curve->points.last().x());
            dots = dots || curve->style.markers;
        }
    if (!(r.low <= r.high)) return {0, 1};
    if (r.low == r.high) return {r.low - 0.5, r.high + 0.5};
    // Room for half a dot at either end.
    if (dots) return {r.low - 0.012 * r.span(), r.high + 0.012 * r.span()};
    return r;
}

Range CurvePlot::yRange(Range x) const {
    Range r{INFINITY, -INFINITY};
    for (const auto& curve : curves_) {
        if (!curve->visible) continue;
        for (const QPointF& p : curve->line->points())
            if (x.contains(p.x())) {
                r.low = std::min(r.low, p.y());
                r.high = std::max(r.high, p.y());
            }
    }
    if (!(r.low <= r.high)) return log ? Range{-1, 0} : Range{0, 1};
    r = withRaw(r, x);
    const double size = std::max(std::abs(r.low), std::abs(r.high));
    const auto label = [this](double v) { return yFormat(log ? std::pow(10, v) : v); };
    // Equal but for rounding, or for what the axis can tell.
    const bool flat = !(r.span() > 1e-9 * size) || label(r.low) == label(r.high);
    const double margin = flat ? std::max(1e-6, size * 0.1) : 0.06 * r.span();
    Range wide{r.low - margin, r.high + margin};
    if (!log) {
        wide.low = std::max(wide.low, std::min(r.low, limits.low));
        wide.high = std::min(wide.high, std::max(r.high, limits.high));
        if (wide.span() <= 0) wide.low = wide.high - 1;
    }
    return wide;
}

Range CurvePlot::withRaw(Range smooth, Range x) const {
    Range raw = smooth;
    for (const auto& curve : curves_) {
        if (!curve->visible) continue;
        for (const QPointF& p : curve->raw->points())
            if (x.contains(p.x())) {
                raw.low = std::min(raw.low, p.y());
                raw.high = std::max(raw.high, p.y());
            }
    }
    // A few outliers must not flatten what matters: they run out of the picture.
    const double most = std::max(smooth.span(), 0.1 * std::max(std::abs(smooth.low), std::abs(smooth.high)));
    return {std::max(raw.low, smooth.low - most), std::min(raw.high, smooth.high + most)};
}

void CurvePlot::style(Curve& curve) const {
    const bool smooth = curve.style.smooth && smoothing > 0;
    curve.line->setPen(curvePen(curve.style.color, compact ? 1.5 : 2, curve.style.dash));
    QColor faint = curve.style.color;
    faint.setAlphaF(0.22F);
    curve.raw->setPen(QPen(faint, 1));
    curve.raw->setVisible(curve.visible && smooth);
    curve.line->setVisible(curve.visible);
    curve.dots->setVisible(curve.visible && curve.style.markers);
    curve.dots->setColor(curve.style.color);
    curve.dots->setBorderColor(Theme::instance().color(QStringLiteral("raised")));
    curve.dots->setMarkerSize(dotSize());
}

void CurvePlot::draw(Curve& curve, Range x) {
    const bool smooth = curve.style.smooth && smoothing > 0;
    curve.shown =
        smooth ? smoothed(curve.points, spreadWeight(smoothing, curve.points.size())) : curve.points;
    // Two points a pixel draw all that can be seen.
    const int buckets = std::clamp(view_.width() / 2, 50, 500);
    const Points line = onScale(decimated(curve.shown, x, buckets));
    curve.line->replace(line);
    curve.dots->replace(curve.style.markers && apart(line, x) ? line : Points{});
    curve.raw->replace(smooth ? onScale(decimated(curve.points, x, buckets)) : Points{});
    curve.stale = false;
}

bool CurvePlot::apart(const Points& points, Range x) const {
    if (points.size() < 2 || x.span() <= 0) return true;
    const double pixels = (points.last().x() - points.first().x()) / x.span() * view_.width();
    return pixels / static_cast<double>(points.size() - 1) >= 1.5 * dotSize();
}

void CurvePlot::outdate() {
    for (auto& curve : curves_)
        curve->stale = true;
}

Points CurvePlot::onScale(Points points) const {
    if (!log) return points;
    points.removeIf([](const QPointF& p) { return !(p.y() > 0); });
    for (QPointF& p : points)
        p.setY(std::log10(p.y()));
    return points;
}

void CurvePlot::refresh() {
    const Range x = xRange();
    const bool moved = view_.xAxis()->min() != x.low || view_.xAxis()->max() != x.high;
    bool empty = true;
    for (auto& curve : curves_) {
        if (restyle) style(*curve);
        if (curve->visible && (curve->stale || moved)) draw(*curve, x);
        empty = empty && curve->points.isEmpty();
    }
    restyle = false;
    view_.setEmptyText(emptyText, empty);
    ChartView::Axis horizontal = xTicks(x), vertical = yTicks(yRange(x));
    horizontal.name = xName;
    if (namesY && !compact) vertical.name = yName;
    view_.setAxes(std::move(horizontal), std::move(vertical));
}

ChartView::Axis CurvePlot::xTicks(Range x) const {
    ChartView::Axis axis{x, {}};
    QString last;
    for (const double v : niceTicks(x, std::clamp(view_.width() / 60, 3, 8))) {
        if (wholeX && v != std::round(v)) continue;
        if (const QString label = xFormat(v); label != last) axis.ticks.append({v, last = label});
    }
    return axis;
}

ChartView::Axis CurvePlot::yTicks(Range y) const {
    ChartView::Axis axis{y, {}};
    for (int count = std::clamp(view_.height() / 44, 2, 6); count > 0; --count) {
        axis.ticks.clear();
        for (const double v :
             log ? logTicks({std::pow(10, y.low), std::pow(10, y.high)}, count) : niceTicks(y, count))
            if (!log || v > 0) axis.ticks.append({log ? std::log10(v) : v, yFormat(v)});
        const auto repeated =
            std::adjacent_find(axis.ticks.begin(), axis.ticks.end(),
                               [](const auto& a, const auto& b) { return a.second == b.second; });
        if (repeated == axis.ticks.end()) break; // else fewer, which their labels can tell from each other
    }
    return axis;
}

QList<Reading> CurvePlot::read(double& x, QString& text) const {
    const QPointF* snap = nullptr;
    for (const auto& curve : curves_)
        if (const QPointF* p = curve->visible ? nearest(curve->shown, x) : nullptr)
            if (!snap || std::abs(p->x() - x) < std::abs(snap->x() - x)) snap = p;
    if (!snap) return {};
    x = snap->x();
    text = xName + QLatin1Char(' ') + xFormat(x);
    QList<Reading> lines;
    for (const auto& curve : curves_) {
        if (!curve->visible || curve->points.isEmpty()) continue;
        if (x < curve->points.first().x() || x > curve->points.last().x()) continue;
        const QPointF* p = nearest(curve->shown, x);
        if (!p || (log && !(p->y() > 0))) continue; // it is not in the picture
        lines.append({curve->style.label, yFormat(p->y()), curve->style.color, curve->style.dash,
                      log ? std::log10(p->y()) : p->y()});
    }
    return lines;
}

} // namespace burdock
