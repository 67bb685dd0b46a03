#pragma once

#include "engine/graph/checked_network.h"
#include "engine/kernels/kernel_registry.h"
#include "engine/plan/kernel_memory.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace burdock {

/// Chooses between kernels that compete (KernelEntry::competes) by trying them: forward and backward of each,
/// on memory of their own and values of chance, some six milliseconds a kernel. Copies count, of inputs
/// into the layout that it reads, and of the output into that of the rule's kernel, which the steps behind
/// get otherwise. The fastest is taken, and remembered for this machine; of those that are within a twentieth
/// of it, the first registered one. Where that takes 2 GB and more, or the system refuses it, nothing is
/// tried.
///
/// Once tried, the choice stays: the same seed, number of threads, instruction set and file give the same
/// bits. On another machine, or after the file was deleted, other kernels may win and round differently, as
/// they would on another processor. BURDOCK_KERNEL_TRIALS=off leaves every choice to the rule, which is the
/// same everywhere.
///
/// Off unless the program begins it: then chooseKernel() decides alone.
class KernelTrials {
  public:
    using Clock = std::function<double()>; ///< seconds

    /// Tries from now on, unless the environment forbids it, and remembers in `file` (none: in memory). To be
    /// called at the program's start, before any plan is made.
    void begin(std::filesystem::path file, Clock clock = {});
    void end() { memory_.reset(); }
    bool isOn() const { return memory_ != nullptr; }

    /// Says once that choices could not be written: another start of the program may choose otherwise, and
    /// then round otherwise.
    std::optional<Diagnostic> takeProblem();

    /// The layer's kernel: by what is remembered; else, if it `mayTry`, by a trial; else by rule.
    KernelChoice choose(const CheckedLayer& layer, const LayerRequest& request, bool mayTry);

  private:
    std::unique_ptr<KernelMemory> memory_;
    std::filesystem::path file_;
    Clock clock_;
    std::mutex trying_; ///< one trial at a time, or they would slow each other
};

/// The program's.
KernelTrials& kernelTrials();
/// Where programs remember what they tried, in the user's cache folder; empty where there is none.
std::filesystem::path kernelTrialsFile();
/// What is asked of a layer's kernel, on so many threads: all that its speed depends on.
std::string requestText(const CheckedLayer& layer, const LayerRequest& request, std::int64_t threads);
/// The fastest run of each, in seconds. They run in turn, so that a change of the processor's clock meets all
/// of them: once to warm up, unless that takes long, and then until each has had its share of time.
std::vector<double> fastestRuns(std::span<const std::function<void()>> runs, const KernelTrials::Clock& now);

} // namespace burdock
