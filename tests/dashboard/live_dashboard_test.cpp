#include "dashboard/live_dashboard.h"

#include "dashboard/curve_chart.h"
#include "dashboard/live_runs.h"
#include "dashboard/number_tile.h"
#include "dashboard/run_words.h"
#include "session/time_left.h"
#include "support/await.h"
#include "support/fake_dataset.h"
#include "support/open_notebook.h"
#include "theme/elided_label.h"
#include "theme/theme.h"

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace burdock;
using namespace burdock::testing;

/// What is drawn of a run while it is trained.
class TestLiveDashboard : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    std::unique_ptr<RunQueue> queue_;

    static TrainingRequest request(const QString& data) {
        TrainingRequest request;
        request.graph = fakePerceptron();
        request.dataset = data;
        request.config.epochs = 100'000;
        request.config.threads = 1;
        return request;
    }
    /// Trains until `enough` says so; gives the run's row.
    template <class Enough>
    static storage::RunId train(RunQueue& queue, const TrainingRequest& request, Enough enough) {
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& run = queue.enqueue(request);
        (void)QTest::qWaitFor([&] { return enough(run.progress()); }, test::patience);
        run.stop();
        return finished.wait(test::patience) ? run.runId() : storage::RunId{};
    }

  private slots:
    void initTestCase() {
        Theme::instance().install(*qApp);
        fillWithFakes(catalog_);
        notebook_ = openNotebook(folder_.filePath("n.burdock"));
    }
    void init() {
        queue_ = std::make_unique<RunQueue>(notebook_, catalog_);
        LiveRuns::of(*queue_); // as the window's bar, from the first run on
    }
    void cleanup() { queue_.reset(); }

    void theDashboardMoves() {
        LiveDashboard dashboard(*queue_);
        dashboard.resize(1000, 600);
        dashboard.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dashboard));
        TrainingRun& run = queue_->enqueue(request(QStringLiteral("large")));
        AWAIT_VERIFY(!(*dashboard.charts().chart(QStringLiteral("loss")))
                          .drawnPoints(QStringLiteral("train"))
                          .isEmpty());
        const int before = dashboard.redraws();
        AWAIT_VERIFY(dashboard.redraws() - before >= 4);
        // All charts are in sight.
        QVERIFY(dashboard.charts().metrics().size() > 1);
        AWAIT_VERIFY(!dashboard.charts().findChild<QScrollArea*>()->verticalScrollBar()->isVisible());
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        run.stop();
        QVERIFY(finished.wait(test::patience));
        const auto kept = notebook_->steps(run.runId());
        AWAIT_COMPARE(
            (*dashboard.charts().chart(QStringLiteral("loss"))).curve(QStringLiteral("train")).size(),
            kept->find(u"train.loss")->values.size());
    }

    /// The Train place is made when it is first visited: often while a run is going on.
    void theDashboardMovesThatIsMadeDuringARun() {
        TrainingRun& run = queue_->enqueue(request(QStringLiteral("large")));
        AWAIT_COMPARE(run.state(), TrainingRun::State::Training);
        LiveDashboard dashboard(*queue_);
        dashboard.resize(1000, 600);
        dashboard.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dashboard));
        const int before = dashboard.redraws();
        AWAIT_VERIFY(dashboard.redraws() - before >= 2);
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        run.stop();
        QVERIFY(finished.wait(test::patience));
    }

    /// One figure under one name, wherever it stands; none once the run is stopping.
    void theTimeLeftIsToldInOneWay() {
        LiveDashboard dashboard(*queue_);
        dashboard.resize(1000, 600);
        dashboard.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dashboard));
        TrainingRun& run = queue_->enqueue(request(QStringLiteral("large")));
        QCOMPARE(timeLeftText(run), QString());
        const NumberTile* tile = nullptr;
        for (const NumberTile* one : dashboard.findChildren<NumberTile*>())
            for (const QLabel* name : one->findChildren<QLabel*>())
                if (name->text() == QStringLiteral("ETA")) tile = one;
        QVERIFY(tile);
        AWAIT_VERIFY(timeLeft(run).has_value());
        AWAIT_COMPARE(QStringLiteral("ETA ") + tile->value(), timeLeftText(run));
        QSignalSpy finished(queue_.get(), &RunQueue::finished);
        run.stop();
        QVERIFY(!timeLeft(run));
        QVERIFY(finished.wait(test::patience));
        AWAIT_COMPARE(tile->value(), QStringLiteral("–"));
    }

    /// Beside the training form of a window of 1440 pixels.
    void theNamesOfTheFiguresAreWhole() {
        QVERIFY(train(*queue_, request(QStringLiteral("fake")), [](const auto& p) { return p.step > 20; }));
        LiveDashboard dashboard(*queue_);
        dashboard.resize(980, 700);
        dashboard.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dashboard));
        int told = 0;
        for (const NumberTile* tile : dashboard.findChildren<NumberTile*>())
            for (const ElidedLabel* label : tile->findChildren<ElidedLabel*>()) {
                if (!label->text().startsWith(QStringLiteral("Training "))) continue;
                ++told;
                QVERIFY2(!label->isElided(), qPrintable(label->text()));
            }
        QVERIFY(told > 0);
    }

    void aNarrowDashboardHasTwoRowsOfFigures() {
        QVERIFY(train(*queue_, request(QStringLiteral("fake")), [](const auto& p) { return p.step > 20; }));
        LiveDashboard dashboard(*queue_);
        dashboard.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dashboard));
        const auto rows = [&dashboard] {
            QSet<int> tops;
            for (const NumberTile* tile : dashboard.findChildren<NumberTile*>())
                tops << tile->mapTo(&dashboard, QPoint()).y();
            return tops.size();
        };
        dashboard.resize(1000, 700);
        AWAIT_COMPARE(rows(), 1);
        dashboard.resize(640, 700);
        AWAIT_COMPARE(rows(), 2);
    }

    /// Of the last epoch, the later of those that are drawn and kept: another program may have carried the
    /// run on. What is trained here is later than either.
    void aRunThatGoesOnShowsItsLastEpoch() {
        const auto epoch = [](std::int64_t number) {
            EpochRecord record;
            record.epoch = number;
            record.step = 10 * number;
            return record;
        };
        TrainingRun& run = queue_->enqueue(request(QStringLiteral("fake")), /*held=*/true);
        LiveCurves& curves = *LiveRuns::of(*queue_).curvesOf(run);
        const auto last = [&curves] { return curves.lastEpoch() ? curves.lastEpoch()->epoch : 0; };
        QCOMPARE(last(), 0);
        for (const auto& [kept, shown] : {std::pair(2, 2), std::pair(3, 3), std::pair(1, 3)}) {
            curves.goOnFrom({}, epoch(kept));
            QCOMPARE(last(), shown);
        }
        curves.goOnFrom({}, std::nullopt);
        QCOMPARE(last(), 3);
        queue_->releaseAll();
        AWAIT_VERIFY(run.progress().step > 20);
        run.stop();
        AWAIT_COMPARE(run.state(), TrainingRun::State::Ended);
        const std::int64_t trained = last();
        curves.goOnFrom({}, epoch(1'000'000));
        QCOMPARE(last(), trained);
    }

    /// A run that goes on is drawn from its first step, also by a window that did not begin it.
    void theWholeCurveOfAResumedRunIsDrawn() {
        const auto asked = request(QStringLiteral("fake"));
        const storage::RunId id = train(*queue_, asked, [](const auto& p) { return p.epoch > 2; });
        QVERIFY(id);
        const qint64 stopped = notebook_->run(id)->steps;
        RunQueue queue(notebook_, catalog_);
        LiveRuns& runs = LiveRuns::of(queue);
        const auto again = resumeRequest(*notebook_, id);
        QVERIFY(again);
        // It was held here while another program carried it on.
        TrainingRun& held = queue.enqueue(*again, /*held=*/true);
        QVERIFY(train(*queue_, *again, [&](const auto& p) { return p.step > stopped + 20; }));
        const qint64 carried = notebook_->run(id)->steps;
        queue.releaseAll();
        AWAIT_VERIFY(held.progress().step > carried + 20);
        held.stop();
        AWAIT_COMPARE(held.state(), TrainingRun::State::Ended);
        const auto losses = [&]() -> const Points& { return runs.curves()->points("train.loss"); };
        AWAIT_VERIFY(!losses().isEmpty() && losses().first().x() == 1);
        const auto kept = notebook_->steps(id)->find(u"train.loss")->values;
        QCOMPARE(losses().size(), kept.size());
        for (qsizetype i = 0; i < kept.size(); ++i) {
            QCOMPARE(losses()[i].x(), static_cast<double>(i + 1));
            QCOMPARE(static_cast<float>(losses()[i].y()), kept[i]);
        }
        const auto epochs = notebook_->epochs(id);
        QCOMPARE(runs.curves()->points("validation.loss").size(), epochs->size());
        QVERIFY(runs.curves()->lastEpoch()->epoch >= epochs->last().epoch);
    }
};

QTEST_MAIN(TestLiveDashboard)
#include "live_dashboard_test.moc"
