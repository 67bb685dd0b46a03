#include "notebook/run_actions.h"

#include "dashboard/metric_charts.h"
#include "notebook/run_facts.h"
#include "session/damage.h"
#include "session/stored_run.h"
#include "session/training_request.h"
#include "theme/move_focus.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QAction>
#include <QCursor>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>

#include <algorithm>

namespace burdock {

RunActions::RunActions(QWidget* parent)
    : QWidget(parent)
    , dot_(new QLabel)
    , state_(new QLabel)
    , message_(new QLabel)
    , name_(new QLineEdit)
    , trainOn_(new QPushButton(tr("Train on")))
    , open_(new QPushButton(tr("Open on canvas")))
    , evaluate_(new QPushButton(tr("Evaluate on test set")))
    , remove_(new QPushButton(tr("Delete")))
    , find_(new QPushButton(tr("Find the data…"))) {
    const Theme& theme = Theme::instance();
    name_->setProperty("title", true);
    name_->setFont(theme.font(QStringLiteral("title")));
    name_->setAccessibleName(tr("Name of the run"));
    message_->setProperty("role", "soft");
    message_->setWordWrap(true);
    message_->setTextFormat(Qt::PlainText);
    trainOn_->setIcon(theme.icon(QStringLiteral("play")));
    open_->setIcon(theme.icon(QStringLiteral("design")));
    evaluate_->setIcon(theme.icon(QStringLiteral("evaluate")));
    remove_->setIcon(theme.icon(QStringLiteral("trash")));
    open_->setToolTip(
        tr("Put this run's network on the canvas, its data and settings into the training form"));
    evaluate_->setToolTip(tr("Measure this run's best weights on the test set and keep the result"));
    auto* menu = new QMenu(trainOn_);
    const auto offer = [&](const QString& text, storage::CheckpointKind kind) {
        return menu->addAction(text, this, [this, kind] { emit trainOnWanted(row_.summary.id, kind); });
    };
    best_ = offer(tr("From the best weights"), storage::CheckpointKind::Best);
    last_ = offer(tr("From the last weights"), storage::CheckpointKind::Last);
    weights_ = menu->addMenu(tr("From other weights"));
    weights_->setEnabled(false);
    menu->addSeparator();
    resume_ = menu->addAction(tr("Resume this run where it stopped"), this,
                              [this] { emit resumeWanted(row_.summary.id); });
    menu->setToolTipsVisible(true);
    trainOn_->setMenu(menu);
    // What is chosen may show another place: the mouse leaves without a word, and the look of it would stay.
    connect(
        menu, &QMenu::aboutToHide, trainOn_,
        [button = trainOn_] {
            const bool over =
                button->isVisible() && button->rect().contains(button->mapFromGlobal(QCursor::pos()));
            button->setAttribute(Qt::WA_UnderMouse, over);
            button->update();
        },
        Qt::QueuedConnection);
    trainOn_->setProperty("menu", true);

    auto* head = new QHBoxLayout;
    head->addWidget(dot_);
    head->addWidget(name_, 1);
    head->addWidget(state_);
    auto* actions = new QHBoxLayout;
    for (QPushButton* button : {trainOn_, open_, evaluate_, remove_})
        actions->addWidget(button);
    actions->addWidget(find_);
    actions->addWidget(message_, 1);
    find_->setObjectName(QStringLiteral("findRunData"));
    find_->setIcon(theme.icon(QStringLiteral("search")));
    find_->setToolTip(tr("Tell where the data of this run are now"));
    find_->hide();
    connect(find_, &QPushButton::clicked, this, [this] { emit findWanted(row_.summary.id); });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.space(2));
    column->addLayout(head);
    column->addLayout(actions);

    connect(name_, &QLineEdit::editingFinished, this, [this] {
        const QString name = name_->text().trimmed();
        if (name.isEmpty())
            name_->setText(row_.summary.start.name);
        else if (name != row_.summary.start.name)
            emit renameWanted(row_.summary.id, name);
    });
    connect(open_, &QPushButton::clicked, this, [this] { emit openWanted(row_.summary.id); });
    connect(remove_, &QPushButton::clicked, this, &RunActions::deleteWanted);
    connect(evaluate_, &QPushButton::clicked, this, [this] {
        if (evaluating_ >= 0)
            emit cancelWanted();
        else
            emit evaluateWanted(row_.summary.id);
    });
}

