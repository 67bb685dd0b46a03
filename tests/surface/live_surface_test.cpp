#include "surface/live_surface.h"

#include "drawn_runs.h"
#include "support/await.h"
#include "support/fake_dataset.h"
#include "support/open_notebook.h"
#include "surface/kept_surface.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace burdock;
using namespace burdock::testing;

/// The surface of a run while it is trained, and afterwards.
class TestLiveSurface : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    std::unique_ptr<RunQueue> queue_;

    static TrainingRequest request(std::int64_t epochs = 100'000) {
        TrainingRequest request;
        request.graph = network(3, "softmax");
        request.graph.name = "Clouds";
        request.dataset = QStringLiteral("clouds");
        request.config.epochs = epochs;
        request.config.batch = 16;
        request.config.threads = 1;
        return request;
    }
    /// Shown as it is in the window: within a place.
    struct Place {
        QWidget window;
        LiveSurface surface;
        Place(RunQueue& queue, const DatasetCatalog& catalog)
            : surface(queue, catalog, &window) {
            window.resize(420, 420);
            surface.resize(400, 400);
        }
        void open() {
            window.show();
            QVERIFY(QTest::qWaitForWindowExposed(&window));
        }
    };
    void stop(TrainingRun& run) {
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        run.stop();
        QVERIFY(finished.wait(test::patience));
    }
    /// What the weights that the notebook keeps answer where the surface was asked.
    void compareWithKept(const Surface& surface, storage::RunId run, storage::CheckpointKind kind) {
        auto kept = loadRun(*notebook_, catalog_, run, kind);
        QVERIFY2(kept, kept ? "" : oneLine(kept.error()).c_str());
        for (int i = 0; i < surface.rows; i += 5) {
            const std::vector<float> sample{static_cast<float>(surface.xOf(i)),
                                            static_cast<float>(surface.yOf(i))};
            const std::vector<float> answer = kept->predictor->predict(sample);
            for (std::size_t k = 0; k < answer.size(); ++k)
                QVERIFY(std::abs(surface.cell(i, i)[k] - answer[k]) < 1e-5F);
        }
    }

  private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        fillWithFakes(catalog_);
        const auto add = [this](const char* id, std::shared_ptr<const Dataset> data) {
            DatasetEntry entry;
            entry.id = entry.title = id;
            entry.available = true;
            using Opened = Result<std::shared_ptr<const Dataset>>;
            entry.open = [data](const ParamValues&) -> Opened { return data; };
            catalog_.add(std::move(entry));
        };
        add("clouds", std::make_shared<const Clouds>(Task::Multiclass));
        add("four", std::make_shared<const FourFeatures>(Task::Binary));
        notebook_ = openNotebook(folder_.filePath("n.burdock"));
    }
    void init() { queue_ = std::make_unique<RunQueue>(notebook_, catalog_); }
    void cleanup() { queue_.reset(); }

    void theSurfaceMovesAndEndsWithTheLastWeights() {
        Place place(*queue_, catalog_);
        place.open();
        QVERIFY(!place.surface.isVisible());
        TrainingRun& run = queue_->enqueue(request());
        AWAIT_VERIFY(place.surface.pictures() >= 3);
        QVERIFY(place.surface.isVisible());
        const auto early = place.surface.box().view().surface();
        const int before = place.surface.pictures();
        AWAIT_VERIFY(place.surface.pictures() > before);
        QVERIFY(place.surface.box().view().surface()->surface.answers != early->surface.answers);
        stop(run);
        AWAIT_COMPARE(place.surface.box().view().surface()->surface.rows, SurfacePace::finest);
        compareWithKept(place.surface.box().view().surface()->surface, run.runId(),
                        storage::CheckpointKind::Last);
    }

    /// A run that has ended before it was looked at shows its last weights as well.
    void aRunThatHasEndedShowsItsLastWeights() {
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        LiveRuns::of(*queue_);
        const TrainingRun& run = queue_->enqueue(request(3));
        QVERIFY(finished.wait(test::patience));
        Place place(*queue_, catalog_);
        place.open();
        AWAIT_VERIFY(place.surface.pictures() == 1);
        const Surface& surface = place.surface.box().view().surface()->surface;
        QCOMPARE(surface.epoch, 3);
        compareWithKept(surface, run.runId(), storage::CheckpointKind::Last);
    }

    /// Neither copied nor drawn.
    void nothingIsMadeWhileNobodyLooks() {
        Place place(*queue_, catalog_);
        place.open();
        TrainingRun& run = queue_->enqueue(request());
        AWAIT_VERIFY(place.surface.pictures() >= 1);
        place.window.hide();
        QTest::qWait(200); // what was asked for before
        (void)run.takeLook();
        const int before = place.surface.pictures();
        const std::int64_t step = run.progress().step;
        AWAIT_VERIFY(run.progress().step > step + 500);
        QVERIFY(!run.takeLook());
        QCOMPARE(place.surface.pictures(), before);
        place.window.show();
        AWAIT_VERIFY(place.surface.pictures() > before);
        stop(run);
    }

    /// Whoever has paused a run and then looks sees it as it stands.
    void aPausedRunIsShown() {
        TrainingRun& run = queue_->enqueue(request());
        AWAIT_VERIFY(run.progress().step > 20);
        run.pause();
        AWAIT_COMPARE(run.state(), TrainingRun::State::Paused);
        Place place(*queue_, catalog_);
        LiveRuns::of(*queue_).show(run);
        place.open();
        AWAIT_VERIFY(place.surface.pictures() >= 1);
        const int drawn = place.surface.pictures();
        QTest::qWait(300); // as long as nothing changes, nothing is drawn
        QCOMPARE(place.surface.pictures(), drawn);
        stop(run);
    }

    void picturesAndManyFeaturesHaveNoneBesideTheCurves() {
        Place place(*queue_, catalog_);
        place.open();
        for (const bool pictures : {true, false}) {
            TrainingRequest other = request(2);
            other.dataset = pictures ? QStringLiteral("fake") : QStringLiteral("four");
            other.graph = pictures
                              ? fakePerceptron()
                              : chain({4, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"sigmoid", {}}});
            QSignalSpy finished(queue_.get(), &RunQueue::finished);
            queue_->enqueue(other);
            QVERIFY(finished.wait(test::patience));
            QVERIFY(!place.surface.isVisible());
            QCOMPARE(place.surface.pictures(), 0);
        }
    }

    /// Looking changes no bit of what is learned.
    void aRunThatIsLookedAtLearnsTheSame() {
        std::vector<WeightSet> learned;
        for (const bool looked : {false, true}) {
            Place place(*queue_, catalog_);
            if (looked) place.open();
            TrainingRun& run = queue_->enqueue(request(20));
            run.pause(); // at its first step, so that it is looked at for sure
            AWAIT_VERIFY(!looked || place.surface.pictures() > 0);
            run.resume();
            AWAIT_COMPARE(run.state(), TrainingRun::State::Ended);
            auto weights = StoredWeights::open(*notebook_, run.runId(), storage::CheckpointKind::Last);
            QVERIFY(weights);
            learned.push_back(*(*weights)->readAll());
        }
        for (std::size_t i = 0; i < learned[0].tensors.size(); ++i)
            QCOMPARE(learned[1].tensors[i].values, learned[0].tensors[i].values);
    }

    void aKeptRunShowsBestAndLastWeights() {
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        TrainingRequest overfit = request(12);
        overfit.config.learningRate = 0.5; // the last epoch is hardly the best
        const TrainingRun& run = queue_->enqueue(overfit);
        QVERIFY(finished.wait(test::patience));
        KeptSurface kept(notebook_, catalog_);
        kept.setRun(run.runId());
        kept.resize(500, 450);
        kept.show();
        QVERIFY(QTest::qWaitForWindowExposed(&kept));
        const auto shown = [&] { return kept.box().view().surface(); };
        AWAIT_VERIFY(shown() != nullptr);
        QVERIFY(kept.message().isEmpty());
        compareWithKept(shown()->surface, run.runId(), storage::CheckpointKind::Best);
        const auto before = shown();
        kept.weightsField()->setCurrentIndex(1);
        emit kept.weightsField()->activated(1);
        AWAIT_VERIFY(shown() != before);
        compareWithKept(shown()->surface, run.runId(), storage::CheckpointKind::Last);
    }

    /// What stands in its place says why.
    void aKeptRunWithoutDataSaysSo() {
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        const TrainingRun& run = queue_->enqueue(request(1));
        QVERIFY(finished.wait(test::patience));
        const DatasetCatalog none;
        KeptSurface kept(notebook_, none);
        kept.setRun(run.runId());
        kept.show();
        QVERIFY(QTest::qWaitForWindowExposed(&kept));
        AWAIT_VERIFY(kept.message().contains(QStringLiteral("clouds"))); // what could not be opened
        QVERIFY(!kept.box().view().surface());
    }
};

QTEST_MAIN(TestLiveSurface)
#include "live_surface_test.moc"
