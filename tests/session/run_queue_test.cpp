#include "queue_fixture.h"

#include "engine/train/thread_scope.h"
#include "session/speed_meter.h"
#include "session/stored_run.h"
#include "several.h"

#include <QElapsedTimer>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace burdock;
using namespace burdock::testing;
using State = TrainingRun::State;

/// Runs beside and after each other.
class TestRunQueue : public QObject, private QueueFixture {
    Q_OBJECT

  private slots:
    void initTestCase() { addData(); }
    void init() { makeNotebook(); }
    void cleanup() { notebook_.reset(); }

    void stepsReachTheWindowInOrder() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& job = queue.enqueue(request());
        QVERIFY(finished.wait(test::patience));
        const auto taken = job.takeSteps();
        const auto kept = notebook_->steps(job.runId());
        QCOMPARE(static_cast<qsizetype>(taken.size()), kept->find(u"train.loss")->values.size());
        for (std::size_t i = 0; i < taken.size(); ++i) {
            QCOMPARE(taken.step(i), static_cast<std::int64_t>(i) + 1);
            QCOMPARE(static_cast<float>(taken.value(i, 0)),
                     kept->find(u"train.loss")->values[static_cast<qsizetype>(i)]);
        }
        QVERIFY(job.takeSteps().isEmpty());
    }

    void refusalsAreSignals_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<int>("units");
        QTest::newRow("unknown data set") << "nobody-knows-it" << 3;
        QTest::newRow("broken file") << "broken" << 3;
        QTest::newRow("wrong output") << "fake" << 5;
    }
    void refusalsAreSignals() {
        QFETCH(QString, data);
        QFETCH(int, units);
        RunQueue queue(notebook_, catalog_);
        QSignalSpy refused(&queue, &RunQueue::refused);
        TrainingRequest r = request();
        r.dataset = data;
        r.graph = fakePerceptron(units);
        TrainingRun& job = queue.enqueue(r);
        QVERIFY(refused.wait(test::patience));
        const auto why = refused[0][0].value<Diagnostic>();
        QVERIFY(!why.what.empty() && !why.mend.empty());
        QCOMPARE(job.state(), State::Ended);
        QVERIFY(notebook_->runs()->isEmpty());
        // The queue is as good as new.
        QSignalSpy finished(&queue, &RunQueue::finished);
        queue.enqueue(request());
        QVERIFY(finished.wait(test::patience));
    }

    void oneAfterAnotherInOrder() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& first = queue.enqueue(request("slow"));
        TrainingRun& second = queue.enqueue(request("fake", 1));
        TrainingRun& third = queue.enqueue(request("fake", 2));
        QCOMPARE(first.state(), State::Starting);
        QCOMPARE(second.state(), State::Waiting);
        QCOMPARE(second.progress().epochs, 1);
        QVERIFY(!second.runId());
        QCOMPARE(queue.waiting(), (std::vector<TrainingRun*>{&second, &third}));
        queue.move(third, -1);
        QCOMPARE(queue.waiting(), (std::vector<TrainingRun*>{&third, &second}));
        queue.move(third, -5); // never before those that are going on
        QCOMPARE(queue.runs().front(), &first);
        AWAIT_COMPARE(finished.size(), 3);
        QCOMPARE(queue.runs(), (std::vector<TrainingRun*>{&first, &third, &second}));
        QVERIFY(first.runId().value < third.runId().value && third.runId().value < second.runId().value);
        QCOMPARE(notebook_->runs()->size(), 3);
        QCOMPARE(queue.find(third.runId()), &third);
    }

    void oneThatFailsDoesNotEndTheOthers() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        QSignalSpy refused(&queue, &RunQueue::refused);
        TrainingRun& broken = queue.enqueue(request("broken"));
        TrainingRequest diverging = request("flat", 60);
        diverging.graph = fakeRegression();
        diverging.config.optimizer = "sgd";
        diverging.config.learningRate = 1000;
        TrainingRun& failing = queue.enqueue(diverging);
        TrainingRun& good = queue.enqueue(request());
        AWAIT_COMPARE(finished.size(), 2);
        QCOMPARE(refused.size(), 1);
        QVERIFY(broken.refusal() && !broken.refusal()->mend.empty());
        QCOMPARE(failing.result()->status, RunStatus::Failed);
        QCOMPARE(good.result()->status, RunStatus::Finished);
    }

    void twoAtOnceKeepToTheirShare() {
        RunQueue queue(notebook_, catalog_);
        const int all = QThread::idealThreadCount();
        QCOMPARE(queue.threadsEach(), all);
        queue.setAtOnce(2);
        QCOMPARE(queue.threadsEach(), std::max(1, all / 2));
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest long1 = request("large", 1000), long2 = request("large", 1000);
        long1.config.threads = long2.config.threads = 0;
        TrainingRun& one = queue.enqueue(long1);
        TrainingRun& two = queue.enqueue(long2);
        TrainingRun& three = queue.enqueue(request());
        AWAIT_VERIFY(one.progress().step > 20 && two.progress().step > 20);
        QCOMPARE(three.state(), State::Waiting);
        QCOMPARE(queue.active().size(), std::size_t(2));
        // Each has its own series, from the first step on.
        for (TrainingRun* run : {&one, &two}) {
            const StepTable taken = run->takeSteps();
            QVERIFY(taken.step(0) == 1 || taken.size() >= StepTable::enough);
        }
        one.stop();                        // one alone
        AWAIT_COMPARE(finished.size(), 2); // it, and the third in its place
        QCOMPARE(three.result()->status, RunStatus::Finished);
        QCOMPARE(two.state(), State::Training);
        queue.stopAll();
        AWAIT_COMPARE(finished.size(), 3);
        QCOMPARE(two.result()->status, RunStatus::Stopped);
    }

    void theShareBindsTheWorkOfItsThread() {
        const std::int64_t much = std::int64_t{1} << 40;
        QCOMPARE(usefulThreads(0, much), std::int64_t{QThread::idealThreadCount()});
        {
            const ThreadShare share(1);
            QCOMPARE(usefulThreads(0, much), 1);
            QCOMPARE(usefulThreads(3, much), 1);
            std::int64_t elsewhere = 0;
            std::thread([&] { elsewhere = usefulThreads(3, much); }).join();
            QCOMPARE(elsewhere, 3);
        }
        QCOMPARE(usefulThreads(3, much), 3);
    }

    void waitingRunsAreTakenOutHeldAndLetGo() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& first = queue.enqueue(request("slow"));
        TrainingRun& out = queue.enqueue(request());
        TrainingRun& held = queue.enqueue(request(), /*held=*/true);
        TrainingRun& last = queue.enqueue(request());
        queue.remove(first); // goes on
        queue.remove(out);
        QCOMPARE(queue.runs(), (std::vector<TrainingRun*>{&first, &held, &last}));
        AWAIT_COMPARE(finished.size(), 2);
        QTest::qWait(50);
        QCOMPARE(held.state(), State::Held);
        QVERIFY(last.result());
        queue.releaseAll();
        AWAIT_COMPARE(finished.size(), 3);
        // Stopping all holds those that wait: they would begin at once in the places of the stopped.
        TrainingRun& going = queue.enqueue(request("large", 1000));
        TrainingRun& next = queue.enqueue(request());
        AWAIT_COMPARE(going.state(), State::Training);
        queue.stopAll();
        AWAIT_COMPARE(finished.size(), 4);
        QTest::qWait(50);
        QCOMPARE(next.state(), State::Held);
    }

    /// What lies in the bin does not go on, whoever asks, and however long it has waited.
    void aRunInTheBinDoesNotGoOn() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& begun = queue.enqueue(request("fake", 100'000));
        AWAIT_VERIFY(begun.progress().step > 20);
        begun.stop();
        AWAIT_COMPARE(finished.size(), 1);
        const storage::RunId id = begun.runId();
        auto again = resumeRequest(*notebook_, id);
        QVERIFY(again);
        const TrainingRun& held = queue.enqueue(*again, /*held=*/true);
        QCOMPARE(queue.findWaiting(id), &held);
        QVERIFY(notebook_->setDeleted(id, true));
        QCOMPARE(resumeRequest(*notebook_, id).error().code, std::string("train.binned"));
        QSignalSpy refused(&queue, &RunQueue::refused);
        queue.releaseAll(); // another program has put it into the bin meanwhile
        AWAIT_COMPARE(refused.size(), 1);
        QCOMPARE(refused[0][0].value<Diagnostic>().code, std::string("train.binned"));
        QCOMPARE(notebook_->run(id)->state, storage::RunState::Stopped);
        QVERIFY(!queue.findWaiting(id));
        QVERIFY(notebook_->setDeleted(id, false));
        QVERIFY(resumeRequest(*notebook_, id));
    }
    /// The code names what the words do: what is over is not resumed, whatever of it is missing.
    void whatHindersARunIsNamedOnce() {
        storage::RunSummary run;
        const auto code = [&run] {
            const Status may = checkMayGoOn(run);
            return may ? std::string() : may.error().code;
        };
        run.state = storage::RunState::Stopped;
        QCOMPARE(code(), std::string());
        run.missing = {1, 5, false};
        QCOMPARE(code(), std::string("train.missing"));
        for (const storage::RunState state : {storage::RunState::Finished, storage::RunState::Running}) {
            run.state = state;
            QCOMPARE(code(), std::string("train.resume"));
        }
        QVERIFY(checkMayGoOn(run).error().what.find("missing") == std::string::npos);
        run.deleted = true;
        QCOMPARE(code(), std::string("train.binned"));
    }

    /// A few milliseconds say nothing of a machine's speed; many of them do.
    void aSpeedIsToldOnceEnoughIsMeasured() {
        SpeedMeter speed;
        QVERIFY(std::isnan(speed.latest()));
        for (int epoch = 0; epoch < 10; ++epoch)
            speed.add(50, 0.009);
        QVERIFY(std::isnan(speed.latest()));
        speed.add(700, 0.07);
        QCOMPARE(speed.latest(), 1200 / 0.16);
        speed.add(1e6, 0.001);
        QCOMPARE(speed.latest(), 1200 / 0.16); // that of the last measure that tells anything
        speed.add(3000, 2);
        QCOMPARE(speed.latest(), 1003000 / 2.001);
    }

    void onlyTheLastEndedAreKept() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy refused(&queue, &RunQueue::refused);
        QSignalSpy gone(&queue, &RunQueue::aboutToRemove);
        for (int i = 0; i < RunQueue::keptEnded + 3; ++i)
            queue.enqueue(request("nobody-knows-it"));
        AWAIT_COMPARE(refused.size(), RunQueue::keptEnded + 3);
        AWAIT_COMPARE(gone.size(), 3);
        QCOMPARE(queue.runs().size(), std::size_t(RunQueue::keptEnded));
    }

    void aRequestIsReadAsItWasWritten() {
        TrainingRequest r = request("fake", 7);
        r.runName = QStringLiteral("Naïve “run”");
        r.initialRun = storage::RunId{12};
        r.initialWeights = storage::CheckpointKind::Last;
        r.initialWeights.id = {3};
        r.partly = true;
        const auto read = requestFromText(requestToText(r));
        QVERIFY(read);
        QCOMPARE(read->runName, r.runName);
        QVERIFY(read->graph == r.graph);
        QCOMPARE(read->dataset, r.dataset);
        QCOMPARE(read->config.epochs, 7);
        QCOMPARE(read->config.learningRate, 0.02);
        QCOMPARE(read->initialRun->value, 12);
        QVERIFY(read->initialWeights == r.initialWeights && read->partly);
        QVERIFY(!read->resumed);
        for (const char* bad : {"", "7", "{}", R"({"graph": 1, "settings": {}})"})
            QVERIFY(!requestFromText(bad));
    }

    void stopWhileLoadingRefuses() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy refused(&queue, &RunQueue::refused);
        TrainingRun& job = queue.enqueue(request("gated"));
        job.stop();
        gate_.release();
        QVERIFY(refused.wait(test::patience));
        QCOMPARE(refused[0][0].value<Diagnostic>().code, std::string("train.stopped"));
        QVERIFY(notebook_->runs()->isEmpty());
    }

    void destroyingStopsAndWaits() {
        {
            RunQueue queue(notebook_, catalog_);
            TrainingRun& job = queue.enqueue(request("large", 1000));
            AWAIT_COMPARE(job.state(), State::Training);
            AWAIT_VERIFY(job.progress().step > 20);
        }
        const auto runs = notebook_->runs();
        QCOMPARE(runs->size(), 1);
        QCOMPARE(runs->first().state, storage::RunState::Stopped);
    }

    /// Of the pauses between turns of the event loop, that which 19 of 20 are shorter than.
    static qint64 usualGap(const std::function<void()>& turn) {
        QElapsedTimer timer;
        timer.start();
        std::vector<qint64> gaps;
        qint64 last = 0;
        QTimer tick;
        tick.setTimerType(Qt::PreciseTimer);
        connect(&tick, &QTimer::timeout, &tick, [&] {
            turn();
            const qint64 now = timer.elapsed();
            gaps.push_back(now - last);
            last = now;
        });
        tick.start(5);
        (void)QTest::qWaitFor([&] { return timer.elapsed() > 2000 && gaps.size() > 100; }, test::patience);
        std::sort(gaps.begin(), gaps.end());
        return gaps.empty() ? test::patience : gaps[gaps.size() * 95 / 100];
    }
    void theWindowKeepsItsShare() {
        RunQueue queue(notebook_, catalog_);
        TrainingRequest r = request("large", 1000);
        r.config.threads = 0;
        TrainingRun& job = queue.enqueue(r);
        AWAIT_VERIFY(job.progress().step > 100);
        // Other programs share the test machine, and what they take is not the training's: one after the
        // other, and most of the times kept.
        constexpr int most = 3;
        int kept = 0, lost = 0;
        while (kept < most && lost < most) {
            job.pause();
            const qint64 alone = usualGap([] {});
            job.resume();
            const qint64 beside = usualGap([&job] { job.takeSteps(); });
            qInfo("usual gap in the event loop %lld ms, without training %lld ms", beside, alone);
            ++(beside < 50 + 5 * alone ? kept : lost);
        }
        QCOMPARE(kept, most);
    }
};

ADD_TEST_CLASS(TestRunQueue)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "run_queue_test.moc"
