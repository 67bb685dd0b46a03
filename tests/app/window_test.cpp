#include "app/command_palette.h"
#include "app/places_bar.h"
#include "app/reference_window.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/window_fixture.h"
#include "canvas/canvas_scene.h"
#include "canvas/mime.h"
#include "dashboard/curve_chart.h"
#include "dashboard/live_dashboard.h"
#include "dashboard/live_runs.h"
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
#include "support/counted_layer.h"

#include <QAbstractItemView>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QSignalSpy>
#include <QTableView>
#include <QTextBrowser>
#include <QWhatsThisClickedEvent>

using namespace burdock;

/// The real window, worked with mouse and keys as a user would.
class TestWindow : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("window")); }
    void init() { open(); }
    void cleanup() { close(); }

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

    void whatIsNotFoundIsSaid() {
        QTest::keyClick(window_.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = &window_->commandPalette();
        auto* none = palette->findChild<QLabel*>(QStringLiteral("noCommand"));
        QVERIFY(none && !none->isVisible());
        QTest::keyClicks(palette->findChild<QLineEdit*>(), QStringLiteral("xyzzy"));
        QVERIFY(none->isVisible() && !none->text().isEmpty());
        QVERIFY(palette->rect().contains(none->geometry()));
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Escape);
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

    void aBrokenNetworkCannotBeTrained() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        AWAIT_VERIFY(trainButton()->isEnabled());
        const Edge edge = workspace_->document().graph().edges().front();
        workspace_->document().edit(QStringLiteral("cut"), [&](Graph& g) { g.disconnect(edge); });
        QVERIFY(!trainButton()->isEnabled());
        QVERIFY(trainButton()->toolTip().contains(QStringLiteral("not possible")));
        const auto* reason = window_->runBar().findChild<QLabel*>(QStringLiteral("runPhase"));
        QVERIFY(reason->isVisible() &&
                reason->text().contains(QString::fromStdString(workspace_->hindrance()->what)));
        QVERIFY(window_->findChild<QListWidget*>(QStringLiteral("problemsList"))->count() > 0);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        AWAIT_VERIFY(trainButton()->isEnabled());
        QVERIFY(reason->text().isEmpty());
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

    /// F2 renames what is selected, and with nothing selected the network itself.
    void theNetworkIsRenamedByKey() {
        workspace_->newFromTemplate("mlp");
        window_->goTo(MainWindow::Design);
        workspace_->document().select({});
        canvas_->setFocus();
        QTest::keyClick(canvas_, Qt::Key_F2);
        auto* name = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(name && name->objectName() == QLatin1String("networkName"));
        QTest::keyClicks(name, QStringLiteral("Mine"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(window_->windowTitle().startsWith(QStringLiteral("Mine")));
        const auto kept = [this] {
            const auto models = workspace_->notebook().models();
            return models && !models->isEmpty() ? models->front().name : QString();
        };
        AWAIT_COMPARE(kept(), QStringLiteral("Mine"));
    }

    void fullScreenAndBack() {
        auto* action = window_->findChild<QAction*>(QStringLiteral("view.fullScreen"));
        action->trigger();
        QVERIFY(window_->windowState() & Qt::WindowFullScreen);
        action->trigger();
        QVERIFY(!(window_->windowState() & Qt::WindowFullScreen));
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
        AWAIT_VERIFY(says(QStringLiteral("Truth table")));
        // Nothing is wrong with it: it computes. But it cannot be trained, and the bar says why.
        AWAIT_VERIFY(workspace_->onlyComputes());
        QVERIFY(workspace_->problems().empty());
        AWAIT_VERIFY(says(QStringLiteral("No problems")) && says(QStringLiteral("nothing to learn")));
        QVERIFY(!trainButton()->isEnabled());
        for (const auto& [id, item] : canvas_->canvas().nodes())
            QVERIFY(!item->facts().worst);
        // A network that lacks what learns is told so as before.
        workspace_->newFromTemplate("mlp");
        workspace_->document().edit(QStringLiteral("cut down"), [](Graph& g) {
            for (const Node& node : std::vector<Node>(g.nodes()))
                if (node.type == "dense" || node.type == "dropout") g.removeAndReconnect(node.id);
        });
        AWAIT_VERIFY(workspace_->hindrance() && !workspace_->onlyComputes());
        QCOMPARE(workspace_->hindrance()->severity, Severity::Error);
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
        AWAIT_VERIFY(trainButton()->isEnabled() && !workspace_->isChecking());
        for (int asked = -1; std::exchange(asked, test::shapesAsked()) != test::shapesAsked();)
            QTest::qWait(600); // until nothing of before is worked out any more
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
    const Node* ofType(const char* type) const {
        for (const Node& n : nodes())
            if (n.type == type) return &n;
        return nullptr;
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
        QTest::mouseClick(trainButton(), Qt::LeftButton);
        QVERIFY(started.wait(test::patience));
        AWAIT_COMPARE(finished.size(), 1);
        QCOMPARE(finished[0][1].value<FinishRecord>().status, RunStatus::Finished);
        AWAIT_VERIFY(
            !window_->trainPlace().dashboard().charts().chart(QStringLiteral("loss"))->curveKeys().isEmpty());
        // However quick the run, its first step is drawn too.
        const LiveRuns& runs = LiveRuns::of(workspace_->queue());
        const Points& losses = runs.curves()->points("train.loss");
        QCOMPARE(static_cast<qint64>(losses.size()), runs.shown()->progress().steps);
        QCOMPARE(losses.first().x(), 1.0);
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
};

QTEST_MAIN(TestWindow)
#include "window_test.moc"
