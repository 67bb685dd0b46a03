#include "cell.h"
#include "engine/data/split.h"
#include "engine/models/proposal.h"
#include "engine/tensor/random.h"
#include "engine/train/advice.h"
#include "opened.h"
#include "table.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

using namespace burdock;

/// What columns become: features, targets and samples.
class TableColumnsTest : public QObject {
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
        QVERIFY(says(*data, "1 row without a target is left out"));
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
        QVERIFY(says(*data, "2 missing values are replaced")); // cells, though four features
    }
    /// Of many words the frequent ones have a feature each; a word for every row is an identifier.
    void manyWords() {
        const auto data = opened(table("code,city,x,y\n", 300, [](int i) {
            return "c" + QByteArray::number(i) + ",city" + QByteArray::number(i < 150 ? i % 3 : i % 97) +
                   "," + QByteArray::number(i % 7) + "," + QByteArray::number(i * 0.5);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames.size(), 34u);
        QCOMPARE(data->info().featureNames[0], "city = city0");
        QCOMPARE(data->info().featureNames[32], "city = other");
        QCOMPARE(inputOf(*data, Part::Train, 3)[0], 1.f);
        QCOMPARE(inputOf(*data, Part::Train, 294)[32], 0.f); // city3
        QVERIFY(says(*data, "\"city\" has 97 different words"));
        QVERIFY(
            says(*data, "Left out as identifiers, different in every row: code (keep=code takes them in)."));
    }
    void numbers_data() {
        QTest::addColumn<QByteArray>("cell");
        QTest::addColumn<double>("value"); ///< NaN: missing
        QTest::addColumn<QString>("note");
        const double missing = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("plain") << QByteArray("-12.5") << -12.5 << "";
        QTest::newRow("exponent") << QByteArray("1.5e-19") << 1.5e-19 << "";
        QTest::newRow("plus") << QByteArray("+3") << 3. << "";
        QTest::newRow("thousands") << QByteArray("\"12,895\"") << 12895. << "separators of thousands";
        QTest::newRow("thousands and a fraction")
            << QByteArray("\"1,234,567.5\"") << 1234567.5 << "thousands";
        QTest::newRow("blanks between thousands") << QByteArray("12 895") << 12895. << "thousands";
        QTest::newRow("dollars") << QByteArray("\"$392,906.25\"") << 392906.25 << "currency";
        QTest::newRow("euros behind") << QByteArray("12.5 €") << 12.5 << "currency";
        QTest::newRow("per cent") << QByteArray("45%") << 45. << "percent";
        QTest::newRow("in parentheses") << QByteArray("(12)") << -12. << "";
        QTest::newRow("a minus sign") << QByteArray("−5") << -5. << "";
        for (const char* marker : {"", "NA", "N/A", "#N/A", "NaN", "nan(0x1)", "null", "None", "nil", "-",
                                   "–", "?", ".", " ", "unknown", "n.d."})
            QTest::addRow("missing: %s", marker) << QByteArray(marker) << missing << "missing";
    }
    /// The same cell stands in one of four rows, then in four of five.
    void numbers() {
        QFETCH(QByteArray, cell);
        QFETCH(double, value);
        QFETCH(QString, note);
        const bool word = cell == "unknown" || cell == "n.d.";
        for (const bool mostly : {false, true}) {
            if (mostly && word) continue; // a column of that word
            const auto data = opened(table("a,b,kind\n", 80, [&](int i) {
                const bool here = mostly ? i % 5 != 0 : i % 4 == 1;
                return (here ? cell : QByteArray::number(i % 7 + 0.5)) + "," + QByteArray::number(i % 3) +
                       "," + turn(i);
            }));
            QVERIFY(data);
            QCOMPARE(data->info().featureNames, (Names{"a", "b"}));
            const float read = inputOf(*data, Part::Train, 1)[0];
            if (std::isnan(value))
                QVERIFY2(std::isnan(read), cell.constData());
            else
                QCOMPARE(read, static_cast<float>(value));
            QCOMPARE(inputOf(*data, Part::Train, 0)[0], 0.5f);
            QCOMPARE(data->info().missingValues, std::isnan(value) ? (mostly ? 64 : 20) : 0);
            QVERIFY2(says(*data, qPrintable(note)), said(*data).c_str());
        }
    }
    void numbersThatMarkMissingValues() {
        DataFolder folder;
        const std::string path =
            folder.write("t.csv", table("a,b,kind\n", 80, [](int i) {
                             return (i % 4 == 1 ? QByteArray("-999") : QByteArray::number(i % 7 + 0.5)) +
                                    "," + QByteArray::number(i % 3) + "," + turn(i);
                         }));
        const auto warned = shippedCatalog().open(path),
                   told = shippedCatalog().open(path + ":missing=-999+n.n.");
        QVERIFY(warned && told);
        QCOMPARE((*warned)->info().missingValues, 0);
        QVERIFY(says(**warned, "-999 stands in 20 cells of \"a\""));
        QCOMPARE((*told)->info().missingValues, 20);
        QVERIFY(!says(**told, "-999 stands"));
    }
    void europeanNumbers() {
        const auto data = opened(table("size;rooms;price\n", 40, [](int i) {
            return QByteArray::number(100 + i) + ",5;" + QByteArray::number(i % 4) + ";1" +
                   QByteArray::number(i % 10) + ".075,31";
        }));
        QVERIFY(data);
        QCOMPARE(inputOf(*data, Part::Train, 7), (Values{107.5, 3}));
        QCOMPARE(targetOf(*data, Part::Train, 7)[0], 17075.31f);
        QVERIFY(says(*data, "decimal commas"));
    }
    /// What strtod takes for infinite, for no number or for hexadecimal is text.
    void wordsAreNoNumbers() {
        const auto data = opened(table("brand,width,grade\n", 40, [](int i) {
            const QByteArray brands[]{"Lumen", "Infinity", "888E010038", "0x1F"};
            return brands[i % 4] + "," + QByteArray::number(i % 5 + 0.5) + "," + turn(i / 2);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames,
                 (Names{"brand = 0x1F", "brand = 888E010038", "brand = Infinity", "brand = Lumen", "width"}));
        QCOMPARE(data->info().missingValues, 0);
    }
    void oddCellsAreNamed() {
        const auto data = opened(table("a,b,y\n", 60, [](int i) {
            return QByteArray(i == 40 ? "five" : "1.5") + "," + QByteArray::number(i) + "," +
                   QByteArray::number(i * 0.5 + i % 3);
        }));
        QVERIFY(data);
        QVERIFY2(says(*data, "1 cell of \"a\" is no number and counts as missing: \"five\" in line 42."),
                 said(*data).c_str());
        QVERIFY(std::isnan(inputOf(*data, Part::Train, 40)[0]));
    }
    void datesBecomeFeatures_data() {
        QTest::addColumn<QString>("format");
        QTest::newRow("ISO") << "yyyy-MM-dd HH:mm:ss";
        QTest::newRow("ISO with T") << "yyyy-MM-ddTHH:mm";
        QTest::newRow("German") << "d.M.yyyy HH:mm";
        QTest::newRow("year first") << "yyyy/MM/dd HH:mm";
        QTest::newRow("American") << "M/d/yyyy h:mm AP";
        QTest::newRow("British") << "dd/MM/yyyy HH:mm";
    }
    void datesBecomeFeatures() {
        QFETCH(QString, format);
        const QDateTime first(QDate(2023, 1, 2), QTime(6, 0), QTimeZone::utc()); // a Monday
        const auto data = opened(table("when,x,y\n", 100, [&](int i) {
            return first.addDays(3 * i).addSecs(3600 * (i % 4)).toString(format).toUtf8() + "," +
                   QByteArray::number(i % 7) + "," + QByteArray::number(i % 3 + 0.5);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames,
                 (Names{"when (years)", "when (time of year, sine)", "when (time of year, cosine)",
                        "when (weekday, sine)", "when (weekday, cosine)", "when (time of day, sine)",
                        "when (time of day, cosine)", "x"}));
        const Values start = inputOf(*data, Part::Train, 0), later = inputOf(*data, Part::Train, 70);
        QCOMPARE(start[0], 0.f);
        QVERIFY(std::abs(start[5] - 1) < 1e-5f && std::abs(start[6]) < 1e-5f); // six in the morning
        QVERIFY(std::abs(start[3]) < 1e-5f && std::abs(start[4] - 1) < 1e-5f);
        QVERIFY(start[3] == 0 && start[6] == 0); // and no 1.8·10⁻¹² of rounding
        QVERIFY(std::abs(later[0] - 210 / 365.2425) < 1e-3);
        QVERIFY(says(*data, "The dates of \"when\" are features as years since the earliest, time of year"));
    }
    void stepsOfAScaleAreNumbers() {
        const auto data = opened(table("risk,size,y\n", 30, [](int i) {
            const char* risks[]{"medium", "high", "low"};
            const char* sizes[]{"XL", "S", "M"};
            return QByteArray(risks[i % 3]) + "," + sizes[i / 3 % 3] + "," + QByteArray::number(i % 5 + 0.5);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"risk", "size"}));
        QCOMPARE(inputOf(*data, Part::Train, 0), (Values{1, 2}));
        QCOMPARE(inputOf(*data, Part::Train, 2), (Values{0, 2}));
        QVERIFY(says(*data, "low < medium < high"));
    }
    /// As runs were trained before there were scales.
    void twoWordsGoByTheAlphabet() {
        const auto data = opened(table("risk,y\n", 30, [](int i) {
            return QByteArray(i % 2 ? "low" : "high") + "," + QByteArray::number(i % 5 + 0.5);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"risk = low"}));
        QCOMPARE(inputOf(*data, Part::Train, 0), (Values{0}));
        QCOMPARE(inputOf(*data, Part::Train, 1), (Values{1}));
    }
    void identifiersAndCopiesAreWarnedOf() {
        const QByteArray text = table("id,x,twice,tag,y\n", 40, [](int i) {
            const QByteArray y = QByteArray::number(i * i % 17 + 0.5);
            return QByteArray::number(i + 1) + "," + QByteArray::number(i % 7) + "," +
                   QByteArray::number(2 * (i * i % 17) + 3) + ",tag" + QByteArray::number(i) + "," + y;
        });
        DataFolder folder;
        const std::string path = folder.write("t.csv", text);
        const auto data = shippedCatalog().open(path);
        QVERIFY(data);
        QCOMPARE((*data)->info().featureNames, (Names{"x", "twice"}));
        QVERIFY(says(
            **data, "Left out as identifiers, different in every row: id, tag (keep=id+tag takes them in)."));
        QVERIFY(says(**data, "Tells the target without error, as a copy of it would: twice"));
        const auto kept = shippedCatalog().open(path + ":keep=id,ignore=twice+tag");
        QVERIFY(kept);
        QCOMPARE((*kept)->info().featureNames, (Names{"id", "x"}));
        QVERIFY(!says(**kept, "without error"));
    }
    void copiesOfAClassAreWarnedOf() {
        const auto data = opened(table("x,code,kind\n", 60, [](int i) {
            return QByteArray::number(i % 7) + "," + QByteArray::number(i % 3 * 10) + "," +
                   QByteArray("abc").mid(i % 3, 1);
        }));
        QVERIFY(data);
        QVERIFY2(says(*data, "as a copy of it would: code"), said(*data).c_str());
    }
    void severalTargets() {
        const QByteArray text = table("x,price,b+c,wet,cold\n", 30, [](int i) {
            return QByteArray::number(i % 7) + "," + QByteArray::number(i * 1.5) + "," +
                   QByteArray::number(i * 0.25) + "," + QByteArray::number(i % 2) + "," +
                   QByteArray::number(i % 3 == 0);
        });
        DataFolder folder;
        const std::string path = folder.write("t.csv", text);
        const auto numbers = shippedCatalog().open(path + ":target=price+b\\+c");
        QVERIFY2(numbers, numbers ? "" : oneLine(numbers.error()).c_str());
        QVERIFY((*numbers)->info().task == Task::Regression);
        QCOMPARE((*numbers)->info().targets, 2);
        QCOMPARE((*numbers)->info().targetNames, (Names{"price", "b+c"}));
        QCOMPARE(targetOf(**numbers, Part::Train, 2), (Values{3, 0.5}));
        QCOMPARE((*numbers)->info().featureNames, (Names{"x", "wet", "cold"}));
        const auto labels = shippedCatalog().open(path + ":target=wet+cold");
        QVERIFY(labels);
        QVERIFY((*labels)->info().task == Task::Multilabel);
        QCOMPARE((*labels)->info().classNames, (Names{"wet", "cold"}));
        QCOMPARE(targetOf(**labels, Part::Train, 3), (Values{1, 1}));
        QCOMPARE((*shippedCatalog().open(path + ":target=b+c"))->info().targets, 1); // a column is called so
        const auto refused = shippedCatalog().open(path + ":target=size");
        QVERIFY(!refused && refused.error().why.find("price, b\\+c, wet") != std::string::npos);
    }
    /// Single precision has 24 bits: times of 1.7e9 seconds would be one.
    void largeNumbersThatChangeLittle() {
        const auto data = opened(table("time,value,end\n", 200, [](int i) {
            return QByteArray::number(1700000000 + i) + "," + QByteArray::number(i % 7) + "," +
                   QByteArray::number(1700000000.5 + 3 * i, 'f', 1);
        }));
        QVERIFY(data);
        QCOMPARE(inputOf(*data, Part::Train, 7)[0], 7.f);
        QCOMPARE(targetOf(*data, Part::Train, 7), (Values{21}));
        QCOMPARE(data->info().targetOffsets, std::vector<double>{1700000000.5});
        const NumberText text{[](double v) { return QByteArray::number(v, 'f', 1).toStdString(); }, {}};
        QCOMPARE(data->info().task->showTarget(data->info(), Values{21}, text), "1700000021.5");
        QVERIFY(says(*data, "1700000000 of time"));
        // They are told as they stand in the data, and no activation is chosen by what is left of them.
        const auto proposal = proposeFor(*data);
        QVERIFY(proposal);
        const auto end = std::ranges::find(proposal->lines, "Output activation", &Proposal::Line::what);
        QVERIFY(end != proposal->lines.end());
        QCOMPARE(end->value, "none");
        QCOMPARE(spreadText(1700000128), "1700000128");
        QCOMPARE(spreadText(static_cast<double>(0.1F)), "0.1");
        QVERIFY2(end->why.starts_with("The numbers to predict lie from 17000000"), end->why.c_str());
    }
    void tinyNumbersStayAsTheyAre() {
        const auto data = opened(table(
            "charge,kind\n", 40, [](int i) { return QByteArray::number(1 + i % 2) + ".5e-19," + turn(i); }));
        QVERIFY(data);
        QCOMPARE(inputOf(*data, Part::Train, 1)[0], 2.5e-19f);
    }
    void rareClassesAreTold() {
        const auto data = opened(table("a,b,kind\n", 60, [](int i) {
            return QByteArray::number(i % 7) + "," + QByteArray::number(i % 5) + "," +
                   (i == 30 ? QByteArray("rare") : turn(i));
        }));
        QVERIFY(data);
        QVERIFY2(says(*data, "Few rows are of the class rare (1)"), said(*data).c_str());
    }
    void newRowsAreReadAsTheTableWas() {
        DataFolder folder;
        const auto data = shippedCatalog().open(
            folder.write("t.csv", table("id,when,x,kind,y\n", 40, [](int i) {
                             return QByteArray::number(i + 1) + ",2023-01-" +
                                    QByteArray::number(i % 28 + 1).rightJustified(2, '0') + "," +
                                    QByteArray::number(1700000000 + i % 7) + "," + turn(i) + "," +
                                    QByteArray::number(i % 5 + 0.5);
                         })));
        QVERIFY(data);
        const auto read = (*data)->readNew(
            folder.write("new.csv", "X;kind;when\n1700000003;wet;2023-01-09\n1700000001;odd;\n"));
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        QCOMPARE((*read)->size(), 2);
        QCOMPARE((*read)->name(1), "line 3");
        Values first(static_cast<std::size_t>((*data)->info().input.size())), second = first;
        (*read)->readInput(0, first.data());
        (*read)->readInput(1, second.data());
        QCOMPARE(first[0], inputOf(**data, Part::Train, 8)[0]); // the ninth of January
        QCOMPARE(first[first.size() - 2], 3.f);
        QCOMPARE(first.back(), 1.f);
        QVERIFY(std::isnan(second[0]) && std::isnan(second.back()));
        const std::vector<std::string>& notes = (*read)->notes();
        QVERIFY2(notes.back() ==
                     "line 3: when is missing; line 3: kind \"odd\" is unknown. 2 cells in all: the "
                     "mean stands for them.",
                 notes.back().c_str());
        const auto lacking = (*data)->readNew(folder.write("lacks.csv", "x,y\n1,2\n3,4\n"));
        QVERIFY(!lacking);
        QVERIFY2(lacking.error().why.find("when, kind") != std::string::npos,
                 oneLine(lacking.error()).c_str());
    }
    void newRowsHaveADecimalSignOfTheirOwn_data() {
        QTest::addColumn<bool>("commas"); ///< of the table that was trained on
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Values>("values"); ///< of the first row
        QTest::addColumn<QString>("note");
        const QByteArray commas = "x;z\n0,5;-1,5\n2;2,5\n", points = "x,z\n0.5,-1.5\n2,2.5\n";
        for (const bool trained : {false, true}) {
            QTest::addRow("commas, %d", trained)
                << trained << commas << Values{0.5, -1.5} << "decimal commas";
            QTest::addRow("points, %d", trained)
                << trained << points << Values{0.5, -1.5} << "decimal points";
            QTest::addRow("thousands, %d", trained)
                << trained << QByteArray("x;z\n1.200;2,5\n") << Values{1200, 2.5} << "decimal commas";
            QTest::addRow("a fraction, %d", trained)
                << trained << QByteArray("x;z\n1.200;2.5\n") << Values{1.2f, 2.5} << "decimal points";
        }
        const QByteArray either = "x;z\n1.200;7\n";
        QTest::newRow("as points were") << false << either << Values{1.2f, 7} << "decimal points";
        QTest::newRow("as commas were") << true << either << Values{1200, 7} << "decimal commas";
    }
    void newRowsHaveADecimalSignOfTheirOwn() {
        QFETCH(bool, commas);
        QFETCH(QByteArray, text);
        QFETCH(Values, values);
        QFETCH(QString, note);
        DataFolder folder;
        const QByteArray between = commas ? ";" : ",";
        const auto data = shippedCatalog().open(
            folder.write("t.csv", table("x" + between + "z" + between + "kind\n", 40, [&](int i) {
                             const QByteArray sign = commas ? "," : ".";
                             return QByteArray::number(i % 7) + sign + "5" + between +
                                    QByteArray::number(i % 3) + sign + "25" + between + turn(i);
                         })));
        QVERIFY(data);
        const auto read = (*data)->readNew(folder.write("new.csv", text));
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        Values first(2);
        (*read)->readInput(0, first.data());
        QCOMPARE(first, values);
        QCOMPARE((*read)->notes().size(), std::size_t(1));
        QVERIFY2((*read)->notes()[0].find(note.toStdString()) != std::string::npos,
                 (*read)->notes()[0].c_str());
    }
    void newRowsOfATableWithoutNames() {
        DataFolder folder;
        const auto data =
            shippedCatalog().open(folder.write("t.csv", table("", 30, [](int i) {
                                                   return QByteArray::number(i % 7 + 0.5) + "," +
                                                          QByteArray::number(i % 3 + 0.25) + "," + turn(i);
                                               })));
        QVERIFY(data);
        const auto read = (*data)->readNew(folder.write("new.csv", "1.5,2.5\n3.5,4.5\n"));
        QVERIFY(read);
        Values values(2);
        (*read)->readInput(1, values.data());
        QCOMPARE(values, (Values{3.5, 4.5}));
    }
    /// Short ones are read without std::from_chars: to the same bits.
    void numbersAreTheNearest() {
        for (std::uint64_t i = 0; i < 200'000; ++i) {
            QByteArray text =
                QByteArray::number(static_cast<qulonglong>(randomBits(1, i) >> randomBelow(2, i, 64)));
            if (i % 3 > 0)
                text.insert(
                    static_cast<qsizetype>(randomBelow(3, i, static_cast<std::uint64_t>(text.size()) + 1)),
                    '.');
            if (i % 5 == 0) text.prepend('-');
            double wanted = 0, read = 0;
            const auto [end, error] = std::from_chars(text.begin(), text.end(), wanted);
            QVERIFY2(readPlainNumber(text.toStdString(), read) == (end == text.end() && error == std::errc()),
                     text);
            QVERIFY2(read == wanted && std::signbit(read) == std::signbit(wanted), text);
        }
        for (const char* none :
             {"", ".", "-", "-.", "1.2.3", "1-", "--1", "+1", "0x1", "1 2", "inf", "1e", "é"}) {
            double number = 0;
            QVERIFY2(!readPlainNumber(none, number), none);
        }
    }
    void windowsOfRows() {
        DataFolder folder;
        const std::string path =
            folder.write("t.csv", table("day,site,x,y\n", 20, [](int i) {
                             const int day = 19 - i; // backwards
                             return QByteArray::number(day / 2) + "," + (day % 2 ? "b" : "a") + "," +
                                    QByteArray::number(day + 0.5) + "," + QByteArray::number(day * 10 + 0.25);
                         }));
        const auto plain = shippedCatalog().open(path + ":window=3,horizon=0,test_share=0,ignore=day+site");
        QVERIFY2(plain, plain ? "" : oneLine(plain.error()).c_str());
        QVERIFY((*plain)->info().input == Shape::sequence(3, 1));
        QCOMPARE((*plain)->info().trainSize, 18);
        QCOMPARE(inputOf(**plain, Part::Train, 0), (Values{19.5, 18.5, 17.5}));
        QCOMPARE(targetOf(**plain, Part::Train, 0), (Values{170.25}));
        const auto ordered = shippedCatalog().open(
            path + ":window=2,horizon=2,order=day,group=site,test_share=0.25,ignore=day");
        QVERIFY2(ordered, ordered ? "" : oneLine(ordered.error()).c_str());
        QVERIFY((*ordered)->info().input == Shape::sequence(2, 2)); // x, and what y was
        QCOMPARE((*ordered)->info().trainSize, 6);                  // of 14, six have rows of the test part
        QCOMPARE((*ordered)->info().testSize, 2);
        QVERIFY2(says(**ordered, "6 windows are left out before that, as rows of the test part are in them."),
                 said(**ordered).c_str());
        QVERIFY2(says(**ordered, "The last windows of each site, 2 in all, are the test part."),
                 said(**ordered).c_str());
        const Values first = inputOf(**ordered, Part::Train, 0);
        QCOMPARE(first[2] - first[0], 2.f); // the next day of the same site
        QCOMPARE(first[1], first[0] * 10 - 4.75f);
        QCOMPARE(targetOf(**ordered, Part::Train, 0)[0], first[3] + 40);
        QCOMPARE(shippedCatalog().open(path + ":window=30").error().code, "data.csv.rows");
    }
    /// Windows overlap: what is learned from must not hold rows that it is judged by.
    void noRowIsInTwoParts_data() {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("folds");
        for (const char* own :
             {"", ",group=site", ",order=day", ",test_share=0", ",horizon=4,order=day,group=site",
              ",share=0.9", ",order=day,group=site,share=0.7"})
            for (const char* kind : {"random", "time"})
                for (const int folds : {0, 2, 5})
                    QTest::addRow("%s %s %d", own, kind, folds) << QString(own) << QString(kind) << folds;
    }
    void noRowIsInTwoParts() {
        QFETCH(QString, options);
        QFETCH(QString, kind);
        QFETCH(int, folds);
        constexpr int count = 1000;
        DataFolder folder;
        const std::string path = folder.write("t.csv", table("day,site,x,y\n", count, [](int i) {
                                                  return QByteArray::number(i * 7 % count) + ",s" +
                                                         QByteArray::number(i * 7 % count % 3) + "," +
                                                         QByteArray::number(i + 0.5) + "," +
                                                         QByteArray::number(i + 0.25);
                                              }));
        OPEN(data, path + ":window=6,ignore=day" + (options.contains("group") ? "" : "+site") +
                       options.toStdString());
        const auto rowsOf = [&](const Samples& samples, Part part) {
            std::set<int> rows;
            for (const std::int64_t sample : samples) {
                const Values values = inputOf(**data, part, sample);
                for (std::size_t i = 0; i < values.size(); i += values.size() / 6)
                    rows.insert(static_cast<int>(values[i]));
                rows.insert(static_cast<int>(targetOf(**data, part, sample)[0]));
            }
            return rows;
        };
        for (int fold = folds > 0 ? 1 : 0; fold <= folds; ++fold) {
            const auto split =
                makeSplit(**data, {0.15, 3, *splitKindFromKey(kind.toStdString()), folds, fold});
            QVERIFY2(split, split ? "" : oneLine(split.error()).c_str());
            const std::set<int> parts[] = {rowsOf(split->train, Part::Train),
                                           rowsOf(split->validation, Part::Train),
                                           rowsOf(split->test, split->testPart)};
            std::set<int> all;
            std::size_t rows = 0;
            for (const std::set<int>& part : parts) {
                all.insert(part.begin(), part.end());
                rows += part.size();
            }
            QCOMPARE(all.size(), rows);
            QVERIFY(!split->validation.empty() && split->train.size() > split->validation.size());
            QVERIFY(std::ranges::any_of(split->warnings, [](const Diagnostic& d) {
                return d.code == "split.shared-rows" && d.why.find("left out of the ") != std::string::npos;
            }));
            QCOMPARE(trainCount(**data, {0.15, 3, *splitKindFromKey(kind.toStdString()), folds, fold}),
                     std::ssize(split->train));
        }
    }
    /// All windows share rows: there is no part that could be set apart.
    void windowsThatAllOverlapAreNotParted() {
        DataFolder folder;
        const std::string path =
            folder.write("t.csv", table("x,y\n", 12, [](int i) {
                             return QByteArray::number(i + 0.5) + "," + QByteArray::number(i + 0.25);
                         }));
        OPEN(data, path + ":window=8");
        QCOMPARE((*data)->info().testSize, 0);
        const Split split = makeSplit(**data, 0.2, 1);
        QVERIFY(split.validation.empty() && split.train.size() == 4);
        QCOMPARE(split.warnings.front().severity, Severity::Warning);
        const auto folded = makeSplit(**data, {0, 1, SplitKind::Random, 2, 1});
        QCOMPARE(folded.error().code, "split.shared-rows");
    }
    void sequencesAreNamedByFirstAndLastLine() {
        DataFolder folder;
        const auto line = [](int i) {
            return QByteArray::number(i + 0.5) + "," + QByteArray::number(i + 0.25);
        };
        OPEN(data, folder.write("t.csv", table("x,y\n", 40, line)) + ":window=10");
        const auto asked = (*data)->readNew(folder.write("new.csv", table("x,y\n", 12, line)));
        QVERIFY2(asked, asked ? "" : oneLine(asked.error()).c_str());
        QCOMPARE((*asked)->name(1), std::string("lines 3 to 12"));
    }
    /// A split by time says what it goes by where no column tells it.
    void theOrderOfTheFileIsSaid() {
        DataFolder folder;
        const std::string path = folder.write("t.csv", table("day,x,y\n", 40, [](int i) {
                                                  return QByteArray::number(i) + "," +
                                                         QByteArray::number(i + 0.5) + "," +
                                                         QByteArray::number(i + 0.25);
                                              }));
        for (const bool named : {false, true}) {
            OPEN(data, path + (named ? ":order=day" : ""));
            const auto split = makeSplit(**data, {0.2, 1, SplitKind::Time});
            QVERIFY(split);
            QCOMPARE(std::ranges::any_of(split->warnings,
                                         [](const Diagnostic& d) { return d.code == "split.order"; }),
                     !named);
        }
    }
    /// A split by groups and one by time go by the columns that the options name, of rows and of windows.
    void splitsGoByColumns() {
        DataFolder folder;
        const std::string path = folder.write("t.csv", table("day,site,x,y\n", 48, [](int i) {
                                                  return QByteArray::number(47 - i) + ",s" +
                                                         QByteArray::number(i % 8) + "," +
                                                         QByteArray::number(i * i % 11 + 0.5) + "," +
                                                         QByteArray::number(i * 10 + 0.25);
                                              }));
        for (const char* window : {"", ",window=2,test_share=0"}) {
            const auto opened = shippedCatalog().open(path + ":order=day,group=site" + window);
            QVERIFY2(opened, opened ? "" : oneLine(opened.error()).c_str());
            const Dataset& data = **opened;
            QCOMPARE(data.info().groupedBy, "site");
            QCOMPARE(data.info().orderedBy, "day");
            const auto grouped = makeSplit(data, {0.2, 1, SplitKind::Grouped});
            QVERIFY2(grouped, grouped ? "" : oneLine(grouped.error()).c_str());
            std::set<std::int64_t> trained;
            for (const std::int64_t sample : grouped->train)
                trained.insert(data.groupOf(Part::Train, sample));
            QVERIFY(trained.size() > 1 && trained.size() < 8);
            for (const Samples* part : {&grouped->validation, &grouped->test})
                for (const std::int64_t sample : *part)
                    QVERIFY(!trained.contains(data.groupOf(Part::Train, sample)));
            const auto timed = makeSplit(data, {0.2, 1, SplitKind::Time});
            QVERIFY(timed);
            const Samples& later = timed->test.empty() ? timed->validation : timed->test;
            QVERIFY(!later.empty());
            for (const std::int64_t before : timed->train)
                for (const std::int64_t after : later)
                    QVERIFY(data.timeOf(Part::Train, before) <= data.timeOf(Part::Train, after));
        }
    }
    /// The sample showed whole numbers: what comes later is read all the same.
    void whatTheSampleDoesNotShow() {
        const int many = 300000;
        const auto data = opened(table("a;b;y\n", many + 3000, [](int i) {
            const bool late = i >= many;
            return QByteArray::number(i % 9) + (late ? ",5" : "") + ";" +
                   (late ? QByteArray("w") + QByteArray::number(i % 3) : QByteArray()) + ";" + turn(i);
        }));
        QVERIFY(data);
        QCOMPARE(data->info().featureNames, (Names{"a", "b = w0", "b = w1", "b = w2"}));
        QCOMPARE(inputOf(*data, Part::Train, many + 1)[0], static_cast<float>((many + 1) % 9) + 0.5f);
    }
    void oneRowIsToldInTheSingular() {
        const auto data = opened(table("a,b,y\n", 40, [](int i) {
            return QByteArray::number(i % 7) + ",1." + QByteArray::number(i) +
                   (i == 9 ? QByteArray() : ",2." + QByteArray::number(i % 5));
        }));
        QVERIFY(data);
        QVERIFY2(says(*data, "1 of 40 rows has another number of cells than the 3 columns and is left out"),
                 said(*data).c_str());
    }
};

ADD_TEST_CLASS(TableColumnsTest)
#include "table_columns_test.moc"
