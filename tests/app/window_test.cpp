#include "app/augmentation_list.h"
#include "app/command_palette.h"
#include "app/dataset_chooser.h"
#include "app/design_place.h"
#include "app/main_window.h"
#include "app/places_bar.h"
#include "app/queue_panel.h"
#include "app/rate_finder_dialog.h"
#include "app/reference_window.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/workspace.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/mime.h"
#include "dashboard/curve_chart.h"
#include "dashboard/live_dashboard.h"
#include "dashboard/live_runs.h"
#include "dashboard/live_strip.h"
#include "document/graph_edits.h"
#include "engine/graph/node_paths.h"
#include "engine/schema/layer_registry.h"
#include "inspector/inspector.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "notebook/compare_view.h"
#include "notebook/notebook_place.h"
#include "notebook/runs_panel.h"
#include "palette/layer_palette.h"
#include "palette/layer_tree.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "support/await.h"
#include "support/counted_layer.h"
#include "theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>
#include <QWhatsThisClickedEvent>

using namespace burdock;

/// The real window, worked with mouse and keys as a user would.
class TestWindow : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QCoreApplication::setApplicationName(QStringLiteral("window"));
        QSettings().clear();
        Theme::instance().install(*qApp);
        loadPlugins(pluginFolders(), Registries(catalog_));
        QVERIFY(catalog_.find("iris"));
    }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("lab.burdock")));
        QVERIFY(notebook);
        auto workspace = std::make_unique<Workspace>(*notebook, catalog_);
        window_ = std::make_unique<MainWindow>(std::move(workspace));
        workspace_ = &window_->workspace();
        workspace_->settings().setDataset(QStringLiteral("iris"));
        workspace_->reopen();
        window_->resize(1440, 900);
        window_->show();
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
        canvas_ = &window_->designPlace().canvas();
        canvas_->setAnimated(false);
    }
    void cleanup() {
        window_.reset();
        folder_.reset();
    }

    void theFormatsOfPaletteAndCanvasAreTheSame() {
        QCOMPARE(QString::fromLatin1(paletteLayerMime), layerMime);
    }

    void placesAreReachedByKeysAndMouse() {
        QCOMPARE(window_->places().current(), int(MainWindow::Design));
        QTest::keyClick(window_.get(), Qt::Key_2, Qt::ControlModifier);
        QVERIFY(window_->trainPlace().isVisible());
        QTest::keyClick(window_.get(), Qt::Key_3, Qt::ControlModifier);
        QVERIFY(window_->notebookPlace().isVisible());
        QTest::mouseClick(window_->findChild<QWidget*>(QStringLiteral("place.design")), Qt::LeftButton);
        QVERIFY(canvas_->isVisible());
    }

    void commandsRunByName() {
        workspace_->newFromTemplate("mlp");
        const auto layers = nodes().size();
        QTest::keyClick(window_.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = &window_->commandPalette();
        QVERIFY(palette->isVisible());
        QTest::keyClicks(palette->findChild<QLineEdit*>(), QStringLiteral("add dropout"));
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);
        AWAIT_COMPARE(nodes().size(), layers + 1);
        QVERIFY(!palette->isVisible());
        QCOMPARE(nodes().back().type, std::string("dropout"));
    }

    void commandsFillTheirPlaceAndGiveTheFocusBack() {
        window_->goTo(MainWindow::Design);
        QWidget& canvas = window_->designPlace().canvas();
        canvas.setFocus();
        QVERIFY(canvas.hasFocus());
        QTest::keyClick(window_.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = &window_->commandPalette();
        auto* list = palette->findChild<QListWidget*>();
        QCoreApplication::processEvents();
        QVERIFY(list->count() > 12);
        QVERIFY(palette->height() > 300);
        QVERIFY(palette->height() - list->geometry().bottom() < 16); // no blank below the rows
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
        QVERIFY(canvas.hasFocus());
    }

    void everyControlHasAnAccessibleName() {
        window_->goTo(MainWindow::Train);
        window_->goTo(MainWindow::Notebook);
        workspace_->document().select({nodes().front().id});
        QStringList nameless;
        for (const QWidget* widget : window_->findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || !qobject_cast<const QAbstractButton*>(widget))
                continue;
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            if (button->text().isEmpty() && button->accessibleName().isEmpty())
                nameless << QStringLiteral("%1 in %2")
                                .arg(widget->objectName(), widget->parentWidget()->objectName());
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void aBrokenNetworkCannotBeTrained() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        AWAIT_VERIFY(trainButton()->isEnabled());
        const Edge edge = workspace_->document().graph().edges().front();
        workspace_->document().edit(QStringLiteral("cut"), [&](Graph& g) { g.disconnect(edge); });
        QVERIFY(!trainButton()->isEnabled());
        QVERIFY(trainButton()->toolTip().contains(QStringLiteral("not possible")));
        QVERIFY(window_->findChild<QListWidget*>(QStringLiteral("problemsList"))->count() > 0);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        AWAIT_VERIFY(trainButton()->isEnabled());
    }

    /// On the canvas the block is seen, in the inspector the layer itself, where it can be mended.
    void aProblemWithinABlockLeadsToItsLayer() {
        workspace_->newFromTemplate("vgg28");
        window_->goTo(MainWindow::Design);
        GraphDocument& document = workspace_->document();
        const auto place = findPlace(document.graph(), "stage 2/group/conv");
        QVERIFY(place);
        const NodePath inner = place->path;
        document.edit(QStringLiteral("break"), [&](Graph& g) {
            editBody(g, inner.parent(),
                     [&](Graph& body) { body.edit(inner.node())->params["filters"] = std::int64_t{0}; });
        });
        auto* list = window_->findChild<QListWidget*>(QStringLiteral("problemsList"));
        AWAIT_VERIFY(list->count() > 0);
        list->setFocus();
        list->setCurrentRow(0);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(document.selectedPaths(), QSet<NodePath>{inner});
        QCOMPARE(document.selection(), QSet<NodeId>{inner.top()});
        auto* name = window_->designPlace().inspector().findChild<QLineEdit*>(QStringLiteral("nodeName"));
        QVERIFY(name->isVisible());
        QCOMPARE(name->text().toStdString(), nodeAt(document.graph(), inner)->name);
    }

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

    /// F1 tells what the current layer does; of a block, what it is made of.
    void helpOnALayer() {
        workspace_->newFromTemplate("vgg28");
        window_->goTo(MainWindow::Design);
        canvas_->setFocus();
        const auto bubble = []() -> QWidget* {
            for (QWidget* widget : QApplication::topLevelWidgets())
                if (widget->isVisible() && widget->inherits("QWhatsThat")) return widget;
            return nullptr;
        };
        QTest::keyClick(canvas_, Qt::Key_Home);
        QVERIFY(!bubble());
        QTest::keyClick(canvas_, Qt::Key_F1);
        AWAIT_VERIFY(bubble());
        QTest::keyClick(bubble(), Qt::Key_Escape);
        AWAIT_VERIFY(!bubble());
        // Its link leads into the reference, and so does F1 outside the canvas.
        QWhatsThisClickedEvent link(QStringLiteral("layers.html#batchnorm"));
        QCoreApplication::sendEvent(&window_->designPlace().inspector(), &link);
        auto* reference = window_->findChild<ReferenceWindow*>();
        QVERIFY(reference && reference->isVisible());
        QVERIFY(reference->browser().toPlainText().contains(QStringLiteral("Batch normalization")));
        reference->close();
        QTest::keyClick(window_.get(), Qt::Key_F1);
        AWAIT_VERIFY(reference->isVisible());
        QVERIFY(reference->browser().toPlainText().contains(QStringLiteral("Optimizers")));
        reference->close();
        canvas_->setFocus();
        QTest::keyClick(canvas_, Qt::Key_Home);
        QTest::keyClick(canvas_, Qt::Key_Right); // the first stage
        const auto says = [this](const QString& what) {
            for (const auto* label : window_->designPlace().inspector().findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(what)) return true;
            return false;
        };
        AWAIT_VERIFY(says(QStringLiteral("Batch normalization")));
        QVERIFY(says(QStringLiteral("2 times in a row")));
    }

    void aboutIsReadable() {
        window_->findChild<QAction*>(QStringLiteral("help.about"))->trigger();
        auto* box = window_->findChild<QMessageBox*>();
        QVERIFY(box && box->isVisible());
        for (const auto* label : box->findChildren<QLabel*>())
            QVERIFY2(label->textFormat() != Qt::PlainText || !label->text().contains(u'<'),
                     qPrintable(label->text()));
        QVERIFY(box->informativeText().contains(workspace_->notebook().path()));
        delete box;
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
        // What a network brought along is shown, and said at its field.
        workspace_->settings().setValue(QStringLiteral("best_metric"), std::string("r2"));
        QCOMPARE(combo->currentData().toString(), QStringLiteral("r2"));
        auto* message = field->findChild<QLabel*>(QStringLiteral("message"));
        AWAIT_VERIFY(message->isVisible());
        QVERIFY(!message->text().contains(QStringLiteral("roc_auc")));
        workspace_->settings().setValue(QStringLiteral("best_metric"), std::string("auto"));
        AWAIT_VERIFY(combo->findData(QStringLiteral("r2")) < 0);
    }

    void fullScreenAndBack() {
        auto* action = window_->findChild<QAction*>(QStringLiteral("view.fullScreen"));
        action->trigger();
        QVERIFY(window_->windowState() & Qt::WindowFullScreen);
        action->trigger();
        QVERIFY(!(window_->windowState() & Qt::WindowFullScreen));
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

    void aNetOfThresholdsShowsItsTruthTable() {
        workspace_->settings().setDataset(QStringLiteral("iris"));
        workspace_->newFromTemplate("mcculloch-pitts-xor");
        const auto says = [this](const QString& wanted) {
            const auto labels = window_->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
                return label->isVisible() && label->text().contains(wanted);
            });
        };
        AWAIT_VERIFY(workspace_->dataset().data());
        AWAIT_VERIFY(says(QStringLiteral("Answer to 0 1")));
        AWAIT_COMPARE(workspace_->problems().size(), size_t(1)); // only that there is nothing to train
    }

    /// Of all that follows a key press, only one thing looks through the network.
    void aKeyPressIsOneCheck() {
        test::addCountedLayer();
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        workspace_->document().edit(QStringLiteral("count"),
                                    [](Graph& g) { insertAfter(g, "counted", g.findByName("dense 1")->id); });
        window_->goTo(MainWindow::Train); // whose form asks for the memory
        window_->goTo(MainWindow::Design);
        workspace_->document().select({workspace_->document().graph().findByName("dense 1")->id});
        AWAIT_VERIFY(trainButton()->isEnabled());
        QTest::qWait(600);
        test::shapesAsked() = 0;
        (void)checkGraph(workspace_->document().graph());
        const int once = std::exchange(test::shapesAsked(), 0);
        QVERIFY(once > 0);
        window_->designPlace().inspector().editFirst();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_7);
        QCOMPARE(test::shapesAsked(), once);
        QTest::qWait(800); // problems, memory and kernels are worked out meanwhile
        QCOMPARE(test::shapesAsked(), once);
        TrainConfig config = workspace_->settings().config();
        config.batch = 17;
        workspace_->settings().setConfig(config);
        QTest::qWait(800);
        QCOMPARE(test::shapesAsked(), once); // the network is the same
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
        AWAIT_VERIFY(told().contains(QStringLiteral("training")));
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
        QTest::mouseClick(panel.findChild<QPushButton*>(QStringLiteral("stopAll")), Qt::LeftButton);
        AWAIT_VERIFY(!queue.isBusy());
        workspace_->setRunsAtOnce(1);
    }

    void drawTrainAndCompare() {
        for (const auto step :
             {&TestWindow::startWithInputAndOutput, &TestWindow::dragInDense, &TestWindow::connectByMouse,
              &TestWindow::editUnitsInInspector, &TestWindow::undoAndRedo, &TestWindow::trainTwoEpochs,
              &TestWindow::compareTwoRuns}) {
            (this->*step)();
            if (QTest::currentTestFailed()) return;
        }
    }

  private:
    const std::vector<Node>& nodes() const { return workspace_->document().graph().nodes(); }
    const Node* ofType(const char* type) const {
        for (const Node& n : nodes())
            if (n.type == type) return &n;
        return nullptr;
    }
    QPushButton* trainButton() const {
        return window_->findChild<QPushButton*>(QStringLiteral("trainButton"));
    }
    QPoint onCanvas(QPointF scene) const { return canvas_->mapFromScene(scene); }

    void startWithInputAndOutput() {
        Graph graph;
        graph.name = "iris by hand";
        graph.add("input",
                  {{"channels", std::int64_t{4}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}},
                  {0, 0});
        graph.add("softmax", {}, {600, 0});
        workspace_->newModel(std::move(graph), QStringLiteral("iris"));
        canvas_->fitAll();
        QTest::qWait(50);
    }

    void dragInDense() {
        auto& palette = window_->designPlace().palette();
        auto* search = palette.findChild<QLineEdit*>();
        QTest::keyClicks(search, QStringLiteral("dense"));
        auto* tree = palette.findChild<LayerTree*>();
        QVERIFY(tree->currentItem());
        // The window system's part of a drag; what travels is what the palette gives it.
        const std::unique_ptr<QMimeData> data(tree->model()->mimeData({tree->currentIndex()}));
        QWidget* view = canvas_->viewport();
        const QPoint target = onCanvas({360, 160});
        QDragEnterEvent enter(target, Qt::CopyAction, data.get(), Qt::LeftButton, {});
        QCoreApplication::sendEvent(view, &enter);
        QVERIFY(enter.isAccepted());
        QDragMoveEvent move(target, Qt::CopyAction, data.get(), Qt::LeftButton, {});
        QCoreApplication::sendEvent(view, &move);
        QVERIFY(move.isAccepted());
        QDropEvent drop(target, Qt::CopyAction, data.get(), Qt::LeftButton, {});
        QCoreApplication::sendEvent(view, &drop);
        AWAIT_VERIFY(ofType("dense"));
        search->clear();
    }

    void dragOnCanvas(QPointF from, QPointF to) {
        QWidget* view = canvas_->viewport();
        QTest::mouseMove(view, onCanvas(from));
        QTest::mousePress(view, Qt::LeftButton, {}, onCanvas(from));
        QTest::mouseMove(view, onCanvas((from + to) / 2));
        QTest::mouseMove(view, onCanvas(to));
        QTest::mouseRelease(view, Qt::LeftButton, {}, onCanvas(to));
    }

    void connectByMouse() {
        const NodeId input = ofType("input")->id, dense = ofType("dense")->id,
                     softmax = ofType("softmax")->id;
        const auto item = [&](NodeId id) { return canvas_->canvas().node(id); };
        dragOnCanvas(item(input)->outputPos(), item(dense)->inputPos(0));
        dragOnCanvas(item(dense)->outputPos(), item(softmax)->inputPos(0));
        QVERIFY(workspace_->document().graph().edgeAt(dense, 0));
        QCOMPARE(workspace_->document().graph().edgeAt(dense, 0)->from, input);
        QVERIFY(workspace_->document().graph().edgeAt(softmax, 0));
        QCOMPARE(workspace_->document().graph().edgeAt(softmax, 0)->from, dense);
    }

    void editUnitsInInspector() {
        const NodeId dense = ofType("dense")->id;
        QTest::mouseClick(canvas_->viewport(), Qt::LeftButton, {},
                          onCanvas(canvas_->canvas().node(dense)->cardRect().center()));
        QCOMPARE(workspace_->document().selection(), QSet<NodeId>{dense});
        auto* units = window_->designPlace()
                          .inspector()
                          .findChild<ParamForm*>()
                          ->field("units")
                          ->findChild<QLineEdit*>();
        QTest::mouseClick(units, Qt::LeftButton);
        units->selectAll();
        QTest::keyClicks(units, QStringLiteral("3"));
        QCOMPARE(std::get<std::int64_t>(ofType("dense")->params.at("units")), 3);
        QCOMPARE(workspace_->document().report().parameters, 15);
        QCOMPARE(window_->findChild<QLabel*>(QStringLiteral("totalParameters"))->text(),
                 QStringLiteral("15"));
    }

    void undoAndRedo() {
        canvas_->setFocus();
        const Graph after = workspace_->document().graph();
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(canvas_, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(nodes().size(), size_t(2));
        QVERIFY(!workspace_->document().undoStack()->canUndo());
        for (int i = 0; i < 4; ++i)
            QTest::keyClick(canvas_, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(workspace_->document().graph(), after);
    }

    void trainTwoEpochs() {
        QTest::keyClick(window_.get(), Qt::Key_2, Qt::ControlModifier);
        auto* settings = window_->trainPlace().form().findChild<ParamForm*>();
        auto* epochs = settings->field("epochs")->findChild<QLineEdit*>();
        epochs->setFocus();
        epochs->selectAll();
        QTest::keyClicks(epochs, QStringLiteral("2"));
        QCOMPARE(workspace_->settings().config().epochs, 2);
        AWAIT_VERIFY(trainButton()->isEnabled());
        QSignalSpy started(&workspace_->queue(), &RunQueue::started);
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        QElapsedTimer clock;
        clock.start();
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        QVERIFY(started.wait(test::patience));
        QVERIFY2(clock.elapsed() < 1000, "training must start within a second");
        AWAIT_COMPARE(finished.size(), 1);
        QCOMPARE(finished[0][1].value<FinishRecord>().status, RunStatus::Finished);
        AWAIT_VERIFY(
            !window_->trainPlace().dashboard().charts().chart(QStringLiteral("loss"))->curveKeys().isEmpty());
        // However quick the run, its first step is drawn too.
        const LiveRuns& runs = LiveRuns::of(workspace_->queue());
        const Points& losses = runs.curves()->points("train.loss");
        QCOMPARE(static_cast<qint64>(losses.size()), runs.shown()->progress().steps);
        QCOMPARE(losses.first().x(), 1.0);
        QVERIFY(runs.shown()->progress().samplesPerSecond > 0);
        QVERIFY(trainButton()->isEnabled());
    }

    void compareTwoRuns() {
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        AWAIT_VERIFY(trainButton()->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_Return, Qt::ControlModifier);
        AWAIT_COMPARE(finished.size(), 1);
        QTest::keyClick(window_.get(), Qt::Key_3, Qt::ControlModifier);
        NotebookPlace& place = window_->notebookPlace();
        QTableView* table = place.runs().table();
        AWAIT_COMPARE(table->model()->rowCount(), 2);
        table->setFocus();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(0, 1)).center());
        AWAIT_COMPARE(place.runs().selectedRuns().size(), 1);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::ControlModifier,
                          table->visualRect(table->model()->index(1, 1)).center());
        QCOMPARE(place.runs().selectedRuns().size(), 2);
        AWAIT_VERIFY(place.comparison().isVisible());
    }

    DatasetCatalog catalog_;
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<MainWindow> window_;
    Workspace* workspace_ = nullptr;
    CanvasView* canvas_ = nullptr;
};

QTEST_MAIN(TestWindow)
#include "window_test.moc"
