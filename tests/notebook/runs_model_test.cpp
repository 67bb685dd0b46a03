#include "await.h"
#include "full_disk.h"
#include "kept_runs.h"
#include "notebook/comparison.h"
#include "notebook/notebook_place.h"
#include "notebook/run_edit.h"
#include "notebook/runs_filter.h"
#include "notebook/runs_model.h"
#include "notebook/runs_panel.h"
#include "open_notebook.h"
#include "processor_time.h"
#include "session/run_queue.h"

#include <QAbstractItemModelTester>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QUndoStack>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace burdock;
using namespace burdock::testing;
using Mode = QAbstractItemModelTester::FailureReportingMode;

class TestRunsModel : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    std::unique_ptr<RunQueue> queue_;

    static int column(const char* key) { return columnOf(QLatin1String(key)); }
    static void load(RunsModel& model) {
        QSignalSpy loaded(&model, &RunsModel::loaded);
        model.reload();
        QVERIFY(loaded.wait(test::patience));
    }

  private slots:
    void initTestCase() { fillWithFakes(catalog_); }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        notebook_ = openNotebook(folder_->filePath("n.burdock"));
        queue_ = std::make_unique<RunQueue>(notebook_, catalog_);
    }
    void cleanup() {
        queue_.reset();
        notebook_.reset();
    }

    /// A fold's row tells of all folds, and the comparison does.
    void foldsTellOfTheirCrossValidation() {
        TrainConfig config;
        config.folds = 2;
        for (const double accuracy : {0.75, 0.85}) {
            ++config.fold;
            keepRun(*notebook_, config.fold == 1 ? "one" : "two", config, accuracy);
        }
        keepRun(*notebook_, "alone", {}, 0.5);
        RunsModel model(notebook_, *queue_);
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        load(model);
        const auto told = [&](int row) { return model.index(row, column("folds")).data().toString(); };
        QCOMPARE(told(0), QString());
        QCOMPARE(told(1),
                 QStringLiteral("80.0 %, 16.5 % to 100.0 % (95 % interval, 2 folds)")); // 12.706 · 0.05
        QCOMPARE(told(2), told(1));
        const RunRow& row = *model.find(notebook_->runs()->at(1).id);
        const auto facts = runFacts(row.summary, {}, row.heading.get());
        QVERIFY(std::ranges::any_of(facts, [&](const Fact& fact) {
            return fact.label == QStringLiteral("Test accuracy, all folds") && fact.value == told(1);
        }));
        const auto compared = compareRuns({row.summary}, {}, {row.heading});
        QVERIFY(std::ranges::any_of(
            compared, [&](const ComparedFact& fact) { return fact.values == QStringList(told(1)); }));
    }
    void rowsAreTheRunsNewestFirst() {
        TrainConfig config;
        config.learningRate = 0.02;
        config.batch = 48;
        keepRun(*notebook_, "first", config, 0.75);
        const auto second = keepRun(*notebook_, "second", {}, 0.91);
        RunsModel model(notebook_, *queue_);
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        load(model);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, column("name")).data().toString(), QStringLiteral("second"));
        QCOMPARE(model.index(0, column("test_accuracy")).data().toString(), QStringLiteral("91.0 %"));
        QCOMPARE(model.index(1, column("learning_rate")).data().toString(), QStringLiteral("0.02"));
        QCOMPARE(model.index(1, column("batch")).data().toString(), QStringLiteral("48"));
        QCOMPARE(model.index(1, column("optimizer")).data().toString(), QStringLiteral("Adam"));
        QCOMPARE(model.index(1, column("epochs")).data().toString(), QStringLiteral("3 / 3"));
        QCOMPARE(model.rowOf(second), 0);
        QVERIFY(!model.find({99}));
    }

    /// Runs of other tasks are told by other metrics, under their names; like stands with like, however it is
    /// sorted.
    void eachRunIsToldByItsOwnMetric() {
        const auto keep = [this](const char* name, double value, const char* metric) {
            keepRun(*notebook_, QString::fromLatin1(name), {}, value, 3, storage::RunState::Finished,
                    QString::fromLatin1(metric));
        };
        keep("better", 0.75, "accuracy");
        keep("numbers", 0.981, "r2");
        keep("worse", 0.5, "accuracy");
        keep("masks", 0.71, "iou");
        RunsModel model(notebook_, *queue_);
        load(model);
        RunsFilter filter;
        filter.setSourceModel(&model);
        const auto told = [&](const char* key) {
            QStringList all;
            for (int row = 0; row < filter.rowCount(); ++row)
                all << filter.index(row, column(key)).data().toString();
            return all;
        };
        filter.sort(column("test"), Qt::DescendingOrder);
        QCOMPARE(told("test"), (QStringList{"Accuracy 75.0 %", "Accuracy 50.0 %", "IoU 71.0 %", "R² 0.981"}));
        filter.sort(column("validation"), Qt::AscendingOrder);
        QCOMPARE(told("validation"),
                 (QStringList{"Accuracy 50.0 %", "Accuracy 75.0 %", "IoU 71.0 %", "R² 0.981"}));
        QCOMPARE(told("metric"), (QStringList{"Accuracy", "Accuracy", "IoU", "R²"}));
        for (const char* shown : {"validation", "test"})
            QVERIFY(runColumns()[column(shown)].visible);
    }

    /// What a run of some milliseconds tells of its speed is none.
    void aShortRunHasNoSpeed() {
        RunRow row;
        row.summary.samplesPerSecond = 700'000;
        const RunColumn& speed = runColumns()[columnOf(QStringLiteral("samples_per_second"))];
        row.summary.seconds = 0.04;
        QCOMPARE(speed.text(row), QStringLiteral("–"));
        QVERIFY(!speed.order(row).isValid());
        row.summary.seconds = 4;
        QCOMPARE(speed.text(row), QStringLiteral("700,000"));
    }

    void newRunsJoinAtTheTop() {
        keepRun(*notebook_, "first");
        RunsModel model(notebook_, *queue_);
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        load(model);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const auto added = keepRun(*notebook_, "added");
        load(model);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowOf(added), 0);
        QCOMPARE(resets.size(), 0); // selection and scroll position stay
    }

    void aRunningRunIsFollowed() {
        RunsModel model(notebook_, *queue_);
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        load(model);
        TrainingRequest request;
        request.graph = fakePerceptron();
        request.dataset = QStringLiteral("large");
        request.config.epochs = 1000;
        request.config.threads = 1;
        TrainingRun& run = queue_->enqueue(request);
        AWAIT_COMPARE(model.rowCount(), 1);
        AWAIT_VERIFY(model.index(0, 0).data(RunsModel::ProgressRole).toDouble() > 0);
        QVERIFY(model.index(0, column("status")).data().toString().contains(QLatin1Char('%')));
        run.stop();
        const auto status = [&] { return model.index(0, column("status")).data().toString(); };
        AWAIT_VERIFY(status().startsWith(QStringLiteral("Stopped · ")) &&
                     status().endsWith(QLatin1Char('%')));
        QVERIFY(model.index(0, 0).data(RunsModel::ProgressRole).toDouble() < 0);
    }

    void filterAndSort() {
        keepRun(*notebook_, "alpha boots", {}, 0.5);
        keepRun(*notebook_, "beta", {}, 0.9);
        const auto none = keepRun(*notebook_, "gamma boots", {}, std::numeric_limits<double>::quiet_NaN());
        RunsModel model(notebook_, *queue_);
        load(model);
        RunsFilter filter;
        const QAbstractItemModelTester tester(&filter, Mode::QtTest);
        filter.setSourceModel(&model);
        filter.setWords(QStringLiteral("BOOTS gam"));
        QCOMPARE(filter.rowCount(), 1);
        filter.setWords({});
        // What has no value is last, up and down.
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            filter.sort(column("best_validation_accuracy"), order);
            QCOMPARE(filter.index(2, 0).data(RunsModel::RunIdRole).toLongLong(), none.value);
        }
        QCOMPARE(filter.index(0, column("name")).data().toString(), QStringLiteral("beta"));
        QVERIFY(model.setBinned(none, true));
        QCOMPARE(filter.rowCount(), 2);
        filter.setBin(true);
        QCOMPARE(filter.rowCount(), 1);
    }

    void editsAreUndoableAndKept() {
        const auto run = keepRun(*notebook_, "name");
        RunsModel model(notebook_, *queue_);
        load(model);
        QUndoStack undo;
        undo.push(new RunEdit(model, run, RunEdit::Field::Name, "name", "better name"));
        undo.push(new RunEdit(model, run, RunEdit::Field::Tags, QStringList{}, QStringList{"a", "b"}));
        undo.push(new RunEdit(model, run, RunEdit::Field::Notes, "", "on", 1));
        undo.push(new RunEdit(model, run, RunEdit::Field::Notes, "on", "one more", 1)); // same row of typing
        undo.push(new RunEdit(model, run, RunEdit::Field::Binned, false, true));
        QCOMPARE(undo.count(), 4);
        model.flush();
        auto kept = notebook_->run(run);
        QCOMPARE(kept->start.name, QStringLiteral("better name"));
        QCOMPARE(kept->tags, (QStringList{"a", "b"}));
        QCOMPARE(kept->notes, QStringLiteral("one more"));
        QVERIFY(kept->deleted);
        while (undo.canUndo())
            undo.undo();
        model.flush();
        kept = notebook_->run(run);
        QCOMPARE(kept->start.name, QStringLiteral("name"));
        QVERIFY(kept->tags.isEmpty() && kept->notes.isEmpty() && !kept->deleted);
        QCOMPARE(model.find(run)->summary.start.name, QStringLiteral("name"));
    }

    void whatTheNotebookRefusesIsNoStep() {
        RunsModel model(notebook_, *queue_);
        load(model);
        QUndoStack undo;
        undo.push(new RunEdit(model, {4711}, RunEdit::Field::Name, "a", "b"));
        QCOMPARE(undo.count(), 0);
    }

    /// The window does not wait for a change to be written; what is refused is told, and what is stored is
    /// shown again.
    void aRefusedChangeIsTakenBack() {
        const auto run = keepRun(*notebook_, "name");
        const auto readOnly = storage::Notebook::open(notebook_->path(), storage::Access::ReadOnly);
        QVERIFY(readOnly);
        RunsModel model(*readOnly, *queue_);
        load(model);
        QSignalSpy failed(&model, &RunsModel::failed);
        QUndoStack undo;
        undo.push(new RunEdit(model, run, RunEdit::Field::Name, "name", "another"));
        QCOMPARE(model.find(run)->summary.start.name, QStringLiteral("another")); // at once
        AWAIT_COMPARE(failed.size(), 1);
        QVERIFY(!failed[0][0].toString().isEmpty());
        AWAIT_COMPARE(model.find(run)->summary.start.name, QStringLiteral("name"));
        undo.undo(); // it never was
        QCOMPARE(undo.count(), 0);
        QTest::qWait(20);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(notebook_->run(run)->start.name, QStringLiteral("name"));
    }

    /// Of notes typed in one go, a part of which the notebook did not take, the rest can be taken back.
    void aRefusedPartOfAStepSparesTheRest() {
        const auto run = keepRun(*notebook_, "name");
        RunsModel model(notebook_, *queue_);
        load(model);
        QSignalSpy failed(&model, &RunsModel::failed);
        QUndoStack undo;
        undo.push(new RunEdit(model, run, RunEdit::Field::Notes, "", "first", 1));
        AWAIT_COMPARE(notebook_->run(run)->notes, QStringLiteral("first"));
        QVERIFY(notebook_->flush());
        {
            const FullDisk disk(0);
            undo.push(new RunEdit(model, run, RunEdit::Field::Notes, "first", "first and second", 1));
            (void)QTest::qWaitFor([&] { return !failed.isEmpty(); }, test::patience);
        }
        QCOMPARE(failed.size(), 1);
        QCOMPARE(undo.count(), 1);
        undo.undo();
        AWAIT_COMPARE(notebook_->run(run)->notes, QString());
        undo.redo();
        AWAIT_COMPARE(notebook_->run(run)->notes, QStringLiteral("first"));
    }

    /// A row that was read before a change is written does not bring the old value back.
    void whatIsReadMeanwhileDoesNotUndoAChange() {
        const auto run = keepRun(*notebook_, "name");
        RunsModel model(notebook_, *queue_);
        load(model);
        model.refresh(run);
        QVERIFY(model.rename(run, QStringLiteral("new")));
        QStringList names;
        connect(&model, &RunsModel::runChanged, this, [&] { names << model.find(run)->summary.start.name; });
        model.refresh(run);
        AWAIT_VERIFY(names.size() >= 2);
        for (const QString& name : names)
            QCOMPARE(name, QStringLiteral("new"));
    }

    /// Epochs may end faster than rows are read.
    void refreshesThatWaitAreOne() {
        const auto run = keepRun(*notebook_, "name");
        RunsModel model(notebook_, *queue_);
        load(model);
        int read = 0;
        connect(&model, &RunsModel::runChanged, this, [&] { ++read; });
        for (int epoch = 0; epoch < 1000; ++epoch)
            model.refresh(run);
        AWAIT_VERIFY(read >= 2);
        model.flush();
        QCoreApplication::processEvents();
        QCOMPARE(read, 2);
    }

    void comparisonMarksWhatDiffers() {
        TrainConfig config;
        const auto a = keepRun(*notebook_, "a", config, 0.7);
        config.batch = 128;
        config.optimizer = "sgd";
        const auto b = keepRun(*notebook_, "b", config, 0.9);
        QVector<storage::RunSummary> runs{*notebook_->run(a), *notebook_->run(b)};
        runs[1].startedAt = runs[0].startedAt.addSecs(60); // a time is no setting
        QStringList differing;
        for (const ComparedFact& fact : compareRuns(runs)) {
            QCOMPARE(fact.values.size(), 2);
            if (fact.differs) differing << fact.label;
        }
        QVERIFY(differing.contains(QStringLiteral("Batch size")));
        QVERIFY(differing.contains(QStringLiteral("Optimizer")));
        QVERIFY(!differing.contains(QStringLiteral("Learning rate")));
        QVERIFY(!differing.contains(QStringLiteral("Started")));
        QVERIFY(!differing.contains(QStringLiteral("SHA-256")));

        // A figure says which epoch's weights it is of, and like stands beside like.
        QStringList figures;
        for (const ComparedFact& fact : compareRuns(runs))
            if (fact.label.contains(QStringLiteral("loss,"))) figures << fact.label;
        QCOMPARE(figures, QStringList({"Training loss, best epoch", "Validation loss, best epoch",
                                       "Test loss, best epoch", "Training loss, last epoch",
                                       "Validation loss, last epoch"}));

        ComparisonModel model;
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        model.setRuns(runs);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.differences(), differing.size());
        const int all = model.rowCount();
        model.setDifferencesOnly(true);
        QVERIFY(model.rowCount() < all);
        for (int row = 0; row < model.rowCount(); ++row) {
            const QString text = model.index(row, 0).data().toString();
            if (text.startsWith(QStringLiteral("≠"))) differing.removeOne(text.mid(2));
            QVERIFY(text != QStringLiteral("Learning rate"));
        }
        QVERIFY(differing.isEmpty());
        // Nor do results stay that are the same: what these runs were kept with differs in accuracy alone.
        for (int row = 0; row < model.rowCount(); ++row)
            if (!model.isGroupRow(row))
                QVERIFY2(model.index(row, 1).data() != model.index(row, 2).data(),
                         qPrintable(model.index(row, 0).data().toString()));
    }

    /// The question tells how much is freed; what is in the bin by then goes, and nothing else.
    void theBinIsEmptied() {
        const auto kept = keepRun(*notebook_, "kept"), first = keepRun(*notebook_, "first"),
                   second = keepRun(*notebook_, "second");
        for (const storage::RunId run : {first, second})
            QVERIFY(notebook_->setDeleted(run, true));
        NotebookPlace place(notebook_, *queue_, catalog_);
        place.resize(1000, 700);
        place.show();
        QVERIFY(QTest::qWaitForWindowExposed(&place));
        QPushButton& empty = place.runs().emptyBinButton();
        const QTableView& table = *place.runs().table();
        AWAIT_COMPARE(table.model()->rowCount(), 1);
        QVERIFY(!empty.isVisible()); // among the runs there is nothing to empty
        place.runs().showBin(true);
        AWAIT_COMPARE(table.model()->rowCount(), 2);
        QVERIFY(empty.isVisible());
        const auto answer = [&](const char* button) {
            QTest::mouseClick(&empty, Qt::LeftButton);
            QMessageBox* box = nullptr;
            AWAIT_VERIFY((box = place.findChild<QMessageBox*>()));
            QVERIFY(box->text().contains(QLatin1Char('2')));
            QVERIFY(box->informativeText().contains(QStringLiteral("16 B of weights")));
            QVERIFY(box->informativeText().contains(QStringLiteral("cannot be undone")));
            auto* chosen = box->findChild<QPushButton*>(QLatin1String(button));
            QTest::mouseClick(chosen ? chosen : box->button(QMessageBox::Cancel), Qt::LeftButton);
            AWAIT_VERIFY(!place.findChild<QMessageBox*>());
        };
        answer("");
        QCOMPARE(notebook_->runs(true)->size(), 3);
        answer("emptyBinForGood");
        AWAIT_COMPARE(table.model()->rowCount(), 0);
        QCOMPARE(notebook_->runs(true)->size(), 1);
        QCOMPARE(notebook_->runs(true)->first().id, kept);
        QVERIFY(!empty.isEnabled());
        place.undoStack()->undo();
        QVERIFY(!notebook_->run(first));
    }

    void aThousandRunsAreRead() {
        for (int i = 0; i < 1000; ++i)
            QVERIFY(keepRun(*notebook_, QStringLiteral("run %1").arg(i), {}, 0.001 * (i % 1000), 1));
        RunsModel model(notebook_, *queue_);
        const double begun = test::processorSeconds();
        load(model);
        const double read = test::processorSeconds() - begun;
        QCOMPARE(model.rowCount(), 1000);
        RunsFilter filter;
        filter.setSourceModel(&model);
        filter.sort(column("best_validation_accuracy"), Qt::DescendingOrder);
        filter.setWords(QStringLiteral("run #99"));
        QCOMPARE(filter.rowCount(), 11);
        const double sorted = test::processorSeconds() - begun - read;
        qInfo("1,000 runs: read in %.0f ms beside the window, sorted and filtered in %.0f ms", read * 1e3,
              sorted * 1e3);
        QVERIFY(read <
                1); // a small part of it, on any machine: what is looked for is work that grows in square
        QVERIFY(sorted < 0.3);
    }
};

QTEST_MAIN(TestRunsModel)
#include "runs_model_test.moc"
