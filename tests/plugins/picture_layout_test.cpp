#include "pictures.h"
#include "support/several.h"

#include <QFile>
#include <QtTest>

using namespace burdock;

namespace {

void link(const Pictures& p, const QString& from, const QString& to) {
    const QString path = QString::fromStdString(p.files.path(from));
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QVERIFY(QFile::link(to, path));
}

std::shared_ptr<const Dataset> opened(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qFatal("%s", oneLine(data.error()).c_str());
    return *data;
}

} // namespace

/// Which files of a folder are pictures of which class and part, and what is told of the others.
class PictureLayoutTest : public QObject {
    Q_OBJECT
  private slots:
    void hiddenFilesAreIgnored() {
        Pictures p;
        for (const char* kind : {"cat", "dog"})
            for (int i = 0; i < 3; ++i)
                p.add(QString("%1/%2.png").arg(kind).arg(i), {4, 4}, Qt::red);
        for (const char* hidden : {"cat/.ipynb_checkpoints", "__MACOSX/cat", ".thumbnails", "dog/@eaDir"}) {
            QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path(hidden))));
            p.files.write(QString(hidden) + "/0.png", "broken");
        }
        for (const char* file : {"cat/.DS_Store", "cat/._0.png", "dog/Thumbs.db", "dog/desktop.ini"})
            p.files.write(file, "x");
        const auto data = opened(p.path());
        QCOMPARE(data->info().trainSize, 6);
        QVERIFY2(data->info().notes.empty(), data->info().notes.empty() ? "" : data->info().notes[0].c_str());
    }
    void otherFilesAreNamed() {
        Pictures p;
        p.add("cat/1.png", {4, 4}, Qt::red);
        p.add("dog/1.png", {4, 4}, Qt::red);
        p.add("stray.png", {4, 4}, Qt::red);
        for (const char* file : {"cat/a.TXT", "cat/b.txt", "dog/c.txt", "dog/d.txt", "LICENSE"})
            p.files.write(file, "x");
        const auto data = opened(p.path());
        QVERIFY(isNoted(
            *data,
            "4 .txt files are no pictures and were not read: cat/a.TXT, cat/b.txt, dog/c.txt and 1 more."));
        QVERIFY(isNoted(*data, "1 file is no picture and was not read: LICENSE."));
        QVERIFY(isNoted(*data, "1 picture was left out, being in no class or part: stray.png."));
    }
    void classesMayBeLinks() {
        Pictures p;
        p.add("real/cat/1.png", {4, 4}, Qt::red);
        p.add("real/dog/1.png", {4, 4}, Qt::red);
        link(p, "linked/cat", "../real/cat");
        link(p, "linked/dog", "../real/dog");
        const auto data = opened(p.files.path("linked"));
        QCOMPARE(data->info().trainSize, 2);
        QTest::qSleep(20); // files' times are not finer everywhere
        p.add("real/dog/1.png", {4, 4}, Qt::blue);
        QVERIFY(opened(p.files.path("linked")) != data); // what a link leads to is looked at as well
        link(p, "linked/cat/up", "../..");
        link(p, "linked/cat/self", "self");
        link(p, "linked/dog/gone.png", "/nowhere/at.png");
        const auto circle = opened(p.files.path("linked"));
        QCOMPARE(circle->info().trainSize, 2);
        QVERIFY(isNoted(*circle, "leads back to a folder that is read already"));
        QVERIFY(isNoted(*circle, "gone.png leads nowhere"));
    }
    void linksOfLinksEnd() {
        Pictures p;
        p.add("data/cat/1.png", {4, 4}, Qt::red);
        p.add("data/dog/1.png", {4, 4}, Qt::red);
        // Each leads to the next in two ways: 2^30 ways through all.
        for (int i = 0; i < 30; ++i)
            for (const char* name : {"a", "b"})
                link(p, QString("chain/%1/%2").arg(i).arg(name), QString("../%1").arg(i + 1));
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("chain/30"))));
        link(p, "data/cat/chain", QString::fromStdString(p.files.path("chain/0")));
        QCOMPARE(opened(p.files.path("data"))->info().trainSize, 2);
    }

    void partsByName_data() {
        QTest::addColumn<QStringList>("folders");
        QTest::addColumn<QList<int>>("sizes"); // train, validation, test
        QTest::newRow("train, val") << QStringList{"train", "val"} << QList{4, 0, 2};
        QTest::newRow("train, validation") << QStringList{"train", "validation"} << QList{4, 0, 2};
        QTest::newRow("train, dev") << QStringList{"train", "dev"} << QList{4, 0, 2};
        QTest::newRow("Training, Testing") << QStringList{"Training", "Testing"} << QList{4, 0, 2};
        QTest::newRow("sets") << QStringList{"training_set", "test_set"} << QList{4, 0, 2};
        QTest::newRow("three") << QStringList{"train", "val", "test"} << QList{4, 2, 2};
        QTest::newRow("TRAIN, eval, Valid") << QStringList{"TRAIN", "Valid", "eval"} << QList{4, 2, 2};
        QTest::newRow("around") << QStringList{"archive/seg_train/seg_train", "archive/seg_test/seg_test"}
                                << QList{4, 0, 2};
    }
    void partsByName() {
        QFETCH(const QStringList, folders);
        QFETCH(const QList<int>, sizes);
        for (const bool classFirst : {false, true}) {
            if (classFirst && folders[0].contains('/')) continue;
            Pictures p;
            for (qsizetype i = 0; i < folders.size(); ++i)
                for (const char* kind : {"cat", "dog"})
                    for (int picture = 0; picture < (i == 0 ? 2 : 1); ++picture)
                        p.add(QString(classFirst ? "%2/%1/%3.png" : "%1/%2/%3.png")
                                  .arg(folders[i], kind)
                                  .arg(picture),
                              {4, 4}, Qt::red);
            const auto data = opened(p.path());
            const DatasetInfo& info = data->info();
            QCOMPARE(info.classNames, (std::vector<std::string>{"cat", "dog"}));
            QCOMPARE(info.trainSize - info.validationSize, sizes[0]);
            QCOMPARE(info.validationSize, sizes[1]);
            QCOMPARE(info.testSize, sizes[2]);
            QCOMPARE(targetOf(*data, Part::Test, 1)[0], 1.f);
            if (folders.size() < 3) continue;
            QVERIFY(isNoted(*data, "2 pictures of the validation folder are the validation part"));
            QCOMPARE(opened(p.path() + ":validation=train")->info().trainSize, 6);
            QCOMPARE(opened(p.path() + ":validation=test")->info().testSize, 4);
            const auto left = opened(p.path() + ":validation=leave");
            QCOMPARE(left->info().trainSize, 4);
            QVERIFY(isNoted(*left, "2 pictures of the validation folder were left out"));
        }
    }
    /// "train" is a thing that pictures show, as well.
    void trainsAreVehicles() {
        Pictures p;
        for (const char* kind : {"bus", "car", "train"})
            p.add(QString("%1/1.png").arg(kind), {4, 4}, Qt::red);
        QCOMPARE(opened(p.path())->info().classNames, (std::vector<std::string>{"bus", "car", "train"}));
    }
    void classesThatDifferAreTold() {
        Pictures p;
        for (const char* kind : {"cat", "dog", "fox"})
            p.add(QString("train/%1/1.png").arg(kind), {4, 4}, Qt::red);
        p.add("test/Cat/1.png", {4, 4}, Qt::red);
        const auto data = opened(p.path());
        QCOMPARE(targetOf(*data, Part::Test, 0)[0], 0.f);
        QVERIFY(isNoted(*data, "The test pictures lack 2 classes: dog, fox."));
    }
    void manyFiles() {
        Pictures p;
        p.add("a/1.png", {4, 4}, Qt::red);
        p.add("b/1.png", {4, 4}, Qt::red);
        for (int i = 0; i < 20'000; ++i)
            QVERIFY(
                QFile::link("1.png", QString::fromStdString(p.files.path(QString("a/%1.png").arg(i + 2)))));
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(opened(p.path())->info().trainSize, 20'002);
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }
};

ADD_TEST_CLASS(PictureLayoutTest)
#include "picture_layout_test.moc"
