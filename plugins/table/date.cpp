#include "date.h"

#include <array>
#include <charconv>
#include <chrono>

namespace burdock {
namespace {

/// Takes what it recognises from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text)
        : text_(text) {}
    bool atEnd() const { return text_.empty(); }
    bool take(char c) {
        if (text_.empty() || text_[0] != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    char takeOneOf(std::string_view signs) {
        if (text_.empty() || signs.find(text_[0]) == std::string_view::npos) return 0;
        const char c = text_[0];
        text_.remove_prefix(1);
        return c;
    }
    /// A number of at most `most` digits; how many there were.
    std::size_t takeDigits(int& value, std::size_t most) {
        std::size_t count = 0;
        value = 0;
        while (count < text_.size() && count < most && text_[count] >= '0' && text_[count] <= '9')
            value = 10 * value + (text_[count++] - '0');
        text_.remove_prefix(count);
        return count;
    }
    /// A month by its English name, whole or its first three letters.
    bool takeMonth(int& month) {
        constexpr std::array<std::string_view, 12> names{"january",   "february", "march",    "april",
                                                         "may",       "june",     "july",     "august",
                                                         "september", "october",  "november", "december"};
        std::size_t letters = 0;
        while (letters < text_.size() && lower(text_[letters]) >= 'a' && lower(text_[letters]) <= 'z')
            ++letters;
        for (std::size_t i = 0; letters >= 3 && i < names.size(); ++i) {
            bool same = letters == 3 || letters == names[i].size();
            for (std::size_t c = 0; same && c < letters; ++c)
                same = lower(text_[c]) == names[i][c];
            if (!same) continue;
            month = static_cast<int>(i) + 1;
            text_.remove_prefix(letters);
            take('.');
            return true;
        }
        return false;
    }
    bool takeHalf(bool& afternoon) {
        Scanner ahead = *this;
        ahead.take(' ');
        const char half = ahead.takeOneOf("aApP");
        if (!half || !ahead.takeOneOf("mM")) return false;
        afternoon = lower(half) == 'p';
        *this = ahead;
        return true;
    }

  private:
    static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
    std::string_view text_;
};

bool takeTime(Scanner& in, double& seconds) {
    int hour = 0, minute = 0, second = 0;
    const std::size_t digits = in.takeDigits(hour, 2);
    if (digits == 0 || !in.take(':') || in.takeDigits(minute, 2) != 2) return false;
    double fraction = 0;
    if (in.take(':')) {
        if (in.takeDigits(second, 2) != 2) return false;
        if (in.takeOneOf(".,")) {
            double unit = 0.1;
            for (int digit = 0; in.takeDigits(digit, 1) == 1; unit /= 10)
                fraction += digit * unit;
        }
    }
    if (bool afternoon = false; in.takeHalf(afternoon)) {
        if (hour < 1 || hour > 12) return false;
        hour = hour % 12 + (afternoon ? 12 : 0);
    }
    if (hour > 24 || minute > 59 || second > 60) return false;
    seconds = hour * 3600.0 + minute * 60.0 + second + fraction;
    return true;
}

bool takeZone(Scanner& in, double& seconds) {
    if (in.takeOneOf("zZ")) return true;
    const char sign = in.takeOneOf("+-");
    if (!sign) return true;
    int hours = 0, minutes = 0;
    if (in.takeDigits(hours, 2) != 2) return false;
    if (in.take(':') || !in.atEnd())
        if (in.takeDigits(minutes, 2) != 2) return false;
    seconds -= (sign == '+' ? 1 : -1) * (hours * 3600.0 + minutes * 60.0);
    return true;
}

struct Day {
    int year = 0, month = 0, day = 1;
};

int fullYear(int year, std::size_t digits) {
    return digits == 2 ? year + (year < 70 ? 2000 : 1900) : year;
}

/// 2023-03-01, 2023/3/1, 2023.03.01., 2023-03
bool takeYearFirst(Scanner& in, Day& day) {
    Scanner ahead = in;
    if (ahead.takeDigits(day.year, 4) != 4) return false;
    const char sign = ahead.takeOneOf("-/.");
    if (!sign) return false;
    if (sign == '.') ahead.take(' ');
    if (ahead.takeDigits(day.month, 2) == 0) return false;
    if (ahead.take(sign)) {
        if (sign == '.') ahead.take(' ');
        if (ahead.takeDigits(day.day, 2) == 0) return false;
        if (sign == '.') ahead.take('.');
    } else if (sign != '-') {
        return false; // 2023.5 is a number
    }
    in = ahead;
    return true;
}

/// 1.3.2023, 1. 3. 2023, 3/1/2023, 3/1/23, 1-3-2023, 1-Mar-2023, 1 March 2023
bool takeYearLast(Scanner& in, Day& day, DateOrder order) {
    Scanner ahead = in;
    int first = 0, second = 0;
    if (ahead.takeDigits(first, 2) == 0) return false;
    const char sign = ahead.takeOneOf("./- ");
    if (!sign) return false;
    if (sign == '.') ahead.take(' ');
    const bool named = ahead.takeMonth(day.month);
    if (!named && (sign == ' ' || ahead.takeDigits(second, 2) == 0)) return false;
    if (!ahead.take(sign) && !(named && ahead.take(' '))) return false;
    if (sign == '.') ahead.take(' ');
    int year = 0;
    const std::size_t digits = ahead.takeDigits(year, 4);
    if (digits != 4 && !(digits == 2 && (sign == '/' || named))) return false;
    day.year = fullYear(year, digits);
    const bool monthFirst = !named && sign != '.' && order == DateOrder::MonthFirst;
    day.day = monthFirst ? second : first;
    if (!named) day.month = monthFirst ? first : second;
    in = ahead;
    return true;
}

/// Mar 1, 2023
bool takeMonthName(Scanner& in, Day& day) {
    Scanner ahead = in;
    if (!ahead.takeMonth(day.month) || !ahead.take(' ')) return false;
    if (ahead.takeDigits(day.day, 2) == 0) return false;
    ahead.take(',');
    if (!ahead.take(' ') || ahead.takeDigits(day.year, 4) != 4) return false;
    in = ahead;
    return true;
}

} // namespace

std::optional<DateTime> readDate(std::string_view text, DateOrder order) {
    constexpr std::size_t shortest = 4, longest = 40;
    if (text.size() < shortest || text.size() > longest) return std::nullopt;
    DateTime result;
    Scanner in(text);
    Day day;
    double time = 0;
    if (Scanner alone(text); takeTime(alone, time) && alone.atEnd()) return DateTime{time, true, false};
    if (!takeYearFirst(in, day) && !takeYearLast(in, day, order) && !takeMonthName(in, day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(day.year),
                                           std::chrono::month(static_cast<unsigned>(day.month)),
                                           std::chrono::day(static_cast<unsigned>(day.day))};
    if (!date.ok()) return std::nullopt;
    time = 0;
    if (!in.atEnd()) {
        in.take(',');
        if (!in.takeOneOf(" T") || !takeTime(in, time) || !takeZone(in, time) || !in.atEnd())
            return std::nullopt;
        result.hasTime = true;
    }
    result.seconds =
        static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400.0 + time;
    return result;
}

} // namespace burdock
