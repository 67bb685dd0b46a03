#include "dashboard/metric_charts.h"

#include "dashboard/curve_chart.h"
#include "dashboard/curve_pen.h"
#include "theme/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QScrollArea>

#include <algorithm>
#include <cmath>
#include <utility>

namespace burdock {
namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// The key of a series' curve in its metric's chart.
QString keyOf(const SeriesSchema& series) {
    return text(series.split.empty() ? series.metric : series.split);
}

CurveStyle styleOf(const SeriesSchema& series, bool everyStep) {
    const Theme& theme = Theme::instance();
    CurveStyle style;
    style.smooth = everyStep && series.better != MetricSchema::Better::Neither;
    style.markers = !everyStep;
    if (series.split == "train") {
        style.label = CurveChart::tr("Training");
        style.color = theme.curve(0);
    } else if (series.split == "validation") {
        style.label = CurveChart::tr("Validation");
        style.color = theme.curve(1);
    } else {
        style.label = text(series.title);
        style.color = theme.curve(2);
    }
    return style;
}

/// The curve of the metric that says most of a run: that of the validation, or else of the training.
const SeriesCurve* tellingCurve(const QList<SeriesCurve>& curves, const QString& metric) {
    const SeriesCurve* best = nullptr;
    for (const SeriesCurve& curve : curves) {
        const SeriesSchema series = describeSeries(curve.name.toStdString());
        if (text(series.metric) != metric || curve.points.isEmpty()) continue;
        if (!best || series.split == "validation") best = &curve;
    }
    return best;
}

CurveStyle ghostStyle(const GhostRun& run, const SeriesCurve& curve, int number) {
    CurveStyle style = styleOf(describeSeries(curve.name.toStdString()), curve.everyStep);
    style.label = QStringLiteral("%1 · %2").arg(run.name, style.label);
    style.chip = run.brief;
    style.color = Theme::instance().color(QStringLiteral("ink.soft"));
    style.color.setAlphaF(0.6F);
    style.dash = 1 + number % (dashCount - 1);
    style.markers = false;
    return style;
}

} // namespace

QString shortPercent(double fraction) {
    return humanPercent(fraction).replace(QStringLiteral(".0 %"), QStringLiteral(" %"));
}

QString figureText(const SeriesSchema& series, double value) {
    return series.share ? humanPercent(value) : humanNumber(value);
}

QString figureText(const NamedValue& value) {
    if (value.name.empty()) return {};
    const SeriesSchema series = describeSeries(value.name);
    return text(inSentence(series.title)) + QLatin1Char(' ') + figureText(series, value.value);
}

Points alongAxis(Points points, const QList<ClockPoint>& clock, CurveAxis axis) {
    if (axis == CurveAxis::Step || clock.isEmpty()) return points;
    const auto valueOf = [axis](const ClockPoint& p) {
        return axis == CurveAxis::Epoch ? p.epoch : p.seconds;
    };
    ClockPoint from, to = clock.first();
    qsizetype next = 1;
    for (QPointF& point : points) {
        for (; point.x() > to.step && next < clock.size(); ++next) {
            from = to;
            to = clock[next];
        }
        const double share = to.step > from.step ? (point.x() - from.step) / (to.step - from.step) : 1;
        point.setX(valueOf(from) + share * (valueOf(to) - valueOf(from)));
    }
    return points;
}

void feedChart(CurveChart& chart, const QString& metric, const QList<SeriesCurve>& curves,
               const QList<GhostRun>& ghosts) {
    QStringList drawn;
    for (qsizetype i = 0; i < ghosts.size(); ++i)
        if (const SeriesCurve* curve = tellingCurve(ghosts[i].curves, metric)) {
            drawn << QStringLiteral("ghost.") + ghosts[i].name;
            chart.setCurve(drawn.last(), ghostStyle(ghosts[i], *curve, static_cast<int>(i)), curve->points);
        }
    for (const SeriesCurve& curve : curves) {
        const SeriesSchema series = describeSeries(curve.name.toStdString());
        if (text(series.metric) != metric || curve.points.isEmpty()) continue;
        chart.setCurve(keyOf(series), styleOf(series, curve.everyStep), curve.points);
        drawn << keyOf(series);
    }
    for (const QString& key : chart.curveKeys())
        if (!drawn.contains(key)) chart.removeCurve(key);
}

