#include "app/app_controller.h"
#include "app/command_line.h"
#include "app/main_window.h"
#include "app/workspace.h"
#include "support/await.h"
#include "support/full_disk.h"
#include "theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace burdock;

/// How the program ends, and what its window says until then, when the notebook takes nothing any more.
class TestEnding : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<AppController> program_;

    Workspace& workspace() const { return program_->window()->workspace(); }
    QString kept() const { return program_->window()->findChild<QLabel*>(QStringLiteral("kept"))->text(); }
    void rename(const char* name) {
        GraphDocument& document = workspace().document();
        const NodeId id = document.graph().nodes().front().id;
        document.edit(QStringLiteral("rename"), [&](Graph& graph) { graph.edit(id)->name = name; });
    }
    TrainingRun& train(std::int64_t epochs) {
        TrainingRequest request;
        request.graph = workspace().document().graph();
        request.dataset = QStringLiteral("moons");
        request.config.epochs = epochs;
        request.config.threads = 1;
        return workspace().queue().enqueue(std::move(request));
    }

  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QCoreApplication::setApplicationName(QStringLiteral("ending"));
        QSettings().clear();
        Theme::instance().install(*qApp);
    }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        qputenv("XDG_STATE_HOME", QFile::encodeName(folder_->filePath(QStringLiteral("state"))));
        program_ = std::make_unique<AppController>();
        CommandLine line;
        line.notebook = folder_->filePath(QStringLiteral("n.burdock"));
        QString error;
        QVERIFY2(program_->start(line, &error), qPrintable(error));
        program_->window()->setAsksAtEnd(false);
        Graph graph;
        const NodeId in = graph.add(
            "input",
            {{"width", std::int64_t{1}}, {"height", std::int64_t{1}}, {"channels", std::int64_t{2}}});
        const NodeId dense = graph.add("dense", {{"units", std::int64_t{1}}});
        const NodeId sigmoid = graph.add("sigmoid");
        graph.connect(in, dense);
        graph.connect(dense, sigmoid);
        workspace().newModel(std::move(graph), QStringLiteral("moons"));
        AWAIT_VERIFY(kept().contains(QStringLiteral("all edits kept")));
    }
    void cleanup() {
        program_.reset();
        folder_.reset();
    }

    void allIsWell() {
        TrainingRun& run = train(1);
        AWAIT_VERIFY(run.state() == TrainingRun::State::Ended);
        QVERIFY2(run.result() && !run.result()->problem,
                 run.refusal() ? oneLine(*run.refusal()).c_str() : "");
        program_->end();
        program_->close();
        QVERIFY(!program_->hadProblems());
    }

    /// The status tells of each edit what became of it.
    void editsThatAreNotKeptAreShown() {
        {
            const FullDisk disk(0);
            rename("one");
            AWAIT_VERIFY(kept().contains(QStringLiteral("not kept")));
        }
        rename("two");
        AWAIT_VERIFY(kept().contains(QStringLiteral("all edits kept")));
        QVERIFY(QFile::remove(workspace().notebook().path()));
        rename("three");
        AWAIT_VERIFY(kept().contains(QStringLiteral("not kept")));
    }

    void aRunThatEndedAsARestIsTold() {
        TrainingRun& run = train(100'000);
        AWAIT_VERIFY(run.progress().step > 10 || run.refusal());
        QVERIFY(QFile::remove(workspace().notebook().path()));
        run.stop();
        AWAIT_VERIFY(run.state() == TrainingRun::State::Ended);
        QCOMPARE(run.result()->problem->code, std::string("notebook.unwritten"));
        program_->end();
        program_->close();
        QVERIFY(program_->hadProblems());
    }

    /// It ends with the window, which waits for it; nothing else was amiss.
    void aRunThatEndsAsARestWithTheWindowIsTold() {
        TrainingRun& run = train(100'000);
        AWAIT_VERIFY(run.progress().step > 10 || run.refusal());
        QTest::qWait(400); // what waits is kept
        QVERIFY(workspace().saveNow().isEmpty());
        QVERIFY(QFile::remove(workspace().notebook().path()));
        program_->close();
        QVERIFY(program_->hadProblems());
        QVERIFY(storage::Notebook::isThere(folder_->filePath(QStringLiteral("n.burdock"))));
    }

    void waitingRunsThatCannotBeKeptAreTold() {
        QVERIFY(workspace().saveNow().isEmpty());
        QVERIFY(QFile::remove(workspace().notebook().path()));
        TrainingRequest request;
        request.graph = workspace().document().graph();
        request.dataset = QStringLiteral("moons");
        workspace().queue().enqueue(std::move(request), /*held=*/true);
        const QString told = workspace().saveNow();
        QVERIFY2(told.contains(QStringLiteral("The runs that wait could not be kept.")), qPrintable(told));
        program_->end();
        program_->close();
        QVERIFY(program_->hadProblems());
    }
};

QTEST_MAIN(TestEnding)
#include "ending_test.moc"
