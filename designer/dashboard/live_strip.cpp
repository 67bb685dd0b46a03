#include "dashboard/live_strip.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_runs.h"
#include "dashboard/metric_charts.h"
#include "theme/elided_label.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QTimer>
#include <QVBoxLayout>

#include <array>

namespace burdock {

struct LiveStrip::Impl {
    LiveStrip& self;
    LiveRuns& runs;
    /// The loss, and the metric that tells most beside it.
    struct Half {
        std::string metric;
        QLabel* text = new QLabel;
        CurveChart* chart = new CurveChart;
    };
    std::array<Half, 2> halves{Half{.metric = "loss"}, Half{.metric = {}}};
    QTimer redraw;
    bool fresh = true;
    QLabel* run = new ElidedLabel; ///< whose curves these are
    QString network;

    Impl(LiveStrip& owner, RunQueue& queue)
        : self(owner)
        , runs(LiveRuns::of(queue)) {
        const SeriesSchema loss = describeSeries(seriesName("train", "loss"));
        dressChart(*halves[0].chart, loss);
        halves[0].text->setText(QString::fromStdString(loss.metricTitle));
        // Which one it is, the data's task says when a run has begun.
        halves[1].text->setText(LiveStrip::tr("Metric"));
        halves[1].chart->setEmptyText(
            LiveStrip::tr("The metric that tells most appears here once training begins."));
        auto* rows = new QVBoxLayout(&owner);
        const int space = Theme::instance().space(2);
        rows->setContentsMargins(space, Theme::instance().space(1), space, space);
        rows->setSpacing(0);
        run->setObjectName(QStringLiteral("stripRun"));
        run->setFont(Theme::instance().font(QStringLiteral("caption")));
        run->setTextFormat(Qt::PlainText);
        run->setProperty("role", "soft");
        rows->addWidget(run);
        auto* row = new QHBoxLayout;
        rows->addLayout(row, 1);
        row->setSpacing(Theme::instance().space(4));
        for (const auto& [metric, label, chart] : halves) {
            auto* column = new QVBoxLayout;
            column->setSpacing(0);
            label->setFont(Theme::instance().font(QStringLiteral("caption")));
            label->setTextFormat(Qt::RichText);
            label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // it adapts to the chart
            chart->setCompact(true);
            column->addWidget(label);
            column->addWidget(chart, 1);
            row->addLayout(column, 1);
        }

        redraw.setInterval(400);
        QObject::connect(&redraw, &QTimer::timeout, &owner, [this] { refresh(); });
        QObject::connect(&runs, &LiveRuns::changed, &owner, [this] {
            fresh = true;
            follow();
        });
        QObject::connect(&runs, &LiveRuns::shownChanged, &owner, [this] {
            for (const Half& half : halves)
                half.chart->clear();
            fresh = true;
            refresh();
            follow();
        });
        QObject::connect(&Theme::instance(), &Theme::changed, &owner, [this] {
            fresh = true;
            refresh();
        });
        follow();
    }

    /// While the shown run is going on, draws in its own time; at the end at once.
    void follow() {
        const bool moving = runs.shown() && runs.shown()->isActive();
        if (moving == redraw.isActive() && moving) return;
        moving ? redraw.start() : redraw.stop();
        if (!moving) refresh();
    }

    /// "Loss  training 0.31 · validation 0.35", the words in the colours of their curves.
    /// In few words where there is no room for more.
    static QString caption(const QString& title, const QString& train, const QString& validation,
                           bool brief) {
        if (train == QStringLiteral("–") && validation == train) return title;
        const Theme& theme = Theme::instance();
        return QStringLiteral("<b>%1</b>&nbsp; <span style='color:%2'>●</span> %3 %4 &nbsp;"
                              "<span style='color:%5'>●</span> %6 %7")
            .arg(title, theme.curve(0).name(), brief ? LiveStrip::tr("train") : LiveStrip::tr("training"),
                 train, theme.curve(1).name(), brief ? LiveStrip::tr("val.") : LiveStrip::tr("validation"),
                 validation);
    }

    void tellRun() {
        const TrainingRun* shown = runs.shown();
        run->setVisible(shown);
        if (!shown) return;
        QString name = shown->name();
        if (shown->runId()) name = QStringLiteral("#%1 %2").arg(shown->runId().value).arg(name);
        const QString of = QString::fromStdString(shown->request().graph.name);
        run->setText(of == network || network.isNull()
                         ? name
                         : LiveStrip::tr("An earlier run, of “%1”: %2").arg(of, name));
        run->setToolTip(plainTip(run->text()));
    }

    void refresh() {
        if (!fresh || !self.isVisible()) return;
        fresh = false;
        tellRun();
        const LiveCurves* curves = runs.curves();
        if (!curves) return;
        if (const std::string metric = curves->headlineMetric(); metric != halves[1].metric) {
            halves[1].metric = metric;
            dressChart(*halves[1].chart, describeSeries(seriesName("train", metric)));
        }
        const auto& last = curves->lastEpoch();
        const QList<SeriesCurve> all = curves->curves();
        for (const auto& [metric, label, chart] : halves) {
            chart->setVisible(!metric.empty());
            label->setVisible(!metric.empty());
            if (metric.empty()) continue;
            feedChart(*chart, QString::fromStdString(metric), all);
            const SeriesSchema series = describeSeries(seriesName("validation", metric));
            const double none = std::numeric_limits<double>::quiet_NaN();
            for (const bool brief : {false, true}) {
                label->setText(caption(QString::fromStdString(series.metricTitle).toHtmlEscaped(),
                                       figureText(series, curves->recent(seriesName("train", metric))),
                                       figureText(series, last ? last->value(series.name) : none), brief));
                if (label->sizeHint().width() <= (self.width() - 32) / 2) break; // margins and the gap
            }
        }
    }
};

LiveStrip::LiveStrip(RunQueue& queue, QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this, queue)) {
    setAccessibleName(tr("Live curves"));
}

LiveStrip::~LiveStrip() = default;

void LiveStrip::setNetwork(const QString& name) {
    if (name == impl_->network && !name.isNull()) return;
    impl_->network = name.isNull() ? QLatin1String("") : name;
    impl_->tellRun();
}

void LiveStrip::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    impl_->fresh = true;
    impl_->refresh();
}

} // namespace burdock
