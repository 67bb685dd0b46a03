// What the notebook does with runs: it bins them, names them, trains them on, opens them, finds their data.
#include "engine/data/reading.h"
#include "notebook/find_data.h"
#include "notebook/notebook_place_impl.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/run_edit.h"
#include "notebook/run_notes.h"
#include "notebook/runs_panel.h"
#include "notebook/try_panel.h"
#include "session/moved_data.h"
#include "session/stored_run.h"
#include "theme/theme.h"

#include <QMessageBox>
#include <QPushButton>

#include <utility>

namespace burdock {

void NotebookPlace::Impl::askForData(RunId run) {
    const RunRow* row = model.find(run);
    if (!row) return;
    const QString place = askForPlace(&self, partsOf(row->summary.start.datasetId).path);
    if (!place.isEmpty()) findData(run, place);
}

void NotebookPlace::Impl::findData(RunId run, const QString& place) {
    const RunRow* row = model.find(run);
    if (!row) return;
    if (details->run() == run)
        details->actions().setMessage(NotebookPlace::tr("Reading %1…").arg(place), false);
    finder.post(
        &self,
        [this, start = row->summary.start, place]() -> Status {
            const ReadingScope scope([this] { return ending.load(); });
            return guarded(brokenOff("Data"), [&]() -> Status {
                const auto moved = movedReference(datasets, start.datasetId, place, start.datasetSha256);
                if (!moved) return refuse(moved.error());
                const auto kept = keepPlace(*notebook, partsOf(start.datasetId).path, place);
                return kept ? Status() : refuse(toDiagnostic(kept.error()));
            });
        },
        [this, run](const Status& found) {
            if (details->run() != run) return;
            if (!found)
                return details->actions().setMessage(QString::fromStdString(oneLine(found.error())), true,
                                                     true);
            details->actions().setMessage(NotebookPlace::tr("The data are found."), false);
            details->tryPanel().reload();
            if (std::exchange(unevaluated, {}) == run) emit details->actions().evaluateWanted(run);
        });
}

void NotebookPlace::Impl::moveToBin() {
    const bool bin = !panel->filter().isBin();
    QVector<RunId> runs;
    QStringList refused;
    for (const RunId run : panel->selectedRuns()) {
        if (!model.find(run)) continue;
        if (const QString why = bin ? model.whyNotBinned(run) : QString(); !why.isEmpty())
            refused << why;
        else
            runs.append(run);
    }
    if (!refused.isEmpty()) complain(refused.join(u'\n'));
    if (runs.isEmpty()) return;
    details->notes().commit();
    if (runs.size() > 1)
        undo.beginMacro(bin ? NotebookPlace::tr("Delete %1 runs").arg(runs.size())
                            : NotebookPlace::tr("Restore %1 runs").arg(runs.size()));
    for (const RunId run : runs)
        undo.push(new RunEdit(model, run, RunEdit::Field::Binned, !bin, bin));
    if (runs.size() > 1) undo.endMacro();
    const RunRow* only = runs.size() == 1 ? model.find(runs.first()) : nullptr;
    const QString what = only ? QStringLiteral("“%1”").arg(only->summary.start.name)
                              : NotebookPlace::tr("%1 runs").arg(runs.size());
    emit self.told(
        bin ? NotebookPlace::tr("In the bin: %1. Undo, or the bin's Restore, brings back.").arg(what)
            : NotebookPlace::tr("Back among the runs: %1").arg(what));
}

void NotebookPlace::Impl::askToEmptyBin() {
    const QVector<RunId> runs = model.binnedRuns();
    if (runs.isEmpty()) return;
    model.weighRuns(runs, [this, runs](qint64 bytes) {
        auto* box = new QMessageBox(
            QMessageBox::Warning, NotebookPlace::tr("Empty bin"),
            runs.size() == 1 ? NotebookPlace::tr("Delete the run in the bin for good?")
                             : NotebookPlace::tr("Delete the %1 runs in the bin for good?").arg(runs.size()),
            QMessageBox::Cancel, &self);
        box->setObjectName(QStringLiteral("emptyBinQuestion"));
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setTextFormat(Qt::PlainText);
        box->setInformativeText(
            NotebookPlace::tr(
                "Curves, notes and weights go. %1 of weights are freed: new runs use the room, the "
                "notebook's file stays as large as it is.\n\nThis cannot be undone, and Undo does not "
                "reach back behind it.")
                .arg(humanBytes(bytes)));
        QPushButton* go = box->addButton(NotebookPlace::tr("Empty bin"), QMessageBox::DestructiveRole);
        go->setObjectName(QStringLiteral("emptyBinForGood"));
        box->setDefaultButton(QMessageBox::Cancel);
        QObject::connect(go, &QPushButton::clicked, &self, [this, runs] { emptyBin(runs); });
        box->open();
    });
}

/// The runs that were asked about: what has come into the bin since stays there.
void NotebookPlace::Impl::emptyBin(const QVector<RunId>& runs) {
    model.removeRuns(runs, [this] { undo.clear(); }); // its steps may be about runs that are no more
}

void NotebookPlace::Impl::setName(RunId run, const QString& name) {
    if (const RunRow* row = model.find(run); row && row->summary.start.name != name)
        undo.push(new RunEdit(model, run, RunEdit::Field::Name, row->summary.start.name, name));
}

void NotebookPlace::Impl::trainOn(RunId run, const CheckpointChoice& weights) {
    const RunRow* row = model.find(run);
    if (!row) return;
    auto request = requestOf(row->summary.start);
    if (!request)
        return details->actions().setMessage(QString::fromStdString(oneLine(request.error())), true);
    const storage::RunStart& start = row->summary.start;
    if (!start.modelName.isEmpty()) request->graph.name = start.modelName.toStdString();
    rememberData(start);
    request->runName = NotebookPlace::tr("%1, trained on").arg(start.name);
    request->initialRun = run;
    request->initialWeights = weights;
    emit self.trainRequested(*request);
}

/// By these they are known again if they have been moved.
void NotebookPlace::Impl::rememberData(const storage::RunStart& start) {
    const QString path = partsOf(start.datasetId).path;
    if (notebook->isReadOnly() || datasets.find(path.toStdString())) return;
    finder.post(
        &self, [this, start] { return keepContents(*notebook, start.datasetId, start.datasetSha256); },
        [](const storage::Outcome<void>&) {});
}

void NotebookPlace::Impl::resume(RunId run) {
    const auto request = resumeRequest(*notebook, run);
    if (request)
        emit self.trainRequested(*request);
    else
        details->actions().setMessage(QString::fromStdString(oneLine(request.error())), true);
}

void NotebookPlace::Impl::open(RunId run) {
    const RunRow* row = model.find(run);
    if (!row) return;
    const storage::RunStart& start = row->summary.start;
    auto made = requestOf(start);
    if (!made) {
        details->actions().setMessage(QString::fromStdString(oneLine(made.error())), true);
        auto graph = storedGraph(start);
        if (!graph) return;
        made = TrainingRequest{{}, std::move(*graph), start.datasetId, {}, {}};
    }
    if (!start.modelName.isEmpty()) made->graph.name = start.modelName.toStdString();
    rememberData(start);
    emit self.openOnCanvasRequested(*made);
}

} // namespace burdock