void dressChart(CurveChart& chart, const SeriesSchema& series) {
    chart.setTitle(text(series.metricTitle));
    chart.setAxes(CurveChart::tr("Step"), text(series.metricTitle));
    chart.setFormat({}, series.share ? std::function<QString(double)>(shortPercent) : humanNumber);
    chart.setLimits(series.low, series.high);
    chart.setEmptyText(CurveChart::tr("%1 appears here once training begins.").arg(text(series.metricTitle)));
    if (!series.doc.empty()) chart.setToolTip(text(series.doc));
}

struct MetricCharts::Impl {
    struct Shown {
        QString metric;
        QFrame* card;
        CurveChart* chart;
    };
    MetricCharts& self;
    QScrollArea* scroll;
    QWidget* page;
    QGridLayout* grid;
    QList<Shown> charts;
    double smoothing = -1; ///< negative: the charts' own
    QList<ClockPoint> clock;
    QList<GhostRun> ghosts;
    CurveAxis axis = CurveAxis::Step;
    QList<SeriesCurve> curves; ///< along the steps
    QStringList kept;
    int columns = 0;

    explicit Impl(MetricCharts& owner)
        : self(owner)
        , scroll(new QScrollArea(&owner))
        , page(new QWidget)
        , grid(new QGridLayout(page)) {
        auto* all = new QVBoxLayout(&owner);
        all->setContentsMargins(0, 0, 0, 0);
        all->addWidget(scroll);
        scroll->setFrameShape(QFrame::NoFrame);
        scroll->setWidgetResizable(true);
        scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        scroll->setWidget(page);
        scroll->viewport()->setAutoFillBackground(false);
        page->setAutoFillBackground(false);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setSpacing(Theme::instance().space(3));
    }

    Shown make(const SeriesSchema& series) {
        Shown shown{text(series.metric), new QFrame, new CurveChart};
        shown.card->setProperty("card", true);
        (new QVBoxLayout(shown.card))->addWidget(shown.chart);
        shown.card->setMinimumHeight(172);
        dressChart(*shown.chart, series);
        if (smoothing >= 0) shown.chart->setSmoothing(smoothing);
        QObject::connect(shown.chart, &CurveChart::smoothingChanged, &self, [this](double weight) {
            smoothing = weight;
            for (const Shown& one : charts)
                one.chart->setSmoothing(weight);
        });
        QObject::connect(shown.chart, &CurveChart::xChosen, &self,
                         [this](int choice) { self.setAxis(static_cast<CurveAxis>(choice)); });
        return shown;
    }

    /// What is shown is drawn along the axis that was chosen, or the steps where nothing else is known.
    CurveAxis shownAxis() const { return clock.isEmpty() ? CurveAxis::Step : axis; }

    void nameAxis(CurveChart& chart, const QString& y) const {
        const QStringList names{CurveChart::tr("Step"), CurveChart::tr("Epoch"), CurveChart::tr("Time")};
        const CurveAxis now = shownAxis();
        chart.setAxes(names[static_cast<int>(now)], y);
        chart.setWholeX(now == CurveAxis::Step);
        switch (now) {
        case CurveAxis::Step:
            chart.setFormat([](double v) { return exactCount(std::llround(v)); }, {});
            break;
        case CurveAxis::Epoch:
            chart.setFormat([](double v) { return v < 1000 ? humanNumber(v) : exactCount(std::llround(v)); },
                            {});
            break;
        case CurveAxis::Time:
            chart.setFormat(humanDuration, {});
        }
        chart.setXChoices(clock.isEmpty() ? QStringList() : names, static_cast<int>(now));
    }

    QList<SeriesCurve> along(QList<SeriesCurve> of, const QList<ClockPoint>& by) const {
        for (SeriesCurve& curve : of)
            curve.points = alongAxis(std::move(curve.points), by, shownAxis());
        return of;
    }

