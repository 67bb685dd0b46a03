#include "await.h"
#include "dashboard/curve_chart.h"
#include "dashboard/metric_charts.h"
#include "halves.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "notebook/compare_view.h"
#include "notebook/generate_panel.h"
#include "notebook/probability_bars.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/run_facts.h"
#include "notebook/run_notes.h"
#include "notebook/try_panel.h"
#include "numbered_rows.h"
#include "place_fixture.h"
#include "session/damage.h"
#include "session/run_evaluator.h"
#include "storage/database/database.h"
#include "storage/notebook/run_writer.h"
#include "surface/kept_surface.h"

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableWidget>
#include <QUndoStack>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

using namespace burdock;
using namespace burdock::testing;

/// What the Notebook shows of one run, and what can be tried with it.
class TestRunDetails : public QObject, PlaceFixture {
    Q_OBJECT

  private slots:
    void initTestCase() { begin(QStringLiteral("burdock-details-test")); }
    void init() { open(); }
    void cleanup() { place_.reset(); }

    /// Where the inputs are single numbers, and nowhere else.
    void onlyNumbersHaveASurface() {
        click(trained_);
        QVERIFY(!place_->details().hasTab(RunDetails::Tab::Surface));
        click(writer_);
        QVERIFY(!place_->details().hasTab(RunDetails::Tab::Surface));
        TrainingRequest request;
        request.graph = fakeRegression();
        request.dataset = QStringLiteral("flat");
        request.config.epochs = 3;
        request.config.threads = 1;
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        const TrainingRun& run = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        AWAIT_VERIFY(table().model()->rowCount() >= 3);
        click(run.runId());
        AWAIT_VERIFY(place_->details().hasTab(RunDetails::Tab::Surface));
        place_->details().showTab(RunDetails::Tab::Surface);
        const SurfaceBox& box = place_->details().surface().box();
        AWAIT_VERIFY(box.view().surface() != nullptr);
        QCOMPARE(box.axisField(0)->count(), 4);
        QVERIFY(box.axisField(0)->isVisible());
        click(trained_);
        QVERIFY(!place_->details().hasTab(RunDetails::Tab::Surface));
    }

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

    void damageIsShown() {
        click(second_);
        AWAIT_COMPARE(place_->details().run().value, second_.value);
        QVERIFY2(place_->details().damage().isHidden(), qPrintable(place_->details().damage().text()));
        RunRow row = *place_->model().find(second_);
        row.summary.changed = row.summary.damaged = true;
        place_->details().setRun(row);
        QVERIFY(place_->details().damage().isVisible());
        QVERIFY(!place_->details().damage().text().isEmpty());
        const RunColumn& status = runColumns()[columnOf(QStringLiteral("status"))];
        QVERIFY(status.text(row).contains(damagedValue()));
        QCOMPARE(place_->details().facts().item(0)->child(0)->text(), QStringLiteral("Damage"));
        place_->comparison().setRuns({row.summary, place_->model().find(trained_)->summary});
        QVERIFY(place_->comparison()
                    .comparison()
                    .headerData(1, Qt::Horizontal, Qt::DisplayRole)
                    .toString()
                    .contains(damagedValue()));
        // What is not there is told until what is there has been read.
        row.summary.changed = false;
        row.summary.missing = {1, 5, true};
        QVERIFY(damageOf(row.summary).contains(row.summary.missing.text()));
        // And weights that are not there by nothing that is.
        row.summary.missing = {.weights = true};
        QVERIFY(damageOf(row.summary, {}, {}, {}).contains(row.summary.missing.text()));
        place_->details().setRun(*place_->model().find(second_));
        QVERIFY(place_->details().damage().isHidden());
    }

    /// A run's curves are sound, whatever else of it is not.
    void soundCurvesAreNotCalledDamaged() {
        click(second_);
        AWAIT_VERIFY(place_->details().epochs().rowCount() > 0); // it is read
        storage::RunSummary run = place_->model().find(second_)->summary;
        run.missing = {.weights = true};
        run.damaged = true;
        place_->comparison().setRuns({run, place_->model().find(trained_)->summary});
        const CurveChart& chart = place_->comparison().chart();
        AWAIT_VERIFY(!chart.curve(QString::number(second_.value)).isEmpty());
        QFile table(folder_.filePath("curves.csv"));
        QVERIFY(!chart.saveCsv(table.fileName()) && table.open(QIODevice::ReadOnly));
        const QByteArray titles = table.readLine();
        QVERIFY2(titles.contains("Kept") && !titles.contains(damagedValue().toUtf8()), titles.constData());
    }

