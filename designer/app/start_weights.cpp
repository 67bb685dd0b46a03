#include "app/start_weights.h"

#include "app/workspace.h"
#include "session/damage.h"
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
    bool damaged = false;
};

struct OfferedRuns {
    QVector<OfferedRun> runs;
    std::optional<storage::StorageError> unread; ///< why others are not offered
};

/// A run's row tells that the weights of its best epoch are kept, once its own program has ended it. Whether
/// they can be read is found out when they are: to look into the weights of 100,000 runs takes ten seconds.
bool keepsItsBest(const storage::RunSummary& run) {
    return run.bestEpoch && run.state != storage::RunState::Interrupted && !run.missing.weights;
}

storage::Outcome<OfferedRuns> offeredRuns(const storage::Notebook& notebook) {
    const auto runs = notebook.runs();
    if (!runs) return tl::unexpected(runs.error());
    OfferedRuns offered;
    for (const storage::RunSummary& run : *runs) {
        if (run.state == storage::RunState::Running || run.deleted) continue;
        OfferedRun one{run.id, run.start.name, true, run.damaged};
        if (!keepsItsBest(run)) {
            const auto kept = notebook.checkpoints(run.id);
            if (!kept) offered.unread = kept.error();
            const auto weights = kept ? bestWeights(run, *kept) : std::nullopt;
            if (!weights) continue;
            one.isBest = weights->kind == storage::CheckpointKind::Best;
        }
        offered.runs.append(one);
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
    const auto& which = workspace_.startCheckpoint();
    setText(!start                                        ? tr("Fresh weights")
            : which.kind == storage::CheckpointKind::Last ? tr("Last weights of #%1").arg(start->value)
            : which == CheckpointChoice()                 ? tr("Weights of #%1").arg(start->value)
                                                          : tr("Kept weights of #%1").arg(start->value));
    setAccessibleName(tr("Weights to begin with: %1").arg(text()));
}

void StartWeightsButton::fill() {
    menu()->clear();
    const auto add = [this](const QString& text, const std::optional<storage::RunId>& run) {
        QAction* action = menu()->addAction(text, this, [this, run] { workspace_.setStartWeights(run); });
        action->setCheckable(true);
        action->setChecked(run == workspace_.startWeights() &&
                           workspace_.startCheckpoint() == CheckpointChoice());
    };
    add(tr("Fresh weights"), {});
    menu()->addSeparator();
    // Read beside the window: the notebook may be busy.
    QPointer<QAction> reading = menu()->addAction(tr("Reading the notebook…"));
    reading->setEnabled(false);
    reader_.post(
        menu(), [notebook = workspace_.sharedNotebook()] { return offeredRuns(*notebook); },
        [this, add, reading](const storage::Outcome<OfferedRuns>& offered) {
            if (!reading) return; // the menu has been opened again since
            delete reading;
            const auto tell = [this](const QString& text) { menu()->addAction(text)->setEnabled(false); };
            if (!offered) return tell(offered.error().oneLine());
            for (const OfferedRun& run : offered->runs)
                add((run.isBest ? tr("#%1 %2, its best") : tr("#%1 %2, its last"))
                            .arg(run.id.value)
                            .arg(plainEntry(run.name)) +
                        (run.damaged ? QStringLiteral(" · ") + damagedValue() : QString()),
                    run.id);
            if (offered->unread)
                tell(offered->unread->oneLine());
            else if (offered->runs.isEmpty())
                tell(tr("No runs with weights yet"));
        });
}

} // namespace burdock
