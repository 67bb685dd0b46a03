#include "pictures.h"
#include "support/several.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <limits>

using namespace burdock;

class PicturesTest : public QObject {
    Q_OBJECT
  private slots:
    /// A picture that is overwritten in place leaves its folder's time as it was.
    void whatIsOverwrittenIsReadAnew() {
        Pictures p;
        p.add("red/a.png", {4, 4}, Qt::red);
        p.add("blue/b.png", {4, 4}, Qt::blue);
        const auto before = shippedCatalog().open(p.path());
        QVERIFY(before);
        QCOMPARE(*shippedCatalog().open(p.path()), *before); // shared
        QTest::qSleep(20);                                   // files' times are not finer everywhere
        p.add("red/a.png", {4, 4}, Qt::green);
        const auto after = shippedCatalog().open(p.path());
        QVERIFY(after && *after != *before);
        QVERIFY(inputOf(**after, Part::Train, 1) != inputOf(**before, Part::Train, 1));
        // copied with its time, and as long as before
        const std::string bitmap = p.files.path("red/c.bmp");
        p.add("red/c.bmp", {4, 4}, Qt::red);
        const auto time = std::filesystem::last_write_time(bitmap);
        const auto third = shippedCatalog().open(p.path());
        QTest::qSleep(20);
        p.add("red/c.bmp", {4, 4}, Qt::blue);
        std::filesystem::last_write_time(bitmap, time);
        const auto fourth = shippedCatalog().open(p.path());
        QVERIFY(third && fourth && *third != *fourth);
    }

    void foldersAreClasses() {
        Pictures p;
        p.add("red/a.png", {6, 4}, Qt::red);
        p.add("red/b.bmp", {6, 4}, Qt::red);
        p.add("blue/deep/c.jpg", {6, 4}, Qt::blue);
        p.add("green/d.PNG", {20, 20}, Qt::green);
        p.add("green/e.png", {4, 6}, QColor(0, 0, 0, 0), QImage::Format_ARGB32);
        p.files.write("red/notes.txt", "not a picture");
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const DatasetInfo& info = (*data)->info();
        QVERIFY(info.input == (Shape{3, 4, 6})); // what most have
        QCOMPARE(info.classNames, (std::vector<std::string>{"blue", "green", "red"}));
        QCOMPARE(info.trainSize, 5);
        QCOMPARE(info.testSize, 0);
        const auto blue = inputOf(**data, Part::Train, 0);
        QVERIFY(blue[0] < 0.02f && blue[24] < 0.02f && blue[48] > 0.98f);
        const auto green = inputOf(**data, Part::Train, 1);
        QVERIFY(green[0] == 0 && green[24 + 13] == 1 && green[71] == 0);
        QCOMPARE(inputOf(**data, Part::Train, 2)[7], 1.f); // what is transparent is white
        QCOMPARE(targetOf(**data, Part::Train, 4)[0], 2.f);
    }
    void partsAndOptions() {
        Pictures p;
        p.add("train/no/a.png", {5, 5}, QColor(64, 64, 64));
        p.add("train/yes/b.png", {5, 5}, Qt::white);
        p.add("test/yes/c.png", {9, 9}, Qt::white);
        const auto data = shippedCatalog().open(p.path() + ":size=3x7,colour=grey");
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QVERIFY((*data)->info().input == (Shape{1, 3, 7}));
        QCOMPARE((*data)->info().task, Task::Binary);
        QCOMPARE((*data)->info().testSize, 1);
        QVERIFY(std::abs(inputOf(**data, Part::Train, 0)[20] - 64.f / 255) < 0.01f);
        QCOMPARE(targetOf(**data, Part::Test, 0)[0], 1.f);
    }
    void greyPicturesStayGrey() {
        Pictures p;
        p.add("a/1.png", {4, 4}, Qt::black, QImage::Format_Grayscale8);
        p.add("b/2.png", {4, 4}, Qt::white, QImage::Format_Grayscale8);
        const auto grey = shippedCatalog().open(p.path());
        QVERIFY(grey && (*grey)->info().input.channels == 1);
        const auto colour = shippedCatalog().open(p.path() + ":colour=colour");
        QVERIFY(colour && (*colour)->info().input.channels == 3);
    }
    void masksLabelPixels() {
        Pictures p;
        p.add("images/a.jpg", {6, 4}, Qt::gray);
        p.add("images/deep/b.png", {6, 4}, Qt::white);
        p.add("masks/a.png", {6, 4}, Qt::red);
        QImage half(3, 2, QImage::Format_RGB32); // half the size: each pixel counts for four
        half.fill(Qt::black);
        half.setPixelColor(2, 1, Qt::blue);
        const QString deep = QString::fromStdString(p.files.path("masks/deep/b.png"));
        QVERIFY(QDir().mkpath(QFileInfo(deep).path()) && half.save(deep));
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.task, Task::Multilabel);
        QVERIFY((info.outputShape() == Shape{2, 4, 6}));
        QCOMPARE(info.targets, 48);
        QCOMPARE(info.classNames, (std::vector<std::string>{"#0000ff", "#ff0000"}));
        QCOMPARE(info.trainSize, 2);
        std::vector<float> wanted(48);
        std::fill(wanted.begin() + 24, wanted.end(), 1.f);
        QCOMPARE(targetOf(**data, Part::Train, 0), wanted); // all red
        wanted.assign(48, 0);
        for (const std::size_t at : {16u, 17u, 22u, 23u})
            wanted[at] = 1;
        QCOMPARE(targetOf(**data, Part::Train, 1), wanted);
        QCOMPARE(inputOf(**data, Part::Train, 1)[0], 1.f);

