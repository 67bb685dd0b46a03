#include "notebook/notebook_place_impl.h"

#include "dashboard/metric_charts.h"
#include "notebook/compare_view.h"
#include "notebook/damage_bar.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/run_edit.h"
#include "notebook/run_notes.h"
#include "notebook/runs_panel.h"
#include "notebook/try_panel.h"
#include "session/moved_data.h"
#include "session/run_queue.h"
#include "session/stored_run.h"
#include "theme/move_focus.h"
#include "theme/theme.h"

#include <QDateTime>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace burdock {
namespace {

/// Of what is below the list, whatever it shows: a minimum of its own would move the list with each tab.
constexpr int leastBelow = 320;

/// The run that a step of the history changed; of several, the first.
RunId editedRun(const QUndoCommand* step) {
    while (step->childCount() > 0)
        step = step->child(0);
    return static_cast<const RunEdit*>(step)->run(); // nothing else is put on this history
}

/// Changes whenever a program writes to the notebook: size and time of the file, and of its log beside it.
QString stampOf(const QString& path) {
    QString stamp;
    for (const QString& file : {path, path + QStringLiteral("-wal")}) {
        const QFileInfo info(file);
        stamp += QStringLiteral("%1 %2 ").arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    }
    return stamp;
}

} // namespace

