#include "table_source.h"

#include "engine/data/foreign_file.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "files/text_encoding.h"

#include <algorithm>
#include <optional>

namespace burdock {
namespace {

constexpr std::size_t piece = 1u << 20, longestRow = 64u << 20;

bool isLineEnd(char c) {
    return c == '\n' || c == '\r';
}

/// A table's text in UTF-8, piece after piece.
class Pieces {
  public:
    Pieces(FileReader reader, const std::string& encoding)
        : reader_(std::move(reader))
        , encoding_(encoding) {
        if (encoding != "utf-8") decoder_.emplace(encoding);
    }
    explicit Pieces(std::shared_ptr<const std::string> text)
        : text_(std::move(text)) {}

    /// Appends a piece; false where nothing is left.
    Result<bool> append(std::string& to) {
        continueReading();
        if (text_) {
            const std::size_t size = std::min(piece, text_->size() - at_);
            to.append(*text_, at_, size);
            at_ += size;
            return size > 0;
        }
        const std::size_t before = to.size();
        to.resize(before + piece);
        const auto got = reader_->read({to.data() + before, piece});
        if (!got) return tl::unexpected(got.error());
        to.resize(before + *got);
        if (std::exchange(first_, false))
            to.erase(before, markLength(std::string_view(to).substr(before), encoding_));
        if (decoder_) {
            const std::string raw = to.substr(before);
            to.resize(before);
            decoder_->decode(raw, *got < piece, to);
        }
        return *got > 0;
    }

  private:
    std::optional<FileReader> reader_;
    std::string encoding_;
    std::optional<TextDecoder> decoder_;
    bool first_ = true;
    std::shared_ptr<const std::string> text_;
    std::size_t at_ = 0;
};

Result<Pieces> piecesOf(const std::filesystem::path& path, const std::string& encoding) {
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    return Pieces(std::move(*reader), encoding);
}

} // namespace

Result<TableSource> TableSource::open(const std::filesystem::path& path, std::string encoding) {
    TableSource source;
    source.path_ = path;
    auto reader = FileReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    std::string raw(piece, '\0');
    const auto got = reader->read(raw);
    if (!got) return tl::unexpected(got.error());
    raw.resize(*got);
    source.encoding_ = encoding == "auto" ? guessEncoding(raw) : std::move(encoding);
    auto pieces = piecesOf(path, source.encoding_);
    if (!pieces) return tl::unexpected(pieces.error());
    constexpr std::ptrdiff_t fewLines = 4; // of which the first may be a header; lines may be long
    bool more = true;
    while (more && source.sample_.size() < longestRow &&
           (source.sample_.empty() ||
            std::count_if(source.sample_.begin(), source.sample_.end(), isLineEnd) < fewLines)) {
        const auto read = pieces->append(source.sample_);
        if (!read) return tl::unexpected(read.error());
        more = *read;
    }
    const bool binary = source.sample_.find('\0') != std::string::npos;
    if (binary || beginsAsForeignText(source.sample_)) // such as a page that tells of the file
        if (auto foreign = whyForeign(path)) return refuse(std::move(*foreign));
    if (binary)
        return refuseFile(path, "csv.binary", "The file holds no text.", "There are zero bytes in it.",
                          "Give a table as text: comma, semicolon or tab separated values.");
    if (source.sample_.find_first_not_of(" \t\r\n") == std::string::npos && *got < piece)
        return refuseFile(path, "empty", "The file is empty.", "There are only blank lines in it.",
                          "Give a file with data in it.");
    if (more && *got == piece)
        if (const auto end = source.sample_.find_last_of("\r\n"); end != std::string::npos)
            source.sample_.resize(end + 1);
    return source;
}

TableSource TableSource::ofText(const std::filesystem::path& path, std::string text) {
    TableSource source;
    source.path_ = path;
    source.encoding_ = "utf-8";
    source.sample_ = text.substr(0, piece);
    if (text.size() > piece)
        if (const auto end = source.sample_.rfind('\n'); end != std::string::npos)
            source.sample_.resize(end + 1);
    source.text_ = std::make_shared<const std::string>(std::move(text));
    return source;
}

Status TableSource::forEachBlock(const Start& start, const std::function<Status(TextBlock)>& take) const {
    auto pieces = text_ ? Result<Pieces>(Pieces(text_)) : piecesOf(path_, encoding_);
    if (!pieces) return tl::unexpected(pieces.error());
    std::string text;
    std::size_t skip = start.offset, open = 0;
    std::int64_t line = start.line;
    for (bool more = true; more;) {
        const auto read = pieces->append(text);
        if (!read) return tl::unexpected(read.error());
        more = *read;
        if (skip > 0) {
            const std::size_t skipped = std::min(skip, text.size());
            text.erase(0, skipped);
            skip -= skipped;
            if (skip > 0) continue;
        }
        std::size_t whole = wholeRows(text, start.dialect, open);
        const auto lineOf = [&](std::size_t place) {
            return line + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place),
                                     start.dialect.lineEnd);
        };
        const bool tooLong = text.size() - whole > longestRow;
        if (open != std::string::npos && (tooLong || !more)) {
            auto refusal = refuseFile(path_, "csv.quote", "A quote is not closed.",
                                      "The quote that opens a cell here has no partner.",
                                      "Close it, or double quotes that belong to the text.");
            refusal.value().where += ", line " + std::to_string(lineOf(open));
            return refusal;
        }
        if (tooLong) {
            auto refusal = refuseFile(path_, "csv.long", "A row is too long.", "It has more than 64 MB.",
                                      "Give a table with shorter rows.");
            refusal.value().where += ", line " + std::to_string(lineOf(whole));
            return refusal;
        }
        if (!more) whole = text.size();
        if (whole == 0) continue;
        TextBlock block{text.substr(0, whole), line};
        text.erase(0, whole);
        line += std::count(block.text.begin(), block.text.end(), start.dialect.lineEnd);
        if (const Status status = take(std::move(block)); !status) return status;
    }
    return {};
}

} // namespace burdock
