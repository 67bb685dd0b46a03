#include "data_files.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace burdock;

namespace {

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qWarning("%s", oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

std::string refused(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    return data ? "opened" : data.error().code + " at " + data.error().where;
}

} // namespace

class GeneratedTest : public QObject {
    Q_OBJECT
  private slots:
    void eachOneIsTheSameEveryTime_data() {
        QTest::addColumn<QString>("id");
        for (const char* id : {"moons", "circles", "spirals", "xor", "clusters", "sine", "shapes"})
            QTest::newRow(id) << id;
    }
    void eachOneIsTheSameEveryTime() {
        QFETCH(QString, id);
        const std::string name = id.toStdString();
        const std::string first = opened(name)->info().sha256;
        QCOMPARE(opened(name)->info().sha256, first); // made anew: nothing holds the first one
        QVERIFY(opened(name + ":seed=2")->info().sha256 != first);
        const auto few = opened(name + ":samples=40");
        QCOMPARE(few->info().trainSize, 40);
        QCOMPARE(inputOf(*few, Part::Train, 7), inputOf(*opened(name), Part::Train, 7));
    }
    void pointsLieWhereTheFormulaPutsThem() {
        const auto circles = opened("circles:noise=0,factor=0.25");
        const auto quarters = opened("xor");
        const auto sine = opened("sine:noise=0,frequency=3");
        for (std::int64_t i = 0; i < 200; ++i) {
            const auto xy = inputOf(*circles, Part::Train, i);
            const float wanted = targetOf(*circles, Part::Train, i)[0] > 0 ? 0.25f : 1.0f;
            QVERIFY(std::abs(std::hypot(xy[0], xy[1]) - wanted) < 1e-5f);
            const auto q = inputOf(*quarters, Part::Train, i);
            QCOMPARE(targetOf(*quarters, Part::Train, i)[0], q[0] * q[1] < 0 ? 1.0f : 0.0f);
            const float x = inputOf(*sine, Part::Train, i)[0];
            QVERIFY(std::abs(targetOf(*sine, Part::Train, i)[0] - std::sin(9.42477796f * x)) < 1e-4f);
        }
    }
    void classesAreBalancedAndTheTaskFollows() {
        const auto five = opened("spirals:classes=5,samples=500");
        QCOMPARE(five->info().task, Task::Multiclass);
        QCOMPARE(five->info().targets, 5);
        std::vector<int> count(5);
        for (std::int64_t i = 0; i < 500; ++i)
            ++count[static_cast<std::size_t>(targetOf(*five, Part::Train, i)[0])];
        QCOMPARE(count, std::vector<int>(5, 100));
        QCOMPARE(opened("clusters:classes=2")->info().task, Task::Binary);
        QCOMPARE(opened("clusters:features=7")->info().input.size(), 7);
        QCOMPARE(opened("clusters:classes=20,features=1")->info().targets, 20);
    }
    void noiseHasTheDeviationAskedFor() {
        const auto sine = opened("sine:noise=0.5,samples=20000");
        double square = 0;
        for (std::int64_t i = 0; i < 20000; ++i) {
            const double x = inputOf(*sine, Part::Train, i)[0];
            square += std::pow(targetOf(*sine, Part::Train, i)[0] - std::sin(2 * M_PI * x), 2);
        }
        QVERIFY(std::abs(std::sqrt(square / 20000) - 0.5) < 0.01);
    }
    void pixelsOfShapesAreLabelled() {
        const auto shapes = opened("shapes:samples=30,size=32,noise=0");
        const DatasetInfo& info = shapes->info();
        QVERIFY(info.task == Task::Multilabel && (info.outputShape() == Shape{2, 32, 32}));
        QCOMPARE(info.targets, 2 * 32 * 32);
        const auto middle = opened("shapes:samples=30,size=32,mask=20,noise=0");
        QVERIFY((middle->info().outputShape() == Shape{2, 20, 20}));
        double circles = 0, squares = 0;
        for (std::int64_t i = 0; i < 30; ++i) {
            const auto picture = inputOf(*shapes, Part::Train, i), mask = targetOf(*shapes, Part::Train, i);
            const auto part = targetOf(*middle, Part::Train, i);
            QCOMPARE(inputOf(*middle, Part::Train, i), picture);
            for (std::size_t at = 0; at < 1024; ++at) {
                const bool circle = mask[at] == 1, square = mask[1024 + at] == 1;
                QVERIFY(!(circle && square));
                QCOMPARE(circle || square, picture[at] >= 0.4f); // the ground is darker than any form
                circles += circle;
                squares += square;
                const std::size_t y = at / 32, x = at % 32;
                if (x >= 6 && x < 26 && y >= 6 && y < 26) QCOMPARE(part[(y - 6) * 20 + (x - 6)], mask[at]);
            }
        }
        QVERIFY(circles > 1000 && squares > 1000);
        QVERIFY2(std::abs(circles / squares - 1) < 0.6, "the area must not tell the kind");
    }
    void referencesAreKeptShort() {
        const auto text = [](const char* reference) { return shippedCatalog().resolve(reference)->text(); };
        QCOMPARE(text("moons"), "moons");
        QCOMPARE(text("moons:seed=1,noise=0.10"), "moons"); // defaults
        QCOMPARE(text("moons: noise = 0.3 ,samples=2000"), "moons:samples=2000,noise=0.3");
        QCOMPARE(opened("moons:noise=0.3")->info().id, "moons:noise=0.3");
    }
    void wrongOptionsAreRefused() {
        QCOMPARE(refused("moons:nois=0.3"), "param.unknown at moons");
        QCOMPARE(refused("moons:noise=-1"), "param.range at moons, noise");
        QCOMPARE(refused("moons:samples=1e9"), "param.type at moons, samples");
        QCOMPARE(refused("moons:noise"), "param.type at moons, noise");
        QCOMPARE(refused("moons:noise=1,noise=2"), "param.twice at moons, noise");
        QCOMPARE(refused("shapes:size=32,mask=40"), "shapes.mask at shapes:size=32,mask=40");
        QCOMPARE(refused("shapes:size=32,mask=21"), "shapes.mask at shapes:size=32,mask=21");
        QVERIFY(shippedCatalog().open("shapes:size=33,mask=21"));
        QCOMPARE(refused("iris:noise=1"), "param.unknown at iris");
        QCOMPARE(refused("moon:noise=1"), "dataset.unknown at moon:noise=1");
    }
};

QTEST_GUILESS_MAIN(GeneratedTest)
#include "generated_test.moc"
