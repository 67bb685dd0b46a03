#include "dashboard/live_dashboard.h"

#include "dashboard/live_runs.h"
#include "dashboard/metric_charts.h"
#include "dashboard/number_tile.h"
#include "dashboard/run_words.h"
#include "session/time_left.h"
#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QFrame>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedLayout>
#include <QTimer>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace burdock {
namespace {

/// Over which a training figure is averaged.
QString lastSteps(qsizetype known) {
    const qsizetype steps = std::min<qsizetype>(known, 50);
    return steps <= 1 ? LiveDashboard::tr("last step") : LiveDashboard::tr("last %1 steps").arg(steps);
}

} // namespace

struct LiveDashboard::Impl {
    LiveDashboard& self;
    LiveRuns& runs;
    QStackedLayout* stack;
    QLabel *empty, *name, *phase, *problem;
    QPushButton* resume;
    QCheckBox* ghosts; ///< whether earlier runs stay behind the curves
    QProgressBar* bar;
    NumberTile *epoch, *speed, *elapsed, *left;
    std::array<NumberTile*, 4> measures; ///< loss and headline metric, of training and of validation
    MetricCharts* charts;
    QBoxLayout* views; ///< the curves, and what stands beside them
    QBoxLayout* tiles; ///< two halves, side by side or one below the other
    QTimer redraw;     ///< three times a second is a moving curve, and little work
    bool fresh = true;
    int redraws = 0;
    std::optional<QString> network; ///< that is being drawn

    Impl(LiveDashboard& owner, RunQueue& queue);
    QWidget* header();
    void follow();
    void refresh();
    void showNumbers(const TrainingRun& run, const LiveCurves& curves);
};

LiveDashboard::Impl::Impl(LiveDashboard& owner, RunQueue& queue)
    : self(owner)
    , runs(LiveRuns::of(queue))
    , stack(new QStackedLayout(&owner))
    , empty(new QLabel)
    , name(new ElidedLabel)
    , phase(new QLabel)
    , problem(new QLabel)
    , resume(new QPushButton(LiveDashboard::tr("Resume")))
    , ghosts(new QCheckBox(LiveDashboard::tr("Earlier runs")))
    , bar(new QProgressBar)
    , charts(new MetricCharts) {
    empty->setText(
        LiveDashboard::tr("<h2>No run is going on</h2><p>Press <b>Train</b>: loss and accuracy are drawn "
                          "here as the network learns,<br>and the run is kept in the notebook.</p>"));
    charts->setCurves({}, {QStringLiteral("loss")});
    empty->setTextFormat(Qt::RichText);
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("role", "soft");

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    const int space = Theme::instance().space(4);
    column->setContentsMargins(space, space, space, space);
    column->setSpacing(Theme::instance().space(3));
    column->addWidget(header());
    views = new QBoxLayout(QBoxLayout::LeftToRight);
    views->setSpacing(space);
    views->addWidget(charts, 3);
    column->addLayout(views, 1);
    stack->addWidget(empty);
    stack->addWidget(page);

    redraw.setInterval(333);
    QObject::connect(&redraw, &QTimer::timeout, &owner, [this] { refresh(); });
    QObject::connect(&runs, &LiveRuns::changed, &owner, [this] {
        fresh = true;
        follow();
    });
    QObject::connect(&runs, &LiveRuns::shownChanged, &owner, [this] {
        charts->clear();
        fresh = true;
        refresh();
        follow();
    });
    QObject::connect(&Theme::instance(), &Theme::changed, &owner, [this] {
        fresh = true;
        refresh();
    });
    QObject::connect(resume, &QPushButton::clicked, &owner, [this] {
        if (runs.shown()) emit self.resumeWanted(runs.shown()->runId());
    });
    follow();
}

/// While the shown run is going on, draws in its own time; at the end at once.
void LiveDashboard::Impl::follow() {
    const bool moving = runs.shown() && runs.shown()->isActive();
    if (moving && redraw.isActive()) return;
    moving ? redraw.start() : redraw.stop();
    refresh();
}

QWidget* LiveDashboard::Impl::header() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::instance().space(2));
    auto* title = new QHBoxLayout;
    name->setFont(Theme::instance().font(QStringLiteral("title")));
    phase->setProperty("role", "soft");
    for (QLabel* label : {phase, problem})
        label->setTextFormat(Qt::PlainText); // it may name what others have named
    problem->setProperty("role", "error");
    problem->setWordWrap(true);
    problem->hide();
    resume->setObjectName(QStringLiteral("resumeRun"));
    resume->setIcon(Theme::instance().icon(QStringLiteral("play")));
    resume->setToolTip(LiveDashboard::tr("The run goes on where it stopped, as if it had never stopped"));
    resume->hide();
    title->addWidget(name, 1);
    ghosts->setObjectName(QStringLiteral("earlierRuns"));
    ghosts->setToolTip(LiveDashboard::tr("The runs before this one stay behind its curves"));
    ghosts->hide();
    QObject::connect(ghosts, &QCheckBox::toggled, &self, [this] {
        fresh = true;
        refresh();
    });
    title->addWidget(ghosts);
    title->addWidget(phase);
    title->addWidget(resume);
    column->addLayout(title);
    bar->setTextVisible(false);
    bar->setRange(0, 1000);
    bar->setAccessibleName(LiveDashboard::tr("Progress of the run"));
    column->addWidget(bar);
    column->addWidget(problem);
    tiles = new QBoxLayout(QBoxLayout::LeftToRight);
    tiles->setSpacing(Theme::instance().space(2));
    for (QHBoxLayout* half : {new QHBoxLayout, new QHBoxLayout}) {
        half->setSpacing(Theme::instance().space(4));
        tiles->addLayout(half, 1);
    }
    auto tile = [&, made = 0](NumberTile*& t, const QString& text, int share = 4) mutable {
        t = new NumberTile(text);
        static_cast<QHBoxLayout*>(tiles->itemAt(made++ / 4)->layout())->addWidget(t, share);
    };
    tile(epoch, LiveDashboard::tr("Epoch"), 5); // “step 16,880 of 25,320” stands below it
    for (NumberTile*& measure : measures)
        tile(measure, {});
    tile(speed, LiveDashboard::tr("Speed"), 3);
    tile(elapsed, LiveDashboard::tr("Elapsed"), 3);
    tile(left, LiveDashboard::tr("ETA"));
    column->addLayout(tiles);
    return box;
}

