#include "app/random_frozen.h"
#include "app/workspace_fixture.h"
#include "document/graph_edits.h"
#include "session/cross_validation.h"
#include "storage/notebook/process_identity.h"
#include "support/full_disk.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>

using namespace burdock;

/// Runs that a workspace is asked for: what waits, and what it is kept for.
class TestWorkspaceQueue : public QObject, private test::WorkspaceFixture {
    Q_OBJECT

    const QString setting = QStringLiteral("waiting-runs");

    /// A network, data and settings whose run does not end by itself.
    void beEndless() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data());
        TrainConfig config = workspace_->settings().config();
        config.epochs = 100'000;
        workspace_->settings().setConfig(config);
    }
    /// A list of runs in the notebook with one that cannot be read.
    void leaveOneOfALaterProgram() {
        workspace_.reset();
        const auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
        QVERIFY(notebook);
        const char* left = "{\"owner\":\"\",\"runs\":[\"of a later program\"]}";
        QVERIFY((*notebook)->setSetting(setting, QString::fromUtf8(left)));
    }

  private slots:
    void initTestCase() { prepare(QStringLiteral("workspace queue")); }
    void init() { begin(); }
    void cleanup() { workspace_.reset(); }

    /// Train puts all folds of a cross-validation into the queue, a run each.
    void allFoldsComeIntoTheQueue() {
        beEndless();
        TrainConfig config = workspace_->settings().config();
        config.epochs = 2;
        config.folds = 3;
        workspace_->settings().setConfig(config);
        workspace_->settings().setRunName(QStringLiteral("Wines"));
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->train();
        QCOMPARE(told.size(), 0); // the first one begins at once
        const RunQueue& queue = workspace_->queue();
        QCOMPARE(queue.active().size() + queue.waiting().size(), std::size_t(3));
        QCOMPARE(queue.waiting().back()->name(), QStringLiteral("Wines · fold 3 of 3"));
        AWAIT_VERIFY(!queue.isBusy() && queue.waiting().empty());
        const auto all = crossValidations(*workspace_->notebook().runs());
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(all[0].name, QStringLiteral("Wines"));
        QCOMPARE(all[0].finished, 3);
    }
    /// Train puts a network into the queue while a run is going on, and says so; what waits when the window
    /// is closed is offered by the next one.
    void whatWaitsOutlivesTheWindow() {
        beEndless();
        TrainConfig config = workspace_->settings().config();
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->train();
        QCOMPARE(told.size(), 0);
        config.epochs = 2;
        workspace_->settings().setConfig(config);
        QCOMPARE(workspace_->whyNotTrainable(), QString());
        workspace_->settings().setRunName(QStringLiteral("short"));
        workspace_->train();
        QCOMPARE(workspace_->settings().runName(), QString()); // the next run is another one
        workspace_->settings().setRunName(QStringLiteral("shorter"));
        workspace_->train();
        QCOMPARE(told.size(), 2);
        QVERIFY(told[0][0].toString().contains(QStringLiteral("short")));
        TrainingRun* going = workspace_->queue().active().front();
        AWAIT_COMPARE(going->state(), TrainingRun::State::Training);
        QCOMPARE(going->name(), workspace_->notebook().run(going->runId())->start.name);
        AWAIT_VERIFY(going->progress().step > 0);
        workspace_.reset();

        open();
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->reopen();
        QCOMPARE(noticed.size(), 1);
        QVERIFY(noticed[0][0].toString().startsWith(QStringLiteral("3 runs")));
        RunQueue& queue = workspace_->queue();
        QCOMPARE(queue.waiting().size(), std::size_t(3));
        QVERIFY(!queue.isBusy()); // nothing begins unasked
        // The one that had begun tells where it stands, the others that they have not.
        const auto stopped = workspace_->notebook().runs()->first();
        const TrainingProgress stands = queue.waiting().front()->progress();
        QCOMPARE(stands.step, stopped.steps);
        QCOMPARE(stands.steps, stopped.start.stepsPerEpoch * stopped.start.epochsPlanned);
        QVERIFY(stands.step > 0 && stands.epoch > 0);
        QCOMPARE(queue.waiting().back()->progress().step, 0);
        // Nor does another window on the notebook offer them too.
        {
            auto again = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
            QVERIFY(again);
            const QString seen = (*again)->setting(QStringLiteral("waiting-runs"));
            QVERIFY(seen.contains(storage::processIdentity()));
            QVERIFY(!*(*again)->replaceSetting(QStringLiteral("waiting-runs"), QStringLiteral("older"), {}));
            QCOMPARE((*again)->setting(QStringLiteral("waiting-runs")), seen);
        }
        const auto runs = workspace_->notebook().runs();
        QCOMPARE(runs->size(), 1);
        QCOMPARE(runs->first().state, storage::RunState::Stopped);
        QSignalSpy settled(workspace_.get(), &Workspace::settled);
        queue.remove(*queue.waiting().back());
        // The one that was being trained goes on where it stopped, when it is let go.
        QVERIFY(queue.waiting().front()->request().resumed == runs->first().id);
        QCOMPARE(settled.size(), 1); // the notice of them has been read
        queue.remove(*queue.waiting().front());
        QSignalSpy finished(&queue, &RunQueue::finished);
        queue.releaseAll();
        AWAIT_COMPARE(finished.size(), 1);
        QCOMPARE(workspace_->notebook().runs()->first().start.name, QStringLiteral("short"));
        // The run that was stopped goes on.
        workspace_->resume(runs->first().id);
        AWAIT_COMPARE(queue.active().size(), std::size_t(1));
        QCOMPARE(queue.active().front()->runId(), runs->first().id);
        AWAIT_COMPARE(queue.active().front()->state(), TrainingRun::State::Training);
        workspace_.reset();
        open();
        workspace_->reopen();
        // What was taken out or has finished is not offered again; what was being trained is, once.
        QCOMPARE(workspace_->queue().runs().size(), std::size_t(1));
        QCOMPARE(workspace_->queue().runs().front()->runId(), runs->first().id);
        workspace_->resume(runs->first().id);
        QCOMPARE(workspace_->queue().runs().size(), std::size_t(1));
        QVERIFY(workspace_->queue().isBusy());
        // Nor a second time while it loads its data.
        QCOMPARE(workspace_->queue().runs().front()->state(), TrainingRun::State::Starting);
        QSignalSpy goesOn(workspace_.get(), &Workspace::noticed);
        workspace_->resume(runs->first().id);
        QCOMPARE(goesOn.size(), 1); // which is not passed over in silence
        QCOMPARE(workspace_->queue().runs().size(), std::size_t(1));
    }

    /// Train begins with a run's weights, as far as they fit, and tells which do.
    void aRunsWeightsBeginAnother() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{1});
        AWAIT_VERIFY(workspace_->dataset().data());
        AWAIT_COMPARE(workspace_->whyNotTrainable(), QString());
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 1);
        const auto first = finished[0][0].value<storage::RunId>();
        // A frozen layer with fresh weights is warned of, and with a run's it is not.
        const auto warned = [&] {
            const auto found = workspace_->problems();
            return std::any_of(found.begin(), found.end(),
                               [](const Diagnostic& d) { return d.code == "frozen.random"; });
        };
        QVERIFY(!warned());
        workspace_->document().edit(QStringLiteral("freeze"), [](Graph& g) {
            for (const Node& node : g.nodes())
                if (node.type == "dense") {
                    g.edit(node.id)->frozen = true;
                    return;
                }
        });
        AWAIT_VERIFY(warned());
        QVERIFY(workspace_->whyNotTrainable().isEmpty());
        workspace_->setStartWeights(first);
        AWAIT_VERIFY(!warned());
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed), told(workspace_.get(), &Workspace::told);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 2);
        QVERIFY(noticed.isEmpty()); // all of them fit: that is no warning
        QVERIFY(!told.isEmpty() &&
                told[0][0].toString().contains(QStringLiteral("all of the run's weights")));
        QCOMPARE(workspace_->notebook().runs()->first().start.parent->value, first.value);
        workspace_->newFromTemplate("mlp");
        QVERIFY(!workspace_->startWeights()); // of another network nobody has asked for them
    }

    /// Of a frozen block one warning is given, and not one of each layer within.
    void aFrozenBlockIsWarnedOfOnce() {
        workspace_->newFromTemplate("resnet28");
        workspace_->document().edit(QStringLiteral("freeze"), [](Graph& g) {
            for (const Node& node : std::vector(g.nodes().begin(), g.nodes().end()))
                if (node.block || node.type == "conv2d") g.edit(node.id)->frozen = true;
        });
        const Graph& graph = workspace_->document().graph();
        std::size_t frozen = 0;
        for (const Node& node : graph.nodes())
            frozen += node.frozen;
        const auto report = workspace_->document().checked();
        QVERIFY(report->network && frozen > 1);
        const std::vector<Diagnostic> found = randomFrozen(graph, *report);
        QCOMPARE(found.size(), frozen);
        for (const Diagnostic& d : found) {
            QCOMPARE(d.node.depth(), 1U);
            QCOMPARE(d.where, graph.find(d.node.node())->name);
        }
    }

    /// A newer Burdock, or one with its plugin, may still read what this one cannot.
    void whatCannotBeReadGoesOnWaiting() {
        leaveOneOfALaterProgram();
        open();
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->reopen();
        QCOMPARE(noticed.size(), 1);
        beEndless();
        workspace_->train();
        workspace_->train(); // one waits, so that the list is written
        const auto kept = [&] { return workspace_->notebook().setting(setting); };
        AWAIT_VERIFY(kept().contains(QStringLiteral("Wine")) || kept().contains(QStringLiteral("wine")));
        QVERIFY(kept().contains(QStringLiteral("later")));
        workspace_.reset();
    }

    /// What cannot be kept is tried again: none of it is put into the queue anew, nor kept twice.
    void aFailedKeepDoublesNothing() {
        leaveOneOfALaterProgram();
        open();
        workspace_->reopen();
        workspace_->newFromTemplate("classification-mlp");
        workspace_->saveNow();
        TrainingRequest request;
        request.graph = workspace_->document().graph();
        request.dataset = QStringLiteral("wine");
        RunQueue& queue = workspace_->queue();
        const auto kept = [&] {
            const QString text = workspace_->notebook().setting(setting);
            return QJsonDocument::fromJson(text.toUtf8()).object()[QStringLiteral("runs")].toArray().size();
        };
        queue.enqueue(request, /*held=*/true);
        AWAIT_COMPARE(kept(), 2); // with the one that cannot be read
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        {
            const FullDisk disk(0);
            queue.enqueue(request, /*held=*/true);
            AWAIT_COMPARE(noticed.size(), 1);
            QVERIFY(noticed[0][0].toString().contains(QStringLiteral("could not be kept")));
        }
        queue.enqueue(request, /*held=*/true);
        AWAIT_COMPARE(kept(), 4);
        QTest::qWait(500); // nothing more comes
        QCOMPARE(kept(), 4);
        QCOMPARE(queue.waiting().size(), std::size_t(3));
    }

    /// While another program lives its list is left alone; once it has ended it is taken over.
    void theListIsTakenOverFromAProgramThatEnds() {
        beEndless();
        TrainingRequest others;
        others.runName = QStringLiteral("of the other");
        others.graph = workspace_->document().graph();
        others.dataset = QStringLiteral("wine");
        QProcess other;
        other.start(QStringLiteral("sleep"), {QStringLiteral("3600")});
        QVERIFY(other.waitForStarted());
        const auto list = [&](const QString& owner) {
            return QString::fromUtf8(
                QJsonDocument(
                    QJsonObject{
                        {QStringLiteral("owner"), owner},
                        {QStringLiteral("at"), QDateTime::currentDateTimeUtc().toString(Qt::ISODate)},
                        {QStringLiteral("runs"), QJsonArray{QString::fromUtf8(requestToText(others))}}})
                    .toJson());
        };
        const QString alive = storage::processIdentity(other.processId());
        QVERIFY(storage::mayBeAlive(alive, QDateTime::currentDateTimeUtc()));
        QVERIFY(workspace_->notebook().setSetting(setting, list(alive)));
        workspace_.reset();
        open();
        workspace_->reopen();
        AWAIT_VERIFY(workspace_->dataset().data());
        QVERIFY(workspace_->queue().runs().empty());
        workspace_->train();
        workspace_->train();
        QTest::qWait(400);
        QVERIFY(workspace_->notebook().setting(setting).contains(alive)); // left alone
        other.kill();
        QVERIFY(other.waitForFinished());
        workspace_->train();
        AWAIT_VERIFY(workspace_->queue().waiting().size() == 3);
        AWAIT_VERIFY(!workspace_->notebook().setting(setting).contains(alive));
        workspace_.reset();
        open();
        workspace_->reopen();
        QCOMPARE(workspace_->queue().waiting().size(), std::size_t(4)); // with the one that was being trained
    }

    void runsAtOnceIsTheUsers() {
        QCOMPARE(workspace_->queue().atOnce(), 1);
        workspace_->setRunsAtOnce(2);
        workspace_.reset();
        open();
        QCOMPARE(workspace_->queue().atOnce(), 2);
        workspace_->setRunsAtOnce(1);
    }
};

QTEST_GUILESS_MAIN(TestWorkspaceQueue)
#include "workspace_queue_test.moc"
