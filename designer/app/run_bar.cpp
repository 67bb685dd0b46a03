#include "app/run_bar.h"

#include "app/data_chip.h"
#include "app/run_forecast.h"
#include "app/workspace.h"
#include "dashboard/live_runs.h"
#include "dashboard/metric_charts.h"
#include "dashboard/run_words.h"
#include "theme/elided_label.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QToolButton* iconButton(QAction* action, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setIconSize({18, 18});
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    return button;
}

/// As wide as the longest of its texts: what stands beside it is not to move to where it was.
void fixWidth(QPushButton& button, const QStringList& texts) {
    const QString now = button.text();
    int widest = 0;
    for (const QString& text : texts) {
        button.setText(text);
        widest = std::max(widest, button.sizeHint().width());
    }
    button.setText(now);
    button.setMinimumWidth(widest);
}

/// Whether a button has come to mean something else so short a time ago that a click on it was still meant
/// for what it was before.
bool isSudden(const QElapsedTimer& changed) {
    constexpr qint64 second = 1000; // ms
    return changed.isValid() && changed.elapsed() < second;
}

QLabel* figure(int width, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setFont(Theme::instance().font(QStringLiteral("mono")));
    label->setMinimumWidth(width);
    return label;
}

} // namespace

RunBar::RunBar(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , runs_(LiveRuns::of(workspace.queue()))
    , train_(new QAction(Theme::instance().icon(QStringLiteral("play")), tr("Train"), this))
    , pause_(new QAction(Theme::instance().icon(QStringLiteral("pause")), tr("Pause"), this))
    , stop_(new QAction(Theme::instance().icon(QStringLiteral("stop")), tr("Stop"), this))
    , keep_(new QAction(Theme::instance().icon(QStringLiteral("save")), tr("Keep a checkpoint"), this))
    , trainButton_(new QPushButton(
          Theme::instance().icon(QStringLiteral("play"), QStringLiteral("on.accent")), train_->text(), this))
    , others_(new QPushButton(this))
    , phase_(new ElidedLabel({}, this))
    , left_(figure(72, this))
    , speed_(figure(112, this))
    , bar_(new QProgressBar(this))
    , data_(new DataChip(workspace, this)) {
    setObjectName(QStringLiteral("runBar"));
    train_->setObjectName(QStringLiteral("run.train"));
    train_->setShortcut(Qt::CTRL | Qt::Key_Return);
    pause_->setObjectName(QStringLiteral("run.pause"));
    pause_->setShortcut(Qt::CTRL | Qt::Key_P);
    stop_->setObjectName(QStringLiteral("run.stop"));
    stop_->setShortcut(Qt::CTRL | Qt::Key_Period);
    keep_->setObjectName(QStringLiteral("run.keep"));
    keep_->setToolTip(
        tr("The weights after this step stay in the notebook, beside the best and the last ones"));
    connect(keep_, &QAction::triggered, this, [this] {
        TrainingRun* run = current();
        if (!run) return;
        run->keepCheckpoint();
        emit told(tr("The weights of “%1” after this step are kept: the run's “From other weights” in the "
                     "notebook begins with them")
                      .arg(run->name()));
    });
    trainButton_->setObjectName(QStringLiteral("trainButton"));
    trainButton_->setProperty("primary", true);
    trainButton_->setAccessibleName(tr("Train"));
    trainButton_->setFocusPolicy(Qt::TabFocus); // after a click, Space is for what it was for before
    fixWidth(*trainButton_, {tr("Train"), tr("Queue")});
    for (QAction* action : {train_, pause_, stop_})
        action->setAutoRepeat(false); // a key that is held must not fill the queue
    pauseButton_ = iconButton(pause_, this);
    stopButton_ = iconButton(stop_, this);
    others_->setObjectName(QStringLiteral("otherRuns"));
    others_->setFlat(true);
    others_->setToolTip(tr("The queue of runs"));
    others_->setAccessibleName(tr("The queue of runs"));
    connect(others_, &QPushButton::clicked, this, &RunBar::queueWanted);
    phase_->setObjectName(QStringLiteral("runPhase"));
    phase_->setMinimumWidth(92);
    phase_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    bar_->setObjectName(QStringLiteral("runProgress"));
    bar_->setAccessibleName(tr("Progress of the run"));
    bar_->setTextVisible(false);
    bar_->setFixedWidth(120);
    bar_->setRange(0, 1000);
    left_->setAccessibleName(tr("ETA"));
    left_->setToolTip(tr("How long the training will still take"));
    speed_->setAccessibleName(tr("Samples per second"));

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 10, 4);
    layout->setSpacing(8);
    layout->addWidget(others_);
    layout->addWidget(phase_);
    layout->addWidget(bar_);
    layout->addWidget(left_);
    layout->addWidget(speed_);
    layout->addWidget(pauseButton_);
    layout->addWidget(stopButton_);
    layout->addWidget(data_);
    layout->addWidget(trainButton_);

    connect(trainButton_, &QPushButton::clicked, this, [this] {
        if (!isSudden(turned_)) train_->trigger();
    });
    connect(train_, &QAction::triggered, this, [this] { workspace_.train(); });
    connect(pause_, &QAction::triggered, this, [this] {
        if (TrainingRun* run = current())
            run->state() == TrainingRun::State::Paused ? run->resume() : run->pause();
    });
    connect(stop_, &QAction::triggered, this, [this] {
        if (TrainingRun* run = current(); run && !isSudden(succeeded_)) run->stop();
    });
    connect(&workspace_.queue(), &RunQueue::changed, this, &RunBar::onState);
    connect(&runs_, &LiveRuns::shownChanged, this, &RunBar::onState);
    connect(&workspace_.queue(), &RunQueue::finished, this,
            [this](storage::RunId run, const FinishRecord& record) { tellResult(run, record); });
    connect(&workspace_, &Workspace::problemsChanged, this, &RunBar::onProblems);
    connect(&workspace_.forecast(), &RunForecast::changed, this, [this] {
        // Of another network, other data or settings than those of the last run.
        if (!workspace_.forecast().time() && !current()) result_.clear();
        showProgress();
    });
    poll_.setInterval(200);
    connect(&poll_, &QTimer::timeout, this, &RunBar::showProgress);
    onState();
}

