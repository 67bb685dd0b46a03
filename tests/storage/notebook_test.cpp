#include "one_run.h"

#include "storage/notebook/schema.h"
#include "storage/notebook/writer.h"
#include "support/several.h"

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

using namespace burdock::storage;

class NotebookTest : public FolderTest {
    Q_OBJECT

  private slots:
    void keepsEveryScript();
    void editsRuns();
    void aTestResultIsOfTheBestEpoch();
    void binHidesAndRestores();
    void whatIsRemovedIsGoneForGood();
    void anotherProgramMayMakeTheFileSmaller();
    void refusesUnknownRows();
    void refusesImpossiblePlaces();
    void objectsOfOneFileShareAWriter();
    void leavesOneFile();
    void isReadWhileWritten();
    void readOnlyRefusesWrites();
    void readOnlyFileAndFolder();
    void isListedOnAFullDisk();
    void opensAThousandRuns();
};

void NotebookTest::keepsEveryScript() {
    const QString name = QStringLiteral("Bojtorján 牛蒡 🌿 'quoted' \"twice\"; DROP TABLE run; --");
    const QString file = QStringLiteral("füzet 本 100%25 ?#&.burdock");
    RunId id;
    {
        auto notebook = Notebook::open(path(file));
        REQUIRE_OK(notebook);
        auto writer = (*notebook)->startRun(sampleStart(name));
        REQUIRE_OK(writer);
        id = (*writer)->id();
        REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
        REQUIRE_OK((*notebook)->setNotes(id, name + QStringLiteral("\nsecond line")));
        REQUIRE_OK((*notebook)->setTags(id, {name, QStringLiteral("a,b"), QStringLiteral("")}));
    }
    QCOMPARE(filesIn(folder()), QStringList{file});
    auto notebook = Notebook::open(path(file), Access::ReadOnly);
    REQUIRE_OK(notebook);
    auto run = (*notebook)->run(id);
    REQUIRE_OK(run);
    QCOMPARE(run->start.name, name);
    QCOMPARE(run->notes, name + QStringLiteral("\nsecond line"));
    QCOMPARE(run->tags, QStringList({name, QStringLiteral("a,b"), QStringLiteral("")}));
}

void NotebookTest::editsRuns() {
    auto notebook = open();
    auto first = notebook->startRun(sampleStart());
    REQUIRE_OK(first);
    RunStart start = sampleStart(QStringLiteral("child"));
    start.parent = (*first)->id();
    auto child = notebook->startRun(start);
    REQUIRE_OK(child);
    const RunId id = (*child)->id();
    // An edit of a run that is being written loses nothing of either.
    writeStep(**child, 1, 1, 0);
    REQUIRE_OK(notebook->renameRun(id, QStringLiteral("second")));
    writeStep(**child, 2, 1, 0);
    REQUIRE_OK(notebook->setTags(id, {QStringLiteral("good")}));
    REQUIRE_OK(notebook->setTestResult(id, tested(0.25, 0.75)));
    REQUIRE_OK((*child)->finish(RunState::Finished, 3));
    REQUIRE_OK(notebook->setNotes(id, QStringLiteral("note")));
    auto run = notebook->run(id);
    REQUIRE_OK(run);
    QCOMPARE(run->start.name, QStringLiteral("second"));
    QCOMPARE(run->notes, QStringLiteral("note"));
    QCOMPARE(run->tags, QStringList{QStringLiteral("good")});
    QCOMPARE(valueOf(run->test, QStringLiteral("test.loss")), 0.25);
    QCOMPARE(valueOf(run->test, QStringLiteral("test.accuracy")), 0.75);
    QCOMPARE(run->steps, 2);
    QVERIFY(run->start.parent == (*first)->id());
    QVERIFY(!run->damaged);
    auto runs = notebook->runs();
    REQUIRE_OK(runs);
    QCOMPARE(runs->size(), 2);
    QVERIFY(runs->at(0).id == id); // newest first
    QCOMPARE(runs->at(1).start.name, QStringLiteral("first"));
}

