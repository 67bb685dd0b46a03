#include "../support/await.h"
#include "train_support.h"

#include <QElapsedTimer>
#include <QScopeGuard>
#include <QTest>
#include <atomic>
#include <ctime>
#include <thread>

using namespace burdock;
using namespace burdock::testing;

namespace {

using Kind = CheckpointRecord::Kind;

/// Seconds of processor time that the program has used.
double processorSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

constexpr double idle = 0.01;

/// The processor time of a tenth of a second in which the program does nothing: it waits for one, as what is
/// under way comes to its end first, on a busy machine a while later. Of the last tenth if none comes.
double workWhenIdle() {
    double used = 1;
    for (int i = 0; i < 600 && used > idle; ++i) {
        const double before = processorSeconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        used = processorSeconds() - before;
    }
    return used;
}

std::unique_ptr<Trainer>
makeTrainer(const TrainConfig& config,
            std::shared_ptr<const Dataset> data = std::make_shared<const Clouds>(Task::Multiclass)) {
    auto trainer = Trainer::make(network(3, "softmax"), std::move(data), config);
    if (!trainer) throw std::runtime_error(oneLine(trainer.error()));
    return std::move(*trainer);
}

/// Pauses a run for a while once, and asks for a checkpoint by hand meanwhile.
struct Pauser {
    TrainControl& control;
    std::thread waker{};
    std::atomic<double> used{1}; ///< processor time of a tenth of a second of the pause
    std::atomic<bool> over{false};

