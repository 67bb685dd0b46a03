#include "support.h"

#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/run_writer.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/writer.h"
#include "support/several.h"

#include <cmath>
#include <limits>

using namespace burdock::storage;

class RunTest : public FolderTest {
    Q_OBJECT

  private slots:
    void keepsARunAcrossReopening();
    void keepsStepsOverManyChunks();
    void keepsNotANumber();
    void repeatedEpochReplaces();
    void writerGoneIsInterrupted();
    void blocksInsteadOfDropping();
    void gapsBecomeNotANumber();
    void repeatedStepIsTold();
    void nothingIsTakenAfterFinish();
    void outlivesTheNotebookObject();
    void failureIsToldAndMended();
    void failedFinishKeepsItsEnd();
    void whatAJobThrowsIsTold();
    void keepsAnyNumberOfSeries();
};

void RunTest::keepsARunAcrossReopening() {
    RunId id;
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        id = (*writer)->id();
        for (qint64 step = 1; step <= 20; ++step)
            writeStep(**writer, step, lossOf(step), 0.5f);
        (*writer)->epoch(epochRow(1, 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
        (*writer)->epoch(epochRow(2, 20, 0.5, 0.8, 0.85, 0.72, 1100.0, 2.25));
        (*writer)->checkpoint(packed(CheckpointKind::Best, 1, 10, "best weights"));
        (*writer)->checkpoint(packed(CheckpointKind::Last, 2, 20, "last weights"));
        REQUIRE_OK((*writer)->finish(RunState::Finished, 5.5, tested(0.3, 0.92)));
        QVERIFY(!(*writer)->error());
    }
    auto notebook = open();
    auto runs = notebook->runs();
    REQUIRE_OK(runs);
    QCOMPARE(runs->size(), 1);
    const RunSummary& run = runs->first();
    QCOMPARE(run.id.value, id.value);
    QVERIFY(!run.damaged);
    const RunStart expected = sampleStart();
    QCOMPARE(run.start.name, expected.name);
    QCOMPARE(run.start.modelName, expected.modelName);
    QCOMPARE(run.start.graphJson, expected.graphJson);
    QCOMPARE(run.start.configJson, expected.configJson);
    QCOMPARE(run.start.datasetId, expected.datasetId);
    QCOMPARE(run.start.datasetTitle, expected.datasetTitle);
    QCOMPARE(run.start.datasetSha256, expected.datasetSha256);
    QCOMPARE(run.start.seed, expected.seed);
    QCOMPARE(run.start.parameters, expected.parameters);
    QCOMPARE(run.start.stepsPerEpoch, expected.stepsPerEpoch);
    QCOMPARE(run.start.epochsPlanned, expected.epochsPlanned);
    QCOMPARE(run.start.programVersion, expected.programVersion);
    QCOMPARE(run.start.machine, expected.machine);
    QVERIFY(!run.start.parent);
    QVERIFY(run.state == RunState::Finished);
    QVERIFY(run.startedAt.isValid() && qAbs(run.startedAt.secsTo(QDateTime::currentDateTimeUtc())) < 60);
    QCOMPARE(run.seconds, 5.5);
    QCOMPARE(run.epochs, 2);
    QCOMPARE(run.steps, 20);
    QCOMPARE(summaryOf(run, trainLoss).last, 0.5);
    QCOMPARE(summaryOf(run, trainAccuracy).last, 0.8);
    QCOMPARE(summaryOf(run, validationLoss).last, 0.85);
    QCOMPARE(summaryOf(run, validationAccuracy).last, 0.72);
    QCOMPARE(summaryOf(run, validationLoss).least, 0.8);
    QCOMPARE(summaryOf(run, validationAccuracy).greatest, 0.72);
    QCOMPARE(valueOf(run.test, QStringLiteral("test.loss")), 0.3);
    QCOMPARE(valueOf(run.test, QStringLiteral("test.accuracy")), 0.92);
    QCOMPARE(run.samplesPerSecond.value(), 1100.0);

    auto epochs = notebook->epochs(id);
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->size(), 2);
    QCOMPARE(epochs->at(0).epoch, 1);
    QCOMPARE(epochs->at(1).step, 20);
    QCOMPARE(valueOf(epochs->at(0).values, trainAccuracy), 0.6);
    QCOMPARE(epochs->at(1).seconds, 2.25);
    QVERIFY(!epochs->at(0).damaged);

    auto steps = notebook->steps(id);
    REQUIRE_OK(steps);
    QCOMPARE(steps->damagedChunks, 0);
    QCOMPARE(steps->find(trainLoss)->firstStep, 1);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), 20);
    for (int i = 0; i < 20; ++i)
        QVERIFY(valuesOf(*steps, trainLoss)[i] == lossOf(i + 1) &&
                valuesOf(*steps, trainAccuracy)[i] == 0.5f);
    auto infos = notebook->checkpoints(id);
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 2);
    QVERIFY(infos->at(0).kind == CheckpointKind::Best);
    QCOMPARE(infos->at(0).step, 10);
    QCOMPARE(infos->at(1).bytes, 12);
    auto data = bytesOf(*notebook, id, CheckpointKind::Last);
    REQUIRE_OK(data);
    QCOMPARE(*data, QByteArray("last weights"));
}

