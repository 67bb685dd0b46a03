#include "table.h"
#include "table_source.h"

#include <QCryptographicHash>
#include <QStringEncoder>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace burdock;

class TableTest : public QObject {
    Q_OBJECT
  private slots:
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
    void dialects_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("note");
        const auto rows = [](const QByteArray& head, const QByteArray& between, char decimal,
                             const char* quote) {
            return table(head, 30, [&](int i) {
                QByteArray x = QByteArray::number(i % 9) + decimal + "25",
                           y = "-" + QByteArray::number(i % 5) + decimal + "5";
                return quote + x + quote + between + quote + y + quote + between + turn(i);
            });
        };
        QTest::newRow("comma") << rows("x,y,kind\n", ",", '.', "") << ""
                               << "commas between columns";
        QTest::newRow("quoted decimal comma") << rows("\"x\",\"y\",\"kind\"\n", ",", ',', "\"") << ""
                                              << "decimal commas";
        QTest::newRow("tab, decimal comma") << rows("x\ty\tkind\n", "\t", ',', "") << ""
                                            << "tabs between columns";
        QTest::newRow("semicolon, decimal comma") << rows("x;y;kind\n", ";", ',', "") << ""
                                                  << "semicolons";
        QTest::newRow("semicolon, decimal point") << rows("x;y;kind\n", ";", '.', "") << ""
                                                  << "decimal points";
        QTest::newRow("bar") << rows("x|y|kind\n", "|", '.', "") << ""
                             << "vertical bars";
        QTest::newRow("blanks") << rows("x y kind\n", "   ", '.', "") << ""
                                << "blanks between columns";
        QTest::newRow("blanks and a tab")
            << rows("x y\tkind\n", "  ", '.', "").replace("  dry", " \tdry").replace("  wet", " \twet") << ""
            << "blanks between columns";
        QTest::newRow("sep=") << rows("sep=;\nx;y;kind\n", ";", '.', "") << ""
                              << "semicolons";
        QTest::newRow("comments") << rows("# made by\n# hand\nx,y,kind\n", ",", '.', "") << ""
                                  << "Comments above the table, 2,";
        QTest::newRow("a title") << "Report of 2023\n\n" + rows("x,y,kind\n", ",", '.', "") << ""
                                 << "1 line above the table";
        QTest::newRow("names in a comment") << rows("# x y kind\n", " ", '.', "") << ""
                                            << "last comment";
        QTest::newRow("delimiters at the end")
            << rows("x,y,kind,\n", ",", '.', "").replace("dry", "dry,").replace("wet", "wet,") << ""
            << "empty and left out";
        QTest::newRow("several delimiters at the end")
            << rows("x,y,kind,,,\n", ",", '.', "").replace("dry", "dry,,,").replace("wet", "wet,,,") << ""
            << "are empty and left out";
        QTest::newRow("a title filled up")
            << "Report of 2023,,\n,,\n" + rows("x,y,kind\n", ",", '.', "") << ""
            << "2 lines above the table";
        QTest::newRow("delimiter behind the rows")
            << rows("x,y,kind\n", ",", '.', "").replace("dry", "dry,").replace("wet", "wet,") << ""
            << "empty and left out";
        QTest::newRow("delimiter behind the header") << rows("x,y,kind,\n", ",", '.', "") << ""
                                                     << "";
        QTest::newRow("all told") << rows("x;y;kind\n", ";", ',', "")
                                  << ":delimiter=semicolon,decimal=comma,header=yes,encoding=utf-8"
                                  << "";
        QTest::newRow("the older name") << rows("x;y;kind\n", ";", ',', "") << ":separator=semicolon"
                                        << "decimal commas";
        QTest::newRow("a line under a title")
            << "Report of 2023\n\n" + rows("x,y,kind\n", ",", '.', "") + "1,2\n"
            << ""
            << "line 34 with 2";
        QTest::newRow("a row of 5 among 30") << rows("x,y,kind\n", ",", '.', "") + "1,2,3,4,5\n"
                                             << ""
                                             << "line 32 with 5";
    }
    void dialects() {
        QFETCH(QByteArray, text);
        QFETCH(QString, options);
        QFETCH(QString, note);
        DataFolder folder;
        const auto read = shippedCatalog().open(folder.write("t.csv", text) + options.toStdString());
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        const Dataset& data = **read;
        QCOMPARE(data.info().trainSize, 30);
        QCOMPARE(data.info().featureNames, (Names{"x", "y"}));
        QCOMPARE(data.info().classNames, (Names{"dry", "wet"}));
        QCOMPARE(inputOf(data, Part::Train, 4), (Values{4.25, -4.5}));
        QCOMPARE(targetOf(data, Part::Train, 3), (Values{1}));
        QVERIFY2(says(data, qPrintable(note)), said(data).c_str());
    }
    void headers_data() {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<bool>("header");
        QTest::newRow("years") << QByteArray("2019,2020,2021,outlook\n") << true;
        QTest::newRow("numbers from 0") << QByteArray("0,1,2,kind\n") << true;
        QTest::newRow("years of a region") << QByteArray("region,2020,2021,outlook\n") << true;
        QTest::newRow("a row") << QByteArray("1.5,2.5,3.5,dry\n") << false;
        QTest::newRow("whole numbers") << QByteArray("3,1,2,dry\n") << false;
        QTest::newRow("words") << QByteArray("a,b,c,d\n") << true;
    }
    void headers() {
        QFETCH(QByteArray, head);
        QFETCH(bool, header);
        DataFolder folder;
        const QByteArray text = table(head, 50, [](int i) {
            return QByteArray::number(i * 1.5) + "," + QByteArray::number(i % 7 + 0.5) + "," +
                   QByteArray::number(i % 3 - 0.25) + "," + turn(i);
        });
        const std::string path = folder.write("t.csv", text);
        const auto data = shippedCatalog().open(path);
        QVERIFY(data);
        QCOMPARE((*data)->info().trainSize, header ? 50 : 51);
        if (header)
            QCOMPARE((*data)->info().doc, "Target: " + head.trimmed().split(',')[3].toStdString() + ".");
        const auto forced = shippedCatalog().open(path + (header ? ":header=no" : ":header=yes"));
        QVERIFY(!forced || (*forced)->info().trainSize == (header ? 51 : 50));
    }
    void encodings_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("encoding");
        const QString text = QString::fromUtf8(
            "größe;farbe;label\n1;weiß;ja\n2;grün;nein\n3;weiß;ja\n4;grün;nein\n5;weiß;ja\n6;grün;nein\n");
        QTest::newRow("UTF-8") << text.toUtf8() << "utf-8";
        QTest::newRow("Latin-1") << text.toLatin1() << "cp1252";
        const auto encoded = [&](QStringConverter::Encoding encoding) {
            QStringEncoder encoder(encoding, QStringConverter::Flag::WriteBom);
            return QByteArray(encoder(text));
        };
        QTest::newRow("UTF-16") << encoded(QStringConverter::Utf16LE) << "utf-16le";
        QTest::newRow("UTF-16, high byte first") << encoded(QStringConverter::Utf16BE) << "utf-16be";
    }
    void encodings() {
        QFETCH(QByteArray, text);
        QFETCH(QString, encoding);
        const auto data = opened(text);
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"größe", "farbe = weiß"}));
        QVERIFY(says(*data, qPrintable(encoding + " (encoding=")));
        DataFolder folder;
        const auto told =
            shippedCatalog().open(folder.write("t.csv", text) + ":encoding=" + encoding.toStdString());
        QVERIFY(told);
        QCOMPARE((*told)->info().featureNames, data->info().featureNames);
    }
    void quotesOfWindowsAreRead() {
        const auto data =
            opened("size,label\n1,caf\xe9 \x93\x41\x94\n2,5 \x80\n3,caf\xe9 \x93\x41\x94\n4,5 \x80\n");
        QVERIFY(data);
        QCOMPARE(data->info().classNames, (Names{"5 €", "café “A”"}));
    }
    /// A wrong byte costs its cell, not the encoding of all others.
    void oneWrongByteIsOneCell() {
        const auto data = opened(table("größe,farbe,label\n", 60, [](int i) {
            return QByteArray::number(i % 7) + "," +
                   (i == 50 ? "gr\xfcn"
                    : i % 3 ? "grün"
                            : "weiß") +
                   "," + turn(i);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"größe", "farbe = weiß"}));
        QCOMPARE(data->info().missingValues, 1);
        QVERIFY2(says(*data, "1 cell of \"farbe\" is not of the file's encoding and counts as missing"),
                 said(*data).c_str());
        QVERIFY(says(*data, "line 52"));
    }
    void textOrTable_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("format");
        const auto lines = [](const QByteArray& line) { return line.repeated(400); };
        QTest::newRow("verse") << lines("a b c\nd e f\n") << "text";
        QTest::newRow("names") << lines("Ada Wood\nBo Lake\n") << "text";
        QTest::newRow("words with commas") << lines("one, two\nthree, four\n") << "text";
        QTest::newRow("prose") << lines("The mill stands by the river, and it turns.\n") << "text";
        QTest::newRow("aligned") << lines(" 0.66876   178.22   4.9939\n 0.11402    68.76   4.6450\n")
                                 << "csv";
        QTest::newRow("one blank") << lines("1.5 2 3\n4 5 6\n") << "csv";
        QTest::newRow("tabs") << lines("a\tb\nc\td\n") << "csv";
        QTest::newRow("commas") << lines("1,2.5,a\n2,3.5,b\n") << "csv";
    }
    void textOrTable() {
        QFETCH(QByteArray, text);
        QFETCH(QString, format);
        DataFolder folder;
        const auto ref = shippedCatalog().resolve(folder.write("t.txt", text));
        QVERIFY(ref);
        QCOMPARE(QString::fromStdString(ref->format->id), format);
    }
    void hostileInputs_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("code"); ///< empty: it opens
        QByteArray wide, row;
        for (int i = 0; i < 100000; ++i) {
            wide += (i ? ",c" : "c") + QByteArray::number(i);
            row += i ? ",1.5" : "2";
        }
        QTest::newRow("100,000 columns")
            << wide + "\n" + row + "\n" + QByteArray(row).replace(0, 1, "3") + "5\n" + row + "\n"
            << "";
        QTest::newRow("10 MB in a cell")
            << "a,b,y\n" + QByteArray(10'000'000, 'x') + ",1,2\nz,2,3\n" + "z,4,5\n"
            << "";
        QTest::newRow("10 MB in a line") << QByteArray(10'000'000, 'x') << "data.csv.columns";
        QTest::newRow("open quote") << "a,b\n1,\"2\n" + QByteArray("3,4\n").repeated(100) << "data.csv.quote";
        QTest::newRow("zeros") << "a,b\n1,2\n" + QByteArray(100, '\0') + "\n3,4\n"
                               << "data.csv.binary";
        QTest::newRow("zeros far behind") << table("a,b,y\n", 200000, [](int i) {
            return i == 150000 ? QByteArray("\0\0,1,2.5", 8)
                               : QByteArray::number(i % 9 + 0.5) + ",1," + QByteArray::number(i % 5 + 0.5);
        }) << "";
        QTest::newRow("header alone") << QByteArray("a,b,c\n") << "data.csv.rows";
        QTest::newRow("delimiters alone") << QByteArray(",,,\n").repeated(30) << "data.csv.target";
        QTest::newRow("quotes alone") << QByteArray("\"\"\"\"\n").repeated(30) << "data.csv.columns";
    }
    void hostileInputs() {
        QFETCH(QByteArray, text);
        QFETCH(QString, code);
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.csv", text));
        QCOMPARE(data ? QString() : QString::fromStdString(data.error().code), code);
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
        QTest::newRow("binary") << QByteArray("a,b\0\1\0", 7) << "data.csv.binary"
                                << "table.csv";
        QTest::newRow("an archive") << QByteArray("PK\3\4\0\0\0", 7) << "dataset.foreign"
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
        QTest::newRow("infinite") << head + "1,2,3\n4,inf,6\n7,8,9\n"
                                  << "data.csv.number"
                                  << "line 3, column 2";
        QTest::newRow("too large") << head + "1,2,3\n4,1e39,6\n7,8,9\n"
                                   << "data.csv.number"
                                   << "line 3, column 2";
        QTest::newRow("quote within") << head + "1,2,3\n4,5\"x,6\n7,8,9\n"
                                      << "data.csv.number"
                                      << "line 3, column 2";
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
    /// Each block on a thread of its own, a small one on that of the reader; the results in their order.
    void blocksAreReadBesideEachOther() {
        std::string text;
        while (text.size() < 3'100'000)
            text += "1.5,2.5,3.5\n";
        const TableSource source = TableSource::ofText("t.csv", text);
        std::size_t beside = 0, blocks = 0, size = 0;
        using Worked = std::pair<std::thread::id, std::size_t>;
        const auto work = [](const TextBlock& block) {
            return Worked(std::this_thread::get_id(), block.text.size());
        };
        const Status status = source.overBlocks({}, work, [&](const Worked& worked) -> Status {
            const bool whole = worked.second > 1'000'000;
            if (whole) beside += worked.first != std::this_thread::get_id();
            blocks += whole;
            size += worked.second;
            return {};
        });
        QVERIFY(status);
        QVERIFY(blocks >= 2);
        QCOMPARE(beside, blocks);
        QCOMPARE(size, text.size());
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

ADD_TEST_CLASS(TableTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "table_test.moc"
