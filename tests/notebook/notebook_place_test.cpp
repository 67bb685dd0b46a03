#include "await.h"
#include "dashboard/curve_chart.h"
#include "endless_data.h"
#include "notebook/compare_view.h"
#include "notebook/damage_bar.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/try_panel.h"
#include "place_fixture.h"
#include "storage/database/database.h"
#include "storage/notebook/run_writer.h"

#include <QAction>
#include <QCheckBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSemaphore>
#include <QSplitter>
#include <QUndoStack>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <atomic>
#include <cstdlib>

using namespace burdock;
using namespace burdock::testing;

class TestNotebookPlace : public QObject, PlaceFixture {
    Q_OBJECT

  private slots:
    void initTestCase() { begin(QStringLiteral("burdock-notebook-test")); }
    void init() { open(); }
    void cleanup() { place_.reset(); }

    /// By another program as well.
    void orphansAreToldUntilTheyAreDeleted() {
        const QString file = folder_.filePath("orphans.burdock");
        const auto notebook = openNotebook(file);
        auto writer = notebook->startRun({});
        QVERIFY(writer && (*writer)->finish(storage::RunState::Finished, 1));
        auto other = storage::Database::open(file, storage::Database::Mode::Write);
        QVERIFY(other && other->run("PRAGMA foreign_keys = OFF") && other->run("DELETE FROM run"));
        RunQueue queue(notebook, catalog_);
        NotebookPlace place(notebook, queue, catalog_);
        place.show();
        const auto* bar = place.findChild<DamageBar*>();
        AWAIT_VERIFY(bar->isVisible() && bar->text().contains(QStringLiteral("has deleted run 1")));
        for (const char* table : {"run_setup", "run_epoch", "run_chunk", "run_checkpoint"})
            QVERIFY(other->run(QStringLiteral("DELETE FROM %1").arg(QLatin1String(table))));
        AWAIT_VERIFY(!bar->isVisible());
        // Where it cannot be looked for, nothing says that there is none.
        QVERIFY(other->run("ALTER TABLE tensor_chunk RENAME TO elsewhere"));
        AWAIT_VERIFY(bar->isVisible() && bar->text().contains(QStringLiteral("tensor_chunk")));
        QVERIFY(other->run("ALTER TABLE elsewhere RENAME TO tensor_chunk"));
        AWAIT_VERIFY(!bar->isVisible());
    }

    /// And by the bar's own link: nobody has to leave the window for it.
    void orphansAreDeletedFromTheBar() {
        const QString file = folder_.filePath("orphans of a window.burdock");
        const auto notebook = openNotebook(file);
        auto writer = notebook->startRun({});
        QVERIFY(writer && (*writer)->finish(storage::RunState::Finished, 1));
        auto other = storage::Database::open(file, storage::Database::Mode::Write);
        QVERIFY(other && other->run("PRAGMA foreign_keys = OFF") && other->run("DELETE FROM run"));
        RunQueue queue(notebook, catalog_);
        NotebookPlace place(notebook, queue, catalog_);
        place.show();
        auto* bar = place.findChild<DamageBar*>();
        AWAIT_VERIFY(bar->isVisible() && bar->text().contains(QStringLiteral("has deleted run 1")));
        QVERIFY(!bar->text().contains(QStringLiteral("burdock-cli")));
        emit bar->linkActivated(QStringLiteral("orphans"));
        const auto* box = bar->findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        for (QAbstractButton* button : box->buttons())
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                QTest::mouseClick(button, Qt::LeftButton);
        AWAIT_VERIFY(!bar->isVisible());
        const auto left = notebook->damageNow();
        QVERIFY(left && !*left);
    }

    /// What the writer finds amiss as it writes is told though nothing is trained.
    void whatIsFoundAmissIsNoticed() {
        const QString file = folder_.filePath("history.burdock");
        const auto notebook = openNotebook(file);
        RunQueue queue(notebook, catalog_);
        NotebookPlace place(notebook, queue, catalog_);
        QSignalSpy noticed(&place, &NotebookPlace::noticed);
        const storage::RunId run = keepRun(*notebook, QStringLiteral("one"));
        auto other = storage::Database::open(file, storage::Database::Mode::Write);
        QVERIFY(run && other && other->run("DROP TABLE writer"));
        place.show();
        QVERIFY(notebook->renameRun(run, QStringLiteral("another")));
        AWAIT_COMPARE(noticed.size(), 1);
        QVERIFY(noticed.first().first().toString().contains(QStringLiteral("writer")));
    }

