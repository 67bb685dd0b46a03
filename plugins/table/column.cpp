#include "column.h"

#include "engine/schema/number_text.h"
#include "files/text_encoding.h"

#include <algorithm>

namespace burdock {
namespace {

constexpr char otherSign(char decimal) {
    return decimal == '.' ? ',' : '.';
}

} // namespace

void ColumnEvidence::add(std::string_view text) {
    ++cells;
    const Cell withPoint = readCell(text, '.');
    if (withPoint.kind == CellKind::Missing) {
        ++missing;
        return;
    }
    const Cell withComma = readCell(text, ',');
    const bool isPoint = withPoint.kind == CellKind::Number, isComma = withComma.kind == CellKind::Number;
    point += isPoint;
    comma += isComma;
    pointOnly += isPoint && !isComma;
    commaOnly += isComma && !isPoint;
    if (isPoint && isComma && withPoint.number != withComma.number)
        ++(withPoint.grouped ? ambiguousComma : ambiguousPoint);
    if (isPoint) fractions += std::trunc(withPoint.number) != withPoint.number;
    if (isPoint || isComma) return;
    const auto dayFirstDate = readDate(text, DateOrder::DayFirst),
               monthFirstDate = readDate(text, DateOrder::MonthFirst);
    dayFirst += dayFirstDate.has_value();
    monthFirst += monthFirstDate.has_value();
    ambiguousDates += dayFirstDate && monthFirstDate && dayFirstDate->seconds != monthFirstDate->seconds;
    if (dayFirstDate || monthFirstDate) return;
    ++texts;
    if (words.size() < wordLimit) words.emplace(text);
}

ColumnFormat ColumnEvidence::format(char decimal) const {
    ColumnFormat format;
    format.decimal = pointOnly > commaOnly ? '.' : commaOnly > pointOnly ? ',' : decimal;
    format.evident = pointOnly != commaOnly;
    const std::int64_t numbers = std::max(point, comma), dates = std::max(dayFirst, monthFirst);
    if (numbers == present() || 2 * numbers > present()) return format;
    format.type = ColumnType::Words;
    if (dates > texts + numbers) {
        format.type = ColumnType::Date;
        format.order = monthFirst > dayFirst ? DateOrder::MonthFirst : DateOrder::DayFirst;
        format.evident = monthFirst != dayFirst;
        format.ambiguous = !format.evident && ambiguousDates > 0;
    }
    return format;
}

char commonDecimal(const std::vector<ColumnEvidence>& columns, char delimiter,
                   std::optional<char> otherwise) {
    std::int64_t points = 0, commas = 0, perhapsPoints = 0, perhapsCommas = 0;
    for (const ColumnEvidence& column : columns) {
        if (2 * std::max(column.point, column.comma) < column.present()) continue; // words
        points += column.pointOnly;
        commas += column.commaOnly;
        perhapsPoints += column.ambiguousPoint;
        perhapsCommas += column.ambiguousComma;
    }
    if (points != commas) return points > commas ? '.' : ',';
    if (otherwise) return *otherwise;
    return delimiter == ';' && perhapsCommas > perhapsPoints ? ',' : '.';
}

void WholeNumbers::grow() {
    std::vector<std::int64_t> before = std::move(slots_);
    const std::vector<bool> usedBefore = std::move(used_);
    slots_.assign(std::max<std::size_t>(16, 2 * before.size()), 0);
    used_.assign(slots_.size(), false);
    count_ = 0;
    const bool twice = twice_;
    for (std::size_t i = 0; i < before.size(); ++i)
        if (usedBefore[i]) add(before[i]);
    twice_ = twice;
}

void WholeNumbers::add(std::int64_t number) {
    if (isFull()) return;
    if (2 * count_ >= slots_.size()) grow();
    std::size_t at = (static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15ULL >> 40) & (slots_.size() - 1);
    while (used_[at] && slots_[at] != number)
        at = (at + 1) & (slots_.size() - 1);
    if (used_[at]) {
        twice_ = true;
        return;
    }
    used_[at] = true;
    slots_[at] = number;
    ++count_;
}

void WholeNumbers::add(const WholeNumbers& others) {
    for (std::size_t i = 0; i < others.slots_.size(); ++i)
        if (others.used_[i]) add(others.slots_[i]);
    twice_ = twice_ || others.twice_;
}

std::vector<std::int64_t> WholeNumbers::sorted() const {
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (used_[i]) all.push_back(slots_[i]);
    std::sort(all.begin(), all.end());
    return all;
}

std::optional<double> readValue(std::string_view text, const ColumnFormat& format) {
    if (format.type == ColumnType::Date) {
        if (format.marksMissing(text)) return std::nullopt;
        const auto date = readDate(text, format.order);
        return date ? std::optional(date->seconds) : std::nullopt;
    }
    double plain = 0;
    if (format.markers && format.marksMissing(text)) return std::nullopt;
    if (format.decimal == '.' && readPlainNumber(text, plain)) return plain;
    const Cell cell = readCell(text, format.decimal);
    return cell.kind == CellKind::Number ? std::optional(cell.number) : std::nullopt;
}

std::int64_t ColumnProfile::present() const {
    std::int64_t count = numbers;
    for (const auto& [word, rows] : words)
        count += rows;
    return count;
}

void ColumnProfile::addNumber(double number) {
    if (numbers == 0) {
        smallest = largest = first = number;
    } else {
        smallest = std::min(smallest, number);
        largest = std::max(largest, number);
        countsUp = countsUp && number == last + 1;
    }
    last = number;
    ++numbers;
    sentinels += number == -999 || number == -9999;
    if (!integers) return;
    constexpr double exact = 1e15;
    integers = std::trunc(number) == number && std::abs(number) <= exact;
    if (integers && !whole.isFull()) whole.add(static_cast<std::int64_t>(number));
}

void ColumnProfile::addOdd(std::string_view text, std::int64_t line) {
    constexpr std::size_t mostCells = 3, mostTexts = 2;
    ++odd;
    if (firstOdd.size() < mostCells) firstOdd.push_back({line, std::string(text)});
    if (const auto found = oddTexts.find(text); found != oddTexts.end())
        ++found->second;
    else if (oddTexts.size() < mostTexts)
        oddTexts.emplace(text, 1);
}

void ColumnProfile::add(std::string_view text, std::int64_t line) {
    double plain = 0;
    if (!format.markers && format.type == ColumnType::Number && format.decimal == '.' &&
        readPlainNumber(text, plain)) {
        addNumber(plain);
        return;
    }
    if (format.marksMissing(text)) {
        ++missing;
        return;
    }
    if (isWords()) {
        if (isOddText(text))
            addOdd(text, line);
        else if (const auto found = words.find(text); found != words.end())
            ++found->second;
        else if (words.size() < wordLimit)
            words.emplace(text, 1);
        else
            tooManyWords = true;
        return;
    }
    if (format.type == ColumnType::Date) {
        const auto date = readDate(text, format.order);
        if (!date) return addOdd(text, line);
        times += date->hasTime;
        dates += date->hasDate;
        return addNumber(date->seconds);
    }
    const Cell cell = readCell(text, format.decimal);
    if (cell.kind != CellKind::Number) {
        otherSign += readCell(text, burdock::otherSign(format.decimal)).kind == CellKind::Number;
        return addOdd(text, line);
    }
    grouped += cell.grouped;
    currency += cell.currency;
    percent += cell.percent;
    addNumber(cell.number);
}

void ColumnProfile::append(ColumnProfile&& next) {
    if (next.numbers > 0) {
        countsUp = countsUp && next.countsUp && (numbers == 0 || next.first == last + 1);
        smallest = numbers == 0 ? next.smallest : std::min(smallest, next.smallest);
        largest = numbers == 0 ? next.largest : std::max(largest, next.largest);
        if (numbers == 0) first = next.first;
        last = next.last;
    }
    numbers += next.numbers;
    missing += next.missing;
    odd += next.odd;
    otherSign += next.otherSign;
    for (OddCell& cell : next.firstOdd)
        if (firstOdd.size() < 3) firstOdd.push_back(std::move(cell));
    for (const auto& [text, count] : next.oddTexts)
        if (oddTexts.contains(text) || oddTexts.size() < 2) oddTexts[text] += count;
    integers = integers && next.integers;
    if (integers) whole.add(next.whole);
    sentinels += next.sentinels;
    grouped += next.grouped;
    currency += next.currency;
    percent += next.percent;
    times += next.times;
    dates += next.dates;
    tooManyWords = tooManyWords || next.tooManyWords;
    for (auto& [word, count] : next.words) {
        if (const auto found = words.find(word); found != words.end())
            found->second += count;
        else if (words.size() < wordLimit)
            words.emplace(word, count);
        else
            tooManyWords = true;
    }
}

bool isOddText(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    return !plain && (text.find('\0') != std::string_view::npos || wrongBytesOfUtf8(text) > 0);
}

std::string mendedText(std::string_view text) {
    std::string mended;
    TextDecoder("utf-8").decode(text, true, mended);
    std::replace(mended.begin(), mended.end(), '\0', ' ');
    return mended;
}

std::string plainText(double number) {
    constexpr double exact = 1e15;
    return std::trunc(number) == number && std::abs(number) < exact
               ? std::to_string(static_cast<std::int64_t>(number))
               : shortestText(number);
}

std::string inQuotes(std::string_view cell) {
    std::string text = mendedText(cell.substr(0, 200));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    std::size_t size = 40;
    if (text.size() <= size) return "\"" + text + "\"";
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        --size; // not within a UTF-8 character
    return "\"" + text.substr(0, size) + "…\"";
}

} // namespace burdock
