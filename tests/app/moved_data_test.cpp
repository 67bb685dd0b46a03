#include "session/moved_data.h"

#include "app/data_chip.h"
#include "app/data_place.h"
#include "app/dataset_chooser.h"
#include "app/run_bar.h"
#include "app/start_weights.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/truth_panel.h"
#include "app/window_fixture.h"
#include "notebook/notebook_place.h"
#include "notebook/probability_bars.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/try_panel.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTabWidget>

using namespace burdock;

/// Data that are not where they were: they are missed by name, found by their contents, and what wanted them
/// goes on. And what a kept run puts into the form.
class TestMovedData : public QObject, private test::WindowFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("moved")); }
    void init() {
        open();
        old_ = folder_->filePath(QStringLiteral("gate.csv"));
        writeGate(old_, 0);
    }
    void cleanup() { close(); }

    void pathsAndOptionsOfWhatIsGone() {
        QCOMPARE(partsOf(old_ + ":target=y").path, old_);
        QCOMPARE(partsOf(old_ + ":target=y").options, QStringLiteral(":target=y"));
        QCOMPARE(partsOf("/gone/a:b.csv:target=y,header=no").path, QStringLiteral("/gone/a:b.csv"));
        QCOMPARE(partsOf("/gone/a.csv").options, QString());
        QCOMPARE(partsOf("/gone/a.csv:delimiter=\\:,target=a=b").path, QStringLiteral("/gone/a.csv"));
        QCOMPARE(partsOf("moons:noise=0.3").path, QStringLiteral("moons"));
    }

    void theFormMissesThemAndFindsThem() {
        use(old_ + QStringLiteral(":target=b"));
        AWAIT_VERIFY(!knownContents(workspace_->notebook(), old_ + QStringLiteral(":target=b")).isEmpty());
        const QString now = move();
        startAgain();
        const DataChip& chip = window_->runBar().dataChip();
        AWAIT_COMPARE(chip.text(), QStringLiteral("gate.csv · missing"));
        emit chip.menu()->aboutToShow();
        QVERIFY(chip.menu()->actions().front()->text().contains(QStringLiteral("gate.csv")));
        window_->goTo(MainWindow::Data);
        auto* find = window_->dataPlace().datasets().findChild<QPushButton*>(QStringLiteral("findData"));
        QVERIFY(find->isVisible());
        QVERIFY(says(window_->dataPlace(), old_));
        // And is what the box names, not the first of the list.
        QCOMPARE(
            window_->dataPlace().datasets().findChild<QComboBox*>(QStringLiteral("dataset"))->currentText(),
            QStringLiteral("gate.csv"));
        // Another file is told to be another one, and changes nothing.
        const QString other = folder_->filePath(QStringLiteral("other.csv"));
        writeGate(other, 1);
        QSignalSpy noticed(workspace_, &Workspace::noticed);
        workspace_->findData(other);
        AWAIT_VERIFY(!noticed.isEmpty());
        QVERIFY(noticed.back().front().toString().contains(QStringLiteral("other data")));
        QCOMPARE(partsOf(workspace_->settings().dataset()).path, old_);
        workspace_->findData(folder_->filePath(QStringLiteral("none.csv")));
        AWAIT_COMPARE(noticed.size(), 2);
        // The same file is taken with the options that it had.
        workspace_->findData(now);
        AWAIT_COMPARE(workspace_->settings().dataset(), now + QStringLiteral(":target=b"));
        AWAIT_VERIFY(workspace_->dataset().data());
        QVERIFY(!find->isVisible());
        QCOMPARE(workspace_->dataset().data()->info().targetNames, std::vector<std::string>{"b"});
        // And so it is for every network that wants it, at the next start too.
        workspace_->newModel(workspace_->document().graph(), old_);
        (void)workspace_->saveNow();
        startAgain();
        AWAIT_VERIFY(workspace_->dataset().data());
        QCOMPARE(workspace_->settings().dataset(), now);
    }

    /// Read with other options, the same pictures have other contents: what is compared is of the same ones.
    void picturesReadInTwoSizesAreFound() {
        const QString was = folder_->filePath(QStringLiteral("pictures")),
                      now = folder_->filePath(QStringLiteral("moved")),
                      other = folder_->filePath(QStringLiteral("other"));
        writePictures(was, 40);
        writePictures(other, 60);
        for (const char* size : {":size=8", ":size=6"}) {
            const QString reference = was + QLatin1String(size);
            use(reference);
            AWAIT_VERIFY(!knownContents(workspace_->notebook(), reference).isEmpty());
        }
        QVERIFY(QDir().rename(was, now));
        const QString first = was + QStringLiteral(":size=8");
        workspace_->settings().setDataset(first);
        AWAIT_VERIFY(workspace_->dataset().problem());
        QSignalSpy noticed(workspace_, &Workspace::noticed);
        workspace_->findData(other);
        AWAIT_VERIFY(!noticed.isEmpty());
        QVERIFY(noticed.back().front().toString().contains(QStringLiteral("other data")));
        QCOMPARE(workspace_->settings().dataset(), first);
        workspace_->findData(now);
        AWAIT_COMPARE(workspace_->settings().dataset(), now + QStringLiteral(":size=8"));
        AWAIT_VERIFY(workspace_->dataset().data());
    }

    void aKeptRunFindsItsData() {
        const storage::RunId run = train();
        const QString now = move();
        startAgain();
        window_->goTo(MainWindow::Notebook);
        NotebookPlace& place = window_->notebookPlace();
        place.showRun(run);
        AWAIT_VERIFY(place.details().run() == run);
        RunActions& actions = place.details().actions();
        auto* find = actions.findChild<QPushButton*>(QStringLiteral("findRunData"));
        AWAIT_VERIFY(actions.evaluateButton()->isEnabled());
        actions.evaluateButton()->click();
        AWAIT_VERIFY(find->isVisible());
        QVERIFY(says(actions, old_));
        place.details().findChild<QTabWidget*>()->setCurrentWidget(&place.details().tryPanel());
        auto* findTried = place.details().tryPanel().findChild<QPushButton*>(QStringLiteral("findTriedData"));
        AWAIT_VERIFY(findTried->isVisible());
        const QString other = folder_->filePath(QStringLiteral("other.csv"));
        writeGate(other, 1);
        place.findData(run, other);
        AWAIT_VERIFY(says(actions, QStringLiteral("other data")));
        QVERIFY(find->isVisible());
        place.findData(run, now);
        AWAIT_VERIFY(says(actions, QStringLiteral("Test loss"))); // what wanted them goes on by itself
        QVERIFY(!find->isVisible());
        AWAIT_VERIFY(!findTried->isVisible() && !place.details().tryPanel().answer().isEmpty());
        // Its record stays as it was, and its data are found from now on.
        const auto kept = workspace_->notebook().run(run);
        QCOMPARE(partsOf(kept->start.datasetId).path, old_);
        QCOMPARE(presentPlace(workspace_->notebook(), kept->start.datasetId), now);
    }

    /// Train on fills the form with what the run was trained with, and begins nothing by itself; and the
    /// weights that it would begin with make the network's truth table known.
    void trainOnFillsTheForm() {
        const storage::RunId run = train();
        workspace_->newFromTemplate("mlp");
        AWAIT_VERIFY(workspace_->dataset().data());
        window_->goTo(MainWindow::Notebook);
        window_->notebookPlace().showRun(run);
        AWAIT_VERIFY(window_->notebookPlace().details().run() == run);
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
        emit window_->notebookPlace().details().actions().trainOnWanted(run, storage::CheckpointKind::Last);
        QVERIFY(window_->trainPlace().isVisible());
        QVERIFY(!workspace_->queue().isBusy());
        QCOMPARE(workspace_->settings().dataset(), old_);
        QCOMPARE(workspace_->settings().config().epochs, std::int64_t{3});
        QCOMPARE(workspace_->settings().config().learningRate, 0.125);
        QVERIFY(workspace_->startWeights() == run);
        QVERIFY(workspace_->startCheckpoint() == CheckpointChoice(storage::CheckpointKind::Last));
        QVERIFY(
            window_->trainPlace().form().startWeights().text().startsWith(QStringLiteral("Last weights")));
        QVERIFY(!qobject_cast<QPushButton*>(QApplication::focusWidget()));
        AWAIT_VERIFY(workspace_->dataset().data());
        QVERIFY(window_->trainPlace().form().isAncestorOf(
            QApplication::focusWidget())); // what is to be set first
        auto* table = window_->findChild<TruthPanel*>();
        AWAIT_COMPARE(table->rows().rowCount(), 4);
        AWAIT_VERIFY(trainButton()->isEnabled() && !workspace_->isChecking());
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        window_->runBar().trainAction()->trigger(); // a click within a second may be meant for Stop
        AWAIT_COMPARE(finished.size(), 1);
        const auto made = workspace_->notebook().runs();
        QVERIFY(made && made->front().start.parent == run);
        QVERIFY(made->front().start.name.contains(QStringLiteral("trained on")));
    }

    /// Those of a network without a truth table are not read for it: they may be large.
    void weightsAreReadForATruthTableAlone() {
        const storage::RunId run = train();
        const DesignPlace& design = window_->designPlace();
        workspace_->newFromTemplate("mlp");
        workspace_->setStartWeights(run);
        QVERIFY(!design.readsWeights());
        workspace_->document().edit(QStringLiteral("gate"), [](Graph& g) { g = gate(); });
        QVERIFY(design.readsWeights());
        AWAIT_COMPARE(window_->findChild<TruthPanel*>()->rows().rowCount(), 4);
        workspace_->setStartWeights({});
        QVERIFY(!design.readsWeights());
        AWAIT_COMPARE(window_->findChild<TruthPanel*>()->rows().rowCount(), 0);
    }

  private:
    /// y is a AND b, with as many rows as make a test part.
    static void writeGate(const QString& path, int extra) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b,y\n");
        for (int i = 0; i < 80 + 4 * extra; ++i)
            file.write(QStringLiteral("%1,%2,%3\n")
                           .arg(i & 1)
                           .arg(i >> 1 & 1)
                           .arg((i & 3) == 3 ? "yes" : "no")
                           .toUtf8());
    }
    /// Two classes of small grey pictures, of so much brightness.
    static void writePictures(const QString& folder, int brightness) {
        for (const int kind : {1, 2}) {
            const QString place = folder + QStringLiteral("/kind%1").arg(kind);
            QVERIFY(QDir().mkpath(place));
            for (int i = 0; i < 10; ++i) {
                QImage picture(12, 12, QImage::Format_Grayscale8);
                picture.fill(
                    QColor::fromRgb(brightness * kind + i, brightness * kind + i, brightness * kind + i));
                QVERIFY(picture.save(place + QStringLiteral("/%1.png").arg(i)));
            }
        }
    }
    void use(const QString& reference) {
        workspace_->settings().setDataset(reference);
        AWAIT_VERIFY(workspace_->dataset().data());
        (void)workspace_->saveNow();
    }
    /// Into another folder.
    QString move() {
        const QString folder = folder_->filePath(QStringLiteral("elsewhere"));
        QDir().mkpath(folder);
        const QString now = folder + QStringLiteral("/gate.csv");
        [&] { QVERIFY(QFile::rename(old_, now)); }();
        return now;
    }
    static Graph gate() {
        Graph g;
        g.name = "Gate";
        const NodeId in =
            g.add("input",
                  {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        const NodeId dense = g.add("dense", {{"units", std::int64_t{1}}});
        const NodeId sigmoid = g.add("sigmoid");
        g.connect(in, dense);
        g.connect(dense, sigmoid);
        return g;
    }
    storage::RunId train() {
        TrainConfig config;
        config.epochs = 3;
        config.learningRate = 0.125;
        workspace_->newModel(gate(), old_, config);
        [&] { AWAIT_VERIFY(workspace_->dataset().data() && !workspace_->isChecking()); }();
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        [&] { AWAIT_COMPARE(finished.size(), 1); }();
        return workspace_->notebook().runs()->front().id;
    }
    static bool says(const QWidget& widget, const QString& wanted) {
        const auto labels = widget.findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(wanted);
        });
    }

    QString old_;
};

QTEST_MAIN(TestMovedData)
#include "moved_data_test.moc"
