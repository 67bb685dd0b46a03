#include "dashboard/curve_math.h"

#include <QtTest/QTest>

#include <cmath>
#include <random>

using namespace burdock;

namespace {

Points noise(int count) {
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    Points points;
    for (int i = 1; i <= count; ++i)
        points.append({double(i), normal(random)});
    return points;
}

std::pair<double, double> bounds(const Points& points, double from, double to) {
    double low = INFINITY, high = -INFINITY;
    for (const QPointF& p : points)
        if (p.x() >= from && p.x() <= to) {
            low = std::min(low, p.y());
            high = std::max(high, p.y());
        }
    return {low, high};
}

} // namespace

class TestCurveMath : public QObject {
    Q_OBJECT
  private slots:
    void smoothingOfAConstantIsTheConstant() {
        Points flat;
        for (int i = 0; i < 50; ++i)
            flat.append({double(i), 2.5});
        for (const QPointF& p : smoothed(flat, 0.95))
            QVERIFY(std::abs(p.y() - 2.5) < 1e-12);
    }

    void smoothingFollowsTheDefinition() {
        const Points points{{1, 4}, {2, 0}, {3, 2}};
        const Points s = smoothed(points, 0.5);
        QCOMPARE(s.size(), 3);
        QCOMPARE(s[0].y(), 4.0);                                         // 2 / (1 - 1/2)
        QCOMPARE(s[1].y(), 1.0 / 0.75);                                  // (2·½ + 0) / (1 - ¼)
        QVERIFY(std::abs(s[2].y() - (0.5 * 1.0 + 1.0) / 0.875) < 1e-12); // (1·½ + 1) / (1 - ⅛)
        QCOMPARE(smoothed(points, 0), points);
    }

    void smoothingSkipsWhatIsNotFinite() {
        const Points points{{1, 1}, {2, NAN}, {3, INFINITY}, {4, 1}};
        const Points s = smoothed(points, 0.9);
        QCOMPARE(s.size(), 2);
        QVERIFY(std::abs(s[1].y() - 1) < 1e-12);
    }

    void fewPointsStayAsTheyAre() {
        const Points points = noise(100);
        QCOMPARE(decimated(points, {1, 100}, 500), points);
    }

    void decimationKeepsTheExtremesOfEveryBucket() {
        const Points points = noise(170'000);
        const int buckets = 400;
        const Points few = decimated(points, {1, 170'000}, buckets);
        QVERIFY(few.size() <= 2 * buckets + 2);
        QVERIFY(few.size() > buckets);
        for (qsizetype i = 1; i < few.size(); ++i)
            QVERIFY(few[i].x() > few[i - 1].x());
        const double width = (170'000.0 - 1) / buckets;
        for (int b = 1; b + 1 < buckets; b += 37) {
            // Half a step away from the borders, so that both sides sort the same points.
            const double from = 1 + b * width, to = 1 + (b + 1) * width - 1e-6;
            QCOMPARE(bounds(few, from, to), bounds(points, from, to));
        }
    }

    void decimationOfAPartRunsOutOfThePicture() {
        const Points points = noise(100'000);
        const Points few = decimated(points, {40'000, 60'000}, 300);
        QVERIFY(few.size() <= 602);
        QCOMPARE(few.first(), points[39'998]); // x = 39,999
        QCOMPARE(few.last(), points[60'000]);  // x = 60,001
    }

    void decimationSurvivesDivergence() {
        Points points = noise(5000);
        for (int i = 2000; i < 5000; ++i)
            points[i].setY(i % 2 ? NAN : INFINITY);
        for (const QPointF& p : decimated(points, {1, 5000}, 100))
            QVERIFY(std::isfinite(p.y()));
        QVERIFY(decimated({}, {0, 1}, 100).isEmpty());
    }

    void nearestPoint() {
        const Points points{{1, 10}, {5, 50}, {6, 60}};
        QCOMPARE(nearest(points, -3)->y(), 10.0);
        QCOMPARE(nearest(points, 2.9)->y(), 10.0);
        QCOMPARE(nearest(points, 3.1)->y(), 50.0);
        QCOMPARE(nearest(points, 99)->y(), 60.0);
        QVERIFY(!nearest({}, 1));
    }

    void ticksAreRoundAndWithin() {
        const QList<double> fifths = niceTicks({0, 1}, 5);
        QCOMPARE(fifths.size(), 6);
        for (int i = 0; i < 6; ++i)
            QVERIFY(std::abs(fifths[i] - 0.2 * i) < 1e-12);
        const QList<double> ticks = niceTicks({0.13, 0.87}, 4);
        for (const double t : ticks)
            QVERIFY(t >= 0.13 && t <= 0.87 + 1e-9);
        QVERIFY(ticks.size() >= 3 && ticks.size() <= 5);
        QCOMPARE(logTicks({0.9, 110}, 4), (QList<double>{1, 2, 5, 10, 20, 50, 100}));
        QVERIFY(logTicks({0.31, 0.37}, 4).size() >= 2); // within one interval: still labelled
        QVERIFY(logTicks({1e-8, 1e4}, 4).size() <= 8);
        QCOMPARE(niceTicks({1 - 1.1e-16, 1}, 6).size(), 1); // one rounding apart
        QVERIFY(niceTicks({1 - 1e-10, 1}, 6).size() <= 8);
    }
};

QTEST_GUILESS_MAIN(TestCurveMath)
#include "curve_math_test.moc"
