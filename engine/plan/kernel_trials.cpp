#include "engine/plan/kernel_trials.h"

#include "engine/kernels/capabilities.h"
#include "engine/plan/trial_step.h"
#include "engine/schema/number_text.h"
#include "engine/tensor/address_space.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/user_cache.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <omp.h>
#include <string_view>

namespace burdock {
namespace {

/// What is as fast as the fastest but for so little may be so by chance.
constexpr double alike = 1.05;

double secondsNow() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string machineText() {
    return processor::name() + ", " + std::string(processor::nameOf(processor::instructionSet())) +
           ", oneDNN " + fast::oneDnnVersion() + ", Burdock " BURDOCK_VERSION;
}

bool isForbidden() {
    const char* const text = std::getenv("BURDOCK_KERNEL_TRIALS");
    return text && std::string_view(text) == "off";
}

/// Those that compete for a layer, with the steps of those that can run it.
struct Contest {
    std::vector<const KernelEntry*> kernels;
    std::vector<std::unique_ptr<Step>> steps;
};

/// oneDNN may have the same code for several formats that it is asked for.
bool isSame(const Step& a, const Step& b, const LayerRequest& r) {
    if (a.implementation().empty() || a.implementation() != b.implementation()) return false;
    for (std::size_t i = 0; i < r.inputs.size(); ++i)
        if (a.inputLayout(i) != b.inputLayout(i)) return false;
    return a.outputLayout() == b.outputLayout();
}

Contest contestFor(const CheckedLayer& layer, const LayerRequest& request) {
    Contest contest{competingKernels(*layer.schema, layer.params, request), {}};
    for (const KernelEntry* kernel : contest.kernels) {
        KernelOffer offer = makeStep(*kernel, *layer.schema, layer.params, request);
        std::unique_ptr<Step> step = offer ? std::move(*offer) : nullptr;
        if (step && std::ranges::any_of(contest.steps, [&](const auto& other) {
                return other && isSame(*other, *step, request);
            }))
            step = nullptr;
        contest.steps.push_back(std::move(step));
    }
    return contest;
}

/// Tries those that there are; nothing where they need too much memory.
std::optional<KernelTrial> tried(const Contest& contest, const CheckedLayer& layer,
                                 const LayerRequest& request, const Layout& handed,
                                 const KernelTrials::Clock& clock) {
    constexpr std::int64_t mostFloats = 1 << 29;
    std::vector<std::unique_ptr<TrialStep>> made;
    std::vector<std::function<void()>> runs;
    TrialMemory memory;
    for (const auto& step : contest.steps)
        if (step) made.push_back(std::make_unique<TrialStep>(*step, layer, request, handed, memory));
    std::int64_t floats = memory.floats();
    for (const auto& step : made)
        floats += step->weightFloats();
    if (floats > mostFloats || !canReserve(floats * static_cast<std::int64_t>(sizeof(float)))) return {};
    memory.allocate();
    for (const auto& step : made) {
        step->bind(memory);
        runs.emplace_back([&step = *step] { step.run(); });
    }
    const std::vector<double> seconds =
        runs.size() > 1 ? fastestRuns(runs, clock) : std::vector<double>(runs.size());
    KernelTrial trial;
    double fastest = seconds.empty() ? 0 : *std::ranges::min_element(seconds);
    for (std::size_t i = 0, run = 0; i < contest.steps.size(); ++i) {
        const std::string& id = contest.kernels[i]->id;
        trial.milliseconds[id] = std::nullopt;
        if (!contest.steps[i]) continue;
        const double took = seconds[run++];
        trial.milliseconds[id] = 1e3 * took;
        if (trial.chosen.empty() && took <= alike * fastest) trial.chosen = id;
    }
    return trial;
}

/// Whether the trial was between those that compete now.
bool isOf(const std::vector<const KernelEntry*>& kernels, const KernelTrial& trial) {
    return trial.milliseconds.size() == kernels.size() &&
           std::ranges::all_of(kernels,
                               [&](const auto* kernel) { return trial.milliseconds.contains(kernel->id); });
}

/// Says of all others what they took, and of those that could not run what they said.
void tellTimes(const std::vector<const KernelEntry*>& kernels, const KernelTrial& trial, KernelUse& use,
               const KernelUse& byRule) {
    const auto time = [](double ms) { return fixedText(ms, ms < 10 ? 2 : ms < 100 ? 1 : 0) + " ms"; };
    for (const DeclinedKernel& declined : byRule.declined)
        if (std::ranges::none_of(kernels, [&](const KernelEntry* kernel) {
                return trial.milliseconds.at(kernel->id) && kernelTitle(*kernel) == declined.kernel;
            }))
            use.declined.push_back(declined);
    const auto& taken = trial.milliseconds.at(use.id);
    for (const KernelEntry* kernel : kernels)
        if (const auto& its = trial.milliseconds.at(kernel->id); its && taken && kernel->id != use.id)
            use.declined.push_back(
                {kernelTitle(*kernel), "took " + time(*its) + " here, this one " + time(*taken)});
}

} // namespace

KernelTrials& kernelTrials() {
    static KernelTrials trials;
    return trials;
}

std::filesystem::path kernelTrialsFile() {
    const std::filesystem::path folder = userCacheFolder();
    return folder.empty() ? folder : folder / "kernels.json";
}

void KernelTrials::begin(std::filesystem::path file, Clock clock) {
    if (isForbidden()) return;
    clock_ = clock ? std::move(clock) : secondsNow;
    file_ = file;
    memory_ = std::make_unique<KernelMemory>(std::move(file), machineText());
}

std::optional<Diagnostic> KernelTrials::takeProblem() {
    if (!memory_ || !memory_->takeFailure()) return {};
    Diagnostic d;
    d.severity = Severity::Hint;
    d.code = "kernels.not-remembered";
    d.where = file_.string();
    d.what = "Which kernels are the fastest could not be kept in this file.";
    d.why = "The next start of the program tries them again, and may choose others, which round differently.";
    d.mend = "Make room on its disk and its folder writable, or set BURDOCK_KERNEL_TRIALS=off.";
    return d;
}

KernelChoice KernelTrials::choose(const CheckedLayer& layer, const LayerRequest& request, bool mayTry) {
    KernelChoice byRule = chooseKernel(*layer.schema, layer.params, request);
    if (!isOn() || !byRule.use.competes) return byRule;
    const auto kernels = competingKernels(*layer.schema, layer.params, request);
    if (kernels.size() < 2) return byRule;
    const std::string text = requestText(layer, request, omp_get_max_threads());
    const auto remembered = [&] {
        auto found = memory_->find(text);
        return found && isOf(kernels, *found) ? found : std::nullopt;
    };
    std::optional<KernelTrial> trial = remembered();
    if (!trial && !mayTry) return byRule;
    if (!trial) {
        const std::lock_guard guard(trying_);
        if (trial = remembered(); !trial) {
            trial = tried(contestFor(layer, request), layer, request, byRule.step->outputLayout(), clock_);
            if (!trial) return byRule;
            trial = memory_->keep(text, *trial);
        }
    }
    KernelChoice choice;
    const KernelEntry& chosen = **std::ranges::find(kernels, trial->chosen, &KernelEntry::id);
    if (chosen.id == byRule.use.id)
        choice.step = std::move(byRule.step);
    else if (KernelOffer offer = makeStep(chosen, *layer.schema, layer.params, request))
        choice.step = std::move(*offer);
    else
        return byRule; // the file is not of this processor after all
    takeUse(chosen, choice.use);
    tellTimes(kernels, *trial, choice.use, byRule.use);
    return choice;
}

std::string requestText(const CheckedLayer& layer, const LayerRequest& request, std::int64_t threads) {
    std::string text = layer.schema->id + " " + std::to_string(layer.schema->version);
    for (const auto& [key, value] : layer.params)
        text += ", " + key + " " + toString(value);
    text += ", batch " + std::to_string(request.batch) + ", " + std::to_string(threads) + " threads";
    if (request.training) text += ", training";
    if (request.frozen) text += ", frozen";
    if (request.mixed) text += ", mixed";
    if (request.inputIsRelu) text += ", of a ReLU";
    if (request.reluFollows) text += ", with a ReLU";
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        text += "; " + toString(request.inputs[i]) + " " + request.inputLayouts[i].order() +
                (request.inputLayouts[i].isBfloat16() ? " bf16" : " f32") +
                (request.inputGradients[i] ? " with gradient" : "");
    text += " -> " + toString(request.output);
    for (const Shape& shape : request.moreOutputs)
        text += ", " + toString(shape);
    return text;
}

std::vector<double> fastestRuns(std::span<const std::function<void()>> runs, const KernelTrials::Clock& now) {
    constexpr double share = 0.006, longRun = 0.025, longWarmUp = 0.05; // seconds
    constexpr double hopeless = 1.5, hopelessAtOnce = 3;
    constexpr int fewestRounds = 3, mostRounds = 20;
    const auto seconds = [&](const std::function<void()>& run) {
        const double start = now();
        run();
        return now() - start;
    };
    std::vector<double> fastest, spent(runs.size());
    for (const auto& run : runs)
        fastest.push_back(seconds(run));
    if (runs.empty() || *std::ranges::min_element(fastest) >= longWarmUp) return fastest;
    const auto isDone = [&](std::size_t i, int round) {
        const double best = *std::ranges::min_element(fastest);
        if (round < 2) return fastest[i] > (best >= longRun ? hopeless : hopelessAtOnce) * best;
        return fastest[i] > hopeless * best ||
               (spent[i] >= share && (round >= fewestRounds || fastest[i] >= longRun));
    };
    for (int round = 0; round < mostRounds; ++round)
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (isDone(i, round)) continue;
            const double took = seconds(runs[i]);
            fastest[i] = round == 0 ? took : std::min(fastest[i], took);
            spent[i] += took;
        }
    return fastest;
}

} // namespace burdock
