#pragma once

#include <ctime>

namespace burdock::test {

/// What this program has worked so far, on all its threads, in seconds: unlike the time on the wall it does
/// not count what a machine does besides.
inline double processorSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

} // namespace burdock::test
