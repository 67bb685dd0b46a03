#include "data_files.h"

#include <QDir>
#include <QtTest>

using namespace burdock;

namespace {

/// `count` records: labels first, then 3072 bytes that begin with the record's number.
QByteArray records(const QByteArray& labels, int perRecord) {
    QByteArray bytes;
    for (int i = 0; i < labels.size(); i += perRecord) {
        bytes += labels.mid(i, perRecord);
        QByteArray pixels(3072, '\0');
        pixels[0] = static_cast<char>(i / perRecord);
        pixels[1024] = '\xff'; // the first green value
        bytes += pixels;
    }
    return bytes;
}

std::string codeOf(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    return data ? "opened" : data.error().code;
}

} // namespace

class CifarTest : public QObject {
    Q_OBJECT
  private slots:
    void tenClasses() {
        DataFolder folder;
        folder.write("data_batch_1.bin", records(QByteArray("\0\3", 2), 1));
        folder.write("data_batch_2.bin", records(QByteArray("\x9", 1), 1));
        folder.write("test_batch.bin", records(QByteArray("\1\2", 2), 1));
        folder.write("batches.meta.txt",
                     "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
        folder.write("readme.html", "…");
        const auto data = shippedCatalog().open(folder.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.title, "CIFAR-10");
        QVERIFY(info.input == (Shape{3, 32, 32}));
        QCOMPARE(info.trainSize, 3);
        QCOMPARE(info.testSize, 2);
        QCOMPARE(info.targets, 10);
        QCOMPARE(info.classNames[9], "truck");
        QCOMPARE(targetOf(**data, Part::Train, 2)[0], 9.f);
        QCOMPARE(targetOf(**data, Part::Test, 1)[0], 2.f);
        const auto values = inputOf(**data, Part::Train, 1);
        QCOMPARE(values[0], 1.f / 255);
        QCOMPARE(values[1024], 1.f);
        QCOMPARE(values[1025], 0.f);
        const auto one = shippedCatalog().open(folder.path("data_batch_1.bin"));
        QVERIFY(one);
        QCOMPARE((*one)->info().trainSize, 2);
        QCOMPARE((*one)->info().testSize, 0);
        QCOMPARE((*one)->info().classNames[3], "cat");
    }
    void hundredClasses() {
        DataFolder folder;
        folder.write("train.bin", records(QByteArray("\4\x63\x13\7", 4), 2));
        folder.write("test.bin", records(QByteArray("\1\2", 2), 2));
        const auto fine = shippedCatalog().open(folder.path());
        QVERIFY2(fine, fine ? "" : oneLine(fine.error()).c_str());
        QCOMPARE((*fine)->info().targets, 100);
        QCOMPARE((*fine)->info().classNames[42], "42"); // no file of names
        QCOMPARE(targetOf(**fine, Part::Train, 0)[0], 99.f);
        const auto coarse = shippedCatalog().open(folder.path() + ":labels=coarse");
        QVERIFY(coarse);
        QCOMPARE((*coarse)->info().targets, 20);
        QCOMPARE(targetOf(**coarse, Part::Train, 0)[0], 4.f);
        QCOMPARE(targetOf(**coarse, Part::Train, 1)[0], 19.f);
    }
    void badFilesAreRefused() {
        DataFolder folder;
        const QByteArray good = records(QByteArray("\1\2", 2), 1);
        const std::string cut = folder.write("data_batch_1.bin", good.left(5000));
        QCOMPARE(codeOf(cut), "data.cifar.length");
        QCOMPARE(codeOf(folder.path()), "data.cifar.length");
        QVERIFY(shippedCatalog().open(folder.path()).error().where.ends_with("data_batch_1.bin"));
        QCOMPARE(codeOf(folder.write("data_batch_1.bin", records("\x0a", 1))), "data.cifar.label");
        folder.write("data_batch_1.bin", good);
        folder.write("test.bin", records(QByteArray("\1\2", 2), 2));
        QCOMPARE(codeOf(folder.path()), "data.cifar.mixed");
        DataFolder testOnly;
        testOnly.write("test_batch.bin", good);
        QCOMPARE(codeOf(testOnly.path()), "data.cifar.train");
        QCOMPARE(codeOf(folder.path() + ":labels=other"), "param.choice");
        QCOMPARE(codeOf(folder.write("data_batch_1.bin", "")), "data.empty");
    }
};

QTEST_GUILESS_MAIN(CifarTest)
#include "cifar_test.moc"
