#include "app/start_weights.h"

#include "app/workspace.h"
#include "session/stored_checkpoint.h"
#include "theme/plain_text.h"

#include <QMenu>
#include <QPointer>
#include <QTimer>

namespace burdock {
namespace {

/// A run whose weights can be begun with.
struct OfferedRun {
    storage::RunId id;
    QString name;
    bool isBest = false; ///< else no epoch was the best yet, and the last weights are taken
};

storage::Outcome<QVector<OfferedRun>> offeredRuns(const storage::Notebook& notebook) {
    const auto runs = notebook.runs();
    if (!runs) return tl::unexpected(runs.error());
    QVector<OfferedRun> offered;
    for (const storage::RunSummary& run : *runs) {
        if (run.state == storage::RunState::Running || run.deleted) continue;
        const auto kept = notebook.checkpoints(run.id);
        if (!kept) return tl::unexpected(kept.error());
        if (const auto weights = bestWeights(run, *kept))
            offered.append({run.id, run.start.name, weights->kind == storage::CheckpointKind::Best});
    }
    return offered;
}

} // namespace

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
        menu(), [notebook = workspace_.sharedNotebook()] { return offeredRuns(*notebook); },
        [this, add, reading](const storage::Outcome<QVector<OfferedRun>>& runs) {
            if (!reading) return; // the menu has been opened again since
            delete reading;
            if (!runs) return menu()->addAction(runs.error().oneLine())->setEnabled(false);
            for (const OfferedRun& run : *runs)
                add((run.isBest ? tr("#%1 %2, its best") : tr("#%1 %2, its last"))
                        .arg(run.id.value)
                        .arg(plainEntry(run.name)),
                    run.id);
            if (runs->isEmpty()) menu()->addAction(tr("No runs with weights yet"))->setEnabled(false);
        });
}

} // namespace burdock
