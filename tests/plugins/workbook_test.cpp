#include "table.h"

#include <QTemporaryFile>

#include <zip.h>

using namespace burdock;

namespace {

using Parts = std::vector<std::pair<QByteArray, QByteArray>>;

QByteArray archive(const Parts& parts) {
    QTemporaryFile file;
    if (!file.open()) qFatal("no temporary file");
    int error = 0;
    zip_t* const zip = zip_open(qPrintable(file.fileName()), ZIP_CREATE | ZIP_TRUNCATE, &error);
    for (const auto& [name, contents] : parts)
        zip_file_add(
            zip, name.constData(),
            zip_source_buffer(zip, contents.constData(), static_cast<zip_uint64_t>(contents.size()), 0),
            ZIP_FL_OVERWRITE);
    if (zip_close(zip) != 0) qFatal("cannot write the archive");
    QFile written(file.fileName());
    if (!written.open(QIODevice::ReadOnly)) qFatal("cannot read the archive");
    return written.readAll();
}

const QByteArray workbook =
    "<workbook xmlns:r='r'><workbookPr/><sheets><sheet name='Data' sheetId='1' r:id='rId3'/>"
    "<sheet name='Notes' sheetId='2' r:id='rId4'/></sheets></workbook>";
const QByteArray relations = "<Relationships><Relationship Id='rId4' Target='worksheets/sheet2.xml'/>"
                             "<Relationship Id='rId3' Target='worksheets/first.xml'/></Relationships>";
const QByteArray strings = "<sst><si><t>when</t></si><si><t>x, "
                           "y</t></si><si><r><t>ki</t></r><r><t>nd</t></r><rPh><t>no</t></rPh></si>"
                           "<si><t>dry</t></si><si><t>wet</t></si></sst>";
const QByteArray styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='\"day\" yyyy\\-mm\\-dd'/>"
                          "<numFmt numFmtId='165' formatCode='[Red]0.00\" s\"'/></numFmts><cellStyleXfs><xf "
                          "numFmtId='14'/></cellStyleXfs>"
                          "<cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='165'/><xf "
                          "numFmtId='22'/></cellXfs></styleSheet>";

/// Two empty rows, a header, and 30 rows: a date, a number, a yes or no that is missing at times, and a
/// class.
QByteArray sheet() {
    QByteArray xml = "<worksheet><sheetData><row r='1'/><row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' "
                     "t='s'><v>1</v></c>"
                     "<c r='C3' t='inlineStr'><is><t>ok</t></is></c><c r='D3' t='s'><v>2</v></c></row>";
    for (int i = 0; i < 30; ++i) {
        const QByteArray row = QByteArray::number(i + 4);
        xml += "<row r='" + row + "'><c r='A" + row + "' s='1'><v>" + QByteArray::number(44927 + i * 40) +
               "</v></c><c r='B" + row + "' s='2'><f>1+1</f><v>" + QByteArray::number(i % 7) + ".5</v></c>";
        if (i % 10 != 9) xml += "<c r='C" + row + "' t='b'><v>" + QByteArray::number(i % 3 == 0) + "</v></c>";
        xml += "<c r='D" + row + "' t='s'><v>" + QByteArray::number(3 + i % 2) + "</v></c></row>";
    }
    return xml + "</sheetData></worksheet>";
}

Parts parts() {
    return {{"xl/workbook.xml", workbook},        {"xl/_rels/workbook.xml.rels", relations},
            {"xl/sharedStrings.xml", strings},    {"xl/styles.xml", styles},
            {"xl/worksheets/first.xml", sheet()}, {"xl/worksheets/sheet2.xml", "<worksheet/>"}};
}

} // namespace

