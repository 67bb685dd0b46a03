#include "dashboard/live_strip.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_charts.h"
#include "dashboard/live_runs.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QTimer>
#include <QVBoxLayout>

namespace burdock {

struct LiveStrip::Impl {
    LiveStrip& self;
    LiveRuns& runs;
    QLabel *lossText, *accuracyText;
    CurveChart *lossChart, *accuracyChart;
    QTimer redraw;
    bool fresh = true;

    Impl(LiveStrip& owner, RunQueue& queue)
        : self(owner)
        , runs(LiveRuns::of(queue))
        , lossText(new QLabel)
        , accuracyText(new QLabel)
        , lossChart(new CurveChart)
        , accuracyChart(new CurveChart) {
        dressLossChart(*lossChart);
        dressAccuracyChart(*accuracyChart);
        auto* row = new QHBoxLayout(&owner);
        const int space = Theme::instance().space(2);
        row->setContentsMargins(space, space, space, space);
        row->setSpacing(Theme::instance().space(4));
        const auto half = [&](QLabel* label, CurveChart* chart) {
            auto* column = new QVBoxLayout;
            column->setSpacing(0);
            label->setFont(Theme::instance().font(QStringLiteral("caption")));
            label->setTextFormat(Qt::RichText);
            chart->setCompact(true);
            column->addWidget(label);
            column->addWidget(chart, 1);
            row->addLayout(column, 1);
        };
        half(lossText, lossChart);
        half(accuracyText, accuracyChart);

        redraw.setInterval(400);
        QObject::connect(&redraw, &QTimer::timeout, &owner, [this] { refresh(); });
        QObject::connect(&runs, &LiveRuns::changed, &owner, [this] {
            fresh = true;
            follow();
        });
        QObject::connect(&runs, &LiveRuns::shownChanged, &owner, [this] {
            lossChart->clear();
            accuracyChart->clear();
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
    static QString caption(const QString& title, const QString& train, const QString& validation) {
        if (train == QStringLiteral("–")) return title;
        const Theme& theme = Theme::instance();
        return QStringLiteral("<b>%1</b>&nbsp; <span style='color:%2'>●</span> %3 %4 &nbsp;"
                              "<span style='color:%5'>●</span> %6 %7")
            .arg(title, theme.curve(0).name(), LiveStrip::tr("training"), train, theme.curve(1).name(),
                 LiveStrip::tr("validation"), validation);
    }

    void refresh() {
        if (!fresh || !self.isVisible()) return;
        fresh = false;
        const LiveCurves* curves = runs.curves();
        if (!curves) {
            lossText->setText(LiveStrip::tr("Loss"));
            accuracyText->setText(LiveStrip::tr("Accuracy"));
            return;
        }
        feedCharts(*curves, *lossChart, *accuracyChart);
        const auto& last = curves->lastEpoch();
        const double none = std::numeric_limits<double>::quiet_NaN();
        lossText->setText(caption(LiveStrip::tr("Loss"), humanNumber(curves->recentLoss()),
                                  humanNumber(last ? last->validationLoss : none)));
        accuracyText->setText(caption(LiveStrip::tr("Accuracy"), humanPercent(curves->recentAccuracy()),
                                      humanPercent(last ? last->validationAccuracy : none)));
    }
};

LiveStrip::LiveStrip(RunQueue& queue, QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this, queue)) {
    setAccessibleName(tr("Live curves"));
}

LiveStrip::~LiveStrip() = default;

void LiveStrip::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    impl_->fresh = true;
    impl_->refresh();
}

} // namespace burdock
