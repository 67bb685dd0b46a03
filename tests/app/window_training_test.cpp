#include "app/augmentation_list.h"
#include "app/dataset_chooser.h"
#include "app/queue_panel.h"
#include "app/rate_finder_dialog.h"
#include "app/reference_window.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "dashboard/curve_chart.h"
#include "dashboard/live_dashboard.h"
#include "dashboard/live_runs.h"
#include "dashboard/live_strip.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "inspector/problem_cards.h"
#include "notebook/notebook_place.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/runs_panel.h"
#include "surface/live_surface.h"
#include "theme/elided_label.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTextBrowser>
#include <QToolButton>
#include <QUndoGroup>
#include <QUndoStack>

using namespace burdock;

/// The Train place of the real window: its form, its runs and the queue.
class TestWindowTraining : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("training")); }
    void init() { open(); }
    void cleanup() { close(); }

    void transformsAreAddedChangedAndTakenOut() {
        workspace_->newFromTemplate("mlp"); // which brings none
        workspace_->settings().setDataset(QStringLiteral("digits"));
        window_->goTo(MainWindow::Train);
        AugmentationList& list = window_->trainPlace().form().augmentation();
        AWAIT_VERIFY(list.isVisible());
        const auto uses = [this] { return workspace_->settings().config().augmentation; };
        QAction* shift = list.addButton().menu()->actions().front();
        shift->trigger();
        QCOMPARE(uses().size(), size_t(1));
        const TransformSchema& schema = transforms().front();
        QCOMPARE(uses()[0].id, schema.id);
        auto* field = list.form(0).field(schema.params.front().key)->findChild<QLineEdit*>();
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("1"));
        QVERIFY(uses()[0].params.contains(schema.params.front().key));
        for (auto* remove : list.findChildren<QToolButton*>())
            if (remove != &list.addButton() && remove->accessibleName().contains(shift->text()))
                QTest::mouseClick(remove, Qt::LeftButton);
        QVERIFY(uses().empty());
        workspace_->settings().setDataset(QStringLiteral("iris"));
        AWAIT_VERIFY(!list.isVisible()); // no pictures
        shift->trigger();
        AWAIT_VERIFY(list.isVisible()); // what is refused can be taken out
        workspace_->newFromTemplate("mlp");
        QVERIFY(uses().empty());
    }

    /// A run is called the same everywhere, whatever it was called when it began.
    void aRenamedRunIsCalledSoInTheQueue() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{1});
        AWAIT_VERIFY(trainButton()->isEnabled());
        window_->goTo(MainWindow::Train);
        auto* name = window_->trainPlace().form().findChild<QLineEdit*>(QStringLiteral("runName"));
        QTest::keyClicks(name, QStringLiteral("First"));
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        AWAIT_COMPARE(finished.size(), 1);
        QCOMPARE(name->text(), QString()); // the next run is another one
        const QueuePanel& panel = window_->trainPlace().queue();
        const auto listed = [&panel] {
            return panel.list().item(0)->data(Qt::AccessibleTextRole).toString();
        };
        AWAIT_VERIFY(listed().startsWith(QStringLiteral("#1 First")));
        window_->goTo(MainWindow::Notebook);
        NotebookPlace& notebook = window_->notebookPlace();
        notebook.showRun({1});
        QLineEdit* field = notebook.details().actions().nameField();
        AWAIT_COMPARE(field->text(), QStringLiteral("First"));
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("Renamed"));
        QTest::keyClick(field, Qt::Key_Return);
        window_->goTo(MainWindow::Train);
        AWAIT_VERIFY(listed().startsWith(QStringLiteral("#1 Renamed")));
        notebook.undoStack()->undo();
        AWAIT_VERIFY(listed().startsWith(QStringLiteral("#1 First")));
    }

    /// The Edit menu is of every place: in the notebook it acts on runs, and never on what is not seen.
    void deletingDeletesWhatIsSeen() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{1});
        AWAIT_VERIFY(trainButton()->isEnabled());
        workspace_->document().select({nodes()[1].id});
        const auto inMenu = [this](const QString& text) -> QAction* {
            QMenu* edit = window_->findChild<QMenuBar*>()->actions()[1]->menu();
            for (QAction* action : edit->actions())
                if (action->text() == text) return action;
            return nullptr;
        };
        QVERIFY(inMenu(QStringLiteral("Delete"))->isEnabled());
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        AWAIT_COMPARE(finished.size(), 1);
        const QStringList ofCanvas{QStringLiteral("Cut"),    QStringLiteral("Duplicate"),
                                   QStringLiteral("Bypass"), QStringLiteral("Freeze or unfreeze"),
                                   QStringLiteral("Paste"),  QStringLiteral("Lay out")};
        for (const auto place : {MainWindow::Train, MainWindow::Notebook, MainWindow::Design}) {
            window_->goTo(place);
            for (const QString& text : ofCanvas)
                QCOMPARE(inMenu(text)->isEnabled(), place == MainWindow::Design);
        }
        window_->goTo(MainWindow::Train);
        QVERIFY(!inMenu(QStringLiteral("Delete"))->isEnabled());

        window_->goTo(MainWindow::Notebook);
        RunsPanel& runs = window_->notebookPlace().runs();
        QVERIFY(!inMenu(QStringLiteral("Delete"))->isEnabled());
        window_->notebookPlace().showRun({1});
        AWAIT_COMPARE(runs.selectedRuns().size(), 1);
        const Graph before = workspace_->document().graph();
        inMenu(QStringLiteral("Delete"))->trigger();
        AWAIT_COMPARE(runs.table()->model()->rowCount(), 0);
        QCOMPARE(workspace_->document().graph(), before);
        QVERIFY(window_->undoGroup().canUndo());
        window_->undoGroup().undo();
        AWAIT_COMPARE(runs.table()->model()->rowCount(), 1);

        window_->goTo(MainWindow::Design);
        inMenu(QStringLiteral("Delete"))->trigger();
        QCOMPARE(nodes().size(), before.nodes().size() - 1);
    }

    /// What is wrong is said below the form, which stays as it is under the mouse.
    void aProblemMovesNoField() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        window_->goTo(MainWindow::Train);
        TrainingForm& form = window_->trainPlace().form();
        AWAIT_VERIFY(workspace_->dataset().data() && form.augmentation().isVisible());
        AWAIT_VERIFY(trainButton()->isEnabled() && !workspace_->isChecking());
        const QWidget* name = form.findChild<QLineEdit*>(QStringLiteral("runName"));
        const auto place = [&] {
            QTest::qWait(20); // until the layouts have settled
            return name->mapTo(window_.get(), QPoint());
        };
        const QPoint before = place();
        auto* cards = window_->trainPlace().findChild<ProblemCards*>();
        QVERIFY(cards && !cards->isVisible());
        workspace_->document().edit(QStringLiteral("too few classes"), [](Graph& graph) {
            NodeId last;
            for (const Node& node : graph.nodes())
                if (node.type == "dense") last = node.id;
            graph.edit(last)->params["units"] = std::int64_t{7};
        });
        AWAIT_VERIFY(cards->isVisible());
        QCOMPARE(place(), before);
        workspace_->document().undoStack()->undo();
        AWAIT_VERIFY(!cards->isVisible());
        QCOMPARE(place(), before);
    }

    /// A run has the values that the fields show.
    void nothingIsTrainedWhileAFieldIsRefused() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(trainButton()->isEnabled());
        window_->goTo(MainWindow::Train);
        window_->trainPlace().form().focusField(QStringLiteral("epochs"));
        auto* epochs = qobject_cast<QAbstractSpinBox*>(QApplication::focusWidget())->findChild<QLineEdit*>();
        const QString before = epochs->text();
        epochs->selectAll();
        QTest::keyClicks(epochs, QStringLiteral("0"));
        QVERIFY(!trainButton()->isEnabled());
        QVERIFY(workspace_->whyNotTrainable().startsWith(QStringLiteral("Epochs: ")));
        QTest::keyClick(epochs, Qt::Key_Return, Qt::ControlModifier);
        workspace_->train();
        QVERIFY(workspace_->queue().runs().empty());
        QTest::keyClick(epochs, Qt::Key_Escape);
        QCOMPARE(epochs->text(), before);
        AWAIT_VERIFY(trainButton()->isEnabled());
        // The same holds for the layers' settings.
        window_->goTo(MainWindow::Design);
        const auto hidden = std::ranges::find(nodes(), std::string("dense"), &Node::type)->id;
        workspace_->document().select({hidden});
        auto* units = window_->designPlace()
                          .findChild<QAbstractSpinBox*>(QStringLiteral("editor.units"))
                          ->findChild<QLineEdit*>();
        units->setFocus();
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("x"));
        QVERIFY(!trainButton()->isEnabled());
        canvas_->setFocus();
        AWAIT_VERIFY(trainButton()->isEnabled());
    }

    /// In a narrower window too each row has its buttons, and the rows are columns.
    void theQueueFollowsTheWidth() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{100'000});
        AWAIT_VERIFY(trainButton()->isEnabled());
        window_->goTo(MainWindow::Train);
        workspace_->settings().setRunName(QStringLiteral("A run with a name that tells much of what it is"));
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        RunQueue& queue = workspace_->queue();
        AWAIT_VERIFY(queue.isBusy());
        AWAIT_COMPARE(queue.active().front()->state(), TrainingRun::State::Training);
        workspace_->train();
        queue.stopAll();
        AWAIT_VERIFY(!queue.isBusy());
        const QListWidget& list = window_->trainPlace().queue().list();
        AWAIT_COMPARE(list.count(), 2);
        for (const int width : {1440, 1024, 1300, 900}) {
            window_->resize(width, 700);
            QTest::qWait(50);
            QSet<int> states;
            for (int i = 0; i < list.count(); ++i) {
                const QWidget* row = list.itemWidget(list.item(i));
                const int beside = list.viewport()->width() - row->geometry().right();
                QVERIFY2(beside >= 0 && beside < 16, qPrintable(QString::number(beside)));
                for (const auto* button : row->findChildren<QToolButton*>())
                    QVERIFY(button->isHidden() || button->visibleRegion().boundingRect() == button->rect());
                const auto labels = row->findChildren<ElidedLabel*>(); // name and state
                states << labels[1]->x();
                QVERIFY(!labels[1]->isElided());
            }
            QVERIFY2(states.size() == 1, qPrintable(QString::number(width)));
        }
    }

    /// F1 tells of the setting that has the focus, be it of all runs or of the chosen optimizer.
    void helpOnASetting() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setValue(QStringLiteral("optimizer"), std::string("momentum"));
        window_->goTo(MainWindow::Train);
        for (const auto& [key, address] :
             {std::pair("batch", "settings.html#batch"), std::pair("optimizer", "settings.html#optimizer"),
              std::pair("momentum", "optimizers.html#momentum.momentum")}) {
            window_->activateWindow();
            window_->trainPlace().form().focusField(QLatin1String(key));
            AWAIT_VERIFY(QApplication::focusWidget());
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_F1);
            auto* reference = window_->findChild<ReferenceWindow*>();
            QVERIFY(reference && reference->isVisible());
            QCOMPARE(reference->browser().source().toString(), QLatin1String(address));
            reference->close();
        }
    }

    void onlyPossibleMetricsAreOffered() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        window_->goTo(MainWindow::Train);
        AWAIT_VERIFY(workspace_->dataset().data());
        ParamField* field = nullptr;
        for (ParamForm* one : window_->trainPlace().form().findChildren<ParamForm*>())
            if (ParamField* found = one->field("best_metric")) field = found;
        QVERIFY(field);
        auto* combo = qobject_cast<QComboBox*>(field->editor());
        QVERIFY(combo->findData(QStringLiteral("f1")) >= 0);
        QVERIFY(combo->findData(QStringLiteral("auto")) >= 0);
        QVERIFY(combo->findData(QStringLiteral("r2")) < 0);
        // What a network brought along is shown, marked at its field, and said below the form.
        workspace_->settings().setValue(QStringLiteral("best_metric"), std::string("r2"));
        QCOMPARE(combo->currentData().toString(), QStringLiteral("r2"));
        AWAIT_VERIFY(!field->problem().isEmpty());
        QVERIFY(!field->problem().contains(QStringLiteral("roc_auc")));
        const auto* cards = window_->trainPlace().findChild<ProblemCards*>();
        AWAIT_VERIFY(cards->isVisible());
        const QList<QLabel*> lines = cards->findChildren<QLabel*>();
        QVERIFY(std::any_of(lines.begin(), lines.end(), [&](const QLabel* line) {
            return line->text().startsWith(QString::fromStdString(field->spec().label));
        }));
        workspace_->settings().setValue(QStringLiteral("best_metric"), std::string("auto"));
        AWAIT_VERIFY(combo->findData(QStringLiteral("r2")) < 0);
    }

    void aDataSetsOptionsAreEdited() {
        window_->goTo(MainWindow::Train);
        workspace_->settings().setDataset(QStringLiteral("moons"));
        DatasetChooser& chooser = window_->trainPlace().form().datasets();
        AWAIT_VERIFY(chooser.options().field("samples"));
        auto* samples = chooser.options().field("samples")->findChild<QLineEdit*>();
        samples->setFocus();
        samples->selectAll();
        QTest::keyClicks(samples, QStringLiteral("300"));
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("moons:samples=300"));
        const auto loaded = [this] {
            const auto& data = workspace_->dataset().data();
            return data && data->info().trainSize == 300;
        };
        AWAIT_VERIFY(loaded());
        QVERIFY(samples->hasFocus()); // the form was not built anew under the user's fingers
    }

    /// Of a network that reads two numbers; while there is none, the curves have all the room.
    void aSurfaceStandsBesideTheCurves() {
        const auto* surface = window_->trainPlace().findChild<LiveSurface*>();
        QVERIFY(surface);
        Graph graph;
        const NodeId input = graph.add(
            "input",
            {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        const NodeId dense = graph.add("dense", {{"units", std::int64_t{1}}});
        const NodeId sigmoid = graph.add("sigmoid");
        graph.connect(input, dense);
        graph.connect(dense, sigmoid);
        workspace_->newModel(std::move(graph), QStringLiteral("moons"));
        window_->goTo(MainWindow::Train);
        QVERIFY(!surface->isVisible());
        AWAIT_VERIFY(window_->runBar().trainAction()->isEnabled());
        window_->runBar().trainAction()->trigger();
        AWAIT_VERIFY(surface->isVisible() && surface->pictures() > 0);
        const MetricCharts& charts = window_->trainPlace().dashboard().charts();
        QVERIFY(!charts.geometry().intersects(surface->geometry()));
        window_->goTo(MainWindow::Design);
        AWAIT_VERIFY(!workspace_->queue().isBusy());
    }

    void theLearningRateIsReadOffTheLoss() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        window_->goTo(MainWindow::Train);
        auto& button = window_->trainPlace().form().findRateButton();
        AWAIT_VERIFY(button.isEnabled());
        QTest::mouseClick(&button, Qt::LeftButton);
        auto* dialog = window_->findChild<RateFinderDialog*>();
        QVERIFY(dialog);
        AWAIT_VERIFY(dialog->useButton().isEnabled());
        const Points smoothed = dialog->chart().curve(QStringLiteral("smoothed"));
        QVERIFY(smoothed.size() > 10);
        for (const char* curve : {"raw", "smoothed"}) // nothing of where it explodes
            for (const QPointF& p : dialog->chart().curve(QLatin1String(curve)))
                QVERIFY(p.y() <= 2 * smoothed.front().y());
        TrainConfig before = workspace_->settings().config();
        QTest::mouseClick(&dialog->useButton(), Qt::LeftButton);
        QVERIFY(workspace_->settings().config().learningRate != before.learningRate);
    }

    void theRunIsStartedFromTheCanvasByKey() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        AWAIT_VERIFY(trainButton()->isEnabled());
        canvas_->setFocus();
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        QTest::keyClick(canvas_, Qt::Key_Return, Qt::ControlModifier);
        AWAIT_VERIFY(workspace_->queue().isBusy());
        QCOMPARE(trainButton()->text(), QStringLiteral("Queue"));
        AWAIT_COMPARE(workspace_->queue().active().front()->state(), TrainingRun::State::Training);
        // The strip below the canvas tells the numbers of now, and goes on telling.
        const auto told = [strip = window_->designPlace().findChild<LiveStrip*>()] {
            QString all;
            for (const QLabel* label : strip->findChildren<QLabel*>())
                all += label->text();
            return all;
        };
        AWAIT_VERIFY(told().contains(QStringLiteral("train")));
        const QString before = told();
        AWAIT_VERIFY(told() != before);
        QTest::keyClick(canvas_, Qt::Key_Period, Qt::ControlModifier);
        AWAIT_COMPARE(finished.size(), 1);
        AWAIT_COMPARE(trainButton()->text(), QStringLiteral("Train"));
    }

    /// The list of the Train place: what runs, what waits, what has ended; the chosen one is shown.
    void theQueueIsListed() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        TrainConfig config = workspace_->settings().config();
        config.epochs = 100'000;
        workspace_->settings().setConfig(config);
        AWAIT_VERIFY(trainButton()->isEnabled());
        window_->goTo(MainWindow::Train);
        QueuePanel& panel = window_->trainPlace().queue();
        QVERIFY(!panel.isVisible()); // before the first run
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        RunQueue& queue = workspace_->queue();
        AWAIT_VERIFY(queue.isBusy());
        TrainingRun* first = queue.active().front();
        AWAIT_COMPARE(first->state(), TrainingRun::State::Training);
        AWAIT_COMPARE(trainButton()->text(), QStringLiteral("Queue"));
        QTest::qWait(1100); // before that the click may have been meant for Train
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        QTest::keyClick(window_.get(), Qt::Key_Return, Qt::ControlModifier);
        AWAIT_COMPARE(panel.list().count(), 3);
        QVERIFY(panel.isVisible());
        QCOMPARE(queue.waiting().size(), std::size_t(2));
        auto* others = window_->findChild<QPushButton*>(QStringLiteral("otherRuns"));
        AWAIT_COMPARE(others->text(), QStringLiteral("2 waiting"));
        // Earlier, out of the queue, and two at once, by the mouse.
        TrainingRun* last = queue.waiting().back();
        const auto click = [&](int row, const char* button) {
            auto* b = panel.list()
                          .itemWidget(panel.list().item(row))
                          ->findChild<QToolButton*>(QLatin1String(button));
            QVERIFY2(b && b->isVisible() && b->isEnabled(), button);
            QTest::mouseClick(b, Qt::LeftButton);
            QTest::qWait(20); // the list follows on the next turn
        };
        click(2, "queue.earlier");
        QCOMPARE(queue.waiting().front(), last);
        click(2, "queue.remove");
        QCOMPARE(panel.list().count(), 2);
        auto* atOnce = panel.findChild<QSpinBox*>(QStringLiteral("runsAtOnce"));
        atOnce->setValue(2);
        AWAIT_COMPARE(last->state(), TrainingRun::State::Training);
        const LiveRuns& runs = LiveRuns::of(queue);
        QCOMPARE(runs.shown(), first);
        QCOMPARE(others->text(), QStringLiteral("+1 running"));
        panel.list().setCurrentRow(1);
        QCOMPARE(runs.shown(), last);
        AWAIT_VERIFY(runs.curves()->points("train.loss").size() > 10);
        // What Stop stops is what is shown; the other goes on.
        window_->runBar().stopAction()->trigger();
        AWAIT_COMPARE(last->state(), TrainingRun::State::Ended);
        QCOMPARE(first->state(), TrainingRun::State::Training);
        const storage::RunId stopped = last->runId();
        // And it can be resumed where it was stopped.
        auto* resume = window_->trainPlace().dashboard().findChild<QPushButton*>(QStringLiteral("resumeRun"));
        AWAIT_VERIFY(resume->isVisible());
        QTest::mouseClick(resume, Qt::LeftButton);
        AWAIT_COMPARE(queue.active().size(), std::size_t(2));
        TrainingRun* resumed = queue.active().back();
        QCOMPARE(resumed->runId(), stopped);
        AWAIT_VERIFY(!resume->isVisible());
        AWAIT_COMPARE(panel.list().count(), 2); // one row a run
        AWAIT_COMPARE(resumed->state(), TrainingRun::State::Training);
        QVERIFY(LiveRuns::of(queue).curvesOf(*resumed)->points("train.loss").size() >
                10); // with what was drawn before
        workspace_->train();
        AWAIT_COMPARE(panel.list().count(), 3);
        QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("stopAll")), Qt::LeftButton);
        AWAIT_VERIFY(!queue.isBusy());
        // What is held is called so in the bar, above the list and in its row.
        AWAIT_COMPARE(others->text(), QStringLiteral("1 held"));
        const auto titles = panel.findChildren<QLabel*>();
        AWAIT_VERIFY(std::any_of(titles.begin(), titles.end(), [](const QLabel* title) {
            return title->text() == QStringLiteral("Runs: 1 held");
        }));
        AWAIT_VERIFY(
            panel.list().item(0)->data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("Held")));
        workspace_->setRunsAtOnce(1);
    }
};

QTEST_MAIN(TestWindowTraining)
#include "window_training_test.moc"
