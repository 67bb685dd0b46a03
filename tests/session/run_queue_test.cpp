#include "session/run_queue.h"

#include "engine/graph/apply_fix.h"
#include "engine/graph/graph_json.h"
#include "fake_dataset.h"
#include "full_disk.h"
#include "open_notebook.h"
#include "session/machine.h"
#include "session/speed_meter.h"
#include "session/stored_run.h"
#include "stored_weights.h"

#include "await.h"
#include "engine/train/thread_scope.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <semaphore>
#include <thread>

using namespace burdock;
using namespace burdock::testing;
using State = TrainingRun::State;

/// As "fake", and a test has a hand in what is read of it while it is trained on.
class Watched final : public FakeDataset {
  public:
    using Watch = std::function<void(std::int64_t reads, float* values)>; ///< on a trainer's thread
    explicit Watched(Watch watch)
        : watch_(std::move(watch)) {}
    void readInput(Part part, std::int64_t index, float* values) const override {
        FakeDataset::readInput(part, index, values);
        watch_(++reads_, values);
    }

  private:
    const Watch watch_;
    mutable std::atomic<std::int64_t> reads_ = 0;
};

class TestRunQueue : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    Watched::Watch watch_;
    std::binary_semaphore gate_{0};

    static TrainingRequest request(const char* data = "fake", std::int64_t epochs = 3) {
        TrainingRequest r;
        r.graph = fakePerceptron();
        r.dataset = QString::fromLatin1(data);
        r.config.epochs = epochs;
        r.config.batch = 24;
        r.config.learningRate = 0.02;
        r.config.threads = 1;
        return r;
    }

  private slots:
    void initTestCase() {
        fillWithFakes(catalog_);
        using Opened = Result<std::shared_ptr<const Dataset>>;
        const auto add = [this](const char* id, auto open) {
            DatasetEntry entry;
            entry.id = entry.title = id;
            entry.available = true;
            entry.open = [open](const ParamValues&) { return open(); };
            catalog_.add(std::move(entry));
        };
        add("watched", [this]() -> Opened { return std::make_shared<const Watched>(watch_); });
        // Takes as long to load as the test wants it to.
        add("gated", [this]() -> Opened {
            gate_.acquire();
            return std::make_shared<const FakeDataset>();
        });
    }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        notebook_ = openNotebook(folder_->filePath("n.burdock"));
    }
    void cleanup() { notebook_.reset(); }

    void aRunIsKeptWhole() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy started(&queue, &RunQueue::started);
        QSignalSpy epochs(&queue, &RunQueue::epochFinished);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& job = queue.enqueue(request());
        QCOMPARE(job.state(), State::Starting);
        QVERIFY(finished.wait(test::patience));
        QCOMPARE(started.size(), 1);
        QCOMPARE(epochs.size(), 3);
        QCOMPARE(job.state(), State::Ended);

        const auto run = notebook_->run(job.runId());
        QVERIFY(run);
        QCOMPARE(run->state, storage::RunState::Finished);
        QCOMPARE(run->start.name, QStringLiteral("Perceptron · Three stripes"));
        QCOMPARE(run->start.datasetId, QStringLiteral("fake"));
        QCOMPARE(run->start.datasetSha256, QStringLiteral("00ff"));
        QCOMPARE(run->start.parameters, 36 * 3 + 3);
        QCOMPARE(run->start.stepsPerEpoch, 9); // 240 · 0.9 / 24
        QCOMPARE(run->start.programVersion, programVersion());
        QCOMPARE(run->start.machine, machineDescription());
        QCOMPARE(run->epochs, 3);
        QCOMPARE(run->steps, 27);
        QVERIFY(run->tested(u"test.accuracy") && *run->tested(u"test.accuracy") > 0.9);
        const auto graph = storedGraph(run->start);
        QVERIFY(graph && *graph == fakePerceptron());
        const auto config = storedConfig(run->start);
        QVERIFY(config && config->batch == 24 && config->epochs == 3 && config->learningRate == 0.02);

        const auto steps = notebook_->steps(job.runId());
        QVERIFY(steps);
        QCOMPARE(steps->find(u"train.loss")->values.size(), 27);
        QVERIFY(steps->find(u"train.loss")->values.last() <
                0.7F * steps->find(u"train.loss")->values.first());
        QCOMPARE(notebook_->epochs(job.runId())->size(), 3);
        for (const auto kind : {storage::CheckpointKind::Best, storage::CheckpointKind::Last}) {
            const auto weights = test::readWeights(*notebook_, job.runId(), kind);
            QVERIFY(weights);
            std::int64_t values = 0;
            for (const NamedTensor& tensor : weights->tensors)
                values += static_cast<std::int64_t>(tensor.values.size());
            QCOMPARE(values, 36 * 3 + 3);
        }
        const auto record = finished[0][1].value<FinishRecord>();
        QCOMPARE(record.status, RunStatus::Finished);
        QCOMPARE(valueOf(record.test, "test.accuracy"), *run->tested(u"test.accuracy"));
    }

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

    void stopKeepsWhatWasDone() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& job = queue.enqueue(request("large", 1000));
        AWAIT_COMPARE(job.state(), State::Training);
        AWAIT_VERIFY(job.progress().step > 50);
        job.stop();
        QCOMPARE(job.state(), State::Stopping);
        QVERIFY(finished.wait(test::patience));
        const auto run = notebook_->run(job.runId());
        QCOMPARE(run->state, storage::RunState::Stopped);
        QCOMPARE(notebook_->steps(job.runId())->find(u"train.loss")->values.size(), run->steps);
        QVERIFY(run->steps > 50);
        QVERIFY(test::readWeights(*notebook_, job.runId(), storage::CheckpointKind::Last));
        QCOMPARE(job.state(), State::Ended);
    }

    /// The disk is full when the last epoch ends, and has room again before the program does.
    void theLastWeightsOutliveAFullDisk() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        std::unique_ptr<FullDisk> disk;
        watch_ = [&](std::int64_t reads, float*) {
            if (reads == 5000) disk = std::make_unique<FullDisk>(0); // of some 100,000
        };
        TrainingRun& job = queue.enqueue(request("watched", 400));
        const bool waits = QTest::qWaitFor(
            [&] { return job.progress().phase == QLatin1String("Waiting for the disk"); }, test::patience);
        disk.reset();
        QVERIFY(waits);
        QVERIFY(finished.wait(test::patience));
        const auto run = notebook_->run(job.runId());
        QVERIFY(run);
        QCOMPARE(run->state, storage::RunState::Finished);
        QCOMPARE(run->steps, 3600);
        const auto last = notebook_->openCheckpoint(job.runId(), storage::CheckpointKind::Last);
        QVERIFY(last);
        QCOMPARE((*last)->info().step, 3600);
        QVERIFY(!(*last)->state().isEmpty());
        QVERIFY(notebook_->openCheckpoint(job.runId(), storage::CheckpointKind::Best));
    }

    /// Weights that the trainer has handed over are not kept before they are written.
    void unwrittenWeightsAreNotCalledKept_data() {
        QTest::addColumn<bool>("room");
        QTest::newRow("the disk stays full") << false;
        QTest::newRow("there is room again") << true;
    }
    void unwrittenWeightsAreNotCalledKept() {
        QFETCH(bool, room);
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        std::unique_ptr<FullDisk> disk;
        watch_ = [&](std::int64_t reads, float* values) {
            if (reads == 5000) disk = std::make_unique<FullDisk>(0);
            if (reads > 20'000) values[0] = std::numeric_limits<float>::quiet_NaN();
        };
        TrainingRun& job = queue.enqueue(request("watched", 100'000));
        if (room) {
            AWAIT_VERIFY(job.progress().phase == QLatin1String("Waiting for the disk"));
            disk.reset();
        }
        QVERIFY(finished.size() == 1 || finished.wait(test::patience));
        disk.reset();
        const auto record = finished[0][1].value<FinishRecord>();
        QCOMPARE(record.status, RunStatus::Failed);
        QVERIFY(record.problem);
        const std::string told = oneLine(*record.problem);
        const auto infos = notebook_->checkpoints(job.runId());
        QVERIFY(infos);
        qint64 step = -1;
        for (const storage::CheckpointInfo& info : *infos)
            step = std::max(step, info.step);
        const auto says = [&](const char* words) { return told.find(words) != std::string::npos; };
        if (room) {
            QVERIFY2(says("not finite"), told.c_str());
            QVERIFY2(says(("The weights of step " + std::to_string(step) + " are kept.").c_str()),
                     told.c_str());
        } else {
            QVERIFY2(!says("are kept") && says("The run itself failed"), told.c_str());
            QVERIFY2(says(step < 0 ? "none of its weights"
                                   : ("weights of step " + std::to_string(step) + ".").c_str()),
                     told.c_str());
        }
        const QStringList unwritten = queue.end();
        QCOMPARE(unwritten.size(), room ? 0 : 1);
    }

    /// What speaks against the settings is told once, before the run begins.
    void adviceIsTold() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest doubtful = request("fake", 1);
        doubtful.config.loss = "hinge";
        TrainingRun& job = queue.enqueue(doubtful);
        QStringList codes;
        std::optional<Fix> fix;
        bool begun = false, before = true;
        connect(&job, &TrainingRun::started, this, [&] { begun = true; });
        connect(&job, &TrainingRun::advised, this, [&](const Diagnostic& d) {
            codes << QString::fromStdString(d.code);
            fix = d.fix;
            before = before && !begun;
        });
        QVERIFY(finished.wait(test::patience));
        QCOMPARE(codes, QStringList{"loss.activation"});
        QVERIFY(before);
        QSignalSpy none(&queue.enqueue(request("fake", 1)), &TrainingRun::advised);
        QVERIFY(finished.wait(test::patience));
        QCOMPARE(none.size(), 0);
        // What it offers mends it: the answers are right, and stand as probabilities.
        QVERIFY(fix);
        TrainingRequest mended = request("fake", 30);
        mended.config.loss = "hinge";
        applyInPlace(mended.graph, *fix);
        TrainingRun& better = queue.enqueue(mended);
        QSignalSpy more(&better, &TrainingRun::advised);
        QVERIFY(finished.wait(test::patience));
        QCOMPARE(more.size(), 0);
        const auto run = notebook_->run(better.runId());
        QVERIFY(run && run->tested(u"test.accuracy") && *run->tested(u"test.accuracy") > 0.9);
        auto network = loadRun(*notebook_, catalog_, better.runId(), storage::CheckpointKind::Best);
        QVERIFY(network);
        int right = 0;
        std::vector<float> input(36), target(1);
        for (std::int64_t i = 0; i < 20; ++i) {
            network->data->readInput(Part::Test, i, input.data());
            network->data->readTarget(Part::Test, i, target.data());
            const std::vector<float> shares = network->predictor->predict(input);
            QCOMPARE(shares.size(), 3u);
            QVERIFY(std::abs(shares[0] + shares[1] + shares[2] - 1) < 1e-4f);
            right +=
                std::max_element(shares.begin(), shares.end()) - shares.begin() == std::lround(target[0]);
        }
        QVERIFY(right >= 18);
    }

    /// A notebook may hold anything: what is nested too deep to be looked through is refused, not followed.
    void deepTextsAreRefused() {
        const QByteArray deep = "{\"a\":" + QByteArray(300'000, '[') + QByteArray(300'000, ']') + "}";
        storage::RunStart start;
        start.configJson = start.graphJson = deep;
        const auto config = storedConfig(start);
        QVERIFY(!config && QString::fromStdString(config.error().why).contains("deeper"));
        QVERIFY(!storedGraph(start));
        QVERIFY(storedMetrics(deep).values.empty());
        const auto waiting = requestFromText("{\"graph\":{},\"settings\":" + deep + "}");
        QVERIFY(!waiting && QString::fromStdString(waiting.error().why).contains("deeper"));
        storage::RunSummary run;
        run.start = start;
        QCOMPARE(bestOf(run).series.metric, std::string("loss"));
        QVERIFY(!stateFromText(deep.toStdString()));
    }

    /// Every second epoch's weights and those asked for by hand stay, and a run begins with any of them.
    void checkpointsStay() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest kept = request("fake", 4);
        kept.config.checkpointEvery = 2;
        TrainingRun& job = queue.enqueue(kept);
        AWAIT_COMPARE(job.state(), State::Training);
        job.pause();
        job.keepCheckpoint();
        AWAIT_VERIFY(!notebook_->checkpoints(job.runId())->isEmpty() || job.state() == State::Ended);
        job.resume();
        QVERIFY(finished.size() == 1 || finished.wait(test::patience));
        const storage::RunId run = job.runId();
        const auto infos = notebook_->checkpoints(run);
        QVERIFY(infos);
        std::map<std::string, int> kinds;
        for (const storage::CheckpointInfo& info : *infos)
            ++kinds[storage::checkpointKindKey(info.kind).toStdString()];
        QCOMPARE(kinds["best"], 1);
        QCOMPARE(kinds["last"], 1);
        QCOMPARE(kinds["epoch"], 2);
        QVERIFY(!checkpointOfEpoch(*notebook_, run, 3));
        const auto second = checkpointOfEpoch(*notebook_, run, 2);
        QVERIFY(second && second->id);
        const auto weights = test::readWeights(*notebook_, run, *second);
        QVERIFY(weights);
        TrainingRequest on = request();
        on.initialRun = run;
        on.initialWeights = *second;
        on.partly = true;
        TransferReport report;
        TrainingRun& next = queue.enqueue(on);
        connect(&next, &TrainingRun::transferred, this, [&](const TransferReport& told) { report = told; });
        QVERIFY(finished.wait(test::patience));
        QCOMPARE(report.taken.size(), weights->tensors.size());
        QVERIFY(report.adapted.empty() && report.fresh.empty() && report.leftOver.empty());
        QCOMPARE(notebook_->run(next.runId())->start.parent->value, run.value);
        // Another run's number is refused.
        QVERIFY(!StoredWeights::open(*notebook_, next.runId(), *second));
    }

    void pauseHoldsAndResumeGoesOn() {
        RunQueue queue(notebook_, catalog_);
        TrainingRun& job = queue.enqueue(request("large", 1000));
        AWAIT_COMPARE(job.state(), State::Training);
        AWAIT_VERIFY(job.progress().step > 20);
        job.pause();
        QCOMPARE(job.state(), State::Paused);
        const TrainingProgress held = job.progress();
        QTest::qWait(400);
        QVERIFY(job.progress().step <= held.step + 1); // the one that was being made, however long that takes
        QVERIFY(job.progress().secondsDone - held.secondsDone < 0.05); // pauses do not count
        QCOMPARE(job.progress().phase, TrainingRun::tr("Paused"));
        job.resume();
        QCOMPARE(job.state(), State::Training);
        AWAIT_VERIFY(job.progress().step > held.step + 1);
        QSignalSpy finished(&queue, &RunQueue::finished);
        job.pause();
        job.stop(); // out of a pause, too
        QVERIFY(finished.wait(test::patience));
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

    void aDivergingRunFailsOrIsKept() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest r = request("flat", 60);
        r.graph = fakeRegression();
        r.config.optimizer = "sgd";
        r.config.learningRate = 1000;
        TrainingRun& job = queue.enqueue(r);
        QVERIFY(finished.wait(test::patience));
        const auto record = finished[0][1].value<FinishRecord>();
        const auto run = notebook_->run(job.runId());
        QVERIFY(run->state != storage::RunState::Running);
        if (record.problem) QCOMPARE(run->state, storage::RunState::Failed);
        QCOMPARE(run->problem.isEmpty(), !record.problem.has_value());
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

    void trainingOnStartsFromTheOldWeights() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& job = queue.enqueue(request("fake", 12));
        QVERIFY(finished.wait(test::patience));
        const storage::RunId first = job.runId();
        TrainingRequest again = request("fake", 1);
        again.initialRun = first;
        TrainingRun& second = queue.enqueue(again);
        QVERIFY(finished.wait(test::patience));
        const auto run = notebook_->run(second.runId());
        QCOMPARE(run->start.parent->value, first.value);
        const float scratch = notebook_->steps(first)->find(u"train.loss")->values.first();
        QVERIFY(notebook_->steps(second.runId())->find(u"train.loss")->values.first() < 0.6F * scratch);
    }

    void weightsOfAnotherArchitectureAreRefused() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& job = queue.enqueue(request());
        QVERIFY(finished.wait(test::patience));
        QSignalSpy refused(&queue, &RunQueue::refused);
        TrainingRequest other = request();
        other.initialRun = job.runId();
        const NodeId dense = other.graph.findByName("dense")->id;
        const NodeId hidden = other.graph.add("dense", {{"units", std::int64_t(8)}});
        const NodeId flat = other.graph.inputsOf(dense)[0].from;
        other.graph.connect(flat, hidden);
        other.graph.connect(hidden, dense);
        queue.enqueue(other);
        QVERIFY(refused.wait(test::patience));
        QVERIFY(!refused[0][0].value<Diagnostic>().what.empty());
        QCOMPARE(notebook_->runs()->size(), 1);
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
        // Other programs share the test machine, and what they take is not the training's.
        const qint64 alone = usualGap([] {});
        RunQueue queue(notebook_, catalog_);
        TrainingRequest r = request("large", 1000);
        r.config.threads = 0;
        TrainingRun& job = queue.enqueue(r);
        AWAIT_VERIFY(job.progress().step > 100);
        const qint64 beside = usualGap([&job] { job.takeSteps(); });
        qInfo("usual gap in the event loop %lld ms, without training %lld ms", beside, alone);
        QVERIFY(beside < 50 + 5 * alone);
    }
};

QTEST_GUILESS_MAIN(TestRunQueue)
#include "run_queue_test.moc"
