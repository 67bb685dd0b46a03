#include "workbook.h"

#include "column.h"
#include "engine/data/reading.h"
#include "files/problem.h"
#include "table_profile.h"

#include <QDateTime>
#include <QTimeZone>
#include <QXmlStreamReader>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <zip.h>

namespace burdock {
namespace {

constexpr std::uint64_t mostInflation = 200,
                        harmless = 32u << 20; // sheets are packed to a tenth or twentieth
constexpr std::uint64_t largestPart = 1u << 30, mostText = 2u << 30;
constexpr std::size_t mostColumns = 16384; // of a sheet

using Zip = std::unique_ptr<zip_t, decltype(&zip_discard)>;

tl::unexpected<Diagnostic> damaged(const std::filesystem::path& path, const std::string& why) {
    return refuseFile(path, "xlsx", "The workbook cannot be read.", why,
                      "Save it again as an Excel workbook (.xlsx), or as CSV.");
}

/// A part of the workbook, inflated; empty where there is none of that name.
Result<QByteArray> partOf(const std::filesystem::path& path, zip_t* zip, const std::string& name) {
    QByteArray contents;
    zip_stat_t is;
    if (zip_stat(zip, name.c_str(), ZIP_FL_NOCASE, &is) != 0) return contents;
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(zip, is.index, 0),
                                                                  zip_fclose);
    if (!file) return damaged(path, "Its part " + name + " cannot be opened: " + zip_strerror(zip) + ".");
    constexpr qsizetype piece = 1 << 20;
    for (;;) { // what the archive claims of the size need not be so
        continueReading();
        const qsizetype before = contents.size();
        contents.resize(before + piece);
        const auto got = zip_fread(file.get(), contents.data() + before, piece);
        if (got < 0) return damaged(path, "Its part " + name + " is damaged.");
        contents.resize(before + static_cast<qsizetype>(got));
        if (got == 0) return contents;
        const auto size = static_cast<std::uint64_t>(contents.size());
        if (size > largestPart || (size > harmless && size / mostInflation > is.comp_size))
            return refuseFile(path, "large", "The workbook is too large.",
                              "Its part " + name + " has more than " + std::to_string(size >> 20) + " MB.",
                              "Save the sheet as CSV, which is read piece by piece.");
    }
}

struct SheetRef {
    QString name, id;
};

struct Book {
    std::vector<SheetRef> sheets;
    bool from1904 = false;
};

Book bookOf(const QByteArray& xml) {
    Book book;
    for (QXmlStreamReader in(xml); !in.atEnd();) {
        if (in.readNext() != QXmlStreamReader::StartElement) continue;
        if (in.name() == QLatin1String("sheet")) {
            SheetRef sheet;
            sheet.name = in.attributes().value(QLatin1String("name")).toString();
            for (const QXmlStreamAttribute& attribute : in.attributes())
                if (attribute.name() == QLatin1String("id")) sheet.id = attribute.value().toString(); // r:id
            book.sheets.push_back(sheet);
        } else if (in.name() == QLatin1String("workbookPr")) {
            const auto value = in.attributes().value(QLatin1String("date1904"));
            book.from1904 = value == QLatin1String("1") || value == QLatin1String("true");
        }
    }
    return book;
}

std::string targetOf(const QByteArray& relations, const QString& id) {
    for (QXmlStreamReader in(relations); !in.atEnd();)
        if (in.readNext() == QXmlStreamReader::StartElement &&
            in.attributes().value(QLatin1String("Id")) == id) {
            const QString target = in.attributes().value(QLatin1String("Target")).toString();
            return (target.startsWith(QLatin1Char('/')) ? target.mid(1) : QStringLiteral("xl/") + target)
                .toStdString();
        }
    return "xl/worksheets/sheet1.xml";
}

/// The text within the current element, without what tells how it is spoken.
QString textWithin(QXmlStreamReader& in) {
    QString text;
    int depth = 1;
    while (!in.atEnd() && depth > 0) {
        const auto token = in.readNext();
        if (token == QXmlStreamReader::StartElement && in.name() == QLatin1String("rPh"))
            in.skipCurrentElement();
        else if (token == QXmlStreamReader::StartElement)
            ++depth;
        else if (token == QXmlStreamReader::EndElement)
            --depth;
        else if (token == QXmlStreamReader::Characters)
            text += in.text();
    }
    return text;
}

std::vector<std::string> sharedStrings(const QByteArray& xml) {
    std::vector<std::string> all;
    for (QXmlStreamReader in(xml); !in.atEnd();)
        if (in.readNext() == QXmlStreamReader::StartElement && in.name() == QLatin1String("si"))
            all.push_back(textWithin(in).toStdString());
    return all;
}

/// Whether a number format shows a date or a time: a letter of one outside of quotes, brackets and escapes.
bool showsDate(QStringView format) {
    bool quoted = false, bracketed = false;
    for (qsizetype i = 0; i < format.size(); ++i) {
        const QChar c = format[i].toLower();
        if (c == QLatin1Char('"')) quoted = !quoted;
        if (quoted) continue;
        if (c == QLatin1Char('\\') || c == QLatin1Char('_') || c == QLatin1Char('*')) {
            ++i;
        } else if (c == QLatin1Char('[')) {
            const QChar next = i + 1 < format.size() ? format[i + 1].toLower() : QChar();
            bracketed = next != QLatin1Char('h') && next != QLatin1Char('m') && next != QLatin1Char('s');
        } else if (c == QLatin1Char(']')) {
            bracketed = false;
        } else if (!bracketed && QStringView(u"ymdhs").contains(c)) {
            return true;
        }
    }
    return false;
}

/// By the number of a cell's style: whether it is a date's.
std::vector<bool> dateStyles(const QByteArray& xml) {
    std::set<int> dates{14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47}; // ECMA-376 part 1, 18.8.30
    std::vector<bool> styles;
    bool inCells = false;
    for (QXmlStreamReader in(xml); !in.atEnd();) {
        const auto token = in.readNext();
        if (in.name() == QLatin1String("cellXfs") && token != QXmlStreamReader::Characters)
            inCells = token == QXmlStreamReader::StartElement;
        if (token != QXmlStreamReader::StartElement) continue;
        const int id = in.attributes().value(QLatin1String("numFmtId")).toInt();
        if (in.name() == QLatin1String("numFmt")) {
            const QString format = in.attributes().value(QLatin1String("formatCode")).toString();
            if (format.compare(QLatin1String("General"), Qt::CaseInsensitive) != 0 && showsDate(format))
                dates.insert(id);
        } else if (inCells && in.name() == QLatin1String("xf")) {
            styles.push_back(dates.contains(id));
        }
    }
    return styles;
}

/// A day's number, from 1899-12-30 or 1904-01-01, as text; of less than a day, the time alone.
std::string dateText(double serial, bool from1904) {
    constexpr double day = 86400e3, latest = 2958466; // the year 9999
    if (!(serial >= 0) || serial > latest) return {};
    const auto milliseconds = static_cast<qint64>(std::round(serial * day));
    const QDateTime first(from1904 ? QDate(1904, 1, 1) : QDate(1899, 12, 30), QTime(0, 0), QTimeZone::utc());
    const QDateTime time = first.addMSecs(milliseconds);
    const bool whole = milliseconds % static_cast<qint64>(day) == 0;
    return time
        .toString(serial < 1 ? QStringLiteral("HH:mm:ss")
                  : whole    ? QStringLiteral("yyyy-MM-dd")
                             : QStringLiteral("yyyy-MM-dd HH:mm:ss"))
        .toStdString();
}

/// The column of "BC12", from 0; mostColumns where it lies beyond a sheet's last one.
std::optional<std::size_t> columnOf(QStringView reference) {
    std::size_t column = 0;
    for (const QChar c : reference) {
        const char16_t letter = c.toUpper().unicode();
        if (letter < u'A' || letter > u'Z') break;
        column = column * 26 + (letter - u'A' + 1);
        if (column > mostColumns) return mostColumns;
    }
    return column == 0 ? std::nullopt : std::optional(column - 1);
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string all = "\"";
    for (const char c : text)
        all += c == '"' ? std::string("\"\"") : std::string(1, c);
    return all + "\"";
}

/// Turns a sheet's cells into lines of text.
class SheetReader {
  public:
    SheetReader(const std::vector<std::string>& strings, const std::vector<bool>& dates, bool from1904)
        : strings_(strings)
        , dates_(dates)
        , from1904_(from1904) {}