class WorkbookTest : public QObject {
    Q_OBJECT
  private slots:
    void firstSheetIsATable() {
        const auto data = opened(archive(parts()), "t.xlsx");
        QVERIFY(data);
        const DatasetInfo& info = data->info();
        QCOMPARE(info.trainSize, 30);
        QCOMPARE(info.classNames, (Names{"dry", "wet"}));
        QCOMPARE(info.featureNames,
                 (Names{"when (years)", "when (time of year, sine)", "when (time of year, cosine)",
                        "when (weekday, sine)", "when (weekday, cosine)", "x, y", "ok = TRUE"}));
        QCOMPARE(inputOf(*data, Part::Train, 3)[5], 3.5f);
        QCOMPARE(inputOf(*data, Part::Train, 3)[6], 1.f);
        QVERIFY(std::abs(inputOf(*data, Part::Train, 3)[0] - 120 / 365.2425) < 1e-4);
        QVERIFY(std::abs(inputOf(*data, Part::Train, 1)[3] - std::sin(2 * 3.14159265 * 4 / 7)) <
                1e-4); // a Friday
        QCOMPARE(info.missingValues, 3);
        QVERIFY2(says(*data, "The first sheet, \"Data\", is read; left out: Notes (sheet)."),
                 said(*data).c_str());
    }
    /// By its name, in any case, or its number.
    void theSheetIsChosen() {
        Parts two = parts();
        two.back().second = "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c>"
                            "<c r='B1' t='inlineStr'><is><t>b</t></is></c></row>";
        for (int i = 2; i < 9; ++i)
            two.back().second += "<row r='" + QByteArray::number(i) + "'><c><v>" + QByteArray::number(i) +
                                 ".5</v></c><c><v>" + QByteArray::number(i * i) + ".25</v></c></row>";
        two.back().second += "</sheetData></worksheet>";
        DataFolder folder;
        const std::string path = folder.write("t.xlsx", archive(two));
        for (const char* sheet : {"Notes", "notes", "2"}) {
            const auto data = shippedCatalog().open(path + ":sheet=" + sheet);
            QVERIFY2(data, data ? "" : oneLine(data.error()).c_str());
            QCOMPARE((*data)->info().featureNames, (Names{"a"}));
            QCOMPARE((*data)->info().trainSize, 7);
            QVERIFY2(says(**data, "The sheet \"Notes\" is read; left out: Data (sheet)."),
                     said(**data).c_str());
            // What is asked about may stand in a workbook without such a sheet.
            const auto asked = (*data)->readNew(folder.write("new.csv", "a\n1.5\n"));
            QVERIFY2(asked, asked ? "" : oneLine(asked.error()).c_str());
        }
        const auto none = shippedCatalog().open(path + ":sheet=Summary");
        QCOMPARE(none.error().code, "data.xlsx.sheet");
        QVERIFY(none.error().why.find("Data, Notes") != std::string::npos);
        QCOMPARE(shippedCatalog().open(path + ":sheet=3").error().code, "data.xlsx.sheet");
        QCOMPARE(shippedCatalog().open(folder.write("t.csv", "a,b\n1,2\n") + ":sheet=1").error().code,
                 "param.unknown");
    }
    void newRowsOfAnotherFormat() {
        DataFolder folder;
        const auto data = opened(archive(parts()), "t.xlsx");
        QVERIFY(data);
        const auto read = data->readNew(folder.write("new.csv", "ok;x, y;when\nTRUE;2,5;2023-01-09\n"));
        QVERIFY2(read, read ? "" : oneLine(read.error()).c_str());
        Values values(7);
        (*read)->readInput(0, values.data());
        QCOMPARE(values[5], 2.5f);
        QCOMPARE(values[6], 1.f);
    }
    void refusesBadWorkbooks_data() {
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("code");
        const auto without = [](const char* name, const QByteArray& instead = {}) {
            Parts changed;
            for (const auto& part : parts())
                if (part.first != name)
                    changed.push_back(part);
                else if (!instead.isNull())
                    changed.emplace_back(part.first, instead);
            return archive(changed);
        };
        QTest::newRow("no archive") << QByteArray("PK and more") << "data.xlsx";
        QTest::newRow("cut off") << archive(parts()).chopped(300) << "data.xlsx";
        QTest::newRow("no workbook") << without("xl/workbook.xml") << "data.xlsx";
        QTest::newRow("no sheet") << without("xl/worksheets/first.xml") << "data.xlsx";
        QTest::newRow("empty sheet") << without("xl/worksheets/first.xml", "<worksheet/>") << "data.empty";
        QTest::newRow("damaged sheet")
            << without("xl/worksheets/first.xml", sheet().left(900)) << "data.xlsx";
        QTest::newRow("bomb") << without("xl/worksheets/first.xml", QByteArray(40 << 20, ' '))
                              << "data.large";
    }
    void refusesBadWorkbooks() {
        QFETCH(QByteArray, contents);
        QFETCH(QString, code);
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", contents));
        QVERIFY(!data);
        QCOMPARE(QString::fromStdString(data.error().code), code);
    }
    void textsThatAreNotThereAreDamage_data() {
        QTest::addColumn<QByteArray>("index");
        for (const char* index : {"-1", "nan", "1.5", "99999999999"})
            QTest::newRow(index) << QByteArray(index);
    }
    void textsThatAreNotThereAreDamage() {
        QFETCH(QByteArray, index);
        Parts odd = parts();
        odd[4].second.replace("</sheetData>", "<row><c t='s'><v>" + index + "</v></c></row></sheetData>");
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(odd)));
        QVERIFY(!data);
        QVERIFY2(oneLine(data.error()).find("damaged") != std::string::npos, oneLine(data.error()).c_str());
    }
    void cellsBeyondTheSheetAreRefused() {
        Parts odd = parts();
        odd[4].second.replace("r='B4'", "r='XFE4'");
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(odd)));
        QVERIFY(!data);
        QVERIFY2(data.error().why.find("XFD") != std::string::npos, oneLine(data.error()).c_str());
    }
    /// They are kept for their style, by hundreds of thousands.
    void emptyCellsWidenNothing() {
        Parts styled = parts();
        styled[4].second.replace("</row>", "<c r='XFD9' s='1'/></row>");
        const auto data = opened(archive(styled), "t.xlsx");
        QVERIFY(data);
        QCOMPARE(data->info().featureNames.size(), 7u);
        QVERIFY2(!says(*data, "left out as") && !says(*data, "ends in"), said(*data).c_str());
    }
    /// Such as one that tells of the others.
    void aSheetOfOneColumnIsNoTable() {
        Parts titled = parts();
        titled[4].second = "<worksheet><sheetData><row><c t='inlineStr'><is><t>Rain</t></is></c></row>"
                           "<row><c t='inlineStr'><is><t>by hand</t></is></c></row></sheetData></worksheet>";
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(titled)));
        QVERIFY(!data);
        const std::string said = oneLine(data.error());
        QVERIFY2(said.find("The sheet has one column only.") != std::string::npos, said.c_str());
        QVERIFY2(said.find("left out: Notes (sheet)") != std::string::npos, said.c_str());
        QVERIFY2(said.find("Or name the sheet that has the table") != std::string::npos, said.c_str());
        QVERIFY2(said.find("elimiter") == std::string::npos, said.c_str());
    }
    void largeSheetsAreRefused() {
        Parts wide = parts();
        QByteArray rows;
        for (int i = 0; i < 140'000; ++i)
            rows += "<row><c><v>1</v></c></row>";
        wide[4].second.replace("</sheetData>", rows + "<row><c r='XFD9'><v>1</v></c></row></sheetData>");
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(wide)));
        QVERIFY(!data);
        QCOMPARE(data.error().code, "data.large");
    }
    void namesStandBelowATitle() {
        Parts titled = parts();
        titled[4].second.replace("<row r='1'/>",
                                 "<row r='1'><c r='A1' t='inlineStr'><is><t>Report</t></is></c></row>"
                                 "<row r='2'><c r='A2' s='1'/></row>");
        const auto data = opened(archive(titled), "t.xlsx");
        QVERIFY(data);
        QCOMPARE(data->info().trainSize, 30);
        QCOMPARE(data->info().featureNames.back(), "ok = TRUE");
    }
    void formulasWithoutResultsAreTold() {
        Parts unsaved = parts();
        for (const char* word : {"dry", "wet"}) {
            const QByteArray number = word[0] == 'd' ? "3" : "4";
            unsaved[4].second.replace("t='s'><v>" + number + "</v>", "t='str'><f>1</f>");
        }
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(unsaved)) + ":target=kind");
        QVERIFY(!data);
        QCOMPARE(data.error().code, "data.xlsx.formulas");
        QVERIFY2(data.error().mend.find("Open it in a spreadsheet program and save it") != std::string::npos,
                 oneLine(data.error()).c_str());
    }
    void sheetsAreNamedWhereTheFirstIsNone() {
        Parts none = parts();
        const QByteArray prose =
            "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>";
        DataFolder folder;
        for (const QByteArray& sheet : {QByteArray("<worksheet/>"), prose}) {
            none[4].second = sheet;
            const auto data = shippedCatalog().open(folder.write("t.xlsx", archive(none)));
            QVERIFY(!data);
            QVERIFY2(data.error().why.find("left out: Notes") != std::string::npos,
                     oneLine(data.error()).c_str());
        }
    }
};

ADD_TEST_CLASS(WorkbookTest)
#include "workbook_test.moc"
