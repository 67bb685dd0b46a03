#include "pictures.h"
#include "support/several.h"

#include <QtTest>

using namespace burdock;

/// Labels of pictures that stand in a table, and names of those in masks.
class PictureLabelsTest : public QObject {
    Q_OBJECT
  private slots:
    void tables_data() {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("task");
        QTest::addColumn<QList<float>>("first"); // targets of 1.png
        QTest::addColumn<QStringList>("names");
        const QByteArray task = "multiclass";
        QTest::newRow("words") << QByteArray("filename,label\n1.png,dog\n2.png,cat\n3.png,ape\n4.png,cat\n")
                               << ""
                               << "multiclass" << QList{2.f} << QStringList{"ape", "cat", "dog"};
        QTest::newRow("no ending, semicolons, a path")
            << QByteArray("\xef\xbb\xbfid;breed\nimages/1;b\nimages/2;a\nimages/3;b\nimages/4;a\n") << ""
            << "binary" << QList{1.f} << QStringList{"a", "b"};
        QTest::newRow("no header") << QByteArray("1.png\tb\n2.png\ta\n3.png\tb\n4.png\ta\n") << ""
                                   << "binary" << QList{1.f} << QStringList{"a", "b"};
        QTest::newRow("numbers") << QByteArray("image,age\n1.png,3.5\n2.png,4\n3.png,70\n4.png,12\n") << ""
                                 << "regression" << QList{3.5f} << QStringList{};
        QTest::newRow("whole numbers named label")
            << QByteArray("image,label\n1.png,10\n2.png,9\n3.png,10\n4.png,9\n") << ""
            << "binary" << QList{1.f} << QStringList{"9", "10"};
        QTest::newRow("as numbers") << QByteArray("image,label\n1.png,10\n2.png,9\n3.png,10\n4.png,9\n")
                                    << "task=number"
                                    << "regression" << QList{10.f} << QStringList{};
        QTest::newRow("several") << QByteArray("file,sun,sea\n1.png,1,1\n2.png,0,1\n3.png,0,0\n4.png,1,0\n")
                                 << ""
                                 << "multilabel" << QList{1.f, 1.f} << QStringList{"sun", "sea"};
        QTest::newRow("one of several")
            << QByteArray("image,MEL,NV,BCC\n1.png,0,1,0\n2.png,1,0,0\n3.png,0,0,1\n4.png,0,1,0\n") << ""
            << "multiclass" << QList{1.f} << QStringList{"MEL", "NV", "BCC"};
        QTest::newRow("words in one cell")
            << QByteArray("image,tags\n1.png,sun|sea\n2.png,sea\n3.png,sun\n4.png,sky\n") << ""
            << "multilabel" << QList{1.f, 0.f, 1.f} << QStringList{"sea", "sky", "sun"};
        QTest::newRow("a column by name")
            << QByteArray("image,height,width\n1.png,1.5,2.5\n2.png,2,3\n3.png,3,4\n4.png,4,5\n")
            << "column=width+height"
            << "regression" << QList{2.5f, 1.5f} << QStringList{};
    }
    void tables() {
        QFETCH(const QByteArray, table);
        QFETCH(const QString, options);
        QFETCH(const QString, task);
        QFETCH(const QList<float>, first);
        QFETCH(const QStringList, names);
        Pictures p;
        for (int i = 1; i <= 4; ++i)
            p.add(QString("images/%1.png").arg(i), {4, 4}, QColor(i, 0, 0));
        p.files.write("train_labels.csv", table);
        const auto data =
            shippedCatalog().open(p.path() + (options.isEmpty() ? "" : ":" + options.toStdString()));
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE(QString::fromUtf8(std::string((*data)->info().task.id())), task);
        QCOMPARE((*data)->info().trainSize, 4);
        const auto target = targetOf(**data, Part::Train, 0);
        QCOMPARE(QList<float>(target.begin(), target.end()), first);
        QStringList given;
        for (const std::string& name : (*data)->info().classNames)
            given << QString::fromStdString(name);
        QCOMPARE(given, names);
        QVERIFY(isNoted(**data, "The labels are from train_labels.csv"));
        QVERIFY(std::abs(inputOf(**data, Part::Train, 0)[0] - 1.f / 255) < 1e-4f);
    }
    void whatDoesNotMatchIsTold() {
        Pictures p;
        for (int i = 1; i <= 4; ++i)
            p.add(QString("%1.png").arg(i), {4, 4}, Qt::red);
        p.files.write("labels.csv", "file,label\n1.png,a\n2.png,b\nx.png,a\n4.png,\n");
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().trainSize, 2);
        QVERIFY(isNoted(**data, "1 row of the table names no picture of the folder: x.png."));
        QVERIFY(isNoted(**data, "2 pictures have no label and were left out: 3.png, 4.png."));
        QVERIFY(!isNoted(**data, "in no class or part"));
    }
    void severalRowsOfAPicture() {
        Pictures p;
        for (int i = 1; i <= 3; ++i)
            p.add(QString("%1.png").arg(i), {4, 4}, Qt::red);
        p.files.write("labels.csv", "file,label\n1.png,a\n2.png,b\n1,a\n3.png,b\n2.png,\n");
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().trainSize, 3);
        QCOMPARE(targetOf(**data, Part::Train, 1)[0], 1.f); // an empty cell takes nothing back
        QVERIFY(isNoted(**data, "2 rows of the table name a picture again, with nothing else: 1, 2.png."));
        p.files.write("labels.csv", "file,label\n1.png,a\n2.png,b\n3.png,b\n1.png,b\n");
        QCOMPARE(refusal(p.path()).code, "data.pictures.contradiction");
        p.files.write("labels.csv",
                      "file,label,split\n1.png,a,train\n2.png,b,train\n3.png,b,test\n3.png,b,train\n");
        QCOMPARE(refusal(p.path()).code, "data.pictures.contradiction");
    }
    void partsOfTables() {
        Pictures p;
        for (int i = 1; i <= 6; ++i)
            p.add(QString("images/%1.png").arg(i), {4, 4}, Qt::red);
        p.files.write("labels.csv", "file,label,split\n1.png,a,train\n2.png,b,train\n3.png,a,val\n4.png,b,"
                                    "val\n5.png,a,test\n6.png,b,test\n");
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().trainSize, 4);
        QCOMPARE((*data)->info().validationSize, 2);
        QCOMPARE((*data)->info().testSize, 2);
        // As competitions bring them: the test has no labels.
        Pictures kaggle;
        for (int i = 1; i <= 4; ++i)
            kaggle.add(QString("train/%1.png").arg(i), {4, 4}, Qt::red);
        kaggle.add("test/5.png", {4, 4}, Qt::red);
        kaggle.files.write("train.csv", "id,label\n1,a\n2,b\n3,a\n4,b\n");
        kaggle.files.write("test.csv", "id\n5\n");
        const auto rest = shippedCatalog().open(kaggle.path());
        QVERIFY2(rest, rest ? "" : oneLine(rest.error()).c_str());
        QCOMPARE((*rest)->info().trainSize, 4);
        QCOMPARE((*rest)->info().testSize, 0);
        QVERIFY(isNoted(**rest, "1 picture has no label and was left out: test/5.png."));
    }
    void tablesBesideClasses() {
        Pictures p;
        p.add("cat/1.png", {4, 4}, Qt::red);
        p.add("dog/2.png", {4, 4}, Qt::red);
        p.files.write("ages.csv", "file,age\n1.png,3.5\n2.png,4.5\n");
        QVERIFY(isNoted(**shippedCatalog().open(p.path()), "by the option labels=ages.csv"));
        const auto ages = shippedCatalog().open(p.path() + ":labels=ages.csv");
        QVERIFY2(ages, ages ? "" : oneLine(ages.error()).c_str());
        QCOMPARE((*ages)->info().task, Task::Regression);
        QCOMPARE(targetOf(**ages, Part::Train, 1)[0], 4.5f);
        p.files.write("other.csv", "x,y\nfoo,bar\n");
        QCOMPARE(refusal(p.path() + ":labels=other.csv").code, "data.pictures.table");
        QCOMPARE(refusal(p.path() + ":labels=ages.csv,column=weight").code, "data.pictures.column");
        QVERIFY(!refusal(p.path() + ":labels=none.csv").code.empty());
    }
    void columnsThatCannotBeTold() {
        Pictures p;
        p.add("1.png", {4, 4}, Qt::red);
        p.add("2.png", {4, 4}, Qt::red);
        p.files.write("t.csv", "file,height,width\n1.png,1.5,2\n2.png,2.5,3\n");
        QCOMPARE(refusal(p.path()).code, "data.pictures.column");
        p.files.write("t.csv", "file,label\n1.png,a\n2.png,a\n");
        QCOMPARE(refusal(p.path()).code, "data.pictures.labels");
    }

    /// Masks by value, palette, colour, and stored as JPEG.
    void valuesOfMasks() {
        Pictures p;
        QImage mask(4, 4, QImage::Format_Grayscale8);
        mask.fill(0);
        mask.scanLine(0)[0] = 1;
        mask.scanLine(1)[0] = 3;
        mask.scanLine(2)[0] = 255;
        p.add("images/1.png", {4, 4}, Qt::red);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("masks"))));
        QVERIFY(mask.save(QString::fromStdString(p.files.path("masks/1.png"))));
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().classNames, (std::vector<std::string>{"value 1", "value 3"}));
        QVERIFY(isNoted(**data, "The value 255"));
        QCOMPARE(targetOf(**data, Part::Train, 0)[16 + 4], 1.f);
        QCOMPARE(shippedCatalog().open(p.path() + ":border=label").value()->info().classNames.size(), 3u);
        p.files.write("classes.txt", "ground\ntree\nhouse\nroad\n");
        const auto named = shippedCatalog().open(p.path());
        QCOMPARE((*named)->info().classNames, (std::vector<std::string>{"tree", "road"}));
        p.files.write("classes.txt", "tree\nhouse\nroad\n"); // without the ground
        QCOMPARE((*shippedCatalog().open(p.path()))->info().classNames,
                 (std::vector<std::string>{"tree", "road"}));
    }
    /// Beside the ground a mask has room for 255 labels; the 256th is none of them, and no ground either.
    void tooManyColoursAreRefusedWithNamesToo() {
        for (const int colours : {255, 256}) {
            Pictures p;
            QImage mask(20, 20, QImage::Format_RGB888);
            mask.fill(Qt::black);
            QByteArray names;
            for (int i = 0; i < colours; ++i) {
                const QColor colour(i % 250 + 1, i / 250, 0);
                mask.setPixelColor(i % 20, i / 20, colour);
                names += QString("%1 %2 0 name%3\n").arg(colour.red()).arg(colour.green()).arg(i).toUtf8();
            }
            mask.setPixelColor(19, 19, mask.pixelColor(0, 0)); // behind the last one
            p.add("images/1.png", {20, 20}, Qt::red);
            QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("masks"))));
            QVERIFY(mask.save(QString::fromStdString(p.files.path("masks/1.png"))));
            p.files.write("classes.txt", names);
            if (colours > 255) {
                QCOMPARE(refusal(p.path()).code, "data.pictures.colours");
                continue;
            }
            const auto data = shippedCatalog().open(p.path());
            QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
            QCOMPARE((*data)->info().classNames.size(), 255u);
            QCOMPARE(std::ranges::count(targetOf(**data, Part::Train, 0), 1.f), 256);
        }
    }
    void numbersOfPalettes() {
        Pictures p;
        p.add("images/1.png", {4, 4}, Qt::red);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("masks"))));
        p.files.write(
            "masks/1.png",
            QByteArray::fromBase64("iVBORw0KGgoAAAANSUhEUgAAAAQAAAAEAgMAAADUn3btAAAACVBMVEUAAACAAAAAgACmUGVTA"
                                   "AAADUlEQVR4nGNwYAABJgABygBDFBpTzQAAAABJRU5ErkJggg=="));
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().classNames,
                 (std::vector<std::string>{"value 1 (#800000)", "value 2 (#008000)"}));
        QCOMPARE(targetOf(**data, Part::Train, 0)[0], 1.f);
        QCOMPARE(targetOf(**data, Part::Train, 0)[31], 1.f);
        p.files.write("labels.json", "{\"#800000\": \"cat\", \"dog\": [0, 128, 0]}");
        QCOMPARE((*shippedCatalog().open(p.path()))->info().classNames,
                 (std::vector<std::string>{"cat", "dog"}));
    }
    void masksStoredAsJpeg() {
        Pictures p;
        QImage mask(16, 16, QImage::Format_Grayscale8);
        mask.fill(0);
        for (int y = 3; y < 9; ++y)
            for (int x = 5; x < 12; ++x)
                mask.scanLine(y)[x] = 255;
        p.add("images/1.png", {16, 16}, Qt::red);
        QVERIFY(QDir().mkpath(QString::fromStdString(p.files.path("masks"))));
        QVERIFY(mask.save(QString::fromStdString(p.files.path("masks/1.jpg")), "jpeg", 90));
        const auto data = shippedCatalog().open(p.path());
        QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
        QCOMPARE((*data)->info().classNames, std::vector<std::string>{"value 255"});
        QVERIFY(isNoted(**data, "1 mask is stored as JPEG"));
        const auto target = targetOf(**data, Part::Train, 0);
        QCOMPARE(std::ranges::count(target, 1.f), 42);
        for (int y = 0; y < 16; ++y) // many classes
            for (int x = 0; x < 16; ++x)
                mask.scanLine(y)[x] = static_cast<uchar>(x / 4 * 60);
        QVERIFY(mask.save(QString::fromStdString(p.files.path("masks/1.jpg")), "jpeg", 90));
        QCOMPARE(refusal(p.path()).code, "data.pictures.lossy-mask");
    }
};

ADD_TEST_CLASS(PictureLabelsTest)
#include "picture_labels_test.moc"
