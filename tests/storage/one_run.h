#pragma once

#include "support.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

/// A run of which the notebook has the first half.
class OneRunTest : public FolderTest {
  protected:
    void beginRun(burdock::storage::Notebook& notebook);
    void goOn(qint64 from, qint64 to);
    /// The second half, and an end that the notebook cannot take; gives the rest's name.
    QString endsAsRest();
    /// A notebook with the first half of a run, and beside it the rest with all of it.
    QString leaveARest();
    void isWhole(const burdock::storage::Notebook& notebook, burdock::storage::RunId id, qint64 steps);
    /// Of the half that is told before, the weights went with the file.
    void isKeptFromMemory(const burdock::storage::Notebook& notebook, burdock::storage::RunId id);

    std::unique_ptr<burdock::storage::RunWriter> writer_;
};

inline void OneRunTest::beginRun(burdock::storage::Notebook& notebook) {
    auto writer = notebook.startRun(sampleStart());
    REQUIRE_OK(writer);
    writer_ = std::move(*writer);
    goOn(1, 100);
    writer_->epoch(epochRow(1, 100, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
    writer_->checkpoint(packed(burdock::storage::CheckpointKind::Best, 1, 100, "best"));
    REQUIRE_OK(notebook.flush());
}

inline void OneRunTest::goOn(qint64 from, qint64 to) {
    for (qint64 step = from; step <= to; ++step)
        writeStep(*writer_, step, lossOf(step), 0.5f);
}

inline QString OneRunTest::endsAsRest() {
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(burdock::storage::CheckpointKind::Last, 2, 200, "last"));
    const auto done = writer_->finish(burdock::storage::RunState::Finished, 6, tested(0.25, 0.75));
    if (done) qFatal("nothing was amiss");
    const auto rest = writer_->keepRest();
    if (!rest) qFatal("%s", qPrintable(rest.error().oneLine()));
    writer_.reset();
    return *rest;
}

inline QString OneRunTest::leaveARest() {
    auto notebook = open();
    beginRun(*notebook);
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    if (!QFile::rename(path(), elsewhere)) qFatal("not renamed");
    goOn(101, 200);
    writer_->checkpoint(packed(burdock::storage::CheckpointKind::Manual, 2, 200, "kept"));
    const QString rest = endsAsRest();
    notebook.reset();
    if (!QFile::rename(elsewhere, path())) qFatal("not renamed");
    return rest;
}

inline void OneRunTest::isWhole(const burdock::storage::Notebook& notebook, burdock::storage::RunId id,
                                qint64 steps) {
    const auto run = notebook.run(id);
    REQUIRE_OK(run);
    QVERIFY(!run->damaged);
    QCOMPARE(burdock::storage::runStateKey(run->state), QStringLiteral("finished"));
    QCOMPARE(run->steps, steps);
    QCOMPARE(run->tested(u"test.accuracy").value_or(0), 0.75);
    QCOMPARE(run->start.graphJson, sampleStart().graphJson);
    const auto curves = notebook.steps(id);
    REQUIRE_OK(curves);
    QCOMPARE(curves->damagedChunks, 0);
    const QVector<float> losses = valuesOf(*curves, trainLoss);
    QCOMPARE(losses.size(), steps);
    for (qint64 i = 0; i < steps; ++i)
        QCOMPARE(losses[i], lossOf(i + 1));
    const auto epochs = notebook.epochs(id);
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->size(), 2);
    QVERIFY(!epochs->at(0).damaged && !epochs->at(1).damaged);
    const auto best = bytesOf(notebook, id, burdock::storage::CheckpointKind::Best);
    REQUIRE_OK(best);
    QCOMPARE(*best, QByteArray("best"));
    const auto last = bytesOf(notebook, id, burdock::storage::CheckpointKind::Last);
    REQUIRE_OK(last);
    QCOMPARE(*last, QByteArray("last"));
}

inline void OneRunTest::isKeptFromMemory(const burdock::storage::Notebook& notebook,
                                         burdock::storage::RunId id) {
    const auto run = notebook.run(id);
    REQUIRE_OK(run);
    QVERIFY(!run->damaged);
    QCOMPARE(burdock::storage::runStateKey(run->state), QStringLiteral("finished"));
    QCOMPARE(run->steps, 200);
    QCOMPARE(run->epochs, 2);
    QCOMPARE(run->tested(u"test.accuracy").value_or(0), 0.75);
    const auto curves = notebook.steps(id);
    REQUIRE_OK(curves);
    QCOMPARE(curves->damagedChunks, 0);
    const QVector<float> losses = valuesOf(*curves, trainLoss);
    QCOMPARE(losses.size(), 200);
    for (qint64 i = 0; i < 200; ++i)
        QCOMPARE(losses[i], lossOf(i + 1));
    QCOMPARE(notebook.epochs(id)->size(), 2);
    const auto last = bytesOf(notebook, id, burdock::storage::CheckpointKind::Last);
    REQUIRE_OK(last);
    QCOMPARE(*last, QByteArray("last"));
}

/// Large enough that it is moved from the log into the file.
inline QByteArray manyWeights() {
    return QByteArray(6'000'000, 'w');
}

/// As a program would that is not ours.
inline void changeByHand(const QString& file, const QStringList& statements) {
    const QString name = QStringLiteral("by hand");
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
        database.setDatabaseName(file);
        QVERIFY(database.open());
        QSqlQuery query(database);
        for (const QString& sql : statements)
            QVERIFY2(query.exec(sql), qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase(name);
}