    /// The list has the room as long as no run is chosen; then no tab moves it.
    void theListHasTheRoomUntilARunIsChosen() {
        place_->resize(940, 610);
        const auto* splitter = place_->findChild<QSplitter*>();
        const auto listed = [&] { return place_->runs().height(); };
        AWAIT_COMPARE(listed(), splitter->height());
        QVERIFY2(listed() > 500, qPrintable(QString::number(listed())));
        click(trained_);
        AWAIT_VERIFY(place_->details().isVisible());
        AWAIT_VERIFY(listed() < splitter->height() - 300);
        QTest::qWait(50); // for whatever would move it yet
        const int chosen = listed();
        QVERIFY2(chosen > 150, qPrintable(QString::number(chosen)));
        place_->details().showTab(RunDetails::Tab::Try);
        AWAIT_VERIFY(place_->details().tryPanel().partField()->isVisible());
        QTest::qWait(50);
        QCOMPARE(listed(), chosen);
        table().clearSelection();
        AWAIT_COMPARE(listed(), splitter->height());
        click(trained_);
        AWAIT_VERIFY(std::abs(listed() - chosen) <= 2);
    }

    void twoRunsAreCompared() {
        click(trained_);
        click(second_, Qt::ControlModifier);
        CompareView& compare = place_->comparison();
        QVERIFY(compare.isVisible());
        AWAIT_COMPARE(compare.chart().curveKeys().size(), 2);
        QCOMPARE(compare.comparison().columnCount(), 3);
        const int all = compare.comparison().rowCount();
        QTest::mouseClick(compare.differencesOnlyBox(), Qt::LeftButton, {},
                          QPoint(8, compare.differencesOnlyBox()->height() / 2));
        QVERIFY(compare.comparison().rowCount() < all);
        compare.setSeries(QStringLiteral("train.loss"));
        AWAIT_COMPARE(compare.chart().curve(QString::number(second_.value)).size(), 30);
    }

