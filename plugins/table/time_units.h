#pragma once

namespace burdock {

inline constexpr double day = 86400, week = 7 * day, year = 365.2425 * day; ///< in seconds

} // namespace burdock