    enum class Outcome { Read, Damaged, Large, BeyondLastColumn };
    Outcome read(const QByteArray& xml) {
        QXmlStreamReader in(xml);
        Row row;
        while (!in.atEnd()) {
            const auto token = in.readNext();
            if (token == QXmlStreamReader::StartElement && in.name() == QLatin1String("c")) {
                if (!readCell(in, row)) return Outcome::BeyondLastColumn;
            } else if (token == QXmlStreamReader::EndElement && in.name() == QLatin1String("row")) {
                if (!row.empty()) rows_.push_back(std::move(row));
                row.clear();
                next_ = 0;
                if (size_ + rows_.size() * width_ > mostText) return Outcome::Large;
                if (rows_.size() % 1024 == 0) continueReading();
            }
        }
        return in.hasError() || lostText_ ? Outcome::Damaged : Outcome::Read;
    }
    std::string text() const {
        std::string text;
        std::vector<const std::string*> cells(width_);
        for (const Row& row : rows_) {
            std::fill(cells.begin(), cells.end(), nullptr);
            for (const FilledCell& cell : row)
                cells[cell.column] = &cell.text;
            for (std::size_t i = 0; i < width_; ++i) {
                if (i > 0) text += ',';
                if (cells[i]) text += quoted(*cells[i]);
            }
            text += '\n';
        }
        return text;
    }
    bool isEmpty() const { return rows_.empty(); }
    std::int64_t formulas() const { return formulas_; }

