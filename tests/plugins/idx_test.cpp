#include "data_files.h"

#include <QCryptographicHash>
#include <QtTest>

using namespace burdock;

namespace {

const QByteArray pixels("\x00\xff\x33\x66"
                        "\x01\x02\x03\x04"
                        "\x05\x06\x07\x08",
                        12); // 3 images of 2×2
const QByteArray labels("\x00\x02\x01", 3);

QByteArray images() {
    return idx({3, 2, 2}, pixels);
}

} // namespace

class IdxTest : public QObject {
    Q_OBJECT

    /// A data set of two parts; what a case changes is written over it.
    static void writeGood(const DataFolder& folder) {
        folder.write("train-images-idx3-ubyte", images());
        folder.write("train-labels-idx1-ubyte", idx({3}, labels));
        folder.write("t10k-images-idx3-ubyte", idx({1, 2, 2}, QByteArray("\x0a\x14\x1e\x28", 4)));
        folder.write("t10k-labels-idx1-ubyte", idx({1}, QByteArray("\x01", 1)));
    }

  private slots:
    void readsBothParts() {
        DataFolder folder;
        writeGood(folder);
        for (const char* name :
             {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", ""}) {
            const auto data = shippedCatalog().open(folder.path(name));
            QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
            const DatasetInfo& info = (*data)->info();
            QCOMPARE(info.trainSize, 3);
            QCOMPARE(info.testSize, 1);
            QVERIFY(info.input == (Shape{1, 2, 2}));
            QCOMPARE(info.targets, 3);
            QCOMPARE(info.task, Task::Multiclass);
            QCOMPARE(info.classNames, (std::vector<std::string>{"0", "1", "2"}));
            QCOMPARE(inputOf(**data, Part::Train, 0), (std::vector<float>{0.f, 1.f, 0.2f, 0.4f}));
            QCOMPARE(targetOf(**data, Part::Train, 1), (std::vector<float>{2.f}));
            QCOMPARE(inputOf(**data, Part::Test, 0)[0], 10.f / 255.f);
            QCOMPARE(targetOf(**data, Part::Test, 0), (std::vector<float>{1.f}));
        }
    }
    void compressedIsTheSame() {
        DataFolder plain, packed;
        plain.write("train-images-idx3-ubyte", images());
        plain.write("train-labels-idx1-ubyte", idx({3}, labels));
        packed.write("train-images-idx3-ubyte.gz", gzipped(images()));
        packed.write("train-labels-idx1-ubyte.gz", gzipped(idx({3}, labels)));
        const auto a = shippedCatalog().open(plain.path());
        const auto b = shippedCatalog().open(packed.path("train-images-idx3-ubyte.gz"));
        QVERIFY(a && b);
        QCOMPARE((*a)->info().testSize, 0);
        QCOMPARE(inputOf(**a, Part::Train, 2), inputOf(**b, Part::Train, 2));
        QCOMPARE((*a)->info().sha256, (*b)->info().sha256);
        const auto hash = QCryptographicHash::hash(images() + idx({3}, labels), QCryptographicHash::Sha256);
        QCOMPARE((*a)->info().sha256, hash.toHex().toStdString());
    }
    void otherNamesAndShapes() {
        DataFolder folder;
        folder.write("letters-train-images.idx3-ubyte", idx({2, 3, 1, 2}, pixels));
        folder.write("letters-train-labels.idx1-ubyte", idx({2}, QByteArray("\x00\x01", 2)));
        folder.write("points-images.idx", idx({4, 3}, pixels));
        folder.write("points-labels.idx", idx({4}, QByteArray("\x00\x01\x02\x03", 4)));
        const auto letters = shippedCatalog().open(folder.path("letters-train-images.idx3-ubyte"));
        QVERIFY2(letters, letters ? "" : oneLine(letters.error()).c_str());
        QVERIFY((*letters)->info().input == (Shape{3, 1, 2}));
        QCOMPARE((*letters)->info().task, Task::Binary);
        QCOMPARE((*letters)->info().targets, 1);
        const auto points = shippedCatalog().open(folder.path("points-labels.idx"));
        QVERIFY2(points, points ? "" : oneLine(points.error()).c_str());
        QVERIFY((*points)->info().input == (Shape{3, 1, 1}));
        QVERIFY(QString::fromStdString(refusalOf(folder.path())).startsWith("data.idx.several"));
    }
    void classesAreTheLabelsThatThereAre_data() {
        QTest::addColumn<QByteArray>("labels");
        QTest::addColumn<QStringList>("names");
        QTest::addColumn<Task>("task");
        QTest::addColumn<QString>("note");
        QTest::newRow("from 0") << QByteArray("\0\2\1", 3) << QStringList{"0", "1", "2"} << Task::Multiclass
                                << "";
        QTest::newRow("from 1") << QByteArray("\2\3\1", 3) << QStringList{"1", "2", "3"} << Task::Multiclass
                                << "1 to 3";
        QTest::newRow("two of ten") << QByteArray("\3\7\3", 3) << QStringList{"3", "7"} << Task::Binary
                                    << "3, 7";
        QTest::newRow("1 and 2") << QByteArray("\2\1\2", 3) << QStringList{"1", "2"} << Task::Binary
                                 << "1, 2";
        QTest::newRow("0 and 255") << QByteArray("\0\xff\0", 3) << QStringList{"0", "255"} << Task::Binary
                                   << "0, 255";
    }
    void classesAreTheLabelsThatThereAre() {
        QFETCH(QByteArray, labels);
        QFETCH(QStringList, names);
        QFETCH(Task, task);
        QFETCH(QString, note);
        DataFolder folder;
        folder.write("train-labels-idx1-ubyte", idx({3}, labels));
        const auto data = shippedCatalog().open(folder.write("train-images-idx3-ubyte", images()));
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const DatasetInfo& info = (*data)->info();
        QStringList read;
        for (const std::string& name : info.classNames)
            read << QString::fromStdString(name);
        QCOMPARE(read, names);
        QVERIFY(info.task == task);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(names[static_cast<int>(targetOf(**data, Part::Train, i)[0])].toInt(),
                     static_cast<unsigned char>(labels[i]));
        QCOMPARE(info.notes.empty(), note.isEmpty());
        if (!note.isEmpty()) QVERIFY(info.notes[0].find(note.toStdString()) != std::string::npos);
    }
    void refusesBadFiles_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("code");
        const QString image = "train-images-idx3-ubyte", label = "train-labels-idx1-ubyte";
        const QByteArray gz = gzipped(images());
        QByteArray flipped = gz;
        flipped[gz.size() - 6] = static_cast<char>(flipped[gz.size() - 6] ^ 1); // in the checksum
        QTest::newRow("empty") << image << QByteArray() << "data.empty";
        QTest::newRow("wrong magic") << image << QByteArray("PNG\x0d plus some more") << "data.idx.magic";
        QTest::newRow("five dimensions") << image << idx({1, 1, 1, 1, 1}, "x") << "data.idx.magic";
        QTest::newRow("three bytes") << image << QByteArray("\0\0\x08", 3) << "data.idx.magic";
        QTest::newRow("floats") << image << idx({3, 2, 2}, QByteArray(48, 'x'), 0x0D) << "data.idx.type";
        QTest::newRow("cut header") << image << images().left(10) << "data.truncated";
        QTest::newRow("cut pixels") << image << images().left(20) << "data.truncated";
        QTest::newRow("one byte too many") << image << images() + "x"
                                           << "data.idx.length";
        QTest::newRow("cut gzip") << image << gz.left(gz.size() - 10) << "data.truncated";
        QTest::newRow("cut gzip header") << image << gz.left(5) << "data.truncated";
        QTest::newRow("damaged gzip") << image << flipped << "data.damaged";
        QTest::newRow("gzip of cut pixels") << image << gzipped(images().left(20)) << "data.truncated";
        QTest::newRow("sizes overflow")
            << image << idx({0xffffffff, 0xffffffff, 0xffffffff}, pixels) << "data.truncated";
        QTest::newRow("sizes wrap to 0")
            << image << idx({0x10000, 0x10000, 0x10000, 0x10000}, pixels) << "data.truncated";
        QTest::newRow("no images") << image << idx({0, 2, 2}, "") << "data.empty";
        QTest::newRow("images are a list") << image << idx({3}, labels) << "data.idx.images";
        QTest::newRow("labels are images") << label << images() << "data.idx.labels";
        QTest::newRow("fewer labels") << label << idx({2}, labels.left(2)) << "data.idx.count";
        QTest::newRow("one class") << label << idx({3}, QByteArray("\1\1\1", 3)) << "data.classes";
        QTest::newRow("test label out of range")
            << "t10k-labels-idx1-ubyte" << idx({1}, "\x09") << "data.idx.label";
        QTest::newRow("test images of other size")
            << "t10k-images-idx3-ubyte" << idx({1, 1, 4}, "abcd") << "data.idx.shape";
    }
    void refusesBadFiles() {
        QFETCH(QString, file);
        QFETCH(QByteArray, contents);
        QFETCH(QString, code);
        DataFolder folder;
        writeGood(folder);
        const std::string path = folder.write(file, contents);
        const auto data = shippedCatalog().open(path);
        QVERIFY2(!data, "opened");
        QCOMPARE(QString::fromStdString(data.error().code), code);
        QVERIFY2(data.error().where.find(file.toStdString()) != std::string::npos,
                 data.error().where.c_str());
        QVERIFY(!data.error().what.empty() && !data.error().mend.empty());
    }
    /// Deflate could make 1,032 times the file of it, but did not.
    void memoryIsTakenForWhatIsThere() {
        DataFolder folder;
        writeGood(folder);
        QByteArray noise(1'000'000, '\0');
        quint32 state = 1;
        for (char& byte : noise)
            byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
        const std::string path =
            folder.write("train-images-idx3-ubyte", gzipped(idx({3, 18'000, 18'000}, noise)));
        const std::int64_t before = peakMemory();
        QVERIFY(QString::fromStdString(refusalOf(path)).startsWith("data.truncated"));
        QVERIFY2(peakMemory() - before < 100'000'000, qPrintable(QString::number(peakMemory() - before)));
    }
    void refusesMissingPartners() {
        DataFolder folder;
        const std::string path = folder.write("train-images-idx3-ubyte", images());
        QVERIFY(QString::fromStdString(refusalOf(path)).startsWith("data.idx.partner"));
        DataFolder other;
        QVERIFY(
            QString::fromStdString(refusalOf(other.write("faces", images()))).startsWith("data.idx.name"));
        DataFolder empty;
        QVERIFY(QString::fromStdString(refusalOf(empty.path())).startsWith("dataset.format"));
    }
};

QTEST_GUILESS_MAIN(IdxTest)
#include "idx_test.moc"
