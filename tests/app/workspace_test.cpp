#include "app/dataset_loader.h"
#include "app/model_saver.h"
#include "app/workspace_fixture.h"
#include "document/graph_edits.h"
#include "engine/data/reading.h"
#include "engine/graph/graph_json.h"
#include "engine/models/templates.h"
#include "engine/schema/layer_registry.h"
#include "support/endless_data.h"
#include "support/open_notebook.h"

#include <QFile>
#include <QScopeGuard>
#include <QSignalSpy>

#include <nlohmann/json.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace burdock;

class TestWorkspace : public QObject, private test::WorkspaceFixture {
    Q_OBJECT
  private slots:
    void initTestCase() { prepare(QStringLiteral("workspace")); }
    void init() { begin(); }
    void cleanup() { workspace_.reset(); }

    void firstStartHasTheLecturesNetworkAndItsData() {
        QCOMPARE(workspace_->document().report().parameters, 1'413'834);
        QCOMPARE(workspace_->settings().dataset(), QStringLiteral("fashion-mnist"));
        QVERIFY(workspace_->settings().config().epochs > 0);
    }

    void everyEditIsSavedByItself() {
        const NodeId id = workspace_->document().graph().nodes().front().id;
        workspace_->document().edit(QStringLiteral("rename"),
                                    [&](Graph& g) { g.edit(id)->name = "kept name"; });
        const auto saved = [&] {
            const auto models = workspace_->notebook().models();
            return models && !models->isEmpty() && models->front().graphJson.contains("kept name");
        };
        AWAIT_VERIFY(saved());
    }

    void whatAnotherWindowChangedIsNotOverwritten() {
        QCOMPARE(workspace_->saveNow(), QString());
        QVERIFY(workspace_->notebook().flush());
        const auto before = workspace_->notebook().models();
        QVERIFY(before && before->size() == 1);
        storage::ModelRow row = before->front();
        row.name = QStringLiteral("the other window's");
        QTest::qSleep(3);
        QVERIFY(workspace_->notebook().saveModel(row));
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed);
        for (const char* name : {"mine", "mine again"}) {
            const NodeId id = workspace_->document().graph().nodes().front().id;
            workspace_->document().edit(QStringLiteral("rename"), [&](Graph& g) { g.edit(id)->name = name; });
            QCOMPARE(workspace_->saveNow(), QString());
        }
        AWAIT_COMPARE(noticed.size(), 1);
        QVERIFY(noticed.first()[0].toString().contains(QStringLiteral("Both are kept")));
        const auto models = workspace_->notebook().models();
        QVERIFY(models && models->size() == 2);
        QVERIFY(models->front().graphJson.contains("mine again"));
        QCOMPARE(models->back().name, row.name);
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

    /// Nor does a third, whatever is still being read: that is broken off.
    void aThirdDataSetDoesNotWaitForTheFirst() {
        DatasetCatalog catalog;
        std::atomic<int> reading = 0;
        for (const char* id : {"first", "second"}) {
            DatasetEntry endless = *catalog_.find("iris");
            endless.params.clear();
            endless.format.clear();
            endless.id = id;
            endless.open = [&reading](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
                for (++reading;; std::this_thread::sleep_for(std::chrono::milliseconds(1)))
                    continueReading();
            };
            QVERIFY(catalog.add(std::move(endless)));
        }
        DatasetEntry quick = *catalog_.find("iris");
        quick.params.clear();
        quick.format.clear();
        quick.id = "third";
        QVERIFY(catalog.add(std::move(quick)));
        {
            DatasetLoader loader(catalog);
            loader.load(QStringLiteral("first"));
            AWAIT_COMPARE(reading.load(), 1);
            loader.load(QStringLiteral("second"));
            AWAIT_COMPARE(reading.load(), 2);
            loader.load(QStringLiteral("third"));
            AWAIT_VERIFY(loader.data());
            loader.load(QStringLiteral("first"));
            AWAIT_COMPARE(reading.load(), 3);
        } // ends though the first would be read for ever
    }