  private:
    struct FilledCell {
        std::size_t column = 0;
        std::string text;
    };
    using Row = std::vector<FilledCell>;

    /// False where it lies beyond the last column. An empty one, such as one that only has a style, is none.
    bool readCell(QXmlStreamReader& in, Row& row) {
        const QXmlStreamAttributes attributes = in.attributes();
        const std::size_t column = columnOf(attributes.value(QLatin1String("r"))).value_or(next_);
        if (column >= mostColumns) return false;
        next_ = column + 1;
        const QString type = attributes.value(QLatin1String("t")).toString();
        const auto style =
            static_cast<std::size_t>(std::max(0, attributes.value(QLatin1String("s")).toInt()));
        QString value;
        bool formula = false;
        while (!in.atEnd() &&
               !(in.readNext() == QXmlStreamReader::EndElement && in.name() == QLatin1String("c"))) {
            if (in.tokenType() != QXmlStreamReader::StartElement) continue;
            if (in.name() == QLatin1String("v") || in.name() == QLatin1String("is"))
                value = textWithin(in);
            else if (in.name() == QLatin1String("f"))
                formula = true;
        }
        formulas_ += formula && value.isEmpty();
        std::string text = value.toStdString();
        if (type == QLatin1String("s")) {
            bool isIndex = false;
            const auto index = value.toULongLong(&isIndex);
            text = isIndex && index < strings_.size() ? strings_[index] : "";
            lostText_ = lostText_ || (!value.isEmpty() && !(isIndex && index < strings_.size()));
        } else if (type == QLatin1String("b")) {
            text = value == QLatin1String("1") ? "TRUE" : "FALSE";
        } else if ((type.isEmpty() || type == QLatin1String("n")) && style < dates_.size() && dates_[style]) {
            bool isNumber = false;
            const double serial = value.toDouble(&isNumber);
            if (isNumber) text = dateText(serial, from1904_);
        } else if (type == QLatin1String("d")) {
            std::replace(text.begin(), text.end(), 'T', ' ');
        }
        if (text.empty()) return true;
        width_ = std::max(width_, column + 1);
        size_ += text.size() + sizeof(FilledCell);
        row.push_back({column, std::move(text)});
        return true;
    }

    const std::vector<std::string>& strings_;
    const std::vector<bool>& dates_;
    bool from1904_;
    std::vector<Row> rows_;
    std::size_t width_ = 0, next_ = 0; ///< of all rows; the column of a cell that does not tell its own
    std::uint64_t size_ = 0;
    std::int64_t formulas_ = 0;
    bool lostText_ = false; ///< a cell names a text that the workbook does not have
};

} // namespace

std::string readSheetOnly(const Sheet& sheet) {
    return (sheet.first ? "The first sheet, " : "The sheet ") + inQuotes(sheet.name) +
           (sheet.first ? "," : "") + " is read" +
           (sheet.others.empty() ? "; there is no other."
                                 : "; left out: " + listed(sheet.others) + " (sheet).");
}

