#include "windows.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace burdock {

std::vector<std::int64_t> numbered(const std::vector<std::string>& groups) {
    std::unordered_map<std::string, std::int64_t> numbers;
    std::vector<std::int64_t> all;
    all.reserve(groups.size());
    for (const std::string& group : groups)
        all.push_back(numbers.emplace(group, static_cast<std::int64_t>(numbers.size())).first->second);
    return all;
}

Windows cutWindows(std::int64_t rows, const std::vector<std::int64_t>& groups,
                   const std::vector<double>& keys, const std::vector<bool>& hasTarget,
                   const WindowOptions& options) {
    Windows windows;
    const auto at = [](std::int64_t row) { return static_cast<std::size_t>(row); };
    if (!groups.empty() || !keys.empty()) {
        windows.order.resize(at(rows));
        std::iota(windows.order.begin(), windows.order.end(), 0);
        std::stable_sort(windows.order.begin(), windows.order.end(), [&](std::int64_t a, std::int64_t b) {
            if (!groups.empty() && groups[at(a)] != groups[at(b)]) return groups[at(a)] < groups[at(b)];
            return !keys.empty() && keys[at(a)] < keys[at(b)];
        });
    }
    const auto rowAt = [&](std::int64_t place) {
        return windows.order.empty() ? place : windows.order[at(place)];
    };
    const auto groupAt = [&](std::int64_t place) { return groups.empty() ? 0 : groups[at(rowAt(place))]; };
    const std::int64_t span = options.window + options.horizon; // of a window and its target
    for (std::int64_t first = 0, end = 0; first < rows; first = end) {
        while (end < rows && groupAt(end) == groupAt(first))
            ++end;
        std::vector<std::int64_t> starts;
        for (std::int64_t start = first; start + span <= end; ++start)
            if (hasTarget[at(rowAt(start + span - 1))]) starts.push_back(start);
        const auto tests =
            static_cast<std::ptrdiff_t>(static_cast<double>(starts.size()) * options.testShare);
        auto test = starts.end() - tests;
        auto gap = tests > 0 ? std::lower_bound(starts.begin(), test, *test - span + 1) : test;
        if (gap == starts.begin()) gap = test = starts.end();
        windows.leftOut += test - gap;
        windows.train.insert(windows.train.end(), starts.begin(), gap);
        windows.test.insert(windows.test.end(), test, starts.end());
    }
    return windows;
}

} // namespace burdock
