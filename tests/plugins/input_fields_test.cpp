#include "arrays.h"
#include "table.h"

#include <cmath>

using namespace burdock;

namespace {

std::shared_ptr<const Dataset> openedSet(const std::string& reference) {
    const auto data = shippedCatalog().open(reference);
    if (!data) qWarning("%s", oneLine(data.error()).c_str());
    return data.value_or(nullptr);
}

/// The inputs that the texts become; empty where they are refused.
Values made(const Dataset& data, const std::vector<std::string>& texts) {
    const auto sample = data.readFields(texts);
    if (!sample) {
        qInfo("%s", oneLine(sample.error()).c_str());
        return {};
    }
    Values values(static_cast<std::size_t>(data.info().input.size()));
    (*sample)->readInput(0, values.data());
    return values;
}

std::string refusal(const Dataset& data, const std::vector<std::string>& texts) {
    const auto sample = data.readFields(texts);
    return sample ? "read" : oneLine(sample.error());
}

/// Each kind of column there is.
QByteArray everyKind(int i) {
    static const char* const sizes[] = {"small", "large", "medium", "medium"};
    static const char* const colours[] = {"red", "green", "blue", "blue", "red", "blue"};
    return QByteArray("2023-02-") + QByteArray::number(i % 28 + 1).rightJustified(2, '0') + "," +
           colours[i % 6] + "," + sizes[i % 4] + "," + turn(i) + "," + QByteArray::number(i % 2) + "," +
           (i % 9 ? QByteArray::number(i % 11 + 0.25) : QByteArray()) + "," + QByteArray::number(i % 7 + 0.5);
}

} // namespace

