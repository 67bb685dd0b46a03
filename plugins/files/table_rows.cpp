#include "files/table_rows.h"

#include <algorithm>
#include <cstring>

namespace burdock {

RowCursor::RowCursor(std::string_view text, Dialect dialect, std::int64_t firstLine)
    : dialect_(dialect)
    , begin_(text.data())
    , at_(text.data())
    , end_(text.data() + text.size())
    , nextLine_(firstLine) {}

inline bool RowCursor::endsCell(char c) const {
    return c == dialect_.delimiter || c == dialect_.lineEnd || (dialect_.delimiter == ' ' && c == '\t');
}

bool RowCursor::next() {
    while (at_ != end_) {
        cells_.clear();
        if (!unescaped_.empty()) unescaped_.clear();
        line_ = nextLine_;
        readRow();
        const bool blanksPart = dialect_.delimiter == ' ' || dialect_.delimiter == '\t';
        const bool blank = blanksPart
                               ? std::all_of(cells_.begin(), cells_.end(), [](auto c) { return c.empty(); })
                               : cells_.size() == 1 && cells_[0].empty();
        if (!blank) return true;
    }
    cells_.clear();
    return false;
}

void RowCursor::readRow() {
    for (;;) {
        while (at_ != end_ && isBlankHere(*at_))
            ++at_;
        if (dialect_.delimiter == ' ' && (at_ == end_ || *at_ == dialect_.lineEnd || *at_ == '\r')) {
            if (at_ != end_ && *at_ == '\r' && dialect_.lineEnd != '\r')
                ++at_; // blanks at the end of a line part nothing
            if (at_ != end_ && *at_ != dialect_.lineEnd) continue;
        } else if (at_ != end_ && *at_ == '"') {
            readQuoted();
        } else {
            readPlain();
        }
        if (at_ == end_) return;
        if (*at_++ == dialect_.lineEnd) {
            ++nextLine_;
            return;
        }
    }
}

void RowCursor::readPlain() {
    const char* const first = at_;
    while (at_ != end_ && !endsCell(*at_))
        ++at_;
    const char* last = at_;
    while (last != first && (isBlankHere(last[-1]) || last[-1] == '\r'))
        --last;
    cells_.emplace_back(first, static_cast<std::size_t>(last - first));
}

void RowCursor::readQuoted() {
    const char* const open = at_;
    const char* from = ++at_;
    std::string* whole = nullptr;
    for (;;) {
        const auto* quote =
            static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
        const char* const close = quote ? quote : end_;
        const bool doubled = quote && quote + 1 != end_ && quote[1] == '"';
        if (doubled && !whole) whole = &unescaped_.emplace_back();
        if (whole) whole->append(from, close + doubled);
        at_ = close == end_ ? end_ : close + 1 + doubled;
        if (doubled) {
            from = at_;
            continue;
        }
        nextLine_ += std::count(open, close, dialect_.lineEnd);
        const char* const behind = at_;
        while (at_ != end_ && (isBlankHere(*at_) || *at_ == '\r') && !endsCell(*at_))
            ++at_;
        if (at_ != end_ && !endsCell(*at_)) { // such as "12" pipe: the quotes belong to the cell
            while (at_ != end_ && !endsCell(*at_))
                ++at_;
            const char* last = at_;
            while (last != behind && (isBlankHere(last[-1]) || last[-1] == '\r'))
                --last;
            cells_.emplace_back(open, static_cast<std::size_t>(last - open));
        } else if (whole) {
            cells_.push_back(*whole);
        } else {
            cells_.emplace_back(from, static_cast<std::size_t>(close - from));
        }
        return;
    }
}

std::size_t wholeRows(std::string_view text, Dialect dialect, std::size_t& openQuote) {
    constexpr auto none = std::string_view::npos;
    std::size_t rows = 0, plainFrom = 0;
    const auto rowsEndIn = [&](std::size_t from, std::size_t to) {
        const std::size_t end = text.substr(from, to - from).rfind(dialect.lineEnd);
        if (end != none) rows = from + end + 1;
    };
    const auto begins = [&](std::size_t quote) {
        while (quote > 0 && (text[quote - 1] == ' ' || text[quote - 1] == '\t') &&
               text[quote - 1] != dialect.delimiter)
            --quote;
        return quote == 0 || text[quote - 1] == dialect.delimiter || text[quote - 1] == dialect.lineEnd;
    };
    openQuote = none;
    for (std::size_t quote = text.find('"'); quote != none;) {
        if (!begins(quote)) {
            quote = text.find('"', quote + 1);
            continue;
        }
        rowsEndIn(plainFrom, quote);
        std::size_t close = text.find('"', quote + 1);
        while (close != none && close + 1 < text.size() && text[close + 1] == '"')
            close = text.find('"', close + 2);
        if (close == none) {
            openQuote = quote;
            return rows;
        }
        plainFrom = close + 1;
        quote = text.find('"', plainFrom);
    }
    rowsEndIn(plainFrom, text.size());
    return rows;
}

} // namespace burdock