    void draw() {
        std::vector<std::string> names;
        for (const SeriesCurve& curve : curves)
            if (!curve.points.isEmpty()) names.push_back(curve.name.toStdString());
        for (const QString& metric : kept)
            names.push_back(seriesName("train", metric.toStdString()));
        QList<SeriesSchema> wanted;
        for (const std::string& name : inReadingOrder(names)) {
            const SeriesSchema series = describeSeries(name);
            if (wanted.isEmpty() || wanted.last().metric != series.metric) wanted.append(series);
        }
        keep(wanted);
        const QList<SeriesCurve> drawn = along(curves, clock);
        QList<GhostRun> behind;
        for (const GhostRun& run : ghosts)
            if (shownAxis() == CurveAxis::Step || !run.clock.isEmpty())
                behind.append({run.name, run.brief, along(run.curves, run.clock), {}});
        for (qsizetype i = 0; i < charts.size(); ++i) {
            nameAxis(*charts[i].chart, text(wanted[i].metricTitle));
            feedChart(*charts[i].chart, charts[i].metric, drawn, behind);
        }
    }

    /// Brings the charts in line with the metrics, in their order.
    void keep(const QList<SeriesSchema>& wanted) {
        QList<Shown> now;
        for (const SeriesSchema& series : wanted) {
            const auto known = std::find_if(charts.begin(), charts.end(),
                                            [&](const Shown& s) { return s.metric == text(series.metric); });
            now.append(known == charts.end() ? make(series) : *known);
        }
        const auto same = [](const Shown& a, const Shown& b) { return a.chart == b.chart; };
        if (std::equal(now.begin(), now.end(), charts.begin(), charts.end(), same)) return;
        for (const Shown& old : charts)
            if (std::none_of(now.begin(), now.end(), [&](const Shown& s) { return same(s, old); }))
                delete old.card;
        charts = now;
        columns = 0;
        arrange();
    }

    void arrange() {
        constexpr int least = 280;
        const int count = static_cast<int>(charts.size());
        constexpr int bearable = least / 10; ///< narrower each, rather than one column less
        const int room = self.width() / (least - bearable);
        const int now = std::max(1, std::min({count, 3, room}));
        if (now == columns) return;
        columns = now;
        for (const Shown& shown : charts)
            grid->removeWidget(shown.card);
        for (int column = 0; column < 3; ++column)
            grid->setColumnStretch(column, column < columns ? 1 : 0);
        for (int i = 0; i < count; ++i)
            grid->addWidget(charts[i].card, i / columns, i % columns);
    }
};

MetricCharts::MetricCharts(QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this)) {}

MetricCharts::~MetricCharts() = default;

void MetricCharts::setCurves(const QList<SeriesCurve>& curves, const QStringList& kept) {
    impl_->curves = curves;
    impl_->kept = kept;
    impl_->draw();
}

void MetricCharts::setClock(const QList<ClockPoint>& clock) {
    impl_->clock = clock;
}

void MetricCharts::setGhosts(const QList<GhostRun>& ghosts) {
    const auto name = [](const GhostRun& run) { return run.name; };
    const bool same = std::ranges::equal(ghosts, impl_->ghosts, {}, name, name);
    impl_->ghosts = ghosts;
    if (same) return;
    for (const Impl::Shown& shown : impl_->charts)
        shown.chart->clear(); // they are to lie behind: what is added first is drawn first
}

CurveAxis MetricCharts::axis() const {
    return impl_->axis;
}

void MetricCharts::setAxis(CurveAxis axis) {
    if (axis == impl_->axis) return;
    impl_->axis = axis;
    for (const Impl::Shown& shown : impl_->charts)
        shown.chart->clear(); // their zoom is along the old one
    impl_->draw();
}

void MetricCharts::clear() {
    impl_->curves.clear();
    for (const Impl::Shown& shown : impl_->charts)
        shown.chart->clear();
}

QStringList MetricCharts::metrics() const {
    QStringList all;
    for (const Impl::Shown& shown : impl_->charts)
        all << shown.metric;
    return all;
}

CurveChart* MetricCharts::chart(const QString& metric) const {
    for (const Impl::Shown& shown : impl_->charts)
        if (shown.metric == metric) return shown.chart;
    return nullptr;
}

void MetricCharts::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    impl_->arrange();
}

} // namespace burdock