    void pause() {
        if (waker.joinable()) return;
        control.setPaused(true);
        control.requestCheckpoint();
        waker = std::thread([this] {
            used = workWhenIdle();
            over = true;
            control.setPaused(false);
        });
    }
    ~Pauser() {
        if (waker.joinable()) waker.join();
    }
};

/// Calls `read` with each sample that is read.
struct Watched final : Dataset {
    Clouds clouds{Task::Multiclass};
    DatasetInfo about = clouds.info();
    std::function<void(std::int64_t)> read;
    Watched() { about.standardise = false; }
    const DatasetInfo& info() const override { return about; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        if (read) read(index);
        clouds.readInput(part, index, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        clouds.readTarget(part, index, values);
    }
};

} // namespace

/// What is asked of a run while it goes on, and what breaks it off.
class ControlTest : public QObject {
    Q_OBJECT
  private slots:
    void stops() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 1000000 / 16;
        auto trainer = Trainer::make(network(3, "softmax"), data, config);
        QVERIFY(trainer);
        TrainControl control;
        Recorder recorder;
        recorder.each = [&](const StepRecord& r) {
            if (r.step == 23) control.requestStop();
        };
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QCOMPARE(finish.status, RunStatus::Stopped);
        QCOMPARE(recorder.steps.size(), std::size_t{23});
        QCOMPARE(recorder.checkpoints.back().step, 23);
    }
    /// Asked for at any time, also of a run that is paused; nothing is copied for nobody, and none is given
    /// of the best weights while the test is measured.
    void snapshotsAreTheWeightsOfTheStep() {
        struct Looking final : Recorder {
            std::vector<SnapshotRecord> snapshots;
            std::function<void()> testing;
            void onSnapshot(const SnapshotRecord& r) override { snapshots.push_back(r); }
            void onEvaluating(std::string_view what, double) override {
                if (what == "test") testing();
            }
        };
        TrainConfig config;
        config.epochs = 3;
        const auto trainer = makeTrainer(config);
        TrainControl control;
        Looking recorder;
        recorder.testing = [&] { control.requestSnapshot(); };
        recorder.each = [&](const StepRecord& r) {
            if (r.step != 4) return;
            control.requestSave();
            control.requestSnapshot();
        };
        const FinishRecord finish = trainer->run(recorder, control);
        QCOMPARE(finish.status, RunStatus::Finished);
        QCOMPARE(recorder.snapshots.size(), std::size_t{1});
        const SnapshotRecord& snapshot = recorder.snapshots[0];
        QCOMPARE(snapshot.step, 4);
        const auto saved = std::ranges::find(recorder.checkpoints, 4, &CheckpointRecord::step);
        QVERIFY(saved != recorder.checkpoints.end());
        for (std::size_t i = 0; i < snapshot.weights->tensors.size(); ++i)
            QCOMPARE(snapshot.weights->tensors[i].values, saved->weights->tensors[i].values);
    }
    void pausesAndSaves() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 5;
        auto trainer = Trainer::make(network(3, "softmax"), data, config);
        QVERIFY(trainer);
        TrainControl control;
        Recorder recorder;
        std::atomic<std::int64_t> reached{0};
        recorder.each = [&](const StepRecord& r) {
            reached = r.step;
            if (r.step == 4) {
                control.setPaused(true);
                control.requestSave();
            }
        };
        FinishRecord finish;
        QElapsedTimer whole, pause;
        whole.start();
        std::thread thread([&] { finish = (*trainer)->run(recorder, control); });
        const auto joined = qScopeGuard([&] {
            control.requestStop();
            if (thread.joinable()) thread.join();
        });
        AWAIT_COMPARE(reached.load(), 4);
        QVERIFY(workWhenIdle() <= idle); // it has come to wait
        pause.start();
        QTest::qWait(200);
        QCOMPARE(reached.load(), 4); // it waits
        const double paused = static_cast<double>(pause.elapsed()) / 1000;
        control.setPaused(false);
        thread.join();
        QCOMPARE(finish.status, RunStatus::Finished);
        // The pause is not counted as training.
        QVERIFY(finish.seconds <= static_cast<double>(whole.elapsed()) / 1000 - paused + 0.05);
        QCOMPARE(recorder.checkpoints.front().step, 4);
    }
    /// The test runs on the best weights: they must not be taken for the last.
    void savesNothingDuringTheTest() {
        struct Saver : Recorder {
            TrainControl control;
            std::size_t before = 0;
            std::thread waker;
            void onEvaluating(std::string_view what, double) override {
                if (what != "test" || waker.joinable()) return;
                before = checkpoints.size();
                control.setPaused(true);
                control.requestSave();
                waker = std::thread([this] {
                    std::this_thread::sleep_for(std::chrono::milliseconds(100));
                    control.setPaused(false);
                });
            }
        } saver;
        TrainConfig config;
        config.epochs = 2;
        auto trainer =
            Trainer::make(network(3, "softmax"), std::make_shared<const Clouds>(Task::Multiclass), config);
        QVERIFY(trainer);
        const FinishRecord finish = (*trainer)->run(saver, saver.control);
        QVERIFY(saver.waker.joinable());
        saver.waker.join();
        QCOMPARE(finish.status, RunStatus::Finished);
        QVERIFY(saver.before > 0);
        QCOMPARE(saver.checkpoints.size(), saver.before);
    }
    /// A reader that throws on the loader's thread ends the run, not the program.
    void unreadableDataFail() {
        struct Unreadable final : Dataset {
            Clouds clouds{Task::Multiclass};
            mutable std::atomic<int> left{500};
            DatasetInfo about = clouds.info();
            Unreadable() { about.standardise = false; }
            const DatasetInfo& info() const override { return about; }
            void readInput(Part part, std::int64_t index, float* values) const override {
                if (--left < 0) throw std::runtime_error("the disk is gone");
                clouds.readInput(part, index, values);
            }
            void readTarget(Part part, std::int64_t index, float* values) const override {
                clouds.readTarget(part, index, values);
            }
        };
        TrainConfig config;
        config.epochs = 20;
        Recorder recorder;
        const FinishRecord finish =
            train(network(3, "softmax"), std::make_shared<const Unreadable>(), config, recorder);
        QCOMPARE(finish.status, RunStatus::Failed);
        QVERIFY(finish.problem && finish.problem->what.find("the disk is gone") != std::string::npos);
        QVERIFY(!recorder.steps.empty());
        QCOMPARE(recorder.finishes, 1);
    }
    /// A full-batch step serves what is asked for while its gradients are gathered, once it is done; paused
    /// meanwhile, it waits without working.
    void aPauseAmidAFullBatch() {
        TrainConfig config;
        config.epochs = 3;
        config.optimizer = "gd";
        config.batch = 1;
        config.threads = 1;
        TrainControl control;
        Recorder recorder;
        Pauser pauser{control};
        auto data = std::make_shared<Watched>();
        std::atomic<int> left{150}; // past the split's own readers, into the first epoch
        data->read = [&](std::int64_t) {
            if (--left == 0) pauser.pause();
        };
        const auto trainer = makeTrainer(config, data);
        left = 100;
        const FinishRecord finish = trainer->run(recorder, control);
        QVERIFY(pauser.over);
        QVERIFY2(pauser.used <= idle, qPrintable(QString("%1 s of work in 0.1 s of pause").arg(pauser.used)));
        QCOMPARE(finish.status, RunStatus::Finished);
        const auto kept = std::ranges::find(recorder.checkpoints, Kind::Manual, &CheckpointRecord::kind);
        QVERIFY(kept != recorder.checkpoints.end());
        QCOMPARE(kept->step, 1);
    }
    /// The test has the best weights in the network: the asker is told that none are kept, at once.
    void aCheckpointDuringTheTestIsRefused() {
        struct Asker : Recorder {
            TrainControl control;
            Pauser pauser{control};
            std::vector<Diagnostic> told;
            bool inTime = false;
            void onEvaluating(std::string_view what, double) override {
                if (what == "test") pauser.pause();
            }
            void onNotice(const Diagnostic& d) override {
                told.push_back(d);
                inTime = !pauser.over;
            }
        } asker;
        TrainConfig config;
        config.epochs = 2;
        const FinishRecord finish = makeTrainer(config)->run(asker, asker.control);
        QCOMPARE(finish.status, RunStatus::Finished);
        QVERIFY(asker.pauser.over && asker.pauser.used <= idle);
        QCOMPARE(asker.told.size(), std::size_t{1});
        QVERIFY(asker.inTime);
        QCOMPARE(asker.told[0].code, std::string("train.testing"));
        QVERIFY(!asker.told[0].why.empty() && !asker.told[0].mend.empty());
        QVERIFY(std::ranges::none_of(asker.checkpoints,
                                     [](const CheckpointRecord& c) { return c.kind == Kind::Manual; }));
    }
    /// Whatever is thrown is told in the FinishRecord, lack of memory as such.
    void whateverBreaksOffIsTold() {
        TrainConfig config;
        config.epochs = 2;
        TrainControl control;
        Recorder recorder;
        recorder.each = [](const StepRecord& r) {
            if (r.step == 3) throw std::bad_alloc();
        };
        FinishRecord finish = makeTrainer(config)->run(recorder, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        QCOMPARE(finish.problem->code, std::string("memory"));
        QCOMPARE(finish.problem->where, std::string("step 3"));
        QVERIFY(finish.problem->what.find("bad_alloc") == std::string::npos);
        QCOMPARE(recorder.finishes, 1);

        // Of an epoch for the copy of whose weights there is no room nobody is told that it was the best.
        struct NoRoom : Recorder {
            bool readyForCheckpoint(Kind, bool) override { throw std::bad_alloc(); }
        } noRoom;
        finish = makeTrainer(config)->run(noRoom, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        QVERIFY(noRoom.epochs.empty());

        recorder.each = [](const StepRecord&) { throw 7; };
        finish = makeTrainer(config)->run(recorder, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        QCOMPARE(finish.problem->code, std::string("train.failed"));

        struct Failing : TrainObserver {
            void onFinish(const FinishRecord&) override { throw std::runtime_error("the window is gone"); }
        } failing;
        finish = makeTrainer(config)->run(failing, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        QVERIFY(finish.problem->what.find("the window is gone") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ControlTest)
#include "control_test.moc"
