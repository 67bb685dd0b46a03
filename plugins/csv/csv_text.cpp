#include "csv_text.h"

#include "engine/data/reading.h"
#include "files/content_hash.h"
#include "files/file_reader.h"
#include "files/problem.h"

#include <QString>
#include <QStringDecoder>

#include <algorithm>
#include <csv.h>
#include <exception>
#include <vector>

namespace burdock {
namespace {

constexpr std::uint64_t largest = 2ull << 30;

/// The line from `begin` on with its end: "\n", "\r\n" or "\r".
std::string_view lineAt(std::string_view text, std::size_t begin) {
    std::size_t end = text.find_first_of("\r\n", begin);
    if (end == std::string_view::npos) return text.substr(begin);
    if (text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n') ++end;
    return text.substr(begin, end + 1 - begin);
}

bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::size_t countOutsideQuotes(std::string_view line, char wanted) {
    std::size_t count = 0;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == wanted && !quoted) ++count;
    }
    return count;
}

/// The delimiter that the first lines agree on, else the most frequent; 0 if there is none at all. The
/// semicolon comes before the comma, which may be the decimal sign then.
char sniffDelimiter(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < text.size() && lines.size() < 20;) {
        const std::string_view line = lineAt(text, at);
        at += line.size();
        if (!isBlank(line)) lines.push_back(line);
    }
    char best = 0;
    std::size_t most = 0;
    for (const char c : {'\t', ';', ','}) {
        const std::size_t first = lines.empty() ? 0 : countOutsideQuotes(lines[0], c);
        std::size_t total = 0;
        bool same = first > 0;
        for (const std::string_view line : lines) {
            const std::size_t count = countOutsideQuotes(line, c);
            total += count;
            same = same && count == first;
        }
        if (same) return c;
        if (total > most) {
            most = total;
            best = c;
        }
    }
    return best;
}

bool isUtf8(const std::string& text) {
    const auto isAscii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (std::all_of(text.begin(), text.end(), isAscii)) return true;
    QStringDecoder decoder(QStringDecoder::Utf8);
    constexpr std::size_t part = 1u << 20;
    for (std::size_t at = 0; at < text.size() && !decoder.hasError(); at += part) {
        const auto size = static_cast<qsizetype>(std::min(part, text.size() - at));
        const QString decoded = decoder.decode(QByteArrayView(text.data() + at, size));
    }
    return !decoder.hasError();
}

/// One row as libcsv hands it over, field by field.
struct RowBuffer {
    std::string bytes;
    std::vector<std::size_t> ends;
    std::vector<std::string_view> fields;
    std::int64_t line = 0;
    bool between = true; ///< no row has begun
    const CsvRow* row = nullptr;
    Status status;
    std::exception_ptr thrown; ///< kept until libcsv, which is C, has returned

    bool goesOn() const { return status && !thrown; }
};

extern "C" {
static void addField(void* data, std::size_t size, void* context) {
    auto& buffer = *static_cast<RowBuffer*>(context);
    if (!buffer.goesOn()) return;
    try {
        buffer.bytes.append(static_cast<const char*>(data), size);
        buffer.ends.push_back(buffer.bytes.size());
    } catch (...) {
        buffer.thrown = std::current_exception();
    }
}
static void endRow(int, void* context) {
    auto& buffer = *static_cast<RowBuffer*>(context);
    if (!buffer.goesOn()) return;
    try {
        buffer.fields.clear();
        std::size_t begin = 0;
        for (const std::size_t end : buffer.ends) {
            buffer.fields.emplace_back(buffer.bytes.data() + begin, end - begin);
            begin = end;
        }
        buffer.status = (*buffer.row)(buffer.fields, buffer.line);
    } catch (...) {
        buffer.thrown = std::current_exception();
    }
    buffer.bytes.clear();
    buffer.ends.clear();
    buffer.between = true;
}
}

struct Parser {
    csv_parser parser{};
    bool good = csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    Parser() = default;
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser() {
        if (good) csv_free(&parser);
    }
};

} // namespace

Result<CsvText> CsvText::read(const std::filesystem::path& path, char delimiter) {
    auto contents = readWhole(path, largest);
    if (!contents) return tl::unexpected(contents.error());
    CsvText text;
    text.path_ = path;
    text.sha256_ = sha256Hex({*contents});
    text.text_ = std::move(*contents);
    if (text.text_.starts_with("\xef\xbb\xbf")) text.text_.erase(0, 3);
    if (text.text_.find('\0') != std::string::npos)
        return refuseFile(path, "csv.binary", "The file is not plain text.", "It contains zero bytes.",
                          "Export the table as CSV in UTF-8.");
    if (isBlank(text.text_))
        return refuseFile(path, "empty", "The file is empty.", "", "Give a file with data in it.");
    if (!isUtf8(text.text_)) {
        text.text_ =
            QString::fromLatin1(text.text_.data(), static_cast<qsizetype>(text.text_.size())).toStdString();
        text.latin1_ = true;
    }
    text.delimiter_ = delimiter != 0 ? delimiter : sniffDelimiter(text.text_);
    if (text.delimiter_ == 0)
        return refuseFile(path, "csv.columns", "The table has one column only.",
                          "There is no comma, semicolon or tab in its first lines.",
                          "Give a table with features and a target.");
    return text;
}

Status CsvText::forEachRow(const CsvRow& row) const {
    Parser csv;
    if (!csv.good) return refuseFile(path_, "memory", "The table cannot be read.", "Out of memory.", "");
    csv_set_delim(&csv.parser, static_cast<unsigned char>(delimiter_));
    RowBuffer buffer;
    buffer.row = &row;

    const auto badQuote = [&] {
        return refuseAt(buffer.line, 0, "csv.quote", "A quotation mark is in the wrong place.",
                        "Quotes open and close a field; within one they are doubled.",
                        "Mend the quotes of this row.");
    };
    std::int64_t number = 0;
    for (std::size_t at = 0; at < text_.size();) {
        const std::string_view line = lineAt(text_, at);
        at += line.size();
        if (++number % 1024 == 0) continueReading();
        if (buffer.between && isBlank(line)) continue;
        if (buffer.between) buffer.line = number;
        buffer.between = false;
        const bool parsed =
            csv_parse(&csv.parser, line.data(), line.size(), addField, endRow, &buffer) == line.size();
        if (buffer.thrown) std::rethrow_exception(buffer.thrown);
        if (!parsed) return badQuote();
        if (!buffer.status) return buffer.status;
    }
    const bool finished = csv_fini(&csv.parser, addField, endRow, &buffer) == 0;
    if (buffer.thrown) std::rethrow_exception(buffer.thrown);
    if (!finished) return badQuote();
    return buffer.status;
}

tl::unexpected<Diagnostic> CsvText::refuseAt(std::int64_t line, std::size_t field, std::string code,
                                             std::string what, std::string why, std::string mend) const {
    auto refusal = refuseFile(path_, std::move(code), std::move(what), std::move(why), std::move(mend));
    refusal.value().where += ", line " + std::to_string(line);
    if (field > 0) refusal.value().where += ", column " + std::to_string(field);
    return refusal;
}

} // namespace burdock
