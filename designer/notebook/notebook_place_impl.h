#pragma once

#include "notebook/notebook_place.h"
#include "notebook/run_reader.h"
#include "notebook/runs_model.h"
#include "session/run_evaluator.h"
#include "session/worker.h"

#include <QTimer>
#include <QUndoStack>

#include <atomic>

class QLabel;
class QSplitter;
class QStackedWidget;

namespace burdock {

class DamageBar;

using storage::RunId;

/// What the notebook's two source files share: the place itself, and what is done with runs in it.
struct NotebookPlace::Impl {
    NotebookPlace& self;
    std::shared_ptr<storage::Notebook> notebook;
    RunsModel model;
    RunReader reader;
    RunEvaluator evaluator;
    QUndoStack undo;
    RunsPanel* panel;
    RunDetails* details;
    CompareView* compare;
    DamageBar* damage;
    QLabel *hint, *trouble;
    QSplitter* splitter;
    QStackedWidget* below;
    QList<int> heights{320, 480}; ///< of the list and of what is below it
    RunId wanted;                 ///< to be selected once it is there
    RunId unevaluated;            ///< for want of its data
    qint64 typingSeries = 0;
    QTimer showSoon;  ///< after the selection has settled
    QTimer lookAgain; ///< other programs may write into this notebook
    QString seen;     ///< its files as they were when the list was read
    const DatasetCatalog& datasets;
    std::atomic<bool> ending{false}; ///< nobody waits any more for what is read
    Worker finder;                   ///< of data that were moved; last: it ends before what its jobs use

    Impl(NotebookPlace& owner, std::shared_ptr<storage::Notebook> n, RunQueue& queue,
         const DatasetCatalog& catalog);
    ~Impl() { ending = true; }
    void connectTable();
    void connectDetails();
    void connectEvaluator();
    void reload();
    bool isShown(RunId run) const;
    void showSelection();
    void showBelow(QWidget* page);
    void ask(RunId run, const QStringList& paths);
    void moveToBin();
    void askToEmptyBin();
    void emptyBin(const QVector<RunId>& runs);
    void setName(RunId run, const QString& name);
    void trainOn(RunId run, const CheckpointChoice& weights);
    void resume(RunId run);
    void open(RunId run);
    void complain(const QString& why);
    void askForData(RunId run);
    void rememberData(const storage::RunStart& start);
    void findData(RunId run, const QString& place);
};

} // namespace burdock