void RunTest::keepsStepsOverManyChunks() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    // Odd amounts between flushes, so that chunks are filled in pieces.
    qint64 step = 0;
    for (const int count : {1, 4000, 95, 1, 4096, 4097, 3, 9000}) {
        for (int i = 0; i < count; ++i) {
            ++step;
            writeStep(**writer, step, lossOf(step), -lossOf(step));
        }
        REQUIRE_OK(notebook->flush());
    }
    auto steps = notebook->steps((*writer)->id());
    REQUIRE_OK(steps);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), step);
    for (qint64 i = 0; i < step; ++i)
        QVERIFY(valuesOf(*steps, trainLoss)[i] == lossOf(i + 1) &&
                valuesOf(*steps, trainAccuracy)[i] == -lossOf(i + 1));
    auto run = notebook->run((*writer)->id());
    REQUIRE_OK(run);
    QCOMPARE(run->steps, step);
    QVERIFY(run->state == RunState::Running);
}

void RunTest::keepsNotANumber() {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    writeStep(**writer, 1, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity());
    (*writer)->epoch(epochRow(1, 1, nan, 0.5, nan, nan, nan, 1.0));
    REQUIRE_OK((*writer)->finish(RunState::Failed, 1, {{QStringLiteral("test.loss"), nan}},
                                 QStringLiteral("The loss is NaN.")));
    auto epochs = notebook->epochs((*writer)->id());
    REQUIRE_OK(epochs);
    QVERIFY(std::isnan(valueOf(epochs->first().values, trainLoss)));
    QCOMPARE(valueOf(epochs->first().values, trainAccuracy), 0.5);
    QVERIFY(std::isnan(valueOf(epochs->first().values, validationLoss)) &&
            std::isnan(valueOf(epochs->first().values, validationAccuracy)));
    QVERIFY(std::isnan(epochs->first().samplesPerSecond));
    auto steps = notebook->steps((*writer)->id());
    REQUIRE_OK(steps);
    QVERIFY(std::isnan(valuesOf(*steps, trainLoss)[0]) && std::isinf(valuesOf(*steps, trainAccuracy)[0]));
    auto run = notebook->run((*writer)->id());
    REQUIRE_OK(run);
    QVERIFY(std::isnan(summaryOf(*run, trainLoss).last) && std::isnan(summaryOf(*run, validationLoss).least));
    QVERIFY(std::isnan(valueOf(run->test, QStringLiteral("test.loss"))));
    QCOMPARE(run->problem, QStringLiteral("The loss is NaN."));
    QVERIFY(run->state == RunState::Failed);
}

void RunTest::repeatedEpochReplaces() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    (*writer)->epoch(epochRow(1, 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
    REQUIRE_OK(notebook->flush());
    (*writer)->epoch(epochRow(1, 10, 0.7, 0.6, 0.8, 0.7, 1000.0, 2.5));
    REQUIRE_OK(notebook->flush());
    auto epochs = notebook->epochs((*writer)->id());
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->size(), 1);
    QCOMPARE(valueOf(epochs->first().values, trainLoss), 0.7);
    auto run = notebook->run((*writer)->id());
    REQUIRE_OK(run);
    QCOMPARE(run->epochs, 1);
}