/// What a sample is put together of by hand.
class InputFieldsTest : public QObject {
    Q_OBJECT
  private slots:
    void aColumnIsAField() {
        const auto data = opened(table("when,colour,size,rain,flag,x,y\n", 56, everyKind));
        QVERIFY(data);
        const std::vector<InputField> fields = data->inputFields();
        QCOMPARE(fields.size(), std::size_t{6});
        QCOMPARE(fields[0].name, "when");
        QVERIFY(fields[0].choices.empty() && fields[0].lowest == fields[0].highest);
        QCOMPARE(fields[0].typical, "2023-02-15");
        QCOMPARE(fields[1].choices, (Names{"blue", "red", "green"})); // as often as they are met
        QCOMPARE(fields[1].typical, "blue");
        QCOMPARE(fields[2].choices.front(), "medium");
        QCOMPARE(fields[2].inputs.size(), std::size_t{1}); // steps of a scale
        QCOMPARE(fields[3].choices, (Names{"dry", "wet"}));
        QVERIFY(fields[4].whole && fields[4].lowest == 0 && fields[4].highest == 1);
        QVERIFY(!fields[5].whole);
        QCOMPARE(fields[5].lowest, 0.25);
        QCOMPARE(fields[5].highest, 10.25);
        std::vector<std::int64_t> all;
        for (const InputField& field : fields)
            all.insert(all.end(), field.inputs.begin(), field.inputs.end());
        QCOMPARE(std::ssize(all), data->info().input.size()); // each feature is of one column
        for (std::size_t i = 0; i < all.size(); ++i)
            QCOMPARE(all[i], static_cast<std::int64_t>(i));
    }
    void aRowMadeByHandIsThatOfTheTable() {
        const auto data = opened(table("when,colour,size,rain,flag,x,y\n", 56, everyKind));
        QVERIFY(data);
        for (int row : {1, 5, 30}) {
            std::vector<std::string> texts;
            for (const QByteArray& cell : everyKind(row).split(','))
                texts.push_back(cell.toStdString());
            texts.pop_back(); // the target
            QCOMPARE(made(*data, texts), inputOf(*data, Part::Train, row));
        }
        const Values missing = made(*data, {"", "", "", "", "", ""});
        QVERIFY(std::ranges::all_of(missing, [](float value) { return std::isnan(value); }));
        std::vector<std::string> typical;
        for (const InputField& field : data->inputFields())
            typical.push_back(field.typical);
        const Values usual = made(*data, typical);
        QVERIFY(!usual.empty() && std::ranges::none_of(usual, [](float value) { return std::isnan(value); }));
    }
    void whatIsNoValueIsRefused_data() {
        QTest::addColumn<int>("field");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no date") << 0 << QByteArray("soon") << QByteArray("is not a date");
        QTest::newRow("another word")
            << 1 << QByteArray("pink") << QByteArray("Give one of: blue, red, green.");
        QTest::newRow("no number") << 5 << QByteArray("inf") << QByteArray("is not a number");
        QTest::newRow("too large") << 5 << QByteArray("1e99") << QByteArray("is too large");
        QTest::newRow("a comma") << 5 << QByteArray("98,087") << QByteArray("98.087 or 98087");
        QTest::newRow("a comma with a currency") << 5 << QByteArray("$1,5") << QByteArray("has a comma");
        QTest::newRow("per cents") << 5 << QByteArray("50%") << QByteArray("which has no per cents");
    }
    void whatIsNoValueIsRefused() {
        QFETCH(int, field);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        const auto data = opened(table("when,colour,size,rain,flag,x,y\n", 56, everyKind));
        QVERIFY(data);
        std::vector<std::string> texts(6);
        texts[static_cast<std::size_t>(field)] = text.toStdString();
        const std::string why = refusal(*data, texts);
        QVERIFY2(why.find(says.toStdString()) != std::string::npos, why.c_str());
        QVERIFY2(why.find(data->inputFields()[static_cast<std::size_t>(field)].name) != std::string::npos,
                 why.c_str());
        QVERIFY(!data->readFields(std::vector<std::string>(5)));
    }
    /// A plain number has a point whatever the column's sign is: 1.824 is not 1824.
    void numbersOfAColumnWithCommas() {
        const auto data = opened(table("x;y\n", 40, [](int i) {
            return QByteArray("1,") + QByteArray::number(100 + i) + ";" + QByteArray::number(i % 9) + ",5";
        }));
        QVERIFY(data);
        QCOMPARE(made(*data, {"1.824"}), (Values{1.824f}));
        QVERIFY2(refusal(*data, {"1,824"}).find("1.824 or 1824") != std::string::npos, "no comma by hand");
        QVERIFY2(refusal(*data, {"1.824.000"}).find("is not a number") != std::string::npos,
                 "nor two points");
        QCOMPARE(made(*data, {"-2.5e-3"}), (Values{-0.0025f}));
        QCOMPARE(data->inputFields()[0].typical, "1.12");
    }
    void perCentsAreTakenWhereTheColumnHasThem() {
        const auto data = opened(table("x,y\n", 40, [](int i) {
            return QByteArray::number(100 + i) + "%," + QByteArray::number(i % 9) + ".5";
        }));
        QVERIFY(data);
        QCOMPARE(made(*data, {"50%"}), (Values{50.f}));
        QCOMPARE(made(*data, {"50.5 %"}), (Values{50.5f}));
        QCOMPARE(made(*data, {"50"}), (Values{50.f}));
    }
    void whatWasTakenOffIsNotAskedFor() {
        const auto data = opened(table("stamp,day,y\n", 60, [](int i) {
            return QByteArray::number(1700000000 + i) + "," + QByteArray::number(i % 24) + ":" +
                   QByteArray::number(i % 60).rightJustified(2, '0') + "," + QByteArray::number(i % 7 + 0.5);
        }));
        QVERIFY(data);
        const std::vector<InputField> fields = data->inputFields();
        QCOMPARE(fields[0].lowest, 1700000000.0);
        QCOMPARE(fields[0].typical, "1700000030");
        QCOMPARE(fields[1].inputs.size(), std::size_t{2}); // of a time alone, sine and cosine
        QCOMPARE(made(*data, {"1700000002", "2:02"}), inputOf(*data, Part::Train, 2));
        QVERIFY(!made(*data, {fields[0].typical, fields[1].typical}).empty());
    }
    void manyWordsHaveOneForTheOthers() {
        const auto data = opened(table("word,y\n", 400, [](int i) {
            return "w" + QByteArray::number(i % 3 ? i % 20 : i % 100) + "," + QByteArray::number(i % 7 + 0.5);
        }));
        QVERIFY(data);
        const std::vector<InputField> fields = data->inputFields();
        QCOMPARE(fields[0].choices.size(), std::size_t{33});
        QCOMPARE(fields[0].choices.back(), "other");
        QCOMPARE(made(*data, {"never met"}).back(), 1.f);
        QCOMPARE(made(*data, {"other"}).back(), 1.f);
    }
    void severalRowsAreNoForm() {
        DataFolder folder;
        const std::string path =
            folder.write("t.csv", table("x,y\n", 60, [](int i) {
                             return QByteArray::number(i % 7) + ".5,1." + QByteArray::number(i);
                         }));
        const auto data = openedSet(path + ":window=5");
        QVERIFY(data);
        QVERIFY(data->inputFields().empty());
        QVERIFY(!data->readFields({}));
    }
    void setsOfNumbersHaveFieldsToo() {
        const auto moons = openedSet("moons:noise=0");
        QVERIFY(moons);
        const std::vector<InputField> fields = moons->inputFields();
        QCOMPARE(fields.size(), std::size_t{2});
        QCOMPARE(fields[1].name, "y");
        QVERIFY(fields[0].lowest < -0.99 && fields[0].highest > 1.99 && !fields[0].whole);
        QCOMPARE(made(*moons, {"0.1", "-3"}), (Values{0.1f, -3.f}));
        QVERIFY(std::isnan(made(*moons, {"0.1", ""}).back()));
        QVERIFY2(refusal(*moons, {"0.1", "?"}).find("y") != std::string::npos, "the field is named");
        const auto iris = openedSet("iris");
        QVERIFY(iris && iris->inputFields().size() == 4);
        const auto digits = openedSet("digits"); // its columns are a picture's pixels
        QVERIFY(digits && digits->inputFields().empty());
        QVERIFY(!digits->readFields(std::vector<std::string>(64)));
        const auto shapes = openedSet("shapes");
        QVERIFY(shapes && shapes->inputFields().empty());
    }
    void arraysAreAskedAboutInTheirUnits() {
        DataFolder folder;
        std::vector<double> values;
        for (int i = 0; i < 40; ++i) {
            values.push_back(1700000000.0 + i);
            values.push_back(i % 5 * 50);
        }
        std::vector<std::int64_t> labels;
        for (int i = 0; i < 40; ++i)
            labels.push_back(i % 2);
        const auto data = openedSet(writeZip(folder, "a.npz",
                                             {{"x.npy", npy("<f8", "(40, 2)", packed(values))},
                                              {"y.npy", npy("<i8", "(40,)", packed(labels))}}));
        QVERIFY(data);
        const std::vector<InputField> fields = data->inputFields();
        QCOMPARE(fields.size(), std::size_t{2});
        QCOMPARE(fields[0].name, "x1");
        QCOMPARE(fields[0].lowest, 1700000000.0);
        QCOMPARE(fields[0].highest, 1700000039.0);
        QCOMPARE(fields[1].highest, 200.0);
        QVERIFY(fields[1].whole);
        QCOMPARE(made(*data, {"1700000007", "100"}), inputOf(*data, Part::Train, 7));
    }
};

ADD_TEST_CLASS(InputFieldsTest)
#include "input_fields_test.moc"
