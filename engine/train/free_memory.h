#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace burdock {

/// The memory that this process can still get: what the machine has free and what its control groups allow.
/// None where neither can be told.
std::optional<std::int64_t> availableMemory();

/// What control groups leave, in bytes; none where they set no limit. `process`: as /proc/self/cgroup, which
/// tells the process's groups; `root`: where they are mounted, as /sys/fs/cgroup.
std::optional<std::int64_t> leftOfGroups(const std::string& process, const std::string& root);

} // namespace burdock