    void renamingByKeyIsUndoable() {
        click(second_);
        QTest::keyClick(&table(), Qt::Key_F2);
        auto* editor = table().findChild<QLineEdit*>();
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("Other name"));
        QTest::keyClick(editor, Qt::Key_Return);
        AWAIT_COMPARE(notebook_->run(second_)->start.name, QStringLiteral("Other name"));
        AWAIT_COMPARE(place_->details().actions().nameField()->text(), QStringLiteral("Other name"));
        place_->undoStack()->undo();
        AWAIT_COMPARE(notebook_->run(second_)->start.name, QStringLiteral("Kept"));
        AWAIT_COMPARE(place_->details().actions().nameField()->text(), QStringLiteral("Kept"));
    }

    void deleteKeyMovesToTheBinAndBack() {
        const int all = table().model()->rowCount();
        click(second_);
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Delete);
        AWAIT_COMPARE(table().model()->rowCount(), all - 1);
        AWAIT_VERIFY(notebook_->run(second_)->deleted);
        place_->runs().showBin(true);
        AWAIT_COMPARE(table().model()->rowCount(), 1);
        click(second_);
        QTest::keyClick(&table(), Qt::Key_Delete); // in the bin: restores
        AWAIT_COMPARE(table().model()->rowCount(), 0);
        AWAIT_VERIFY(!notebook_->run(second_)->deleted);
        place_->undoStack()->undo();
        AWAIT_VERIFY(notebook_->run(second_)->deleted);
        place_->undoStack()->undo();
        AWAIT_VERIFY(!notebook_->run(second_)->deleted);
    }

    void aRunThatUndoBringsBackIsChosen() {
        const int all = table().model()->rowCount();
        click(second_);
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Delete);
        AWAIT_COMPARE(table().model()->rowCount(), all - 1);
        click(trained_);
        place_->undoStack()->undo();
        AWAIT_COMPARE(table().model()->rowCount(), all);
        QCOMPARE(place_->runs().selectedRuns(), QVector<storage::RunId>{second_});
    }

    void typingFilters() {
        QTest::keyClicks(place_->runs().filterField(), QStringLiteral("stripes 0.05 nothing"));
        AWAIT_COMPARE(table().model()->rowCount(), 0);
        place_->runs().filterField()->setText(QStringLiteral("kept"));
        AWAIT_COMPARE(table().model()->rowCount(), 1);
    }

    void trainingOnAsksWithWeightsAndSettings() {
        QSignalSpy asked(place_.get(), &NotebookPlace::trainRequested);
        QSignalSpy opened(place_.get(), &NotebookPlace::openOnCanvasRequested);
        click(trained_);
        emit place_->details().actions().trainOnWanted(trained_, storage::CheckpointKind::Last);
        QCOMPARE(asked.size(), 1);
        const auto request = asked[0][0].value<TrainingRequest>();
        QCOMPARE(request.initialRun->value, trained_.value);
        QVERIFY(request.initialWeights == CheckpointChoice(storage::CheckpointKind::Last));
        QCOMPARE(request.dataset, QStringLiteral("fake"));
        QCOMPARE(request.config.learningRate, 0.05);
        QVERIFY(request.graph == fakePerceptron());
        emit place_->details().actions().openWanted(trained_);
        QCOMPARE(opened.size(), 1);
        // Whoever presses Train then repeats the experiment.
        const auto made = opened[0][0].value<TrainingRequest>();
        QCOMPARE(made.dataset, QStringLiteral("fake"));
        QCOMPARE(made.config.learningRate, 0.05);
        QVERIFY(!made.initialRun && !made.resumed);
    }

    void tableIsExported() {
        const QString path = folder_.filePath("runs.csv");
        QVERIFY(!place_->runs().saveCsv(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 1 + table().model()->rowCount());
        QVERIFY(lines[0].startsWith("number,name,status"));
        QVERIFY(lines[1].startsWith(QByteArray::number(second_.value) + ",Kept,Finished"));
        QVERIFY(place_->runs().saveCsv(folder_.filePath("no/such/folder.csv")));
    }

    /// As burdock-cli writes while the list is shown.
    void runsOfOtherProgramsAppear() {
        const int before = table().model()->rowCount();
        const storage::RunId added = keepRun(*notebook_, QStringLiteral("From elsewhere"));
        QVERIFY(added);
        AWAIT_COMPARE(table().model()->rowCount(), before + 1);
    }

    /// Deleting a run that is held in the queue takes it out of there: it is not trained in the bin. Deleting
    /// one that is being trained says why not.
    void deletingReachesTheQueue() {
        TrainingRequest request;
        request.runName = QStringLiteral("Endless");
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("fake");
        request.config.epochs = 100'000;
        request.config.threads = 1;
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRun& run = queue_->enqueue(request);
        AWAIT_VERIFY(run.progress().step > 20);
        const storage::RunId id = run.runId();
        AWAIT_VERIFY(place_->model().find(id));
        const auto told = [this] {
            QStringList all;
            for (const QLabel* label : place_->findChildren<QLabel*>())
                if (label->isVisible()) all << label->text();
            return all.join(u' ');
        };
        click(id);
        QTest::keyClick(&table(), Qt::Key_Delete);
        place_->model().flush();
        QVERIFY(!notebook_->run(id)->deleted);
        QVERIFY(told().contains(QStringLiteral("“Endless” is being trained")));
        const auto* button = place_->details().actions().deleteButton();
        QVERIFY(!button->isEnabled());
        QVERIFY(button->toolTip().contains(place_->model().whyNotBinned(id)));
        run.stop();
        AWAIT_COMPARE(finished.size(), 1);

        const auto again = resumeRequest(*notebook_, id);
        QVERIFY(again);
        queue_->enqueue(*again, /*held=*/true);
        AWAIT_COMPARE(place_->model().find(id)->summary.state, storage::RunState::Stopped);
        QSignalSpy says(place_.get(), &NotebookPlace::told);
        click(id);
        QTest::keyClick(&table(), Qt::Key_Delete);
        AWAIT_VERIFY(!queue_->findWaiting(id));
        QStringList all;
        for (const auto& said : says)
            all << said.first().toString();
        QCOMPARE(all.size(), 2); // out of the queue, and in the bin
        QVERIFY(all.join(u' ').contains(QStringLiteral("taken out of it")));
        QVERIFY(all.join(u' ').contains(QStringLiteral("In the bin")));
        place_->model().flush();
        QVERIFY(notebook_->run(id)->deleted);
        // Nor can it be asked to go on from within the bin.
        place_->runs().showBin(true);
        click(id);
        QAction* resume = nullptr;
        for (QAction* action : place_->details().actions().findChildren<QAction*>())
            if (action->text().startsWith(QStringLiteral("Resume"))) resume = action;
        QVERIFY(resume && !resume->isEnabled());
        QVERIFY(resume->toolTip().contains(QStringLiteral("Restore it")));
        place_->undoStack()->undo();
        place_->runs().showBin(false);
        place_->model().flush();
        QVERIFY(!notebook_->run(id)->deleted);
        QVERIFY(queue_->waiting().empty()); // it begins again when it is asked to
    }

    /// A run that loads its data cannot be deleted; one that is refused then can, and nobody chooses it anew.
    void whatHindersDeletingIsToldWhileItDoes() {
        std::atomic<bool> broken = false;
        QSemaphore loaded;
        DatasetCatalog catalog;
        DatasetEntry entry;
        entry.id = entry.title = "fickle";
        entry.available = true;
        entry.open = [&](const ParamValues&) {
            if (broken) loaded.acquire();
            return catalog_.open(broken ? "broken" : "fake");
        };
        QVERIFY(catalog.add(std::move(entry)));
        const auto notebook = openNotebook(folder_.filePath("refused.burdock"));
        RunQueue queue(notebook, catalog);
        NotebookPlace place(notebook, queue, catalog);
        place.show();
        TrainingRequest request;
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("fickle");
        request.config.epochs = 100'000;
        request.config.threads = 1;
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& run = queue.enqueue(request);
        AWAIT_VERIFY(run.progress().step > 20);
        run.stop();
        AWAIT_COMPARE(finished.size(), 1);
        const storage::RunId id = run.runId();
        place.showRun(id);
        AWAIT_COMPARE(place.details().run().value, id.value);
        const auto* button = place.details().actions().deleteButton();
        AWAIT_VERIFY(button->isEnabled());
        const QAction* resume = nullptr;
        for (const QAction* action : place.details().actions().findChildren<QAction*>())
            if (action->text().startsWith(QStringLiteral("Resume"))) resume = action;
        QVERIFY(resume && resume->isEnabled());

        broken = true;
        const auto again = resumeRequest(*notebook, id);
        QVERIFY(again);
        QSignalSpy refused(&queue, &RunQueue::refused);
        const TrainingRun& loading = queue.enqueue(*again);
        AWAIT_VERIFY(!button->isEnabled());
        QCOMPARE(loading.state(), TrainingRun::State::Starting);
        QVERIFY(button->toolTip().contains(QStringLiteral("is being trained")));
        QVERIFY(!resume->isEnabled()); // nor asked to go on a second time
        loaded.release();
        AWAIT_COMPARE(refused.size(), 1);
        AWAIT_VERIFY(button->isEnabled());
        QVERIFY(resume->isEnabled());
    }

    /// A window that is closed does not wait for data that are being looked into; until then it says so.
    void whatIsReadToBeFoundEndsWithThePlace() {
        DatasetCatalog catalog;
        std::atomic<int> reading = 0;
        addEndlessData(catalog, reading);
        const QString file = folder_.filePath(QStringLiteral("moved.endless"));
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        RunQueue queue(notebook_, catalog);
        NotebookPlace place(notebook_, queue, catalog);
        place.show();
        place.showRun(trained_);
        AWAIT_COMPARE(place.details().run().value, trained_.value);
        place.findData(trained_, file);
        AWAIT_COMPARE(reading.load(), 1);
        const auto labels = place.details().actions().findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) {
            return label->text().startsWith(QStringLiteral("Reading ")) && label->isVisible();
        }));
    }
};

QTEST_MAIN(TestNotebookPlace)
#include "notebook_place_test.moc"