tl::unexpected<Diagnostic> withoutResults(const std::filesystem::path& path, std::int64_t formulas) {
    return refuseFile(path, "xlsx.formulas", "The workbook's formulas have no results.",
                      std::to_string(formulas) +
                          (formulas == 1 ? " cell of its sheet holds a formula whose result is not stored."
                                         : " cells of its sheet hold formulas whose results are not stored."),
                      "Open it in a spreadsheet program and save it.");
}

namespace {

/// Its place among the sheets.
Result<std::size_t> placeOf(const std::filesystem::path& path, const Book& book, const std::string& wanted) {
    if (wanted.empty()) return 0;
    const QString name = QString::fromStdString(wanted);
    for (const Qt::CaseSensitivity cases : {Qt::CaseSensitive, Qt::CaseInsensitive})
        for (std::size_t i = 0; i < book.sheets.size(); ++i)
            if (book.sheets[i].name.compare(name, cases) == 0) return i;
    bool isNumber = false;
    if (const auto number = name.toULongLong(&isNumber);
        isNumber && number >= 1 && number <= book.sheets.size())
        return number - 1;
    std::vector<std::string> names;
    for (const SheetRef& sheet : book.sheets)
        names.push_back(sheet.name.toStdString());
    return refuseFile(path, "xlsx.sheet", "The workbook has no sheet " + inQuotes(wanted) + ".",
                      "Its sheets are: " + listed(names) + ".",
                      "Give the name of one, or its number from 1 (sheet).");
}

} // namespace

Result<Sheet> readWorkbook(const std::filesystem::path& path, const std::string& wanted) {
    int error = 0;
    const Zip zip(zip_open(path.c_str(), ZIP_RDONLY, &error), zip_discard);
    if (!zip) return damaged(path, "It is no archive, as workbooks are.");
    const auto workbook = partOf(path, zip.get(), "xl/workbook.xml");
    if (!workbook) return tl::unexpected(workbook.error());
    const Book book = bookOf(*workbook);
    if (book.sheets.empty()) return damaged(path, "It has no sheet.");
    const auto place = placeOf(path, book, wanted);
    if (!place) return tl::unexpected(place.error());
    const auto relations = partOf(path, zip.get(), "xl/_rels/workbook.xml.rels");
    const auto strings = partOf(path, zip.get(), "xl/sharedStrings.xml");
    const auto styles = partOf(path, zip.get(), "xl/styles.xml");
    for (const auto* part : {&relations, &strings, &styles})
        if (!*part) return tl::unexpected(part->error());
    const auto cells = partOf(path, zip.get(), targetOf(*relations, book.sheets[*place].id));
    if (!cells) return tl::unexpected(cells.error());

    const std::vector<std::string> shared = sharedStrings(*strings);
    const std::vector<bool> dates = dateStyles(*styles);
    Sheet sheet;
    sheet.name = book.sheets[*place].name.toStdString();
    sheet.first = *place == 0;
    for (std::size_t i = 0; i < book.sheets.size(); ++i)
        if (i != *place) sheet.others.push_back(book.sheets[i].name.toStdString());
    SheetReader reader(shared, dates, book.from1904);
    using Outcome = SheetReader::Outcome;
    switch (reader.read(*cells)) {
    case Outcome::Read:
        break;
    case Outcome::Damaged:
        return damaged(path, "Its sheet " + inQuotes(sheet.name) + " is damaged.");
    case Outcome::BeyondLastColumn:
        return damaged(path, "A cell of its sheet " + inQuotes(sheet.name) +
                                 " stands beyond the last column there can be, XFD.");
    case Outcome::Large:
        return refuseFile(path, "large", "The workbook is too large.",
                          "Its sheet has more than 2 GB of text, all columns of all rows counted.",
                          "Save the sheet as CSV, which is read piece by piece.");
    }
    if (reader.isEmpty() && reader.formulas() > 0) return withoutResults(path, reader.formulas());
    sheet.text = reader.text();
    sheet.formulas = reader.formulas();
    if (reader.isEmpty())
        return refuseFile(path, "empty", "The workbook's sheet " + inQuotes(sheet.name) + " is empty.",
                          readSheetOnly(sheet), "Name the sheet that has the table (sheet=…).");
    return sheet;
}

} // namespace burdock