void RunTest::writerGoneIsInterrupted() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    writeStep(**writer, 1, 1, 0);
    auto second = open(); // opening does not touch the runs of a live program
    QVERIFY(second->run({1})->state == RunState::Running);
    writer->reset();
    auto run = notebook->run({1});
    REQUIRE_OK(run);
    QVERIFY(run->state == RunState::Interrupted);
    QCOMPARE(run->steps, 1);
}

void RunTest::blocksInsteadOfDropping() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    constexpr qint64 count = 1'000'000; // fifteen times what may wait
    for (qint64 step = 1; step <= count; ++step)
        writeStep(**writer, step, lossOf(step), 0);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    auto steps = notebook->steps((*writer)->id());
    REQUIRE_OK(steps);
    QCOMPARE(steps->damagedChunks, 0);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), count);
    for (qint64 i = 0; i < count; ++i)
        if (valuesOf(*steps, trainLoss)[i] != lossOf(i + 1))
            QFAIL(qPrintable(QStringLiteral("step %1").arg(i + 1)));
}

void RunTest::gapsBecomeNotANumber() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    writeStep(**writer, 100, 1, 1);
    writeStep(**writer, 103, 2, 2);
    REQUIRE_OK(notebook->flush());
    auto steps = notebook->steps((*writer)->id());
    REQUIRE_OK(steps);
    QCOMPARE(steps->find(trainLoss)->firstStep, 100);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), 4);
    QVERIFY(std::isnan(valuesOf(*steps, trainLoss)[1]) && std::isnan(valuesOf(*steps, trainLoss)[2]));
    QCOMPARE(valuesOf(*steps, trainLoss)[3], 2.0f);
    QVERIFY(!(*writer)->error());
}

void RunTest::repeatedStepIsTold() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    writeStep(**writer, 1, 1, 1);
    writeStep(**writer, 1, 5, 5);
    writeStep(**writer, 2, 2, 2);
    QVERIFY((*writer)->error());
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    auto steps = notebook->steps((*writer)->id());
    REQUIRE_OK(steps);
    QCOMPARE(valuesOf(*steps, trainLoss), QVector<float>({1, 2}));
}

void RunTest::nothingIsTakenAfterFinish() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    writeStep(**writer, 1, 1, 1);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 7));
    for (qint64 step = 2; step < 100'000; ++step)
        writeStep(**writer, step, 1, 1);
    REQUIRE_OK((*writer)->finish(RunState::Failed, 9));
    writer->reset();
    QCOMPARE(notebook->run({1})->steps, 1);
    QVERIFY(notebook->run({1})->state == RunState::Finished);
    QCOMPARE(notebook->run({1})->seconds, 7.0);
}

void RunTest::outlivesTheNotebookObject() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    notebook.reset();
    writeStep(**writer, 1, 1, 1);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    writer->reset();
    QCOMPARE(open()->run({1})->steps, 1);
}

void RunTest::failureIsToldAndMended() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    auto disk = std::make_unique<FullDisk>(128 * 1024);
    constexpr qint64 count = 100'000; // more than may wait otherwise: training goes on
    for (qint64 step = 1; step <= count; ++step)
        writeStep(**writer, step, lossOf(step), 0);
    (*writer)->checkpoint(packed(CheckpointKind::Last, 1, count, QByteArray(500'000, 'w')));
    const auto failed = notebook->flush();
    const auto told = (*writer)->error();
    const auto unfinished = (*writer)->finish(RunState::Finished, 1);
    disk.reset();
    QVERIFY(!failed && told && !unfinished);
    QVERIFY(!told->mend.isEmpty());
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    QVERIFY(!(*writer)->error());
    auto steps = notebook->steps({1});
    REQUIRE_OK(steps);
    QCOMPARE(steps->damagedChunks, 0);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), count);
    QCOMPARE(valuesOf(*steps, trainLoss).last(), lossOf(count));
    REQUIRE_OK(bytesOf(*notebook, {1}, CheckpointKind::Last));
    QVERIFY(notebook->run({1})->state == RunState::Finished);
}

