#include "await.h"
#include "dashboard/curve_chart.h"
#include "dashboard/metric_charts.h"
#include "fake_text.h"
#include "halves.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "kept_runs.h"
#include "notebook/compare_view.h"
#include "notebook/generate_panel.h"
#include "notebook/notebook_place.h"
#include "notebook/probability_bars.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/run_facts.h"
#include "notebook/run_notes.h"
#include "notebook/runs_panel.h"
#include "notebook/try_panel.h"
#include "open_notebook.h"
#include "session/damage.h"
#include "session/run_queue.h"
#include "storage/database/database.h"
#include "storage/notebook/run_writer.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QUndoStack>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace burdock;
using namespace burdock::testing;

class TestNotebookPlace : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    std::unique_ptr<RunQueue> queue_;
    std::unique_ptr<NotebookPlace> place_;
    storage::RunId trained_, second_, writer_;

    QTableView& table() { return *place_->runs().table(); }
    /// Clicks the run's row, with modifiers.
    void click(storage::RunId run, Qt::KeyboardModifiers keys = {}) {
        for (int row = 0; row < table().model()->rowCount(); ++row) {
            const QModelIndex index = table().model()->index(row, columnOf(QStringLiteral("name")));
            if (index.data(RunsModel::RunIdRole).toLongLong() != run.value) continue;
            QTest::mouseClick(table().viewport(), Qt::LeftButton, keys, table().visualRect(index).center());
            QTest::qWait(10);
            return;
        }
        QFAIL("the run is not in the table");
    }

  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setApplicationName(QStringLiteral("burdock-notebook-test"));
        QSettings().clear();
        Theme::instance().install(*qApp);
        fillWithFakes(catalog_);
        addFakeText(catalog_);
        notebook_ = openNotebook(folder_.filePath("n.burdock"));
        queue_ = std::make_unique<RunQueue>(notebook_, catalog_);
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRequest request;
        request.runName = QStringLiteral("Stripes");
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("fake");
        request.config.epochs = 5;
        request.config.learningRate = 0.05;
        request.config.threads = 1;
        const TrainingRun& run = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        trained_ = run.runId();
        request.runName = QStringLiteral("Letters");
        request.graph = fakeWriter();
        request.dataset = QStringLiteral("letters");
        request.config.epochs = 20;
        request.config.learningRate = 0.02;
        const TrainingRun& text = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        writer_ = text.runId();
        second_ = keepRun(*notebook_, QStringLiteral("Kept"), {}, 0.6);
    }
    void init() {
        place_ = std::make_unique<NotebookPlace>(notebook_, *queue_, catalog_);
        place_->resize(1300, 860);
        place_->show();
        QVERIFY(QTest::qWaitForWindowExposed(place_.get()));
        AWAIT_VERIFY(table().model()->rowCount() >= 2); // more after the tests that train
    }
    void cleanup() { place_.reset(); }

    void clickingARunShowsIt() {
        click(trained_);
        QCOMPARE(place_->details().run().value, trained_.value);
        QCOMPARE(place_->details().actions().nameField()->text(), QStringLiteral("Stripes"));
        const qsizetype steps = notebook_->steps(trained_)->find(u"train.loss")->values.size();
        AWAIT_COMPARE(
            place_->details().charts().chart(QStringLiteral("loss"))->curve(QStringLiteral("train")).size(),
            steps);
        QCOMPARE(place_->details().epochs().rowCount(), 5);
        QCOMPARE(place_->details().facts().item(0)->text(), QStringLiteral("Results"));
    }

    void leftoversAreTold() {
        const QString file = folder_.filePath("leftovers.burdock");
        const auto notebook = openNotebook(file);
        auto writer = notebook->startRun({});
        QVERIFY(writer && (*writer)->finish(storage::RunState::Finished, 1));
        auto other = storage::Database::open(file, storage::Database::Mode::Write);
        QVERIFY(other && other->run("PRAGMA foreign_keys = OFF") && other->run("DELETE FROM run"));
        RunQueue queue(notebook, catalog_);
        NotebookPlace place(notebook, queue, catalog_);
        place.show();
        const auto told = [&place] {
            const auto labels = place.findChildren<QLabel*>();
            return std::ranges::any_of(labels, [](const QLabel* label) {
                return label->isVisible() && label->text().contains(QStringLiteral("has deleted run 1"));
            });
        };
        AWAIT_VERIFY(told());
    }
    void damageIsShown() {
        click(second_);
        AWAIT_COMPARE(place_->details().run().value, second_.value);
        QVERIFY(place_->details().damage().isHidden());
        RunRow row = *place_->model().find(second_);
        row.summary.changed = row.summary.damaged = true;
        place_->details().setRun(row);
        QVERIFY(place_->details().damage().isVisible());
        QVERIFY(!place_->details().damage().text().isEmpty());
        const RunColumn& status = runColumns()[columnOf(QStringLiteral("status"))];
        QVERIFY(status.text(row).contains(damagedValue()));
        QCOMPARE(runFacts(row.summary).first().key, QStringLiteral("damage"));
        place_->comparison().setRuns({row.summary, place_->model().find(trained_)->summary});
        QVERIFY(place_->comparison()
                    .comparison()
                    .headerData(1, Qt::Horizontal, Qt::DisplayRole)
                    .toString()
                    .contains(damagedValue()));
        // What is not there is told until what is there has been read.
        row.summary.changed = false;
        row.summary.missing = {1, 5, true};
        QCOMPARE(damageOf(row.summary), runFacts(row.summary).first().value);
        QVERIFY(damageOf(row.summary).contains(row.summary.missing.text()));
        place_->details().setRun(*place_->model().find(second_));
        QVERIFY(place_->details().damage().isHidden());
    }

    void theLearningRateOfEveryStepIsDrawn() {
        click(second_);
        const auto rates = [this] {
            const CurveChart* chart = place_->details().charts().chart(QStringLiteral("learning_rate"));
            return chart ? chart->curve(QStringLiteral("learning_rate")) : Points();
        };
        AWAIT_COMPARE(rates().size(), 30);
        QCOMPARE(rates()[19].x(), 20.0);
        QCOMPARE(static_cast<float>(rates()[19].y()), 0.05F);
        click(trained_); // by the trainer itself
        AWAIT_COMPARE(rates().size(), notebook_->run(trained_)->steps);
        for (const QPointF& p : rates())
            QVERIFY(p.y() > 0 && p.y() <= 0.0501);
    }

    void aRunOfATextWritesOn() {
        click(writer_);
        place_->details().showTab(RunDetails::Tab::Try);
        GeneratePanel& panel = place_->details().tryPanel().generator();
        AWAIT_VERIFY(panel.isVisible());
        ParamForm& form = panel.options();
        for (const auto& [key, value] : {std::pair("tokens", "7"), std::pair("temperature", "0")}) {
            auto* field = form.field(key)->findChild<QLineEdit*>();
            field->setFocus();
            field->selectAll();
            QTest::keyClicks(field, QLatin1String(value));
        }
        QTest::keyClicks(panel.promptField(), QStringLiteral("abc"));
        QTest::mouseClick(panel.generateButton(), Qt::LeftButton);
        QCOMPARE(panel.generateButton()->text(), QStringLiteral("Stop"));
        AWAIT_COMPARE(panel.text(), QStringLiteral("abcéabcé"));
        AWAIT_COMPARE(panel.generateButton()->text(), QStringLiteral("Generate"));
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

    void typedNotesAreKeptAsOneStep() {
        click(second_);
        place_->details().showTab(RunDetails::Tab::Notes);
        QPlainTextEdit* field = place_->details().notes().notesField();
        QTest::keyClicks(field, QStringLiteral("A good "));
        place_->details().notes().commit();
        QTest::keyClicks(field, QStringLiteral("one."));
        place_->details().notes().commit();
        AWAIT_COMPARE(notebook_->run(second_)->notes, QStringLiteral("A good one."));
        QCOMPARE(place_->undoStack()->count(), 1);
        place_->undoStack()->undo();
        AWAIT_COMPARE(field->toPlainText(), QString());
        AWAIT_COMPARE(notebook_->run(second_)->notes, QString());
        QLineEdit* tags = place_->details().notes().tagsField();
        tags->setFocus();
        QTest::keyClicks(tags, QStringLiteral("good, small,good"));
        QTest::keyClick(tags, Qt::Key_Return);
        AWAIT_COMPARE(notebook_->run(second_)->tags, (QStringList{"good", "small"}));
        place_->undoStack()->undo();
        AWAIT_VERIFY(notebook_->run(second_)->tags.isEmpty());
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

    void evaluatingKeepsTheResult() {
        QVERIFY(notebook_->setTestResult(
            trained_, {{QStringLiteral("test.loss"), 9}, {QStringLiteral("test.accuracy"), 0.01}}));
        click(trained_);
        QTest::mouseClick(place_->details().actions().evaluateButton(), Qt::LeftButton);
        AWAIT_VERIFY(*notebook_->run(trained_)->tested(u"test.accuracy") > 0.9);
        AWAIT_VERIFY(place_->model().find(trained_)->summary.tested(u"test.accuracy").value_or(0) > 0.9);
    }

    void onePictureIsTried() {
        click(trained_);
        place_->details().showTab(RunDetails::Tab::Try);
        TryPanel& panel = place_->details().tryPanel();
        AWAIT_COMPARE(panel.bars().classes().size(), 3);
        QVERIFY(panel.bars().classes()[0].isTrue);
        panel.indexField()->setFocus();
        QTest::keyClick(panel.indexField(), Qt::Key_Up); // sample 1: the middle stripe
        AWAIT_VERIFY(panel.bars().classes()[1].isTrue);
        AWAIT_VERIFY(panel.answer().startsWith(QStringLiteral("middle")));
        double sum = 0;
        for (const ClassProbability& c : panel.bars().classes())
            sum += c.probability;
        QVERIFY(std::abs(sum - 1) < 1e-3);
    }

    /// Some right pixels are no success.
    void partOfAMaskIsTold() {
        DatasetCatalog catalog;
        DatasetEntry entry;
        entry.id = entry.title = "halves";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const Halves>();
        };
        QVERIFY(catalog.add(std::move(entry)));
        const auto notebook = storage::Notebook::open(folder_.filePath("masks.burdock"));
        QVERIFY(notebook);
        RunQueue queue(*notebook, catalog);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest request;
        request.dataset = QStringLiteral("halves");
        request.config.epochs = 1;
        const NodeId input = request.graph.add(
            "input",
            {{"channels", std::int64_t{1}}, {"height", std::int64_t{4}}, {"width", std::int64_t{4}}});
        request.graph.connect(input, request.graph.add("conv2d", {{"filters", std::int64_t{1}},
                                                                  {"padding", std::string("same")}}));
        const TrainingRun& run = queue.enqueue(request);
        QVERIFY(finished.wait(test::patience));
        TryPanel panel(*notebook, catalog);
        panel.setRun(run.runId());
        panel.show();
        QLabel* told = nullptr;
        const auto found = [&] {
            for (QLabel* label : panel.findChildren<QLabel*>())
                if (label->text().startsWith(QStringLiteral("50.0 %"))) told = label;
            return told != nullptr;
        };
        AWAIT_VERIFY(found());
        QCOMPARE(told->property("role").toString(), QStringLiteral("soft"));
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
        QVERIFY(place_->runs().saveCsv(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 1 + table().model()->rowCount());
        QVERIFY(lines[0].startsWith("number,name,status"));
        QVERIFY(lines[1].startsWith(QByteArray::number(second_.value) + ",Kept,Finished"));
        QVERIFY(!place_->runs().saveCsv(folder_.filePath("no/such/folder.csv")));
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
        QCOMPARE(says.size(), 1);
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
};

QTEST_MAIN(TestNotebookPlace)
#include "notebook_place_test.moc"
