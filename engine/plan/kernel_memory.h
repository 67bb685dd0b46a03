#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace burdock {

/// What trying the kernels that compete for a step has shown.
struct KernelTrial {
    std::string chosen; ///< the id of the kernel that is taken
    /// Of each kernel that competed, by id: what its fastest run took, in milliseconds; nothing where it
    /// could not run the step.
    std::map<std::string, std::optional<double>> milliseconds;

    /// Whether the same kernels competed.
    bool isBetweenThoseOf(const KernelTrial& other) const;
};

/// The trials that were made on this machine, by what was asked of the kernels: in memory, and where there is
/// a file, for later runs of the program and other ones. It is JSON, one object for each machine (processor,
/// instructions, versions). Once remembered, a choice stays: the first process to write one is right. Several
/// processes and threads may share a file; one that cannot be read counts as empty, and one that cannot be
/// written remembers nothing.
class KernelMemory {
  public:
    /// Without a file nothing outlives the process.
    KernelMemory(std::filesystem::path file, std::string machine);

    std::optional<KernelTrial> find(const std::string& request);
    /// Returns what is remembered from now on: the same, or what another process found meanwhile for the same
    /// kernels.
    KernelTrial keep(const std::string& request, const KernelTrial& trial);
    /// Whether a trial could not be written since this was last asked.
    bool takeFailure() { return failed_.exchange(false); }

  private:
    struct Seen {
        std::uintmax_t bytes = 0;
        std::filesystem::file_time_type changed{};
        friend bool operator==(const Seen&, const Seen&) = default;
    };
    void follow();

    std::mutex mutex_;
    std::atomic<bool> failed_ = false;
    std::filesystem::path file_;
    std::string machine_;
    std::optional<Seen> seen_; ///< what the file was when it was last read
    std::map<std::string, KernelTrial> known_;
};

} // namespace burdock
