#include "queue_fixture.h"

#include "engine/graph/apply_fix.h"
#include "engine/graph/graph_json.h"
#include "full_disk.h"
#include "session/machine.h"
#include "session/stored_run.h"
#include "several.h"
#include "stored_weights.h"

#include <cmath>
#include <limits>
#include <map>

using namespace burdock;
using namespace burdock::testing;
using State = TrainingRun::State;

/// What becomes of a run, in the notebook and for whoever watches it.
class TestTrainingRun : public QObject, private QueueFixture {
    Q_OBJECT

  private slots:
    void initTestCase() { addData(); }
    void init() { makeNotebook(); }
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

    /// All that is measured of one label stands in the row that has its name.
    void oneLabelHasItsNo() {
        DatasetInfo info;
        info.task = Task::Multilabel;
        info.mask = burdock::Shape{1, 2, 2};
        info.targets = 4;
        info.classNames = {"cell"};
        MetricSet measured({Task::Multilabel, 4, 4, 0.5f, true});
        std::vector<float> outputs{1, 1, 0, 0}, targets{1, 0, 0, 0};
        measured.add({outputs.data(), {4, 1, 1}, 1}, {targets.data(), {4, 1, 1}, 1});
        const NamedMetrics kept = storedMetrics(metricsToStore(measured.results(), info));
        const std::vector<std::string> rows{"not cell", "cell"};
        QCOMPARE(kept.names, rows);
        const auto ofCell = [](const NamedMetrics& metrics, const std::string& id) {
            const auto m = std::ranges::find(metrics.values, id, &MetricValue::id);
            return m != metrics.values.end() && m->values.size() == 2 ? m->values[1] : -1;
        };
        for (const char* id : {"precision", "iou"})
            QCOMPARE(ofCell(kept, id), 0.5);
        QCOMPARE(ofCell(kept, "recall"), 1.0);
        // As it was kept before.
        const NamedMetrics before =
            storedMetrics(R"({"classes":["cell"],"precision":{"value":0.5,"values":[1,0.5]},)"
                          R"("iou":{"value":0.25,"values":[0.25]}})");
        QCOMPARE(before.names, rows);
        QCOMPARE(ofCell(before, "precision"), 0.5);
        QCOMPARE(ofCell(before, "iou"), 0.25);
        // Of two that have names nothing is added.
        info.task = Task::Binary;
        info.mask.reset();
        info.classNames = {"no rain", "rain"};
        QCOMPARE(targetNamesOf(info), info.classNames);
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
};

ADD_TEST_CLASS(TestTrainingRun)
#include "training_run_test.moc"
