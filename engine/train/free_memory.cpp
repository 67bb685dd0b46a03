#include "engine/train/free_memory.h"

#include <algorithm>
#include <fstream>

namespace burdock {
namespace {

/// The number that stands in a file of the kernel's, behind `key` if it is given.
std::optional<std::int64_t> numberIn(const std::string& path, const std::string& key = {}) {
    std::ifstream file(path);
    std::string word;
    if (!key.empty())
        while (file >> word && word != key) {
        }
    std::int64_t number = 0;
    if (file >> number) return number;
    return std::nullopt;
}

/// How a version of control groups calls its files.
struct Files {
    const char *limit, *used, *cached;
};
constexpr Files version1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr Files version2{"memory.max", "memory.current", "inactive_file"};

std::optional<std::int64_t> least(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    return a && b ? std::min(a, b) : a ? a : b;
}

/// Of a group and of those that it lies in. In a container the path is often that of the host, and the
/// mounted root is the container's own group.
std::optional<std::int64_t> leftOf(const std::string& root, std::string group, const Files& files) {
    std::optional<std::int64_t> left;
    for (;;) {
        const std::string folder = root + group + "/";
        const auto most = numberIn(folder + files.limit), used = numberIn(folder + files.used); // "max": none
        if (most && used) {
            // Files that are kept in memory count as used, and give way to what is asked for.
            const std::int64_t cached = numberIn(folder + "memory.stat", files.cached).value_or(0);
            left = least(left, std::max<std::int64_t>(0, *most - *used + cached));
        }
        if (group.empty()) return left;
        group.erase(std::min(group.rfind('/'), group.size()));
    }
}

} // namespace

std::optional<std::int64_t> leftOfGroups(const std::string& process, const std::string& root) {
    std::optional<std::int64_t> left;
    std::ifstream groups(process);
    // "0::/user.slice" of version 2, "4:memory:/jobs" of version 1.
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        std::string controllers = line.substr(first, second - first + 1);
        controllers.front() = controllers.back() = ',';
        std::string group = line.substr(second + 1);
        if (group.empty() || group.front() != '/') continue;
        if (group == "/") group.clear();
        if (controllers == ",,")
            left = least(left, leftOf(root, group, version2));
        else if (controllers.find(",memory,") != std::string::npos)
            left = least(left, leftOf(root + "/memory", group, version1));
    }
    return left;
}

std::optional<std::int64_t> availableMemory() {
    std::optional<std::int64_t> free;
    if (const auto kilobytes = numberIn("/proc/meminfo", "MemAvailable:")) free = *kilobytes * 1024;
    return least(free, leftOfGroups("/proc/self/cgroup", "/sys/fs/cgroup"));
}

} // namespace burdock
