#include "app/start_weights.h"

#include "app/workspace.h"

#include <QMenu>
#include <QPointer>
#include <QTimer>

namespace burdock {

StartWeightsButton::StartWeightsButton(Workspace& workspace, QWidget* parent)
    : QPushButton(parent)
    , workspace_(workspace) {
    setObjectName(QStringLiteral("startWeights"));
    setProperty("menu", true);
    setToolTip(tr("Train begins with these weights: fresh ones, or as many of a run's as fit"));
    setMenu(new QMenu(this));
    connect(menu(), &QMenu::aboutToShow, this, &StartWeightsButton::fill);
    connect(&workspace_, &Workspace::startWeightsChanged, this, &StartWeightsButton::refresh);
    refresh();
}

void StartWeightsButton::choose() {
    setFocus();
    QTimer::singleShot(0, this, &QPushButton::showMenu); // which returns when the menu is closed
}

void StartWeightsButton::refresh() {
    const auto& start = workspace_.startWeights();
    setText(start ? tr("Weights of #%1").arg(start->value) : tr("Fresh weights"));
    setAccessibleName(tr("Weights to begin with: %1").arg(text()));
}

void StartWeightsButton::fill() {
    menu()->clear();
    const auto add = [this](const QString& text, const std::optional<storage::RunId>& run) {
        QAction* action = menu()->addAction(text, this, [this, run] { workspace_.setStartWeights(run); });
        action->setCheckable(true);
        action->setChecked(run == workspace_.startWeights());
    };
    add(tr("Fresh weights"), {});
    menu()->addSeparator();
    // Read beside the window: the notebook may be busy.
    QPointer<QAction> reading = menu()->addAction(tr("Reading the notebook…"));
    reading->setEnabled(false);
    reader_.post(
        menu(), [notebook = workspace_.sharedNotebook()] { return notebook->runs(); },
        [this, add, reading](const storage::Outcome<QVector<storage::RunSummary>>& runs) {
            if (!reading) return; // the menu has been opened again since
            delete reading;
            if (!runs) return menu()->addAction(runs.error().oneLine())->setEnabled(false);
            for (const storage::RunSummary& run : *runs)
                if (run.state != storage::RunState::Running && !run.deleted)
                    add(tr("#%1 %2, its best")
                            .arg(run.id.value)
                            .arg(QString(run.start.name).replace(u'&', QStringLiteral("&&"))),
                        run.id);
            if (runs->isEmpty()) menu()->addAction(tr("No runs yet"))->setEnabled(false);
        });
}

} // namespace burdock
