#include "data_files.h"

#include <QCryptographicHash>
#include <QtTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace burdock;

namespace {

using Values = std::vector<float>;
using Names = std::vector<std::string>;

/// Keeps the data open: they are read from a folder that goes away.
std::shared_ptr<const Dataset> opened(const QByteArray& contents, const QString& name = "table.csv") {
    DataFolder folder;
    const auto data = shippedCatalog().open(folder.write(name, contents));
    if (!data) qWarning("%s", oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

bool says(const Dataset& data, const char* text) {
    return data.info().doc.find(text) != std::string::npos;
}

} // namespace

class CsvTest : public QObject {
    Q_OBJECT
  private slots:
    void classesAreWords() {
        const QByteArray text =
            "length,width,species\n1.5,2,rose\n3,-4e0,lily\n+5,6,rose\n7,8,iris\n9,10,iris\n"
            "1,2,lily\n";
        const auto data = opened(text);
        QVERIFY(data);
        const DatasetInfo& info = data->info();
        QCOMPARE(info.title, "table");
        QCOMPARE(info.task, Task::Multiclass);
        QCOMPARE(info.targets, 3);
        QCOMPARE(info.classNames, (Names{"iris", "lily", "rose"}));
        QCOMPARE(info.featureNames, (Names{"length", "width"}));
        QVERIFY(info.input == (Shape{2, 1, 1}));
        QCOMPARE(info.trainSize, 6);
        QCOMPARE(info.testSize, 0);
        QVERIFY(info.standardise);
        QCOMPARE(inputOf(*data, Part::Train, 1), (Values{3, -4}));
        QCOMPARE(targetOf(*data, Part::Train, 0), (Values{2}));
        QCOMPARE(info.sha256,
                 QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().toStdString());
        const auto packed = opened(gzipped(text), "table.csv.gz");
        QVERIFY(packed);
        QCOMPARE(packed->info().title, "table");
        QCOMPARE(packed->info().sha256, info.sha256);
    }
    /// That no more files may be open is no matter of the file's rights.
    void tooManyOpenFilesAreToldAsSuch() {
        DataFolder folder;
        const auto path = folder.write("table.csv", "a,b,kind\n1,2,x\n3,4,y\n");
        QVERIFY(shippedCatalog().open(path));
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_NOFILE, &before), 0);
        const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        QVERIFY(next >= 0);
        ::close(next);
        const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
        QCOMPARE(setrlimit(RLIMIT_NOFILE, &none), 0);
        const auto refused = shippedCatalog().open(path);
        QCOMPARE(setrlimit(RLIMIT_NOFILE, &before), 0);
        QVERIFY(!refused);
        QVERIFY2(refused.error().mend.find("ulimit -n") != std::string::npos,
                 oneLine(refused.error()).c_str());
    }
    void targetIsFoundByName() {
        const auto data = opened("Label,a,b\n3,0.5,0.25\n7,1,1\n3,0,0\n7,0,1\n");
        QVERIFY(data);
        QCOMPARE(data->info().classNames, (Names{"3", "7"}));
        QCOMPARE(data->info().task, Task::Binary);
        QCOMPARE(data->info().targets, 1);
        QCOMPARE(targetOf(*data, Part::Train, 1), (Values{1}));
        QCOMPARE(inputOf(*data, Part::Train, 0), (Values{0.5f, 0.25f}));
        QVERIFY(!data->info().standardise); // all within 0..1
        const auto pixels = opened("label,0,1\n5,0,255\n6,1,2\n7,3,4\n5,1,1\n");
        QVERIFY(pixels);
        QCOMPARE(pixels->info().trainSize, 4); // the numbers in the first row are names
        QCOMPARE(pixels->info().task, Task::Multiclass);
    }
    void tasks_data() {
        QTest::addColumn<QByteArray>("targets");
        QTest::addColumn<Task>("task");
        QTest::newRow("real numbers") << QByteArray("1.5 2.5 3.5 1.5 2.5 3.5") << Task::Regression;
        QTest::newRow("few integers") << QByteArray("1 2 3 1 2 3 1 2 3") << Task::Multiclass;
        QTest::newRow("many integers") << QByteArray("1 2 3 4 5 6 7 8 9") << Task::Regression;
        QTest::newRow("two integers") << QByteArray("-1 1 -1 1") << Task::Binary;
        QTest::newRow("two words") << QByteArray("yes no yes no") << Task::Binary;
        QTest::newRow("1.0 is whole") << QByteArray("1.0 0 1 0.0") << Task::Binary;
    }
    void tasks() {
        QFETCH(QByteArray, targets);
        QFETCH(Task, task);
        QByteArray text = "x,y\n";
        for (const QByteArray& target : targets.split(' '))
            text += "0.5," + target + "\n";
        const auto data = opened(text);
        QVERIFY(data);
        QVERIFY(data->info().task == task);
        QCOMPARE(data->info().classNames.empty(), task == Task::Regression);
        QCOMPARE(data->info().trainSize, text.count('\n') - 1);
    }
    void delimitersLineEndsAndQuotes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("comma") << QByteArray("a,b,y\n1,2.5,0\n3,4,1\n");
        QTest::newRow("no header") << QByteArray("1,2.5,0\n3,4,1\n");
        QTest::newRow("no last line end") << QByteArray("a,b,y\n1,2.5,0\n3,4,1");
        QTest::newRow("semicolon") << QByteArray("a;b;y\n1;2.5;0\n3;4;1\n");
        QTest::newRow("decimal comma") << QByteArray("a;b;y\n1,0;2,5;0\n3,0;4,0;1\n");
        QTest::newRow("tab") << QByteArray("a\tb\ty\n1\t2.5\t0\n3\t4\t1\n");
        QTest::newRow("CRLF") << QByteArray("a,b,y\r\n1,2.5,0\r\n3,4,1\r\n");
        QTest::newRow("CR") << QByteArray("a,b,y\r1,2.5,0\r3,4,1\r");
        QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf"
                                                       "a,b,y\n1,2.5,0\n3,4,1\n");
        QTest::newRow("blank lines") << QByteArray("\n\na,b,y\n\n1,2.5,0\n  \n3,4,1\n\n");
        QTest::newRow("spaces") << QByteArray("a, b, y\n1, 2.5 ,0\n 3,4, 1\n");
        QTest::newRow("quotes") << QByteArray("\"a, of\nall\",\"b \"\"c\"\"\",y\n\"1\",2.5,0\n3,\"4\",1\n");
    }
    void delimitersLineEndsAndQuotes() {
        QFETCH(QByteArray, text);
        const auto data = opened(text);
        QVERIFY(data);
        QCOMPARE(data->info().trainSize, 2);
        QCOMPARE(inputOf(*data, Part::Train, 0), (Values{1, 2.5}));
        QCOMPARE(inputOf(*data, Part::Train, 1), (Values{3, 4}));
        QCOMPARE(targetOf(*data, Part::Train, 1), (Values{1}));
        if (text.contains("of\nall")) QCOMPARE(data->info().featureNames, (Names{"a, of\nall", "b \"c\""}));
    }
    void missingValuesAreLeftToTheTrainingSplit() {
        const auto data = opened("a,b,y\n1,10,0.5\nNA,?,1.5\n3,NaN,2.5\n,30,3.5\n5,20,\n");
        QVERIFY(data);
        QCOMPARE(data->info().trainSize, 4);
        QCOMPARE(data->info().missingValues, 4);
        for (const float value : inputOf(*data, Part::Train, 1))
            QVERIFY(std::isnan(value));
        QVERIFY(std::isnan(inputOf(*data, Part::Train, 3)[0]));
        QCOMPARE(inputOf(*data, Part::Train, 3)[1], 30.f);
        QVERIFY(says(*data, "4 missing values are replaced by the mean"));
        QVERIFY(says(*data, "1 rows without a target are left out"));
    }
    void wordsBecomeFeatures() {
        const auto data =
            opened("sex,island,same,y\nm,x,q,0.5\nf,y,q,1.5\nm,z,q,2.5\nNA,x,q,3.5\nf,NA,q,4.5\n");
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"sex = m", "island = x", "island = y", "island = z"}));
        QCOMPARE(inputOf(*data, Part::Train, 0), (Values{1, 1, 0, 0}));
        QCOMPARE(inputOf(*data, Part::Train, 2), (Values{1, 0, 0, 1}));
        QVERIFY(std::isnan(inputOf(*data, Part::Train, 3)[0]));
        for (const std::size_t i : {1, 2, 3})
            QVERIFY(std::isnan(inputOf(*data, Part::Train, 4)[i]));
        QVERIFY(says(*data, "Left out, as they say nothing: same."));
        QVERIFY(says(*data, "One feature for each word of: island."));
    }
    void optionsChooseTargetTaskAndSeparator() {
        DataFolder folder;
        const std::string path =
            folder.write("t.csv", "x,kind,price\n1,a,10\n2,b,20\n3,a,30\n4,b,40\n5,a,55\n");
        const auto open = [&](const std::string& options) { return shippedCatalog().open(path + options); };
        QCOMPARE((*open(""))->info().task, Task::Regression);
        QVERIFY((*open(""))->info().standardiseTargets);
        QCOMPARE((*open(":target=kind"))->info().task, Task::Binary);
        QVERIFY(!(*open(":target=kind"))->info().standardiseTargets);
        QCOMPARE((*open(":target=Kind"))->info().featureNames, (Names{"x", "price"}));
        QCOMPARE((*open(":target=2,test_share=0.4"))->info().testShare, 0.4);
        QCOMPARE(open(":target=1,task=classes").error().code, "data.csv.target"); // as many as rows
        QCOMPARE(open(":target=size").error().code, "data.csv.target");
        QVERIFY(open(":target=size").error().why.find("x, kind, price") != std::string::npos);
        QCOMPARE(open(":target=kind,task=number").error().code, "data.csv.target");
        const std::string spaced = folder.write("s.txt", "a b y\n1 2,5 0\n3 4 1\n5 6 1\n");
        const auto data = shippedCatalog().open(spaced + ":separator=space");
        QVERIFY(data);
        QCOMPARE((*data)->info().input.size(), 2);
        const std::string odd = folder.write("o.csv", "a,\"b, c\"\n1,2.5\n3,4.5\n");
        QVERIFY(shippedCatalog().open(odd + ":target=b\\, c"));
    }
    void manyWords() {
        QByteArray text = "id,city,x,y\n";
        for (int i = 0; i < 300; ++i)
            text += QString("id%1,city%2,%3,%4\n")
                        .arg(i)
                        .arg(i % 100, 2, 10, QChar('0'))
                        .arg(i)
                        .arg(i * 0.5)
                        .toUtf8();
        const auto data = opened(text);
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"city", "x"}));
        QCOMPARE(inputOf(*data, Part::Train, 142), (Values{42, 142}));
        QVERIFY(says(*data, "Left out, as they say nothing: id."));
        QVERIFY(says(*data, "Words numbered by the alphabet: city."));
    }
    void latin1IsRead() {
        const auto data = opened("x,species\n1,caf\xe9\n2,tea\n3,tea\n");
        QVERIFY(data);
        QCOMPARE(data->info().classNames[0], "café");
        QVERIFY(says(*data, "Latin-1"));
    }
    void refusesBadTables_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("place");
        const QByteArray head = "a,b,y\n";
        QTest::newRow("empty") << QByteArray() << "data.empty"
                               << "table.csv";
        QTest::newRow("blank") << QByteArray("\n \r\n\n") << "data.empty"
                               << "table.csv";
        QTest::newRow("binary") << QByteArray("PK\3\4\0\0\0", 7) << "data.csv.binary"
                                << "table.csv";
        QTest::newRow("one column") << QByteArray("a\n1\n2\n") << "data.csv.columns"
                                    << "table.csv";
        QTest::newRow("header only") << head << "data.csv.rows"
                                     << "line 1";
        QTest::newRow("one row") << head + "1,2,3\n"
                                 << "data.csv.rows"
                                 << "line 1";
        QTest::newRow("short row") << head + "1,2,3\n\n1,2\n3,4,5\n"
                                   << "data.csv.ragged"
                                   << "line 4";
        QTest::newRow("long row") << head + "1,2,3\n1,2,3,4\n"
                                  << "data.csv.ragged"
                                  << "line 3";
        QTest::newRow("line of a quoted row")
            << QByteArray("a,b,y\n\"x\ny\",2,3\n\"z\n\nw\",2\n") << "data.csv.ragged"
            << "line 4";
        QTest::newRow("not a number") << head + "1,2,3\n4,five,6\n7,8,9\n"
                                      << "data.csv.number"
                                      << "line 3, column 2";
        QTest::newRow("number and more") << head + "1,2,3\n4,5 cm,6\n7,8,9\n"
                                         << "data.csv.number"
                                         << "line 3, column 2";
        QTest::newRow("infinite") << head + "1,2,3\n4,inf,6\n"
                                  << "data.csv.number"
                                  << "line 3, column 2";
        QTest::newRow("too large") << head + "1,2,3\n4,1e39,6\n"
                                   << "data.csv.number"
                                   << "line 3, column 2";
        QTest::newRow("quote within") << head + "1,2,3\n4,5\"x,6\n"
                                      << "data.csv.quote"
                                      << "line 3";
        QTest::newRow("open quote") << head + "1,2,3\n\"4,5,6\n7,8,9\n"
                                    << "data.csv.quote"
                                    << "line 3";
        QTest::newRow("one class") << head + "1,2,x\n3,4,x\n"
                                   << "data.classes"
                                   << "column 3";
        QTest::newRow("one class of numbers") << QByteArray("a,label\n1,4\n3,4\n") << "data.classes"
                                              << "column 2";
        QTest::newRow("constant target") << head + "1,2,1.5\n3,4,1.5\n"
                                         << "data.csv.target"
                                         << "column 3";
        QTest::newRow("no target") << head + "1,2,\n3,4,NA\n"
                                   << "data.csv.target"
                                   << "column 3";
        QTest::newRow("a class a row") << head + "1,2,n1\n3,4,n2\n5,6,n3\n7,8,n4\n"
                                       << "data.csv.target"
                                       << "column 3";
        QTest::newRow("no feature") << QByteArray("a,y\nq,1.5\nq,2.5\n") << "data.csv.columns"
                                    << "table.csv";
    }
    void refusesBadTables() {
        QFETCH(QByteArray, text);
        QFETCH(QString, code);
        QFETCH(QString, place);
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("table.csv", text));
        QVERIFY2(!data, "opened");
        QCOMPARE(QString::fromStdString(data.error().code), code);
        QVERIFY2(QString::fromStdString(data.error().where).endsWith(place), data.error().where.c_str());
        QVERIFY(!data.error().what.empty() && !data.error().mend.empty());
        QVERIFY(oneLine(data.error()).find('\n') == std::string::npos);
    }
    void refusesDamagedGzip() {
        DataFolder folder;
        const QByteArray gz = gzipped("a,b\n1,2\n3,4\n");
        QVERIFY(QString::fromStdString(refusalOf(folder.write("cut.csv.gz", gz.left(gz.size() - 9))))
                    .startsWith("data.truncated"));
        QByteArray flipped = gz;
        flipped[gz.size() - 6] = static_cast<char>(flipped[gz.size() - 6] ^ 1);
        QVERIFY(QString::fromStdString(refusalOf(folder.write("bad.csv.gz", flipped)))
                    .startsWith("data.damaged"));
        QVERIFY(QString::fromStdString(refusalOf(folder.write("picture.png", "PNG")))
                    .startsWith("dataset.format"));
    }
    void neverCrashesOnNoise() {
        const QByteArray alphabet("\"\",;\t\n\r 1.e-Nx\xc3\xa9");
        quint32 state = 1;
        DataFolder folder;
        for (int round = 0; round < 300; ++round) {
            QByteArray text;
            for (int i = 0; i < 60; ++i) {
                state = state * 1664525u + 1013904223u;
                text += alphabet[static_cast<qsizetype>(state >> 16) % alphabet.size()];
            }
            const auto data = shippedCatalog().open(folder.write(QString("%1.csv").arg(round), text));
            if (data)
                for (std::int64_t i = 0; i < (*data)->info().trainSize; ++i)
                    for (const float value : inputOf(**data, Part::Train, i))
                        QVERIFY2(std::isfinite(value) || (*data)->info().missingValues > 0, text.constData());
            else
                QVERIFY(!data.error().code.empty());
        }
    }
    void shippedTables() {
        const auto penguins = shippedCatalog().open("penguins");
        QVERIFY(penguins);
        QCOMPARE((*penguins)->info().trainSize, 344);
        QCOMPARE((*penguins)->info().classNames, (Names{"Adelie", "Chinstrap", "Gentoo"}));
        QVERIFY((*penguins)->info().missingValues > 0);
        const auto digits = shippedCatalog().open("digits");
        QVERIFY(digits);
        QVERIFY((*digits)->info().input == (Shape{1, 8, 8}));
        QCOMPARE(inputOf(**digits, Part::Train, 0)[2], 5.f / 16.f);
        const auto houses = shippedCatalog().open("sacramento");
        QVERIFY(houses);
        QVERIFY(std::abs(targetOf(**houses, Part::Train, 0)[0] - 59222) < 1);
    }
};

QTEST_GUILESS_MAIN(CsvTest)
#include "csv_test.moc"