        p.add("images/c.png", {6, 4}, Qt::gray);
        QCOMPARE(refusal(p.path()).code, "data.pictures.mask");
        p.add("masks/c.png", {6, 4}, Qt::green);
        QCOMPARE(shippedCatalog().open(p.path()).value()->info().classNames.size(), 3u);
        QImage many(6, 6, QImage::Format_RGB32);
        for (int i = 0; i < 36; ++i)
            many.setPixelColor(i % 6, i / 6, QColor(10 + i, 0, 0));
        p.add("images/d.png", {6, 6}, Qt::gray);
        QVERIFY(many.save(QString::fromStdString(p.files.path("masks/d.png"))));
        QCOMPARE(refusal(p.path() + ":size=6x6").code, "data.pictures.colours");
        Pictures dark;
        dark.add("train/images/a.png", {4, 4}, Qt::gray);
        dark.add("train/masks/a.png", {4, 4}, Qt::black);
        QCOMPARE(refusal(dark.path()).code, "data.pictures.unmarked");
        dark.add("train/masks/a.png", {4, 4}, Qt::white);
        dark.add("test/images/a.png", {4, 4}, Qt::gray);
        dark.add("test/masks/a.png", {4, 4}, Qt::red);
        QCOMPARE(refusal(dark.path()).code, "data.pictures.colours");
        dark.add("test/masks/a.png", {4, 4}, Qt::white);
        QCOMPARE(shippedCatalog().open(dark.path()).value()->info().testSize, 1);
    }
    /// Folders put together from links: what they lead to has names of its own.
    void masksOfLinkedPictures() {
        Pictures p;
        p.add("store/1.png", {4, 4}, Qt::gray);
        p.add("store/2.png", {4, 4}, Qt::red);
        for (const char* name : {"data/images/a.png", "data/masks/a.png"}) {
            const QString path = QString::fromStdString(p.files.path(name));
            QVERIFY(QDir().mkpath(QFileInfo(path).path()));
            const char* target = QString(name).contains("masks") ? "store/2.png" : "store/1.png";
            QVERIFY(QFile::link(QString::fromStdString(p.files.path(target)), path));
        }
        const auto data = shippedCatalog().open(p.files.path("data"));
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().classNames, std::vector<std::string>{"#ff0000"});
    }
    void testPicturesNeedMasks() {
        Pictures p;
        p.add("train/images/a.png", {4, 4}, Qt::gray);
        p.add("train/masks/a.png", {4, 4}, Qt::red);
        p.add("test/images/b.png", {4, 4}, Qt::gray);
        const Diagnostic why = refusal(p.path());
        QCOMPARE(why.code, "data.pictures.mask");
        QCOMPARE(why.where, p.files.path("test"));
        p.add("test/masks/b.png", {4, 4}, Qt::red);
        QCOMPARE(shippedCatalog().open(p.path()).value()->info().testSize, 1);
    }
    /// A mask may be smaller or larger, its sides rounded, but not of another form.
    void masksHaveTheirPicturesProportions() {
        Pictures p;
        p.add("images/a.png", {101, 67}, Qt::gray);
        for (const QSize size : {QSize(101, 67), QSize(50, 33), QSize(51, 34), QSize(202, 134)}) {
            p.add("masks/a.png", size, Qt::red);
            const Diagnostic why = refusal(p.path());
            QVERIFY2(why.code.empty(), oneLine(why).c_str());
        }
        for (const QSize size : {QSize(67, 101), QSize(101, 101), QSize(101, 60), QSize(100, 64)}) {
            p.add("masks/a.png", size, Qt::red);
            const Diagnostic why = refusal(p.path());
            QCOMPARE(why.code, "data.pictures.mask-size");
            QCOMPARE(why.where, p.files.path("masks/a.png"));
            const std::string is = std::to_string(size.width()) + " × " + std::to_string(size.height());
            QVERIFY2(why.why.find(is) != std::string::npos && why.why.find("101 × 67") != std::string::npos,
                     why.why.c_str());
        }
    }
    /// However the threads share the work, the first mask that is too much is named.
    void tooManyColoursAreNamedInOrder() {
        Pictures p;
        for (int i = 0; i < 60; ++i) {
            p.add(QString("images/%1.png").arg(i + 10), {4, 4}, Qt::gray);
            p.add(QString("masks/%1.png").arg(i + 10), {4, 4}, QColor(10 + i, 0, 0));
        }
        // The 33rd colour; the sixth picture takes longer to be read than those behind it.
        p.add("masks/15.png", {3000, 3000}, QColor(15, 0, 0));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(refusal(p.path()).where, p.files.path("masks/42.png"));
    }
    /// All masks are kept in memory, whatever is of the pictures.
    void memoryOfMasks() {
        Pictures p;
        for (int i = 0; i < 257; ++i)
            for (const char* folder : {"images", "masks"})
                p.add(QString("%1/%2.png").arg(folder).arg(i), {2, 2}, Qt::red);
        const Diagnostic why = refusal(p.path() + ":size=4096x4096");
        QCOMPARE(why.code, "data.memory");
        QVERIFY2(why.why.find("take 4112 MB") != std::string::npos, why.why.c_str());
    }
    /// A drawing would load fonts and other files, and needs the window's library.
    void nameDoesNotChooseTheReader() {
        Pictures p;
        p.add("a/1.png", {4, 4}, Qt::black);
        p.add("b/2.png", {4, 4}, Qt::white);
        QVERIFY(QFile::rename(QString::fromStdString(p.files.path("b/2.png")),
                              QString::fromStdString(p.files.path("b/2.jpg"))));
        QVERIFY(refusal(p.path()).code.empty());
        for (const char* contents :
             {"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><text y='4'>x</text></svg>",
              "GIF89a\1\0\1\0\0\0\0;", "P1 1 1 1",
              "/* XPM */ static char *x[] = {\"1 1 1 1\", \"a c red\", \"a\"};"}) {
            const std::string path = p.files.write("b/3.png", contents);
            const Diagnostic why = refusal(p.path());
            QCOMPARE(why.code, "data.pictures.damaged");
            QCOMPARE(why.where, path);
        }
    }
    /// Sizes that a header claims, and nothing behind it.
    void memoryIsTakenForWhatIsThere() {
        const auto bitmap = [](qint32 width, qint32 height) {
            QByteArray head("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18);
            for (const qint32 side : {width, height})
                for (int shift = 0; shift < 32; shift += 8)
                    head.append(static_cast<char>(side >> shift));
            return head + QByteArray("\1\0\x18\0", 4) + QByteArray(24, '\0');
        };
        Pictures p;
        const std::int64_t before = peakMemory();
        // Three times the square of the first overflows.
        for (const qint32 side : {std::numeric_limits<qint32>::max(), 1 << 30, 20'000}) {
            for (const char* folder : {"a", "b"}) {
                QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path(folder))));
                p.files.write(QString("%1/1.bmp").arg(folder), bitmap(side, side));
            }
            const Diagnostic why = refusal(p.path());
            QVERIFY2(why.code == "data.pictures.damaged", oneLine(why).c_str());
        }
        QVERIFY2(peakMemory() - before < 100'000'000, qPrintable(QString::number(peakMemory() - before)));
    }
    /// Qt reads them, and gives what lies in memory for the missing pixels.
    void bitmapsThatAreCutOffAreRefused() {
        Pictures p;
        p.add("a/1.png", {40, 30}, Qt::black);
        for (const QImage::Format format : {QImage::Format_RGB32, QImage::Format_Grayscale8}) {
            p.add("b/2.bmp", {40, 30}, Qt::white, format);
            QVERIFY(refusal(p.path()).code.empty());
            QFile whole(QString::fromStdString(p.files.path("b/2.bmp")));
            QVERIFY(whole.open(QIODevice::ReadOnly));
            const QByteArray bytes = whole.readAll();
            for (const qsizetype kept : {bytes.size() - 1, bytes.size() / 2, qsizetype{54}, qsizetype{20}}) {
                const std::string path = p.files.write("b/2.bmp", bytes.left(kept));
                const Diagnostic why = refusal(p.path());
                QCOMPARE(why.code, "data.pictures.damaged");
                QCOMPARE(why.where, path);
            }
        }
    }
    /// Scaled to cover a square, a line would take many times the memory of both.
    void farEndsAreCutOffFirst() {
        Pictures p;
        p.add("a/1.png", {30'000, 1}, Qt::red);
        p.add("b/1.png", {1, 30'000}, Qt::blue);
        const std::int64_t before = peakMemory();
        const auto data = shippedCatalog().open(p.path() + ":size=64x64");
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QVERIFY2(peakMemory() - before < 100'000'000, qPrintable(QString::number(peakMemory() - before)));
        QCOMPARE(inputOf(**data, Part::Train, 0)[2000], 1.F);
        QCOMPARE(inputOf(**data, Part::Train, 1)[2 * 64 * 64 + 2000], 1.F);
    }
    /// Each pixel of a small picture covers the whole width of a tall one, and nearly as much beside it.
    void fewPixelsDoNotBecomeHuge() {
        Pictures p;
        p.add("a/1.png", {4, 8194}, Qt::red);
        p.add("b/1.png", {8, 2}, Qt::blue);
        const std::int64_t before = peakMemory();
        const auto data = shippedCatalog().open(p.path() + ":size=4096x4");
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QVERIFY2(peakMemory() - before < 100'000'000, qPrintable(QString::number(peakMemory() - before)));
        const std::vector<float> blue = inputOf(**data, Part::Train, 1);
        QCOMPARE(blue.size(), std::size_t{3} * 4 * 4096);
        for (const std::size_t at : {0, 17, 4 * 4096 - 1})
            QVERIFY(blue[at] == 0 && blue[2 * 4 * 4096 + at] == 1);
    }
    void badFoldersAreRefused() {
        Pictures p;
        QCOMPARE(refusal(p.path()).code, "dataset.format"); // empty
        p.add("a/1.png", {4, 4}, Qt::black);
        QCOMPARE(refusal(p.path()).code, "data.classes");
        p.add("b/2.png", {4, 4}, Qt::white);
        const std::string corrupt = p.files.write("b/3.png", "\x89PNG\r\n\x1a\nbroken");
        Diagnostic why = refusal(p.path());
        QCOMPARE(why.code, "data.pictures.damaged");
        QCOMPARE(why.where, corrupt);
        QVERIFY(!why.mend.empty());
        QFile whole(QString::fromStdString(p.files.path("b/2.png")));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        p.files.write("b/3.png", bytes.left(bytes.size() - 20)); // a good header, cut off later
        QCOMPARE(refusal(p.path()).code, "data.pictures.damaged");
        QVERIFY(QFile::remove(QString::fromStdString(corrupt)));
        QCOMPARE(refusal(p.path() + ":size=-1").code, "param.range");
        QVERIFY(refusal(p.path()).code.empty());
        Pictures parts;
        parts.add("train/a/1.png", {4, 4}, Qt::black);
        parts.add("train/b/1.png", {4, 4}, Qt::black);
        parts.add("test/c/1.png", {4, 4}, Qt::black);
        QCOMPARE(refusal(parts.path()).code, "data.pictures.class");
    }
};

ADD_TEST_CLASS(PicturesTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "pictures_test.moc"