TrainingRun* RunBar::current() const {
    if (runs_.shown() && runs_.shown()->isActive()) return runs_.shown();
    const std::vector<TrainingRun*> active = workspace_.queue().active();
    return active.empty() ? nullptr : active.front();
}

void RunBar::tellResult(storage::RunId id, const FinishRecord& record) {
    const TrainingRun* run = workspace_.queue().find(id);
    switch (record.status) {
    case RunStatus::Finished:
    case RunStatus::Stopped:
        result_ = record.status == RunStatus::Finished ? tr("Finished in %1") : tr("Stopped after %1");
        result_ = result_.arg(humanDuration(record.seconds));
        if (const QString test = run ? figureText(run->tested()) : QString(); !test.isEmpty())
            result_ += tr(" · %1").arg(test);
        break;
    default:
        result_ = record.problem ? tr("Failed: %1").arg(QString::fromStdString(record.problem->what))
                                 : tr("Failed");
    }
    showProgress();
}

void RunBar::onState() {
    using State = TrainingRun::State;
    const TrainingRun* run = current();
    const State state = run ? run->state() : State::Ended;
    const bool paused = state == State::Paused;
    if (run && run != last_) {
        const std::vector<TrainingRun*> active = workspace_.queue().active();
        const bool chosen = std::ranges::find(active, last_) != active.end(); // the other one goes on
        if (last_ && !chosen) succeeded_.start();
        last_ = run;
    }
    if (run && !poll_.isActive()) result_.clear();
    pause_->setEnabled(state == State::Training || paused);
    pause_->setText(paused ? tr("Resume") : tr("Pause"));
    pause_->setIcon(Theme::instance().icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    keep_->setEnabled(pause_->isEnabled());
    stop_->setEnabled(run && state != State::Stopping);
    for (QToolButton* button : {pauseButton_, stopButton_}) {
        button->setVisible(run);
        button->setAccessibleName(button->defaultAction()->text());
    }
    bar_->setVisible(run);
    setLook(*bar_, "state", paused ? QStringLiteral("paused") : QString());
    run ? poll_.start() : poll_.stop();
    showOthers();
    onProblems();
}

/// "+1 running · 3 waiting": what the bar is not about.
void RunBar::showOthers() {
    const QStringList words = queueCounts(workspace_.queue(), current() ? 1 : 0);
    others_->setText(words.join(QStringLiteral(" · ")));
    others_->setVisible(!words.isEmpty());
}

void RunBar::onProblems() {
    const auto hindrance = workspace_.hindrance();
    const QString why = hindrance ? QString::fromStdString(oneLine(*hindrance)) : QString();
    hindrance_ = hindrance ? QString::fromStdString(placed(*hindrance)) : QString();
    train_->setEnabled(why.isEmpty());
    trainButton_->setEnabled(why.isEmpty());
    const RunQueue& queue = workspace_.queue();
    const bool waits = static_cast<int>(queue.active().size()) >= queue.atOnce();
    train_->setText(waits ? tr("Add to queue") : tr("Train"));
    if (const QString text = waits ? tr("Queue") : tr("Train"); text != trainButton_->text()) {
        trainButton_->setText(text);
        turned_.start();
    }
    trainButton_->setAccessibleName(train_->text());
    const QString keys = train_->shortcut().toString(QKeySequence::NativeText);
    QString tip =
        waits ? tr("Train this network after the runs before it (%1)") : tr("Train this network (%1)");
    tip = why.isEmpty() ? tip.arg(keys) : tr("Training is not possible yet. %1").arg(why);
    trainButton_->setToolTip(plainTip(tip)); // a problem may name what others have named
    train_->setToolTip(tip);
    showProgress();
}

void RunBar::showProgress() {
    using State = TrainingRun::State;
    const TrainingRun* run = current();
    left_->setVisible(run);
    speed_->setVisible(run &&
                       others_->isHidden()); // of several runs one speed says little, and room is short
    const auto hindrance = workspace_.hindrance();
    setRole(*phase_, !run && hindrance && hindrance->severity == Severity::Error ? "error" : "");
    if (!run) {
        // What keeps Train grey stands beside it; what the last run came to can wait.
        const auto& expected = workspace_.forecast().time();
        const bool tells = hindrance_.isEmpty() && result_.isEmpty() && expected;
        phase_->setText(!hindrance_.isEmpty() ? hindrance_ : tells ? expectedText(*expected) : result_);
        const QString tip =
            tells ? tr("Training would take %1, as some steps have shown").arg(expectedText(*expected))
                  : QString();
        phase_->setToolTip(hindrance_.isEmpty() ? tip : trainButton_->toolTip());
        return;
    }
    const State state = run->state();
    const TrainingProgress p = run->progress();
    QString phase = p.phase.isEmpty() ? tr("Starting") : p.phase;
    if (state == State::Stopping) phase = tr("Stopping");
    if (p.epochs > 0 && (state == State::Training || state == State::Paused))
        phase = (p.phase == QLatin1String("Training") ? QString() : phase + QStringLiteral(" · ")) +
                tr("epoch %1/%2").arg(std::max<std::int64_t>(p.epoch, 1)).arg(p.epochs);
    phase_->setText(phase);
    const QString name = plainTip(run->name());
    phase_->setToolTip(name);
    bar_->setToolTip(name);
    bar_->setRange(0, p.steps > 0 ? 1000 : 0);
    if (p.steps > 0) bar_->setValue(static_cast<int>(1000 * p.step / p.steps));
    left_->setText(timeLeftText(*run));
    speed_->setText(p.samplesPerSecond > 0
                        ? tr("%1 samples/s").arg(exactCount(std::llround(p.samplesPerSecond)))
                        : QString());
}

} // namespace burdock