/// Of a run that is measured before it ends, or that goes on.
void NotebookTest::aTestResultIsOfTheBestEpoch() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    const auto tellEpoch = [&](qint64 epoch, bool best) {
        writeStep(**writer, epoch, 1, 0);
        EpochRow row = epochRow(epoch, epoch, 1, 0.5, 1, 0.5, 10, 1);
        row.best = best;
        (*writer)->epoch(row);
        return notebook->flush();
    };
    REQUIRE_OK(tellEpoch(1, true));
    REQUIRE_OK(notebook->setTestResult(id, tested(0.25, 0.75), "{}", 1));
    REQUIRE_OK(tellEpoch(2, false));
    QVERIFY(!notebook->run(id)->test.isEmpty());
    REQUIRE_OK(tellEpoch(3, true));
    QVERIFY(notebook->run(id)->test.isEmpty() && notebook->run(id)->testMetrics.isEmpty());
    const auto late = notebook->setTestResult(id, tested(0.25, 0.75), "{}", 1);
    QVERIFY(!late && late.error().kind == StorageError::Kind::Busy);
    REQUIRE_OK(notebook->setTestResult(id, tested(0.2, 0.8), "{}", 3));
    for (const CheckpointKind kind : {CheckpointKind::Best, CheckpointKind::Last})
        (*writer)->checkpoint(packed(kind, 3, 3, "full"));
    REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
    writer->reset();
    QCOMPARE(valueOf(notebook->run(id)->test, QStringLiteral("test.loss")), 0.2);
    // It goes on from before its best epoch.
    writer = notebook->continueRun(id, 2, 2);
    REQUIRE_OK(writer);
    QVERIFY(notebook->run(id)->test.isEmpty());
}

void NotebookTest::binHidesAndRestores() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    REQUIRE_OK(notebook->setDeleted(id, true));
    QCOMPARE(notebook->runs()->size(), 0);
    QCOMPARE(notebook->runs(true)->size(), 1);
    QVERIFY(notebook->runs(true)->first().deleted);
    REQUIRE_OK(notebook->setDeleted(id, false));
    QCOMPARE(notebook->runs()->size(), 1);
}

void NotebookTest::refusesUnknownRows() {
    auto notebook = open();
    for (const auto& outcome :
         {notebook->renameRun({7}, QStringLiteral("x")), notebook->setDeleted({7}, true)})
        QVERIFY(!outcome && outcome.error().kind == StorageError::Kind::NotFound);
    const auto run = notebook->run({7});
    QVERIFY(!run && run.error().kind == StorageError::Kind::NotFound);
    QVERIFY(run.error().oneLine().contains(QLatin1Char('7')));
    QCOMPARE(valuesOf(*notebook->steps({7}), trainLoss).size(), 0);
    QCOMPARE(notebook->epochs({7})->size(), 0);
}

void NotebookTest::refusesImpossiblePlaces() {
    for (const QString& place : {QString(), path(QStringLiteral("no/such/folder.burdock")), folder()}) {
        const auto refused = Notebook::open(place);
        QVERIFY2(!refused, qPrintable(place));
        QVERIFY(!refused.error().what.isEmpty() && !refused.error().mend.isEmpty());
    }
    QCOMPARE(filesIn(folder()), QStringList());
}

void NotebookTest::objectsOfOneFileShareAWriter() {
    auto first = open();
    QVERIFY(QFile::link(path(), path(QStringLiteral("link.burdock"))));
    auto second = Notebook::open(path(QStringLiteral("link.burdock")));
    REQUIRE_OK(second);
    QCOMPARE((*second)->path(), first->path());
    auto third = Notebook::open(path(), Access::ReadOnly);
    REQUIRE_OK(third);
    QVERIFY((*third)->isReadOnly() && !first->isReadOnly());
    QVERIFY(!(*third)->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    first.reset();
    REQUIRE_OK((*second)->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    QCOMPARE((*third)->setting(QStringLiteral("a")), QStringLiteral("b"));
}

void NotebookTest::leavesOneFile() {
    for (int i = 0; i < 3; ++i) {
        auto notebook = open();
        QVERIFY(!notebook->isReadOnly());
        REQUIRE_OK(notebook->setSetting(QStringLiteral("a"), QString::number(i)));
    }
    QCOMPARE(filesIn(folder()), QStringList{QStringLiteral("a.burdock")});
    REQUIRE_OK(Notebook::open(path(), Access::ReadOnly));
    QCOMPARE(filesIn(folder()), QStringList{QStringLiteral("a.burdock")});
}

void NotebookTest::isReadWhileWritten() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    std::atomic<bool> going = true;
    std::atomic<int> faults = 0, answers = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            qint64 seen = 0;
            while (going) {
                const auto steps = notebook->steps(id);
                const auto run = notebook->run(id);
                const auto epochs = notebook->epochs(id);
                const bool good =
                    steps && run && epochs && steps->damagedChunks == 0 && !run->damaged &&
                    valuesOf(*steps, trainLoss).size() >= seen &&
                    run->steps >= valuesOf(*steps, trainLoss).size() &&
                    (valuesOf(*steps, trainLoss).isEmpty() ||
                     valuesOf(*steps, trainLoss).last() == lossOf(valuesOf(*steps, trainLoss).size()));
                if (!good) ++faults;
                seen = steps ? valuesOf(*steps, trainLoss).size() : seen;
                ++answers;
            }
        });
    const QByteArray weights(2'000'000, 'w'); // so that the log is checkpointed under the readers
    bool flushed = true;
    for (qint64 step = 1; step <= 6000; ++step) {
        writeStep(**writer, step, lossOf(step), 0);
        if (step % 300 == 0) {
            (*writer)->epoch(epochRow(step / 300, step, 1, 1, 1, 1, 1, 1));
            (*writer)->checkpoint(packed(CheckpointKind::Last, step / 300, step, weights));
            flushed = flushed && notebook->flush().has_value();
        }
    }
    const auto finished = (*writer)->finish(RunState::Finished, 1);
    going = false;
    for (auto& reader : readers)
        reader.join();
    QVERIFY(flushed);
    REQUIRE_OK(finished);
    QCOMPARE(faults.load(), 0);
    QVERIFY(answers > 0);
}