NotebookPlace::Impl::Impl(NotebookPlace& owner, std::shared_ptr<storage::Notebook> n, RunQueue& queue,
                          const DatasetCatalog& catalog)
    : self(owner)
    , notebook(std::move(n))
    , model(notebook, queue)
    , reader(notebook)
    , evaluator(notebook, catalog)
    , panel(new RunsPanel(model))
    , details(new RunDetails(notebook, catalog, reader))
    , compare(new CompareView(reader))
    , damage(new DamageBar(notebook))
    , hint(new QLabel(
          NotebookPlace::tr("Select a run to see its curves, settings and network. Select two or more "
                            "(Ctrl or Shift) to compare them.")))
    , trouble(new QLabel)
    , splitter(new QSplitter(Qt::Vertical))
    , below(new QStackedWidget)
    , datasets(catalog) {
    hint->setAlignment(Qt::AlignCenter);
    hint->setProperty("role", "soft");
    hint->setWordWrap(true);
    hint->setMargin(Theme::instance().space(3));
    trouble->setProperty("role", "error");
    trouble->setWordWrap(true);
    trouble->setMargin(Theme::instance().space(2));
    trouble->hide();
    below->addWidget(details);
    below->addWidget(compare);
    below->setMinimumHeight(leastBelow);
    below->hide();

    splitter->addWidget(panel);
    splitter->addWidget(below);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    auto* column = new QVBoxLayout(&owner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(damage);
    column->addWidget(trouble);
    column->addWidget(splitter, 1);
    column->addWidget(hint);

    showSoon.setSingleShot(true);
    showSoon.setInterval(0);
    lookAgain.setInterval(3000);
    connectTable();
    connectDetails();
    connectEvaluator();
    reload();
}

void NotebookPlace::Impl::connectTable() {
    QObject::connect(&showSoon, &QTimer::timeout, &self, [this] { showSelection(); });
    QObject::connect(panel, &RunsPanel::selectionChanged, &showSoon, qOverload<>(&QTimer::start));
    QObject::connect(panel, &RunsPanel::deleteWanted, &self, [this] { moveToBin(); });
    QObject::connect(panel, &RunsPanel::askWanted, &self,
                     [this](RunId run, const QStringList& paths) { ask(run, paths); });
    QObject::connect(panel, &RunsPanel::exported, &self, [this](const QString& path, int runs) {
        emit self.told(runs == 1 ? NotebookPlace::tr("1 run is in %1").arg(path)
                                 : NotebookPlace::tr("%1 runs are in %2").arg(runs).arg(path));
    });
    QObject::connect(panel, &RunsPanel::emptyBinWanted, &self, [this] { askToEmptyBin(); });
    QObject::connect(&model, &RunsModel::failed, &self, [this](const QString& why) { complain(why); });
    QObject::connect(&model, &RunsModel::tookOutOfQueue, &self, [this](const QString& name) {
        emit self.told(NotebookPlace::tr("“%1” waited in the queue, and has been taken out of it").arg(name));
    });
    QObject::connect(&model, &RunsModel::renameWanted, &self,
                     [this](RunId run, const QString& name) { setName(run, name); });
    QObject::connect(&model, &RunsModel::runChanged, &self, [this](RunId run) {
        reader.outdate(run);
        if (wanted && run == wanted) {
            panel->select(std::exchange(wanted, {}));
        } else if (isShown(run)) {
            showSoon.start();
        }
    });
    QObject::connect(&model, &RunsModel::loaded, &self, [this] {
        if (wanted && model.find(wanted)) panel->select(std::exchange(wanted, {}));
        self.isVisible() ? lookAgain.start() : lookAgain.stop();
        showSoon.start();
    });
    QObject::connect(&lookAgain, &QTimer::timeout, &self, [this] {
        if (!self.isVisible()) return lookAgain.stop(); // being shown starts it again
        for (const storage::StorageError& notice : notebook->takeNotices())
            emit self.noticed(notice.oneLine());
        const QString now = stampOf(notebook->path());
        damage->look(now);
        if (!model.hasRunning() && now == seen) return;
        for (const RunId run : panel->selectedRuns())
            if (const RunRow* row = model.find(run); row && row->summary.state == storage::RunState::Running)
                reader.outdate(run);
        reload();
    });
}

/// All that is told of the notebook as a whole.
void NotebookPlace::Impl::reload() {
    seen = stampOf(notebook->path());
    damage->look(seen);
    model.reload();
}

void NotebookPlace::Impl::connectDetails() {
    RunActions& actions = details->actions();
    QObject::connect(&actions, &RunActions::renameWanted, &self,
                     [this](RunId run, const QString& name) { setName(run, name); });
    QObject::connect(&actions, &RunActions::resumeWanted, &self, [this](RunId run) { resume(run); });
    QObject::connect(&actions, &RunActions::trainOnWanted, &self,
                     [this](RunId run, const CheckpointChoice& weights) { trainOn(run, weights); });
    QObject::connect(&actions, &RunActions::openWanted, &self, [this](RunId run) { open(run); });
    QObject::connect(&actions, &RunActions::deleteWanted, &self, [this] { moveToBin(); });
    QObject::connect(&details->notes(), &RunNotes::notesEdited, &self,
                     [this](RunId run, const QString& notes) {
                         if (const RunRow* row = model.find(run))
                             undo.push(new RunEdit(model, run, RunEdit::Field::Notes, row->summary.notes,
                                                   notes, typingSeries));
                     });
    QObject::connect(
        &details->notes(), &RunNotes::tagsEdited, &self, [this](RunId run, const QStringList& tags) {
            if (const RunRow* row = model.find(run))
                undo.push(new RunEdit(model, run, RunEdit::Field::Tags, row->summary.tags, tags));
        });
    // A walk back through the history ends the row of typing that makes one step, and shows whose step it
    // was: a run that comes back from the bin is the chosen one again.
    QObject::connect(&undo, &QUndoStack::indexChanged, &self, [this, last = 0](int index) mutable {
        if (index < last) {
            ++typingSeries;
            const QUndoCommand* undone = undo.command(index); // none of a history that was cleared
            if (const RunId run = undone ? editedRun(undone) : RunId{}; run && !panel->filter().isBin())
                panel->select(run);
        }
        last = index;
    });
}

void NotebookPlace::Impl::connectEvaluator() {
    RunActions& actions = details->actions();
    QObject::connect(&actions, &RunActions::evaluateWanted, &self, [this](RunId run) {
        details->actions().setEvaluating(0);
        evaluator.evaluate(run);
    });
    QObject::connect(&actions, &RunActions::cancelWanted, &self, [this] { evaluator.cancel(); });
    QObject::connect(&evaluator, &RunEvaluator::progressed, &self,
                     [this](RunId, double done) { details->actions().setEvaluating(done); });
    const auto end = [this](RunId run, const QString& text, bool error) {
        details->actions().setEvaluating(-1);
        model.refresh(run);
        if (details->run() == run) details->actions().setMessage(text, error);
    };
    QObject::connect(&evaluator, &RunEvaluator::evaluated, &self,
                     [this, end](RunId run, const Evaluation& e, const std::optional<Diagnostic>& unkept) {
                         QString text = NotebookPlace::tr("Test loss %1").arg(humanNumber(e.loss));
                         const RunRow* row = model.find(run);
                         const NamedValues values = e.values("test");
                         const NamedValue told = row ? headlineOf(row->summary, values) : headline(values);
                         if (told.name != "test.loss")
                             text += NotebookPlace::tr(", %1").arg(figureText(told));
                         text += NotebookPlace::tr(" over %1 samples in %2")
                                     .arg(exactCount(e.samples), humanDuration(e.seconds));
                         if (unkept)
                             text += NotebookPlace::tr("\nThe result could not be kept. %1")
                                         .arg(QString::fromStdString(oneLine(*unkept)));
                         const auto diverged = divergence(run, e);
                         if (diverged) text += u'\n' + QString::fromStdString(oneLine(*diverged));
                         end(run, text, unkept || diverged);
                     });
    QObject::connect(&evaluator, &RunEvaluator::cancelled, &self,
                     [end](RunId run) { end(run, NotebookPlace::tr("Evaluation cancelled"), false); });
    QObject::connect(&evaluator, &RunEvaluator::failed, &self, [this, end](RunId run, const Diagnostic& why) {
        end(run, QString::fromStdString(oneLine(why)), true);
        if (why.code != dataMissing || details->run() != run) return;
        unevaluated = run;
        details->actions().setMessage(QString::fromStdString(oneLine(why)), true, true);
    });
    QObject::connect(&actions, &RunActions::findWanted, &self, [this](RunId run) { askForData(run); });
    QObject::connect(&details->tryPanel(), &TryPanel::findWanted, &self,
                     [this](RunId run) { askForData(run); });
}

/// By itself, or as a fold of what a selected run is one of.
bool NotebookPlace::Impl::isShown(RunId run) const {
    const RunRow* row = model.find(run);
    return std::ranges::any_of(panel->selectedRuns(), [&](RunId selected) {
        return selected == run || (row && row->heading && row->heading->has(selected));
    });
}

void NotebookPlace::Impl::showSelection() {
    const QVector<RunId> selected = panel->selectedRuns();
    if (selected.size() != 1) details->notes().commit();
    if (selected.isEmpty()) {
        showBelow(nullptr);
    } else if (selected.size() == 1) {
        if (const RunRow* row = model.find(selected[0])) {
            if (details->run() != row->summary.id) ++typingSeries;
            details->setRun(*row, model.whyNotBinned(row->summary.id));
            showBelow(details);
        }
    } else {
        QVector<storage::RunSummary> runs;
        Headings headings;
        for (const RunId run : selected)
            if (const RunRow* row = model.find(run)) {
                runs.append(row->summary);
                headings.append(row->heading);
            }
        compare->setRuns(runs, headings);
        showBelow(compare);
    }
}

/// Where nothing is shown the list has all the room.
void NotebookPlace::Impl::showBelow(QWidget* page) {
    if (page) below->setCurrentWidget(page);
    if (below->isHidden() == !page) return;
    if (!page) {
        if (splitter->isVisible()) heights = splitter->sizes();
        moveFocus(*below, *panel->table());
    }
    hint->setVisible(!page);
    below->setVisible(page);
    if (!page) return;
    self.layout()->activate(); // the hint's room is the splitter's already
    splitter->setSizes(heights);
    panel->table()->scrollTo(panel->table()->currentIndex()); // the list has become shorter
}

void NotebookPlace::Impl::ask(RunId run, const QStringList& paths) {
    panel->select(run);
    showSelection();
    if (details->run() != run) return;
    details->showTab(RunDetails::Tab::Try);
    details->tryPanel().askAbout(paths);
}

void NotebookPlace::Impl::complain(const QString& why) {
    trouble->setText(why);
    trouble->show();
    QTimer::singleShot(12'000, trouble, &QWidget::hide);
}

NotebookPlace::NotebookPlace(std::shared_ptr<storage::Notebook> notebook, RunQueue& queue,
                             const DatasetCatalog& catalog, QWidget* parent)
    : QWidget(parent)
    , impl_(new Impl(*this, std::move(notebook), queue, catalog)) {
    setAccessibleName(tr("Notebook"));
}

NotebookPlace::~NotebookPlace() {
    impl_->details->notes().commit();
    impl_->undo.disconnect(this); // its end is no walk back
    // The widgets use what Impl owns: they go first.
    delete impl_->panel;
    delete impl_->below;
}

QUndoStack* NotebookPlace::undoStack() const {
    return &impl_->undo;
}

void NotebookPlace::findData(RunId run, const QString& place) {
    impl_->findData(run, place);
}

void NotebookPlace::showRun(RunId run) {
    impl_->panel->filterField()->clear();
    impl_->panel->showBin(false);
    if (impl_->model.find(run))
        impl_->panel->select(run);
    else
        impl_->wanted = run;
}

RunsModel& NotebookPlace::model() const {
    return impl_->model;
}
RunsPanel& NotebookPlace::runs() const {
    return *impl_->panel;
}
RunDetails& NotebookPlace::details() const {
    return *impl_->details;
}
CompareView& NotebookPlace::comparison() const {
    return *impl_->compare;
}

void NotebookPlace::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (impl_->model.isLoaded()) impl_->reload(); // burdock-cli may have added runs meanwhile
}

void NotebookPlace::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F5)
        impl_->reload();
    else
        QWidget::keyPressEvent(event);
}

} // namespace burdock
