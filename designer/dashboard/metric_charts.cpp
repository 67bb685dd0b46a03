#include "dashboard/metric_charts.h"

#include "dashboard/curve_chart.h"
#include "theme/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QScrollArea>

#include <algorithm>

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

void feedChart(CurveChart& chart, const QString& metric, const QList<SeriesCurve>& curves) {
    QStringList drawn;
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
        return shown;
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
        const int now = std::max(1, std::min({count, 3, std::max(self.width(), 2 * least) / least}));
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
    impl_->keep(wanted);
    for (const Impl::Shown& shown : impl_->charts)
        feedChart(*shown.chart, shown.metric, curves);
}

void MetricCharts::clear() {
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