void NotebookTest::readOnlyRefusesWrites() {
    const auto missing = Notebook::open(path(), Access::ReadOnly);
    QVERIFY(!missing && missing.error().kind == StorageError::Kind::NotFound);
    QVERIFY(!QFile::exists(path()));
    REQUIRE_OK(open()->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    const QByteArray before = contents(path());
    {
        auto notebook = Notebook::open(path(), Access::ReadOnly);
        REQUIRE_OK(notebook);
        QVERIFY((*notebook)->isReadOnly());
        QCOMPARE((*notebook)->setting(QStringLiteral("a")), QStringLiteral("b"));
        const auto run = (*notebook)->startRun(sampleStart());
        QVERIFY(!run && run.error().kind == StorageError::Kind::ReadOnly && !run.error().mend.isEmpty());
        const auto saved = (*notebook)->saveModel({});
        QVERIFY(!saved && saved.error().kind == StorageError::Kind::ReadOnly);
        REQUIRE_OK((*notebook)->flush());
    }
    QCOMPARE(contents(path()), before);
}

void NotebookTest::readOnlyFileAndFolder() {
    REQUIRE_OK(open()->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    const QByteArray file = QFile::encodeName(path()), place = QFile::encodeName(folder());
    // Root may write everywhere, so become nobody for a while.
    const bool root = ::geteuid() == 0;
    const auto opened = [&](mode_t fileMode, mode_t folderMode) {
        ::chmod(file.constData(), fileMode);
        ::chmod(place.constData(), folderMode);
        if (root && ::seteuid(65534) != 0) qFatal("cannot become nobody");
        auto notebook = Notebook::open(path());
        std::optional<std::pair<bool, QString>> seen;
        if (notebook) seen = {(*notebook)->isReadOnly(), (*notebook)->setting(QStringLiteral("a"))};
        if (root && ::seteuid(0) != 0) qFatal("cannot become root again");
        ::chmod(place.constData(), 0777);
        return seen;
    };
    const std::pair<bool, QString> readable{true, QStringLiteral("b")};
    QVERIFY(opened(0444, 0777) == readable);
    QVERIFY(opened(0666, 0555) == readable);
    QVERIFY(opened(0444, 0555) == readable);
    QVERIFY(!opened(0000, 0777));
    QCOMPARE(filesIn(folder()), QStringList{QStringLiteral("a.burdock")});
}

/// Where not even the index of a log finds room.
void NotebookTest::isListedOnAFullDisk() {
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    }
    for (int i = 0; i < 2; ++i) { // the first attempt leaves an empty log
        auto disk = std::make_unique<FullDisk>(0);
        auto notebook = Notebook::open(path());
        auto runs = notebook ? (*notebook)->runs() : refuse(notebook.error());
        const auto changed =
            notebook ? (*notebook)->renameRun({1}, QStringLiteral("new")) : refuse(notebook.error());
        disk.reset();
        REQUIRE_OK(notebook);
        QVERIFY((*notebook)->unwritable() && !(*notebook)->unwritable()->mend.isEmpty());
        REQUIRE_OK(runs);
        QCOMPARE(runs->size(), 1);
        QVERIFY(!changed);
        QCOMPARE((*notebook)->runs()->first().start.name, sampleStart().name);
        notebook->reset();
    }
    auto notebook = open();
    QVERIFY(!notebook->unwritable());
    REQUIRE_OK(notebook->renameRun({1}, QStringLiteral("new")));
    QCOMPARE(notebook->runs()->first().start.name, QStringLiteral("new"));
}

void NotebookTest::whatIsRemovedIsGoneForGood() {
    auto notebook = open();
    QVector<RunId> ids;
    for (int i = 0; i < 3; ++i) {
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        ids << (*writer)->id();
        writeStep(**writer, 1, 1, 1);
        (*writer)->epoch(epochRow(1, 1, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
        (*writer)->checkpoint(packed(CheckpointKind::Best, 1, 1, "best"));
        if (i < 2) REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    }
    // Only what lies in the bin, and then all or nothing.
    REQUIRE_OK(notebook->setDeleted(ids[0], true));
    QVERIFY(!notebook->removeRuns({ids[0], ids[1]}));
    QVERIFY(!notebook->removeRuns({ids[0], {99}}));
    QCOMPARE(notebook->checkpoints(ids[0])->size(), 1);
    REQUIRE_OK(notebook->removeRuns({ids[0]}));
    QVERIFY(!notebook->removeRuns({ids[0]}));
    QVERIFY(!notebook->run(ids[0]));
    QCOMPARE(notebook->runs(true)->size(), 2);
    QVERIFY(notebook->checkpoints(ids[0])->isEmpty() && notebook->epochs(ids[0])->isEmpty());
    QCOMPARE(notebook->checkpoints(ids[1])->size(), 1);
    // The notebook is still known as itself, by this program and by the next, and no number comes again.
    REQUIRE_OK(notebook->setDeleted(ids[1], true));
    REQUIRE_OK(notebook->removeRuns({ids[1]}));
    notebook.reset();
    notebook = open();
    QCOMPARE(notebook->runs(true)->size(), 1);
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    QVERIFY((*writer)->id() > ids[2]);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    REQUIRE_OK(notebook->renameRun((*writer)->id(), QStringLiteral("new")));
}

/// Ours reuses the room of what was removed, but leaves the file as large as it is.
void NotebookTest::anotherProgramMayMakeTheFileSmaller() {
    auto notebook = open();
    for (int i = 0; i < 2; ++i) {
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        writeStep(**writer, 1, 1, 1);
        (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 1, manyWeights()));
        REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    }
    REQUIRE_OK(notebook->setDeleted({1}, true));
    REQUIRE_OK(notebook->removeRuns({{1}}));
    notebook.reset();
    const qint64 before = QFileInfo(path()).size();
    QVERIFY(before > 2 * manyWeights().size());
    changeByHand(path(), {QStringLiteral("VACUUM")});
    QVERIFY(QFileInfo(path()).size() < before - manyWeights().size());
    notebook = open();
    QVERIFY(notebook->notTakenIn().isEmpty() && !notebook->damage());
    REQUIRE_OK(bytesOf(*notebook, {2}, CheckpointKind::Last));
    // Also while it is open here.
    REQUIRE_OK(notebook->setDeleted({2}, true));
    REQUIRE_OK(notebook->removeRuns({{2}}));
    REQUIRE_OK(notebook->flush());
    changeByHand(path(), {QStringLiteral("VACUUM")});
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 1, manyWeights()));
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    writer->reset();
    notebook.reset();
    notebook = open();
    QVERIFY(notebook->notTakenIn().isEmpty() && notebook->takenIn().isEmpty() && !notebook->damage());
    REQUIRE_OK(bytesOf(*notebook, {3}, CheckpointKind::Last));
}

void NotebookTest::opensAThousandRuns() {
    {
        auto notebook = open();
        RunStart start = sampleStart();
        start.graphJson = QByteArray(6000, 'g');
        for (int i = 0; i < 1000; ++i) {
            auto writer = notebook->startRun(start);
            REQUIRE_OK(writer);
            writeStep(**writer, 1, 1, 1);
            REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
        }
    }
    QElapsedTimer timer;
    timer.start();
    auto notebook = open();
    auto runs = notebook->runs();
    const qint64 ms = timer.elapsed();
    REQUIRE_OK(runs);
    QCOMPARE(runs->size(), 1000);
    QCOMPARE(runs->last().id.value, 1);
    QCOMPARE(runs->last().start.graphJson.size(), 6000);
    qInfo("opened and listed 1,000 runs in %lld ms", ms);
}

ADD_TEST_CLASS(NotebookTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "notebook_test.moc"
