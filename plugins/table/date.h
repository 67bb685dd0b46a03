#pragma once

#include <optional>
#include <string_view>

namespace burdock {

/// What 3/4/2023 is.
enum class DateOrder { DayFirst, MonthFirst };

struct DateTime {
    double seconds =
        0; ///< since 1970-01-01, UTC where the cell tells its zone; of a time alone, since midnight
    bool hasTime = false; ///< hours and minutes are given
    bool hasDate = true;
};

/// Reads 2023-03-01, 2023/3/1, 1.3.2023, 3/1/2023, 1 Mar 2023, Mar 1, 2023 and 2023-03, each with or without
/// a time (T or a blank, 14:30, 14:30:05.25, 2:30 PM, Z, +02:00), or a time alone. Nothing where it is no
/// date.
std::optional<DateTime> readDate(std::string_view text, DateOrder order);

} // namespace burdock
