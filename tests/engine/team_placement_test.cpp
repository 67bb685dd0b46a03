#include "engine/tensor/team_placement.h"
#include "train_support.h"

#include <QTest>
#include <algorithm>
#include <omp.h>
#include <sched.h>
#include <thread>

using namespace burdock;
using namespace burdock::testing;

namespace {

cpu_set_t allowed() {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    return set;
}

/// The first `count` of the processors that this program may use.
cpu_set_t some(int count) {
    const cpu_set_t all = allowed();
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&set) < count; ++i)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &set);
    return set;
}

/// Which processors each thread of the calling one's team may use.
std::vector<cpu_set_t> masks(int threads) {
    std::vector<cpu_set_t> found(static_cast<std::size_t>(threads));
#pragma omp parallel num_threads(threads)
    found[static_cast<std::size_t>(omp_get_thread_num())] = allowed();
    return found;
}

bool areAll(const std::vector<cpu_set_t>& found, const cpu_set_t& set) {
    return std::ranges::all_of(found, [&](const cpu_set_t& each) { return CPU_EQUAL(&each, &set); });
}
bool isOne(const cpu_set_t& set) {
    return CPU_COUNT(&set) == 1;
}

/// On a thread of its own, which has a team of its own, held to that many processors.
template <class F>
void heldTo(int processors, F act) {
    const cpu_set_t set = some(processors);
    std::thread([&] {
        sched_setaffinity(0, sizeof set, &set);
        act(set);
    }).join();
}

/// The losses of all steps of a run on two threads.
std::vector<double> losses(bool sharing) {
    std::vector<double> found;
    heldTo(2, [&](const cpu_set_t&) {
        TeamPlacement placement(2); // within which that of the run does nothing
        if (sharing) placement.share();
        TrainConfig config;
        config.threads = 2;
        config.epochs = 2;
        config.batch = 64;
        const Graph wide = chain({2, 1, 1}, {{"dense", {{"units", std::int64_t{256}}}},
                                             {"relu", {}},
                                             {"dense", {{"units", std::int64_t{128}}}},
                                             {"batchnorm", {}},
                                             {"dense", {{"units", std::int64_t{3}}}},
                                             {"softmax", {}}});
        Recorder recorder;
        train(wide, std::make_shared<const Clouds>(Task::Multiclass), config, recorder);
        for (const KeptStep& step : recorder.steps)
            found.push_back(step.loss);
    });
    return found;
}

} // namespace

/// Where the threads of a team run.
class TestTeamPlacement : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        const cpu_set_t all = allowed();
        if (CPU_COUNT(&all) < 2) QSKIP("There is but one processor.");
    }

    void eachThreadHasAProcessorAndIsFreeAfterwards() {
        heldTo(2, [](const cpu_set_t& set) {
            {
                const TeamPlacement placement(2);
                QVERIFY(placement.holds());
                const auto found = masks(2);
                cpu_set_t both;
                CPU_OR(&both, &found[0], &found[1]);
                QVERIFY(isOne(found[0]) && isOne(found[1]) && CPU_EQUAL(&both, &set));
            }
            QVERIFY(areAll(masks(2), set));
        });
    }

    void aTeamOfAnotherSizeThanTheProcessorsIsLeftAlone() {
        heldTo(1, [](const cpu_set_t& set) {
            const TeamPlacement placement(2);
            QVERIFY(!placement.holds());
            QVERIFY(areAll(masks(2), set));
        });
        heldTo(2, [](const cpu_set_t& set) {
            const TeamPlacement placement(1), larger(3);
            QVERIFY(!placement.holds() && !larger.holds());
            QVERIFY(areAll(masks(2), set));
        });
    }

    void oneWithinAnotherDoesNothing() {
        heldTo(2, [](const cpu_set_t&) {
            const TeamPlacement outer(2);
            { const TeamPlacement inner(2); }
            const auto found = masks(2);
            QVERIFY(outer.holds() && isOne(found[0]) && isOne(found[1]));
        });
    }

    void threadsStartedMeanwhileAreFree() {
        heldTo(2, [](const cpu_set_t& set) {
            const TeamPlacement placement(2);
            std::vector<cpu_set_t> started(1);
            {
                const UnplacedScope unplaced;
                std::thread([&] { started[0] = allowed(); }).join();
            }
            QVERIFY(areAll(started, set));
            QVERIFY(isOne(masks(2)[0]));
        });
    }

    void whereAProcessorIsTakenTwoShareOne() {
        heldTo(2, [](const cpu_set_t& set) {
            {
                TeamPlacement placement(2);
                placement.share();
                QVERIFY(placement.shares());
                const auto together = masks(2);
                QVERIFY(isOne(together[0]) && CPU_EQUAL(&together[0], &together[1]));
                {
                    const ApartScope notNeeded(false);
                    QVERIFY(areAll(masks(2), together[0]));
                }
                {
                    const ApartScope apart(true);
                    const auto found = masks(2);
                    QVERIFY(isOne(found[1]) && !CPU_EQUAL(&found[0], &found[1]));
                }
                QVERIFY(areAll(masks(2), together[0]));
            }
            QVERIFY(areAll(masks(2), set));
        });
    }

    void whereTheThreadsRunChangesNoBit() {
        const std::vector<double> apart = losses(false);
        QVERIFY(!apart.empty());
        QCOMPARE(losses(true), apart);
    }
};

QTEST_GUILESS_MAIN(TestTeamPlacement)
#include "team_placement_test.moc"