    /// A window that is closed does not wait for data that are still being read; until then it says so.
    void whatIsReadEndsWithTheWorkspace() {
        DatasetCatalog catalog;
        std::atomic<int> reading = 0;
        testing::addEndlessData(catalog, reading);
        const QString file = folder_->filePath(QStringLiteral("moved.endless"));
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        const auto notebook = testing::openNotebook(folder_->filePath(QStringLiteral("ending.burdock")));
        const std::function<void(Workspace&)> ways[] = {
            [](Workspace& workspace) { workspace.trainTemplate("mlp", "endless", [] {}); },
            [&file](Workspace& workspace) { workspace.findData(file); }};
        for (const auto& way : ways) {
            Workspace workspace(notebook, catalog);
            QSignalSpy told(&workspace, &Workspace::told);
            const int before = reading;
            way(workspace);
            AWAIT_COMPARE(reading.load(), before + 1);
            QCOMPARE(told.size(), 1);
            QVERIFY(told[0][0].toString().startsWith(QStringLiteral("Reading ")));
        }
    }

    /// What is written of models that were open before is let go of; what could not be is kept.
    void modelsThatAreWrittenAreLetGo() {
        const auto notebook = testing::openNotebook(folder_->filePath(QStringLiteral("saver.burdock")));
        ModelSaver saver(notebook);
        for (int i = 0; i < 20; ++i) {
            saver.open({}, {});
            storage::ModelRow row;
            row.name = QString::number(i);
            row.graphJson = "{}";
            saver.save(row);
            QVERIFY(saver.unsaved().empty()); // which waits until it is written
        }
        // Of each model that could not be written its last save, and no other.
        const auto refusing = storage::Notebook::open(folder_->filePath(QStringLiteral("saver.burdock")),
                                                      storage::Access::ReadOnly);
        QVERIFY(refusing);
        ModelSaver failing(*refusing);
        for (const QStringList& saves : {QStringList{"a", "b"}, QStringList{}, QStringList{"c"}}) {
            failing.open({}, {});
            for (const QString& name : saves) {
                storage::ModelRow row;
                row.name = name;
                failing.save(row);
            }
        }
        QSet<QString> kept;
        for (const storage::ModelRow& row : failing.unsaved())
            kept.insert(row.name);
        QCOMPARE(kept, (QSet<QString>{"b", "c"}));
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

    void whatTrainRefusesIsSaidUntilItIsMended() {
        workspace_->newFromTemplate("mlp");
        const Edge edge = workspace_->document().graph().edges().front();
        workspace_->document().edit(QStringLiteral("cut"), [&](Graph& g) { g.disconnect(edge); });
        QSignalSpy noticed(workspace_.get(), &Workspace::noticed),
            settled(workspace_.get(), &Workspace::settled);
        workspace_->train();
        QCOMPARE(noticed.size(), 1);
        QCOMPARE(settled.size(), 0);
        workspace_->document().undoStack()->undo();
        AWAIT_COMPARE(settled.size(), 1);
        QCOMPARE(settled[0][0], noticed[0][0]);
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
        Fix balanced; // with settings of its own
        balanced.kind = Fix::Kind::SetSetting;
        balanced.param = "loss";
        balanced.value = std::string("softmax-cross-entropy");
        balanced.layerParams = {{"class_weights", std::string("balanced")}};
        QVERIFY(applyFix(workspace_->document(), balanced));
        QCOMPARE(workspace_->settings().config().loss, std::string("softmax-cross-entropy"));
        QVERIFY(workspace_->settings().config().lossParams == balanced.layerParams);
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
        // Another one opens: the notice is of no use any more.
        QSignalSpy settled(workspace_.get(), &Workspace::settled);
        workspace_->openModelFileLater(path, [] {});
        AWAIT_COMPARE(settled.size(), 1);
        QCOMPARE(settled[0][0], noticed[0][0]);
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
};

QTEST_GUILESS_MAIN(TestWorkspace)
#include "workspace_test.moc"
