#include "app/queue_row.h"

#include "dashboard/metric_charts.h"
#include "dashboard/run_words.h"
#include "session/run_queue.h"
#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <cmath>

namespace burdock {
namespace {

using State = TrainingRun::State;

constexpr int mostButtons = 4; ///< of a held run: start, earlier, later, out
constexpr int markSize = 16;

struct Mark {
    const char *icon, *color;
};

Mark markOf(const TrainingRun& run) {
    switch (run.state()) {
    case State::Waiting:
        return {"clock", "ink.soft"};
    case State::Held:
        return {"pause", "ink.soft"};
    case State::Paused:
        return {"pause", "warning"};
    case State::Ended:
        break;
    default:
        return {"play", "accent"};
    }
    if (!run.result()) return {"error", "error"};
    switch (run.result()->status) {
    case RunStatus::Finished:
        return {"good", "good"};
    case RunStatus::Failed:
        return {"error", "error"};
    default:
        return {"stop", "warning"};
    }
}

QString stateOf(const TrainingRun& run) {
    const TrainingProgress p = run.progress();
    if (run.isWaiting()) {
        const QString epochs = p.epoch > 0     ? QueueRow::tr("epoch %1/%2").arg(p.epoch).arg(p.epochs)
                               : p.epochs == 1 ? QueueRow::tr("1 epoch")
                                               : QueueRow::tr("%1 epochs").arg(p.epochs);
        return QStringLiteral("%1 · %2").arg(runStateText(run), epochs);
    }
    if (run.isActive()) {
        if (p.steps == 0) return runStateText(run);
        QString text = p.phase == TrainingRun::tr("Training") && run.state() == State::Training
                           ? QueueRow::tr("Epoch %1/%2").arg(std::max<std::int64_t>(p.epoch, 1)).arg(p.epochs)
                           : runStateText(run);
        if (const QString left = timeLeftText(run); !left.isEmpty()) text += QStringLiteral(" · ") + left;
        return text;
    }
    if (QString problem = runProblemText(run); !problem.isEmpty()) return problem;
    QString text = runStateText(run);
    if (const QString test = figureText(run.tested()); !test.isEmpty())
        text += QueueRow::tr(" · %1").arg(test);
    return text;
}

} // namespace

QueueRow::QueueRow(RunQueue& queue, TrainingRun& run, QWidget* parent)
    : QWidget(parent)
    , queue_(queue)
    , run_(run)
    , mark_(new QLabel(this))
    , name_(new ElidedLabel({}, this))
    , state_(new ElidedLabel({}, this))
    , barPlace_(new QWidget(this))
    , buttons_(new QWidget(this)) {
    bar_ = new QProgressBar(barPlace_);
    go_ = button(QStringLiteral("queue.go"), QStringLiteral("pause"), tr("Pause"), &QueueRow::go);
    stop_ = button(QStringLiteral("queue.stop"), QStringLiteral("stop"), tr("Stop"), &QueueRow::stop);
    earlier_ = button(QStringLiteral("queue.earlier"), QStringLiteral("chevron-up"), tr("Earlier"),
                      &QueueRow::earlier);
    later_ =
        button(QStringLiteral("queue.later"), QStringLiteral("chevron-down"), tr("Later"), &QueueRow::later);
    remove_ = button(QStringLiteral("queue.remove"), QStringLiteral("close"), tr("Take out of the queue"),
                     &QueueRow::remove);
    state_->setProperty("role", "soft");
    bar_->setTextVisible(false);
    auto* barRow = new QHBoxLayout(barPlace_);
    barRow->setContentsMargins(0, 0, 0, 0);
    barRow->addWidget(bar_);
    barPlace_->setFixedWidth(88); // whether or not the row shows a bar
    bar_->setRange(0, 1000);
    bar_->setAccessibleName(tr("Progress of the run"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 1, 4, 1);
    row->setSpacing(8);
    row->addWidget(mark_);
    name_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(name_, 1);
    row->addWidget(state_);
    row->addWidget(barPlace_);
    buttons_->setFixedWidth(mostButtons * 26);
    auto* side = new QHBoxLayout(buttons_);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(2);
    side->addStretch(1);
    for (QToolButton* b : {go_, stop_, earlier_, later_, remove_})
        side->addWidget(b);
    row->addWidget(buttons_);
    mark_->setFixedWidth(markSize);
    refresh();
    setColumns(wanted());
}

QToolButton* QueueRow::button(const QString& name, const QString& icon, const QString& text,
                              void (QueueRow::*act)()) {
    auto* made = new QToolButton(this);
    made->setObjectName(name);
    made->setIcon(Theme::instance().icon(icon));
    made->setIconSize({14, 14});
    made->setToolTip(text);
    made->setAccessibleName(text);
    made->setFocusPolicy(Qt::TabFocus);
    connect(made, &QToolButton::clicked, this, act);
    return made;
}

void QueueRow::refresh() {
    const Theme& theme = Theme::instance();
    const Mark mark = markOf(run_);
    const QString key = QStringLiteral("%1 %2 %3").arg(mark.icon, mark.color).arg(theme.isDark());
    if (std::exchange(shownMark_, key) != key)
        mark_->setPixmap(theme.icon(QString::fromLatin1(mark.icon), QString::fromLatin1(mark.color))
                             .pixmap(markSize, markSize));
    const State state = run_.state();
    const bool ended = state == State::Ended;
    name_->setText(run_.runId() ? QStringLiteral("#%1 %2").arg(run_.runId().value).arg(run_.name())
                                : run_.name());
    state_->setText(stateOf(run_));
    setRole(*state_, run_.refusal() || (run_.result() && run_.result()->problem) ? "error" : "soft");
    const TrainingProgress p = run_.progress();
    bar_->setVisible(run_.isActive() || (run_.isWaiting() && p.step > 0));
    bar_->setRange(0, p.steps > 0 ? 1000 : 0);
    if (p.steps > 0) bar_->setValue(static_cast<int>(1000 * p.step / p.steps));
    setLook(*bar_, "state", QString::fromLatin1(runBarState(run_)));

    QString does, icon = QStringLiteral("play");
    if (state == State::Training || state == State::Starting) {
        does = tr("Pause");
        icon = QStringLiteral("pause");
    } else if (state == State::Paused) {
        does = tr("Resume");
    } else if (state == State::Held) {
        does = run_.request().resumed ? tr("Resume where it stopped") : tr("Start");
    } else if (canResume(queue_, run_)) {
        does = tr("Resume where it stopped");
    }
    go_->setVisible(!does.isEmpty());
    if (!does.isEmpty() && std::exchange(shownGo_, does) != does) {
        go_->setIcon(theme.icon(icon));
        go_->setToolTip(does);
        go_->setAccessibleName(does);
    }
    stop_->setVisible(run_.isActive());
    stop_->setEnabled(state != State::Stopping);
    earlier_->setVisible(run_.isWaiting());
    later_->setVisible(run_.isWaiting());
    const std::vector<TrainingRun*> waiting = queue_.waiting();
    earlier_->setEnabled(!waiting.empty() && waiting.front() != &run_);
    later_->setEnabled(!waiting.empty() && waiting.back() != &run_);
    remove_->setVisible(run_.isWaiting() || ended);
    remove_->setToolTip(ended ? tr("Take off this list; the notebook keeps the run")
                              : tr("Take out of the queue"));
}

QueueRow::Columns QueueRow::wanted() const {
    const auto whole = [](const QLabel& label, const QString& words) {
        return wholeWidth(label.font(), words);
    };
    // That of a run that is trained changes with every epoch.
    const int usual = whole(*state_, tr("Epoch 10/15 · ETA 10:00:00"));
    return {whole(*name_, name_->text()), std::max(usual, whole(*state_, state_->text()))};
}

void QueueRow::setColumns(const Columns& widest) {
    widest_ = widest;
    place();
}

void QueueRow::place() {
    constexpr int least = 620; // in a narrow window the name has the room: the epoch says how far the run is
    barPlace_->setVisible(width() >= least);
    const QMargins margins = layout()->contentsMargins();
    int rest = width() - margins.left() - margins.right();
    for (const QWidget* fixed : {static_cast<QWidget*>(mark_), barPlace_, buttons_})
        if (!fixed->isHidden()) rest -= fixed->maximumWidth() + layout()->spacing();
    rest -= layout()->spacing(); // between name and state
    // The name gives way first: it is in full above the curves, and how long it takes is nowhere else.
    state_->setFixedWidth(std::max(0, std::min(widest_.state, rest - std::min(widest_.name, rest / 3))));
}

void QueueRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

QString QueueRow::words() const {
    return name_->text() + QStringLiteral(", ") + state_->text();
}

void QueueRow::go() {
    switch (run_.state()) {
    case State::Held:
        return queue_.release(run_);
    case State::Paused:
        return run_.resume();
    case State::Ended:
        emit resumeWanted();
        return;
    default:
        run_.pause();
    }
}

void QueueRow::stop() {
    run_.stop();
}

void QueueRow::earlier() {
    queue_.move(run_, -1);
}

void QueueRow::later() {
    queue_.move(run_, 1);
}

void QueueRow::remove() {
    queue_.remove(run_);
}

} // namespace burdock
