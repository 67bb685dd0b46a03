#include "app/dataset_loader.h"
#include "app/workspace.h"
#include "document/graph_edits.h"
#include "engine/graph/graph_json.h"
#include "engine/models/templates.h"
#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "storage/notebook/process_identity.h"
#include "support/await.h"
#include "support/full_disk.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QScopeGuard>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <atomic>
#include <future>

using namespace burdock;

class TestWorkspace : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Burdock tests"));
        QCoreApplication::setApplicationName(QStringLiteral("workspace"));
        QSettings().clear();
        loadPlugins(pluginFolders(), Registries(catalog_));
        QVERIFY(catalog_.find("iris"));
    }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        open();
        workspace_->reopen();
    }
    void cleanup() { workspace_.reset(); }

    void firstStartHasTheLecturesNetworkAndItsData() {
        QCOMPARE(workspace_->document().report().parameters, 1'413'834);
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("fashion-mnist"));
        QVERIFY(workspace_->settings().config().epochs > 0);
    }

    void everyEditIsSavedWithinASecond() {
        const NodeId id = workspace_->document().graph().nodes().front().id;
        workspace_->document().edit(QStringLiteral("rename"),
                                    [&](Graph& g) { g.edit(id)->name = "kept name"; });
        const auto saved = [&] {
            const auto models = workspace_->notebook().models();
            return models && !models->isEmpty() && models->front().graphJson.contains("kept name");
        };
        QTRY_VERIFY_WITH_TIMEOUT(saved(), 1000);
    }

    /// Reading cannot be broken off, and may take long: what is chosen meanwhile does not wait for its end.
    void aDataSetDoesNotWaitForOneThatIsNotWantedAnyMore() {
        DatasetCatalog catalog;
        std::promise<void> release;
        std::atomic<bool> begun = false;
        DatasetEntry slow;
        slow.id = "slow";
        slow.available = true;
        slow.open = [&begun, end = release.get_future().share()](const ParamValues&) {
            begun = true;
            end.wait();
            return Result<std::shared_ptr<const Dataset>>(refuse({}));
        };
        QVERIFY(catalog.add(std::move(slow)));
        DatasetEntry quick = *catalog_.find("iris");
        quick.params.clear();
        quick.format.clear();
        quick.id = "quick";
        QVERIFY(catalog.add(std::move(quick)));
        DatasetLoader loader(catalog);
        const auto ended = qScopeGuard([&] { release.set_value(); }); // before the loader waits for it
        loader.load(QStringLiteral("slow"));
        AWAIT_VERIFY(begun.load());
        loader.load(QStringLiteral("quick"));
        AWAIT_VERIFY(loader.data());
        QVERIFY(!loader.isLoading() && !loader.problem());
    }

    void reopensWhereItWasLeft() {
        workspace_->newFromTemplate("mlp");
        TrainConfig config = workspace_->settings().config();
        config.epochs = 77;
        workspace_->settings().setConfig(config);
        workspace_->settings().setDataset(QStringLiteral("digits"));
        const Graph left = workspace_->document().graph();
        workspace_.reset();
        open();
        workspace_->reopen();
        QCOMPARE(workspace_->document().graph(), left);
        QCOMPARE(workspace_->settings().config().epochs, 77);
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("digits"));
        const auto models = workspace_->notebook().models();
        QVERIFY(models);
        QCOMPARE(models->size(), 2); // the first network is still there
    }

    /// A template's settings come with it, and go with it.
    void templatesBringTheirSettings() {
        workspace_->newFromTemplate("lenet5");
        const TrainConfig& config = workspace_->settings().config();
        QCOMPARE(config.augmentation.size(), 1u);
        QCOMPARE(config.augmentation.front().id, std::string("shift"));
        QVERIFY(config.normalise == Normalise::Channels);
        workspace_->newFromTemplate("mlp");
        QVERIFY(workspace_->settings().config().augmentation.empty());
        QVERIFY(workspace_->settings().config().normalise == Normalise::Auto);
    }

    void dataThatDoNotFitAreSaidOnTheNode() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("iris"));
        AWAIT_VERIFY(workspace_->dataset().data());
        AWAIT_VERIFY(!workspace_->isChecking());
        const auto& found = workspace_->document().report().diagnostics;
        QVERIFY(std::any_of(found.begin(), found.end(), [&](const Diagnostic& d) {
            return d.code == "data.input-shape" && d.node == workspace_->document().report().input;
        }));
        QVERIFY(!workspace_->whyNotTrainable().isEmpty());
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->train();
        QCOMPARE(noticed.size(), 1);
        QVERIFY(!workspace_->queue().isBusy());
        // What is offered mends it.
        for (const QString& code :
             {QStringLiteral("data.input-shape"), QStringLiteral("data.output-shape")}) {
            const std::vector<Diagnostic> problems = workspace_->problems();
            const auto it = std::find_if(problems.begin(), problems.end(),
                                         [&](const Diagnostic& d) { return d.code == code.toStdString(); });
            QVERIFY(it != problems.end() && it->fix);
            QVERIFY(applyFix(workspace_->document(), *it->fix));
            QVERIFY(workspace_->isChecking());
            AWAIT_VERIFY(!workspace_->isChecking());
        }
        QCOMPARE(workspace_->whyNotTrainable(), QString());
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setDataset(QStringLiteral("fashion-mnist-small"));
        AWAIT_VERIFY(workspace_->dataset().data());
        AWAIT_COMPARE(workspace_->whyNotTrainable(), QString());
    }

    /// What stood against the network before the last change is no reason to refuse: the run looks for
    /// itself.
    void trainRightAfterAChangeIsNotRefusedForWhatWas() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        TrainConfig config = workspace_->settings().config();
        config.epochs = 0;
        workspace_->settings().setConfig(config);
        AWAIT_VERIFY(workspace_->dataset().data());
        AWAIT_VERIFY(!workspace_->isChecking());
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->train();
        QCOMPARE(noticed.size(), 1);
        QVERIFY(!workspace_->queue().isBusy());
        config.epochs = 1;
        workspace_->settings().setConfig(config);
        QSignalSpy finished(&workspace_->queue(), &RunQueue::finished);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 1);
        // What is wrong only now, the run finds.
        config.epochs = 0;
        workspace_->settings().setConfig(config);
        workspace_->train();
        AWAIT_COMPARE(noticed.size(), 2);
        QCOMPARE(finished.size(), 1);
    }

    void wrongSettingsBelongToTheForm() {
        workspace_->newFromTemplate("mlp");
        TrainConfig config = workspace_->settings().config();
        config.epochs = 0;
        workspace_->settings().setConfig(config);
        AWAIT_VERIFY(!workspace_->isChecking());
        QVERIFY(!workspace_->formProblems().empty());
        QCOMPARE(workspace_->formProblems().front().param, std::string("epochs"));
        QVERIFY(!workspace_->whyNotTrainable().isEmpty());
    }

    /// A metric that the data do not have is said at its field, in the form's words.
    void anImpossibleMetricBelongsToTheForm() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data());
        workspace_->settings().setValue(QStringLiteral("best_metric"), std::string("r2"));
        const auto found = [&] {
            for (const Diagnostic& d : workspace_->formProblems())
                if (d.param == "best_metric") return QString::fromStdString(oneLine(d));
            return QString();
        };
        AWAIT_VERIFY(!found().isEmpty());
        QVERIFY2(found().startsWith(QStringLiteral("Best by: ")), qPrintable(found()));
        QVERIFY2(found().contains(QStringLiteral("F1")), qPrintable(found()));
        QVERIFY(!workspace_->document().report().hasErrors()); // no layer's fault
    }

    /// A kept run's settings come with its network; what was on the canvas stays in the notebook with its
    /// own.
    void aRunIsOpenedWithItsSettings() {
        workspace_->newFromTemplate("mlp");
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{33});
        TrainingRequest made;
        made.graph = findTemplate("classification-mlp")->build();
        made.dataset = QStringLiteral("wine");
        made.config.epochs = 7;
        made.config.seed = 5;
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->openRun(made);
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("wine"));
        QVERIFY(toJson(workspace_->settings().config()) == toJson(made.config));
        QCOMPARE(told.size(), 1);
        workspace_->saveNow();
        const auto models = workspace_->notebook().models();
        QVERIFY(models && std::any_of(models->begin(), models->end(), [](const storage::ModelRow& row) {
                    return row.settingsJson.contains("\"epochs\":33");
                }));
    }

    /// As a problem's button sets it: what belonged to the loss before goes with it.
    void aLossGoesWithItsOwnSettings() {
        open();
        TrainConfig config = workspace_->settings().config();
        config.loss = "softmax-cross-entropy";
        config.lossParams = {{"label_smoothing", 0.1}};
        workspace_->settings().setConfig(config);
        workspace_->settings().setValue(QStringLiteral("loss"), std::string("auto"));
        QCOMPARE(workspace_->settings().config().loss, std::string("auto"));
        QVERIFY(workspace_->settings().config().lossParams.empty());
    }
    /// With the notebook gone the network goes into a file that opens.
    void anEditThatTheNotebookDoesNotTakeIsKept() {
        QCOMPARE(workspace_->saveNow(), QString());
        const auto files = [this] {
            return QDir(folder_->path()).entryList({QStringLiteral("*unsaved*.json")});
        };
        QVERIFY(files().isEmpty());
        const QString gone = folder_->filePath(QStringLiteral("gone"));
        QVERIFY(QFile::rename(workspace_->notebook().path(), gone));
        const NodeId id = workspace_->document().graph().nodes().front().id;
        workspace_->document().edit(QStringLiteral("rename"),
                                    [&](Graph& g) { g.edit(id)->name = "kept elsewhere"; });
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        const QString told = workspace_->saveNow();
        AWAIT_VERIFY(!noticed.isEmpty());
        QVERIFY(noticed.first()[0].toString().contains(QStringLiteral("a file of its own when")));
        QCOMPARE(files().size(), 1);
        const QString file = folder_->filePath(files().front());
        QVERIFY2(told.contains(file), qPrintable(told));
        const auto kept = Workspace::readModelFile(file);
        QVERIFY(kept);
        QCOMPARE(graphToText(*kept), graphToText(workspace_->document().graph()));
        QCOMPARE(workspace_->saveNow(), told);
        QCOMPARE(files().size(), 1);
    }

    void dataThatAreGoneAreSaid() {
        workspace_->settings().setDataset(folder_->filePath(QStringLiteral("missing.csv")));
        AWAIT_VERIFY(workspace_->dataset().problem());
        AWAIT_VERIFY(!workspace_->isChecking());
        QCOMPARE(workspace_->formProblems().back().param, std::string("dataset"));
        QVERIFY(!workspace_->whyNotTrainable().isEmpty());
    }

    void networksGoToFilesAndBack() {
        const QString path = folder_->filePath(QStringLiteral("net.json"));
        QVERIFY(workspace_->saveModelFile(path));
        const Graph before = workspace_->document().graph();
        workspace_->newModel({});
        QVERIFY(workspace_->openModelFile(path));
        QCOMPARE(graphToText(workspace_->document().graph()), graphToText(before));
        QVERIFY(!workspace_->openModelFile(folder_->filePath(QStringLiteral("none.json"))));
        QVERIFY(!workspace_->saveModelFile(QStringLiteral("/no/such/folder/net.json")));
    }

    void brokenFileIsRefusedAndTheCanvasStays() {
        const QString path = folder_->filePath(QStringLiteral("broken.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"nodes\": 7");
        file.close();
        const Graph before = workspace_->document().graph();
        const auto status = workspace_->openModelFile(path);
        QVERIFY(!status);
        QVERIFY(QString::fromStdString(oneLine(status.error())).contains(path));
        QCOMPARE(workspace_->document().graph(), before);
    }

    /// Read and laid out beside the window; a file that is no network is told of.
    void largeFilesAreOpenedBesideTheWindow() {
        const QString path = folder_->filePath(QStringLiteral("net.json"));
        workspace_->newFromTemplate("mlp");
        QVERIFY(workspace_->saveModelFile(path));
        const Graph saved = workspace_->document().graph();
        workspace_->newFromTemplate("lenet5");
        bool opened = false;
        workspace_->openModelFileLater(path, [&] { opened = true; });
        QVERIFY(workspace_->document().graph() != saved);
        AWAIT_VERIFY(opened);
        QCOMPARE(graphToText(workspace_->document().graph()), graphToText(saved));
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->openModelFileLater(folder_->path(), [] { QFAIL("a folder was opened"); });
        AWAIT_COMPARE(noticed.size(), 1);
        QVERIFY(noticed[0][0].toString().contains(folder_->path()));
    }

    void networksAreReadAsTheyAre() {
        workspace_->newFromTemplate("mlp");
        workspace_->document().edit(QStringLiteral("rename"), [](Graph& g) { g.name = "just now"; });
        QStringList names;
        workspace_->readModels(this, [&](const storage::Outcome<QVector<storage::ModelRow>>& models) {
            QVERIFY(models);
            for (const storage::ModelRow& row : *models)
                names << row.name;
        });
        QVERIFY(names.isEmpty()); // nothing was waited for
        AWAIT_COMPARE(names.size(), 2);
        QCOMPARE(names.first(), QStringLiteral("just now"));
    }

    /// Train puts a network into the queue while a run is going on, and says so; what waits when the window
    /// is closed is offered by the next one.
    void whatWaitsOutlivesTheWindow() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data());
        TrainConfig config = workspace_->settings().config();
        config.epochs = 100'000;
        workspace_->settings().setConfig(config);
        QSignalSpy told(workspace_.get(), &Workspace::told);
        workspace_->train();
        QCOMPARE(told.size(), 0);
        config.epochs = 2;
        workspace_->settings().setConfig(config);
        QCOMPARE(workspace_->whyNotTrainable(), QString());
        workspace_->settings().setRunName(QStringLiteral("short"));
        workspace_->train();
        workspace_->settings().setRunName(QStringLiteral("shorter"));
        workspace_->train();
        QCOMPARE(told.size(), 2);
        QVERIFY(told[0][0].toString().contains(QStringLiteral("short")));
        TrainingRun* going = workspace_->queue().active().front();
        AWAIT_COMPARE(going->state(), TrainingRun::State::Training);
        QCOMPARE(going->name(), workspace_->notebook().run(going->runId())->start.name);
        workspace_.reset();

        open();
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->reopen();
        QCOMPARE(noticed.size(), 1);
        QVERIFY(noticed[0][0].toString().startsWith(QStringLiteral("3 runs")));
        RunQueue& queue = workspace_->queue();
        QCOMPARE(queue.waiting().size(), std::size_t(3));
        QVERIFY(!queue.isBusy()); // nothing begins unasked
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
    }

    /// Train begins with a run's weights, as far as they fit, and tells which do.
    void aRunsWeightsBeginAnother() {
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        workspace_->settings().setValue(QStringLiteral("epochs"), std::int64_t{1});
        AWAIT_VERIFY(workspace_->dataset().data());
        for (const std::string code : {"data.input-shape", "data.output-shape"})
            for (const Diagnostic& d : workspace_->problems())
                if (d.code == code && d.fix) QVERIFY(applyFix(workspace_->document(), *d.fix));
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
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->train();
        AWAIT_COMPARE(finished.size(), 2);
        QVERIFY(!noticed.isEmpty() && noticed[0][0].toString().contains(QStringLiteral("arrays taken")));
        QCOMPARE(workspace_->notebook().runs()->first().start.parent->value, first.value);
        workspace_->newFromTemplate("mlp");
        QVERIFY(!workspace_->startWeights()); // of another network nobody has asked for them
    }

    /// A newer Burdock, or one with its plugin, may still read what this one cannot.
    void whatCannotBeReadGoesOnWaiting() {
        const QString setting = QStringLiteral("waiting-runs");
        workspace_.reset();
        {
            auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
            QVERIFY(notebook);
            const char* kept = "{\"owner\":\"\",\"runs\":[\"of a later program\"]}";
            QVERIFY((*notebook)->setSetting(setting, QString::fromUtf8(kept)));
        }
        open();
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        workspace_->reopen();
        QCOMPARE(noticed.size(), 1);
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data());
        TrainConfig config = workspace_->settings().config();
        config.epochs = 100'000;
        workspace_->settings().setConfig(config);
        workspace_->train();
        workspace_->train(); // one waits, so that the list is written
        const auto kept = [&] { return workspace_->notebook().setting(setting); };
        AWAIT_VERIFY(kept().contains(QStringLiteral("Wine")) || kept().contains(QStringLiteral("wine")));
        QVERIFY(kept().contains(QStringLiteral("later")));
        workspace_.reset();
    }

    /// What cannot be kept is tried again: none of it is put into the queue anew, nor kept twice.
    void aFailedKeepDoublesNothing() {
        const QString setting = QStringLiteral("waiting-runs");
        workspace_.reset();
        {
            auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
            QVERIFY(notebook);
            const char* left = "{\"owner\":\"\",\"runs\":[\"of a later program\"]}";
            QVERIFY((*notebook)->setSetting(setting, QString::fromUtf8(left)));
        }
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
        const QString setting = QStringLiteral("waiting-runs");
        workspace_->newFromTemplate("classification-mlp");
        workspace_->settings().setDataset(QStringLiteral("wine"));
        AWAIT_VERIFY(workspace_->dataset().data());
        TrainConfig config = workspace_->settings().config();
        config.epochs = 100'000;
        workspace_->settings().setConfig(config);
        TrainingRequest others;
        others.runName = QStringLiteral("of the other");
        others.graph = workspace_->document().graph();
        others.dataset = QStringLiteral("wine");
        QProcess other;
        other.start(QStringLiteral("sleep"), {QStringLiteral("60")});
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

    /// A network's own settings, or the usual ones: never those of the network that was open before.
    void unreadableSettingsAreNotThoseOfTheLastNetwork() {
        workspace_->newFromTemplate("mlp");
        TrainConfig config = workspace_->settings().config();
        config.epochs = 77;
        workspace_->settings().setConfig(config);
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        storage::ModelRow row;
        row.graphJson = QByteArray::fromStdString(graphToText(workspace_->document().graph()));
        for (const char* broken : {"{", R"({"config":{"epochs":"many"},"dataset":"iris"})", "[]"}) {
            workspace_->settings().setConfig(config);
            row.settingsJson = broken;
            noticed.clear();
            workspace_->openModel(row);
            QVERIFY2(workspace_->settings().config().epochs == TrainConfig().epochs, broken);
            QCOMPARE(noticed.size(), 1);
            QVERIFY(noticed[0][0].toString().contains(QStringLiteral("settings cannot be read")));
        }
        workspace_->newFromTemplate("mlp");
        QCOMPARE(noticed.size(), 1);
    }

    void runsAtOnceIsTheUsers() {
        QCOMPARE(workspace_->queue().atOnce(), 1);
        workspace_->setRunsAtOnce(2);
        workspace_.reset();
        open();
        QCOMPARE(workspace_->queue().atOnce(), 2);
        workspace_->setRunsAtOnce(1);
    }

  private:
    void open() {
        auto notebook = storage::Notebook::open(folder_->filePath(QStringLiteral("test.burdock")));
        QVERIFY2(notebook, notebook ? "" : qPrintable(notebook.error().oneLine()));
        workspace_ = std::make_unique<Workspace>(*notebook, catalog_);
    }

    DatasetCatalog catalog_;
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<Workspace> workspace_;
};

QTEST_GUILESS_MAIN(TestWorkspace)
#include "workspace_test.moc"