void RunActions::setRun(const RunRow& row, const QString& whyNotBinned, bool damaged) {
    const bool other = row.summary.id != row_.summary.id;
    const bool renamed = row.summary.start.name != row_.summary.start.name;
    row_ = row;
    whyNotBinned_ = whyNotBinned;
    if (other || renamed) name_->setText(row.summary.start.name);
    if (other) {
        name_->setCursorPosition(0);
        find_->hide();
        message_->clear();
        message_->setToolTip({});
    }
    const Theme& theme = Theme::instance();
    QPixmap pixmap(28, 28);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    {
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.runColor(row.summary.id.value));
        painter.drawEllipse(QPointF(7, 7), 6, 6);
    }
    dot_->setPixmap(pixmap);
    QString state = stateText(row.summary.state);
    const auto told = [](const Figure& figure) {
        return tr(" · %1 %2")
            .arg(QString::fromStdString(inSentence(figure.series.title)),
                 figureText(figure.series, figure.value));
    };
    if (const Figure tested = tellingOf(row.summary, "test"); !std::isnan(tested.value))
        state += told(tested);
    else if (const Figure best = bestOf(row.summary); !std::isnan(best.value))
        state += told(best);
    if (damaged) state += QStringLiteral(" · ") + damagedValue();
    state_->setTextFormat(Qt::RichText);
    state_->setText(
        QStringLiteral("<span style='color:%1'>%2</span>")
            .arg(theme.color(damaged ? QStringLiteral("error.text") : stateToken(row.summary.state)).name(),
                 state.toHtmlEscaped()));
    remove_->setText(row.summary.deleted ? tr("Restore") : tr("Delete"));
    remove_->setIcon(theme.icon(row.summary.deleted ? QStringLiteral("undo") : QStringLiteral("trash")));
    enable();
}

QString RunActions::whyNotKept(storage::CheckpointKind kind) const {
    const bool isBest = kind == storage::CheckpointKind::Best;
    return isBest && !row_.summary.bestEpoch ? tr("No epoch of this run was the best yet")
           : row_.summary.missing.weights    ? tr("Another program has deleted them. %1").arg(damageMend())
                                             : tr("This run has not kept them");
}

void RunActions::setCheckpoints(const QVector<storage::CheckpointInfo>& checkpoints, const QString& whyNone) {
    weights_->clear();
    for (const auto& [action, kind] :
         {std::pair(best_, storage::CheckpointKind::Best), std::pair(last_, storage::CheckpointKind::Last)}) {
        const auto kept = std::ranges::find(checkpoints, kind, &storage::CheckpointInfo::kind);
        const bool isThere = kept != checkpoints.end();
        action->setEnabled(isThere && !kept->damaged);
        action->setToolTip(isThere             ? (kept->damaged ? damageMend() : QString())
                           : whyNone.isEmpty() ? whyNotKept(kind)
                                               : plainTip(whyNone));
    }
    for (const storage::CheckpointInfo& kept : checkpoints) {
        if (kept.kind == storage::CheckpointKind::Best || kept.kind == storage::CheckpointKind::Last)
            continue;
        const QString name = tr("%1, after step %2").arg(checkpointName(kept)).arg(kept.step);
        QAction* choice =
            weights_->addAction(kept.damaged ? tr("%1 (%2)").arg(name, damagedValue()) : name, this,
                                [this, kept] { emit trainOnWanted(row_.summary.id, kept); });
        choice->setEnabled(!kept.damaged);
    }
    weights_->setEnabled(!weights_->isEmpty());
}

void RunActions::setEvaluating(double done) {
    evaluating_ = done;
    evaluate_->setText(done < 0 ? tr("Evaluate on test set")
                                : tr("Cancel (%1 %)").arg(static_cast<int>(done * 100)));
    enable();
}

void RunActions::setMessage(const QString& text, bool error, bool dataMissing) {
    if (!dataMissing) moveFocus(*find_, *evaluate_);
    find_->setVisible(dataMissing);
    setRole(*message_, error ? "error" : "good");
    message_->setText(text);
    message_->setToolTip(plainTip(text));
}

void RunActions::enable() {
    // One that loads its data is not called running in the notebook yet, but kept out of the bin already.
    const bool running = row_.summary.state == storage::RunState::Running || !whyNotBinned_.isEmpty();
    trainOn_->setEnabled(!running);
    trainOn_->setToolTip(
        running ? tr("It is being trained: its weights can be trained on once it has stopped")
                : tr("Put this run's network, data, settings and weights into the training form: Train goes "
                     "on from there"));
    const Status goesOn = checkMayGoOn(row_.summary);
    resume_->setEnabled(goesOn && !running);
    resume_->setToolTip(
        goesOn ? (running ? tr("It is being trained") : tr("The run goes on as if it had never stopped"))
               : plainTip(QString::fromStdString(goesOn.error().what + " " + goesOn.error().mend)));
    const bool restores = row_.summary.deleted;
    remove_->setEnabled(restores || whyNotBinned_.isEmpty());
    remove_->setToolTip(restores ? tr("Take this run out of the bin")
                        : whyNotBinned_.isEmpty()
                            ? tr("Put this run into the bin, from which it can be restored")
                            : plainTip(whyNotBinned_));
}

} // namespace burdock