void LiveDashboard::Impl::refresh() {
    const TrainingRun* run = runs.shown();
    stack->setCurrentIndex(run ? 1 : 0);
    if (!self.isVisible() || !run) return;
    showNumbers(*run, *runs.curves());
    if (!fresh) return;
    fresh = false;
    ++redraws;
    constexpr int mostGhosts = 3; // more would hide what is looked at
    const QList<GhostRun> earlier = runs.earlier(mostGhosts);
    ghosts->setVisible(!earlier.isEmpty());
    charts->setGhosts(ghosts->isChecked() ? earlier : QList<GhostRun>());
    charts->setClock(runs.curves()->clock());
    charts->setCurves(runs.curves()->curves(), {QStringLiteral("loss")});
}

void LiveDashboard::Impl::showNumbers(const TrainingRun& run, const LiveCurves& curves) {
    const TrainingProgress p = run.progress();
    name->setText(run.name());
    const QString of = QString::fromStdString(run.request().graph.name);
    const bool earlier = network && of != *network && !run.isActive() && !run.isWaiting();
    phase->setText(earlier ? LiveDashboard::tr("%1 · an earlier run, of “%2”").arg(runStateText(run), of)
                           : runStateText(run));
    problem->setText(runProblemText(run));
    problem->setVisible(!problem->text().isEmpty());
    resume->setVisible(canResume(runs.queue(), run));
    bar->setValue(p.steps ? static_cast<int>(1000 * p.step / p.steps) : 0);
    setLook(*bar, "state", QString::fromLatin1(runBarState(run)));
    epoch->setValue(QStringLiteral("%1 / %2").arg(p.epoch).arg(p.epochs),
                    p.steps > 0
                        ? LiveDashboard::tr("step %1 of %2").arg(exactCount(p.step), exactCount(p.steps))
                        : QString()); // of a run that waits nobody knows yet how many
    const auto& last = curves.lastEpoch();
    const std::array<std::string, 2> metrics{"loss", curves.headlineMetric()};
    for (std::size_t i = 0; i < measures.size(); ++i) {
        const bool training = i < 2;
        const std::string& metric = metrics[i % 2];
        const SeriesSchema series = describeSeries(seriesName(training ? "train" : "validation", metric));
        // Of the samples that are trained on only the usual metrics are measured.
        const bool unmeasured = training && !curves.isEmpty() && curves.points(series.name).isEmpty();
        measures[i]->setVisible(!metric.empty() && !unmeasured);
        measures[i]->setName(QString::fromStdString(series.title));
        measures[i]->setValue(figureText(series, training ? curves.recent(series.name)
                                                 : last   ? last->value(series.name)
                                                          : NAN),
                              training ? lastSteps(curves.points(series.name).size())
                                       : LiveDashboard::tr("after epoch %1").arg(last ? last->epoch : 1));
    }
    speed->setValue(p.samplesPerSecond > 0 ? exactCount(std::llround(p.samplesPerSecond))
                                           : QStringLiteral("–"),
                    LiveDashboard::tr("samples/s"));
    elapsed->setValue(humanDuration(p.secondsDone));
    if (const NamedValue test = run.tested(); !test.name.empty()) {
        const SeriesSchema series = describeSeries(test.name);
        left->setName(QString::fromStdString(series.title));
        left->setValue(figureText(series, test.value));
    } else {
        left->setName(LiveDashboard::tr("ETA"));
        const auto seconds = timeLeft(run);
        left->setValue(seconds ? humanDuration(*seconds) : QStringLiteral("–"));
    }
}

LiveDashboard::LiveDashboard(RunQueue& queue, QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this, queue)) {
    setAccessibleName(tr("Training"));
    impl_->refresh();
}

LiveDashboard::~LiveDashboard() = default;

MetricCharts& LiveDashboard::charts() const {
    return *impl_->charts;
}
void LiveDashboard::setBeside(QWidget* view) {
    impl_->views->addWidget(view, 2);
}
void LiveDashboard::setNetwork(const QString& name) {
    if (impl_->network == name) return;
    impl_->network = name;
    impl_->refresh();
}
int LiveDashboard::redraws() const {
    return impl_->redraws;
}

void LiveDashboard::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const auto direction = width() < 760 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    impl_->tiles->setDirection(direction);
    impl_->views->setDirection(width() < 520 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void LiveDashboard::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    impl_->fresh = true;
    impl_->refresh();
}

} // namespace burdock
