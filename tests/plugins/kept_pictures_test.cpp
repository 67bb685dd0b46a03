// Pictures that a budget of memory does not hold are decoded again whenever they are read, to the same
// values.
#include "engine/tensor/random.h"
#include "engine/train/trainer.h"
#include "pictures.h"
#include "support/several.h"

#include <QFile>
#include <QtTest>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace burdock;

namespace {

constexpr int side = 256, each = 9; // pictures of a class; five of 256 × 256 in colour fit a megabyte

QImage noise(int number) {
    QImage image(side, side, QImage::Format_RGB32);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            image.setPixel(x, y,
                           QRgb(randomBits(static_cast<std::uint64_t>(number),
                                           static_cast<std::uint64_t>(y / 8 * side + x / 8))));
    return image;
}

void addNoise(const Pictures& p, const QString& name, int number) {
    p.add(name, {1, 1}, Qt::black); // makes the folder
    QVERIFY(noise(number).save(QString::fromStdString(p.files.path(name))));
}

QStringList addTwoClasses(const Pictures& p) {
    QStringList names;
    for (int i = 0; i < each; ++i)
        for (const char* folder : {"train/a", "train/b", "test/a", "test/b"}) {
            names << QString("%1/%2.jpg").arg(folder).arg(i);
            addNoise(p, names.back(), static_cast<int>(names.size()));
        }
    return names;
}

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qFatal("%s", oneLine(data.error()).c_str());
    return *data;
}

void compare(const Dataset& few, const Dataset& all) {
    QCOMPARE(few.info().sha256, all.info().sha256);
    QCOMPARE(few.info().trainSize, all.info().trainSize);
    QCOMPARE(few.info().testSize, all.info().testSize);
    for (const Part part : {Part::Train, Part::Test})
        for (std::int64_t i = 0; i < all.size(part); ++i) {
            QVERIFY(inputOf(few, part, i) == inputOf(all, part, i));
            QVERIFY(targetOf(few, part, i) == targetOf(all, part, i));
        }
}

/// What reading it throws; empty: nothing.
std::string thrownBy(const Dataset& data, std::int64_t index) {
    try {
        inputOf(data, Part::Train, index);
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return {};
}

} // namespace

class KeptPicturesTest : public QObject {
    Q_OBJECT
  private slots:
    void aBudgetChangesNoValue() {
        Pictures p;
        addTwoClasses(p);
        const auto all = opened(p.path()), few = opened(p.path() + ":memory=1");
        QVERIFY(!isNoted(*all, "kept decoded"));
        QVERIFY(isNoted(*few, "Of 36 pictures 5 are kept decoded, in 983 kB of memory"));
        compare(*few, *all);
    }
    void norOfLabelledPictures() {
        Pictures p;
        QByteArray table = "name,size\n";
        for (int i = 0; i < each; ++i) {
            addNoise(p, QString("%1.png").arg(i), i);
            table += QString("%1.png,%2.5\n").arg(i).arg(i).toUtf8();
        }
        p.files.write("labels.csv", table);
        compare(*opened(p.path() + ":memory=1,task=number"), *opened(p.path() + ":task=number"));
    }
    void norOfMaskedPictures() {
        Pictures p;
        for (int i = 0; i < each; ++i) {
            addNoise(p, QString("images/%1.png").arg(i), i);
            p.add(QString("masks/%1.png").arg(i), {side, side}, i % 2 ? Qt::red : Qt::blue);
        }
        compare(*opened(p.path() + ":memory=1"), *opened(p.path()));
    }
    void anyThreadMayRead() {
        Pictures p;
        addTwoClasses(p);
        const auto all = opened(p.path()), few = opened(p.path() + ":memory=1");
        std::atomic<int> different = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&, t] {
                    for (std::int64_t i = 0; i < 2 * each; ++i) {
                        const std::int64_t index = (i + 5 * t) % (2 * each);
                        different += inputOf(*few, Part::Train, index) != inputOf(*all, Part::Train, index);
                    }
                });
        }
        QCOMPARE(different, 0);
    }
    void whatIsDamagedMeanwhileIsNamed() {
        Pictures p;
        const QStringList names = addTwoClasses(p);
        const auto few = opened(p.path() + ":memory=1");
        for (const QString& name : names)
            p.files.write(name, "no picture any more");
        int kept = 0;
        for (std::int64_t i = 0; i < 2 * each; ++i) {
            const std::string thrown = thrownBy(*few, i);
            kept += thrown.empty();
            QVERIFY2(thrown.empty() || thrown.find(p.path()) != std::string::npos, thrown.c_str());
        }
        QCOMPARE(kept, 5);
        TrainConfig config;
        config.epochs = 1;
        config.batch = 4;
        Graph g;
        const NodeId in = g.add("input", {{"channels", std::int64_t{3}},
                                          {"height", std::int64_t{side}},
                                          {"width", std::int64_t{side}}}),
                     flat = g.add("flatten"), out = g.add("dense", {{"units", std::int64_t{1}}});
        g.connect(in, flat);
        g.connect(flat, out);
        auto trainer = Trainer::make(g, few, config);
        QVERIFY2(trainer, trainer ? "" : oneLine(trainer.error()).c_str());
        TrainObserver observer;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(observer, control);
        QCOMPARE(finish.status, RunStatus::Failed);
        QCOMPARE(finish.problem->code, std::string("train.failed"));
        QVERIFY2(finish.problem->what.find(".jpg") != std::string::npos, oneLine(*finish.problem).c_str());
    }
    /// Its values would not be those that the data set is known by.
    void whatIsOverwrittenMeanwhileIsRefused() {
        Pictures p;
        const QStringList names = addTwoClasses(p);
        const auto few = opened(p.path() + ":memory=1");
        for (int i = 0; i < names.size(); ++i)
            addNoise(p, names[i], 1000 + i);
        int refused = 0;
        for (std::int64_t i = 0; i < 2 * each; ++i)
            refused += thrownBy(*few, i).find("was changed after") != std::string::npos;
        QCOMPARE(refused, 2 * each - 5);
    }
    void damagedOnesAreLeftOut() {
        Pictures p;
        const QStringList names = addTwoClasses(p);
        p.files.write(names[8], "no picture");
        QCOMPARE(refusal(p.path() + ":memory=1").where, p.files.path(names[8]));
        const std::string skip = ":damaged=skip";
        const auto all = opened(p.path() + skip);
        QCOMPARE(all->size(Part::Train), 2 * each - 1);
        compare(*opened(p.path() + skip + ",memory=1"), *all);
    }
};

ADD_TEST_CLASS(KeptPicturesTest)

#include "kept_pictures_test.moc"