    void whyNothingIsTrainedOnIsTold() {
        RunActions actions;
        const auto tipOf = [&](const char* text) {
            for (const QAction* action : actions.findChildren<QAction*>())
                if (action->text() == QLatin1String(text) && !action->isEnabled()) return action->toolTip();
            return QString();
        };
        const char *best = "From the best weights", *last = "From the last weights";
        RunRow row = *place_->model().find(second_);
        actions.setRun(row, {}, false);
        actions.setCheckpoints({}, QStringLiteral("It is being read"));
        QCOMPARE(tipOf(best), QStringLiteral("It is being read"));
        row.summary.bestEpoch.reset();
        actions.setRun(row, {}, false);
        actions.setCheckpoints({}, {});
        QVERIFY(tipOf(best).contains(QLatin1String("best yet")));
        QVERIFY(tipOf(last).contains(QLatin1String("not kept")));
        row.summary.missing.weights = true;
        actions.setRun(row, {}, true);
        actions.setCheckpoints({}, {});
        QVERIFY(tipOf(last).contains(damageMend()));
    }

    /// Of which nobody looks at one sample after the other.
    void aTextIsNotSplit() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy opened(&evaluator, &RunEvaluator::opened);
        evaluator.open(writer_);
        AWAIT_COMPARE(opened.size(), 1);
        QVERIFY(opened[0][1].value<std::shared_ptr<const Dataset>>());
        QVERIFY(opened[0][2].value<Split>().train.empty());
    }

    /// Which no list shows.
    void damagedWeightsAreTold() {
        auto other = storage::Database::open(folder_.filePath("n.burdock"), storage::Database::Mode::Write);
        const auto move = [&](int steps) {
            return other &&
                   other->run(QStringLiteral("UPDATE run_checkpoint SET step = step + %1 WHERE run = %2")
                                  .arg(steps)
                                  .arg(trained_.value));
        };
        QVERIFY(move(1));
        place_.reset();
        open();
        click(trained_);
        const QLabel& damage = place_->details().damage();
        AWAIT_VERIFY(damage.isVisible());
        const QString told = damage.text();
        // Not beside facts and a head that say nothing of it.
        QCOMPARE(place_->details().facts().item(0)->child(0)->text(), QStringLiteral("Damage"));
        const auto isMarked = [](const QLabel* label) { return label->text().contains(damagedValue()); };
        QVERIFY(std::ranges::any_of(place_->details().actions().findChildren<QLabel*>(), isMarked));
        click(second_, Qt::ControlModifier);
        const auto compared = [&] {
            for (const QLabel* label : place_->comparison().findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(told.section(QLatin1Char('.'), 0, 0)))
                    return true;
            return false;
        };
        AWAIT_VERIFY(compared());
        QStringList titles;
        for (int run = 1; run <= 2; ++run)
            titles << place_->comparison()
                          .comparison()
                          .headerData(run, Qt::Horizontal, Qt::DisplayRole)
                          .toString();
        QCOMPARE(titles.filter(damagedValue()).size(), 1);
        QVERIFY(move(-1));
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

    /// An older program has kept what it took for one.
    void aFewMillisecondsTellNoSpeed() {
        auto writer = notebook_->startRun({});
        QVERIFY(writer);
        (*writer)->epoch({1, 10, {}, 5000, 0.004, true});
        (*writer)->epoch({2, 20, {}, 6000, 0.2, false});
        const storage::RunId id = (*writer)->id();
        QVERIFY((*writer)->finish(storage::RunState::Finished, 0.2));
        RunReader reader(notebook_);
        RunDetails details(notebook_, catalog_, reader);
        details.setRun(makeRow(*notebook_->run(id)));
        const QStandardItemModel& epochs = details.epochs();
        AWAIT_COMPARE(epochs.rowCount(), 2);
        const int speed = epochs.columnCount() - 2;
        QCOMPARE(epochs.item(0, speed)->text(), QStringLiteral("–"));
        QCOMPARE(epochs.item(1, speed)->text(), QStringLiteral("6,000"));
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

    void evaluatingKeepsTheResult() {
        QVERIFY(notebook_->setTestResult(
            trained_, {{QStringLiteral("test.loss"), 9}, {QStringLiteral("test.accuracy"), 0.01}}));
        click(trained_);
        QTest::mouseClick(place_->details().actions().evaluateButton(), Qt::LeftButton);
        AWAIT_VERIFY(*notebook_->run(trained_)->tested(u"test.accuracy") > 0.9);
        AWAIT_VERIFY(place_->model().find(trained_)->summary.tested(u"test.accuracy").value_or(0) > 0.9);
    }

    /// Its menu shows another place: no look of the mouse stays on it.
    void trainOnIsLeftByTheMouse() {
        click(trained_);
        QPushButton* button = nullptr;
        for (auto* one : place_->details().actions().findChildren<QPushButton*>())
            if (one->menu()) button = one;
        QVERIFY(button);
        button->setAttribute(Qt::WA_UnderMouse);
        place_->hide();
        emit button->menu()->aboutToHide();
        AWAIT_VERIFY(!button->testAttribute(Qt::WA_UnderMouse));
    }

    void onePictureIsTried() {
        click(trained_);
        place_->details().showTab(RunDetails::Tab::Try);
        TryPanel& panel = place_->details().tryPanel();
        AWAIT_COMPARE(panel.bars().classes().size(), 3);
        QVERIFY(panel.bars().classes()[0].isTrue);
        panel.indexField()->setFocus();
        QTest::keyClick(panel.indexField(), Qt::Key_Up); // sample 2: the middle stripe
        AWAIT_VERIFY(panel.bars().classes()[1].isTrue);
        AWAIT_VERIFY(panel.answer().startsWith(QStringLiteral("middle")));
        double sum = 0;
        for (const ClassProbability& c : panel.bars().classes())
            sum += c.probability;
        QVERIFY(std::abs(sum - 1) < 1e-3);
    }

    /// As an answer or a figure they would be a dash under a green line.
    void whatIsNotFiniteIsToldAsSuch() {
        DatasetEntry entry;
        entry.id = entry.title = "endless";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const NumberedRows>(3);
        };
        QVERIFY(catalog_.add(std::move(entry)));
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRequest request;
        request.dataset = QStringLiteral("endless");
        request.config.epochs = 1;
        request.config.learningRate = 1e-4;
        request.graph = fakeRegression();
        const TrainingRun& run = queue_->enqueue(request);
        QVERIFY(finished.wait(test::patience));
        const storage::RunId id = run.runId();
        AWAIT_VERIFY(place_->model().find(id));
        click(id);
        AWAIT_COMPARE(place_->details().run().value, id.value);
        place_->details().showTab(RunDetails::Tab::Try);
        TryPanel& panel = place_->details().tryPanel();
        AWAIT_COMPARE(panel.answer(), QStringLiteral("The network's answer is not a finite number."));
        QTest::mouseClick(place_->details().actions().evaluateButton(), Qt::LeftButton);
        AWAIT_VERIFY(
            std::ranges::any_of(place_->details().actions().findChildren<QLabel*>(), [](QLabel* label) {
                return label->text().contains(QStringLiteral("The network's loss is not a finite number."));
            }));
    }

    /// Of a table without a test part, the run's own split is offered: what stands under "Test set" was never
    /// learned from.
    void samplesAreThoseOfTheRunsSplit() {
        DatasetCatalog catalog;
        DatasetEntry entry;
        entry.id = entry.title = "numbered";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const NumberedRows>();
        };
        QVERIFY(catalog.add(std::move(entry)));
        const auto notebook = storage::Notebook::open(folder_.filePath("rows.burdock"));
        QVERIFY(notebook);
        RunQueue queue(*notebook, catalog);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest request;
        request.dataset = QStringLiteral("numbered");
        request.config.epochs = 1;
        request.config.seed = 5;
        request.config.validationFraction = 0.25;
        request.graph = fakeRegression();
        const TrainingRun& run = queue.enqueue(request);
        QVERIFY(finished.wait(test::patience));

        TryPanel panel(*notebook, catalog);
        panel.setRun(run.runId());
        panel.show();
        AWAIT_COMPARE(panel.partField()->count(), 3);
        const auto* features = panel.findChild<QTableWidget*>();
        const auto shown = [&]() -> std::int64_t {
            return features->item(0, 1) ? features->item(0, 1)->text().toLongLong() : -1;
        };
        const Split split = makeSplit(NumberedRows(), 0.25, 5);
        for (const auto& [title, samples] :
             {std::pair("Test set", split.test), std::pair("Validation set", split.validation),
              std::pair("Training set", split.train)}) {
            panel.partField()->setCurrentText(QString::fromLatin1(title));
            QCOMPARE(panel.partField()->currentText(), QString::fromLatin1(title));
            emit panel.partField()->activated(panel.partField()->currentIndex());
            QCOMPARE(panel.indexField()->maximum(), static_cast<int>(samples.size()));
            for (const int at : {0, static_cast<int>(samples.size()) - 1}) {
                panel.indexField()->setValue(at + 1);
                AWAIT_COMPARE(shown(), samples[static_cast<std::size_t>(at)]);
            }
        }
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
};

QTEST_MAIN(TestRunDetails)
#include "run_details_test.moc"