void RunTest::failedFinishKeepsItsEnd() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    auto disk = std::make_unique<FullDisk>(128 * 1024);
    (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 1, QByteArray(500'000, 'w')));
    const auto unfinished = (*writer)->finish(RunState::Finished, 1, tested(0.25, 0.75));
    disk.reset();
    QVERIFY(!unfinished);
    writer->reset(); // the disk takes it now
    const auto run = notebook->run({1});
    REQUIRE_OK(run);
    QCOMPARE(runStateKey(run->state), runStateKey(RunState::Finished));
    QCOMPARE(valueOf(run->test, QStringLiteral("test.accuracy")), 0.75);
}

void RunTest::whatAJobThrowsIsTold() {
    auto file = openFile(path(), Access::ReadWrite, notebookFormat());
    REQUIRE_OK(file);
    auto writer = Writer::start(std::move(*file));
    REQUIRE_OK(writer);
    const auto refused = (*writer)->perform([](Database&) -> Outcome<void> { throw 1; });
    QVERIFY(!refused && refused.error().kind == StorageError::Kind::Internal);
    const auto failed = (*writer)->perform([](Database&) -> Outcome<void> { throw std::bad_alloc(); });
    QVERIFY(!failed && !failed.error().mend.isEmpty());
    REQUIRE_OK((*writer)->perform([](Database&) { return Outcome<void>(); }));
}

void RunTest::keepsAnyNumberOfSeries() {
    QStringList names;
    for (int i = 0; i < 40; ++i)
        names << QStringLiteral("train.mérték \"%1\"").arg(i, 2, 10, QLatin1Char('0'));
    const auto value = [](qint64 step, qsizetype series) {
        return static_cast<float>(step) / static_cast<float>(series + 1);
    };
    constexpr qint64 steps = 9000;
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    std::vector<float> values(static_cast<std::size_t>(names.size()));
    for (qint64 step = 1; step <= steps; ++step) {
        // The last series comes later than the others.
        const qsizetype told = step < 5000 ? names.size() - 1 : names.size();
        for (qsizetype i = 0; i < told; ++i)
            values[static_cast<std::size_t>(i)] = value(step, i);
        (*writer)->step(step, names.first(told), std::span(values).first(static_cast<std::size_t>(told)));
        if (step == 4999) REQUIRE_OK(notebook->flush());
    }
    NamedValues epoch;
    for (qsizetype i = 0; i < names.size(); ++i)
        epoch.append({names[i], static_cast<double>(i) / 3});
    (*writer)->epoch({1, steps, epoch, 1000, 1});
    epoch.removeLast();
    (*writer)->epoch({2, steps, epoch, 1000, 2});
    REQUIRE_OK((*writer)->finish(RunState::Finished, 3));

    const auto curves = notebook->steps((*writer)->id());
    REQUIRE_OK(curves);
    QCOMPARE(curves->damagedChunks, 0);
    QCOMPARE(curves->series.size(), names.size());
    for (qsizetype i = 0; i < names.size(); ++i) {
        const StepSeries* series = curves->find(names[i]);
        QVERIFY(series);
        QCOMPARE(series->firstStep, i + 1 < names.size() ? 1 : 5000);
        QCOMPARE(series->firstStep + series->values.size() - 1, steps);
        for (qsizetype at = 0; at < series->values.size(); ++at)
            if (series->values[at] != value(series->firstStep + at, i)) QFAIL(qPrintable(names[i]));
    }
    const auto epochs = notebook->epochs((*writer)->id());
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->at(0).values.size(), names.size());
    QCOMPARE(valueOf(epochs->at(1).values, names[7]), 7.0 / 3);
    const auto run = notebook->run((*writer)->id());
    REQUIRE_OK(run);
    QCOMPARE(run->series.size(), names.size());
    QCOMPARE(summaryOf(*run, names[7]).last, 7.0 / 3);
    QVERIFY(std::isnan(summaryOf(*run, names.last()).last));
    QCOMPARE(summaryOf(*run, names.last()).greatest, 13.0);
}

ADD_TEST_CLASS(RunTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "run_test.moc"
