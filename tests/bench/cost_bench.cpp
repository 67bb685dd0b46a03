// What training costs beside arithmetic: the memory that a run takes against what was told beforehand, the
// time of a step of a network that has nothing to compute, and how time grows with data, batch and depth.
// JSON lines.
#include "../support/noise_dataset.h"

#include "engine/models/chain.h"
#include "engine/models/templates.h"
#include "engine/plan/kernel_trials.h"
#include "engine/train/memory.h"
#include "engine/train/trainer.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

using namespace burdock;
using burdock::testing::NoiseDataset;
using Json = nlohmann::ordered_json;

namespace {

using Clock = std::chrono::steady_clock;

/// A line of /proc/self/status, such as "RssAnon:", in bytes.
std::int64_t statusBytes(std::string_view key) {
    std::ifstream file("/proc/self/status");
    std::string word;
    while (file >> word && word != key) {
    }
    std::int64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * 1024;
}

double megabytes(std::int64_t bytes) {
    return std::round(static_cast<double>(bytes) / 1e5) / 10;
}

/// The memory that is resident: while steps are done, and at most, checkpoints included.
struct MemoryWatch final : TrainObserver {
    std::int64_t atStep = 0, most = 0;
    void onStep(const StepRecord& record) override {
        const std::int64_t now = statusBytes("RssAnon:");
        if (record.epoch == 1) atStep = now; // before any checkpoint
        look(now);
    }
    void onCheckpoint(const CheckpointRecord&) override { look(statusBytes("RssAnon:")); }
    bool keepsBest() const override { return true; } // a run's are in the notebook
    void look(std::int64_t now) { most = std::max(most, now); }
};

Result<FinishRecord> train(const Graph& graph, std::int64_t samples, const TrainConfig& config,
                           TrainObserver& observer) {
    auto trainer = Trainer::make(graph, std::make_shared<const NoiseDataset>(graph, samples), config);
    if (!trainer) return refuse(trainer.error());
    TrainControl control;
    FinishRecord finish = (*trainer)->run(observer, control);
    if (finish.problem) return refuse(*finish.problem);
    return finish;
}

/// A network with next to nothing to compute.
Graph tinyMlp() {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{4}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        last = id;
    };
    then("dense", {{"units", std::int64_t{8}}});
    then("relu");
    then("dense", {{"units", std::int64_t{3}}});
    then("softmax");
    return g;
}

/// The growth of the process over a small training before, which brings libraries and threads into memory.
Result<Json> memoryOf(const std::string& model, TrainConfig config) {
    const Graph graph = findTemplate(model)->build();
    TrainConfig small = config;
    small.epochs = 1;
    small.batch = 8;
    TrainObserver nobody;
    if (auto warm = train(findTemplate("lenet5")->build(), 64, small, nobody); !warm)
        return refuse(warm.error());
    const std::int64_t samples = 3 * config.batch + 1 + config.batch / 3; // with a smaller last mini-batch
    const NoiseDataset data(graph, samples);
    const auto told = estimateMemory(*checkNetwork(graph), config, defaultLoss(data.info().task));
    if (!told) return refuse(told.error());
    const std::int64_t before = statusBytes("RssAnon:");
    MemoryWatch watch;
    if (auto done = train(graph, samples, config, watch); !done) return refuse(done.error());
    const std::int64_t loaded = 5 * config.batch * (data.info().input.size() + data.targetWidth()) * 4;
    const std::int64_t taken = watch.most - before - loaded;
    const std::int64_t expected = told->total() - told->writing; // no notebook is written to
    return Json{
        {"model", model},
        {"precision", config.precision},
        {"batch", config.batch},
        {"recompute", config.recompute},
        {"told_mb", megabytes(expected)},
        {"taken_mb", megabytes(taken)},
        {"told_to_taken", std::round(1e3 * static_cast<double>(expected) / static_cast<double>(taken)) / 1e3},
        {"steps_mb", megabytes(watch.atStep - before)},
        {"process_peak_mb", megabytes(statusBytes("VmHWM:"))}};
}

/// Steps an epoch are timed as a whole: the clock would be a part of what is measured.
Result<Json> overhead(TrainConfig config) {
    struct Watch final : TrainObserver {
        std::vector<double> seconds;
        Clock::time_point begun;
        void onStep(const StepRecord& record) override {
            if (record.step % 1000 == 1) begun = Clock::now();
            if (record.step % 1000 == 0)
                seconds.push_back(std::chrono::duration<double>(Clock::now() - begun).count() / 999);
        }
    } watch;
    config.batch = 1;
    config.epochs = 1;
    if (auto done = train(tinyMlp(), 40000, config, watch); !done) return refuse(done.error());
    std::ranges::sort(watch.seconds);
    return Json{{"step_us_best", std::round(watch.seconds.front() * 1e8) / 100},
                {"step_us_median", std::round(watch.seconds[watch.seconds.size() / 2] * 1e8) / 100}};
}

Result<Json> epochOf(std::int64_t samples, TrainConfig config) {
    struct Watch final : TrainObserver {
        double best = 0;
        void onEpoch(const EpochRecord& record) override { best = std::max(best, record.samplesPerSecond); }
    } watch;
    config.epochs = 3;
    const auto done = train(findTemplate("mlp")->build(), samples, config, watch);
    if (!done) return refuse(done.error());
    return Json{{"samples", samples}, {"samples_per_s", std::round(watch.best)}, {"seconds", done->seconds}};
}

/// The median step of `config.batch` samples, in milliseconds.
Result<double> stepMilliseconds(const Graph& graph, TrainConfig config) {
    struct Watch final : TrainObserver {
        std::vector<double> milliseconds;
        std::optional<Clock::time_point> last;
        void onStep(const StepRecord&) override {
            const auto now = Clock::now();
            if (last) milliseconds.push_back(std::chrono::duration<double, std::milli>(now - *last).count());
            last = now;
        }
    } watch;
    config.epochs = 1;
    constexpr std::int64_t steps = 15;
    if (auto done = train(graph, steps * config.batch, config, watch); !done) return refuse(done.error());
    std::ranges::sort(watch.milliseconds);
    return watch.milliseconds[watch.milliseconds.size() / 2];
}

Result<Json> batchOf(std::int64_t batch, TrainConfig config) {
    config.batch = batch;
    const auto step = stepMilliseconds(findTemplate("lecture-cnn")->build(), config);
    if (!step) return refuse(step.error());
    return Json{{"batch", batch}, {"step_ms", *step}, {"sample_ms", *step / static_cast<double>(batch)}};
}

/// Convolutions of 64 to 64 maps of 28×28, one behind the other.
Result<Json> depthOf(std::int64_t layers, const TrainConfig& config) {
    Chain chain("Convolutions", {64, 28, 28});
    for (std::int64_t i = 0; i < layers; ++i)
        chain.conv(64, 3).relu();
    const auto step = stepMilliseconds(chain.then("average", "global_avgpool").dense(10).softmax(), config);
    if (!step) return refuse(step.error());
    return Json{
        {"convolutions", layers}, {"step_ms", *step}, {"layer_ms", *step / static_cast<double>(layers)}};
}

} // namespace

int main(int argc, char** argv) {
    CLI::App cli("What training costs beside arithmetic.");
    std::string memory;
    bool showsOverhead = false, showsGrowth = false;
    TrainConfig config;
    config.epochs = 2;
    config.validationFraction = 0;
    config.precision = "f32";
    cli.add_option("--memory", memory, "a template: told and taken; fails where they are a tenth apart");
    cli.add_option("--batch", config.batch, "samples a step")->check(CLI::PositiveNumber);
    cli.add_option("--precision", config.precision, "f32 or mixed")->check(CLI::IsMember({"f32", "mixed"}));
    cli.add_option("--threads", config.threads, "all cores if left out")->check(CLI::PositiveNumber);
    cli.add_flag("--recompute", config.recompute, "values are computed again instead of kept");
    cli.add_flag("--overhead", showsOverhead,
                 "microseconds of a step of a tiny network, one sample at a time");
    cli.add_flag("--growth", showsGrowth,
                 "the speed on 2,000, 20,000 and 60,000 samples; steps of 8 to 256 samples, and of 2 to 32 "
                 "convolutions");
    CLI11_PARSE(cli, argc, argv);
    kernelTrials().begin(kernelTrialsFile());
    bool failed = false;
    const auto print = [&](const Result<Json>& line) {
        if (line)
            std::cout << *line << std::endl;
        else
            std::cerr << oneLine(line.error()) << '\n';
        failed = failed || !line;
    };
    if (showsOverhead) print(overhead(config));
    if (showsGrowth) {
        for (const std::int64_t samples : {2000, 20000, 60000})
            print(epochOf(samples, config));
        for (const std::int64_t batch : {8, 16, 32, 64, 128, 256})
            print(batchOf(batch, config));
        for (const std::int64_t layers : {2, 4, 8, 16, 32})
            print(depthOf(layers, config));
    }
    if (!memory.empty()) {
        if (!findTemplate(memory)) {
            std::cerr << "No template is named " << memory << ".\n";
            return 1;
        }
        const auto line = memoryOf(memory, config);
        print(line);
        if (line) failed = std::abs((*line)["told_to_taken"].get<double>() - 1) > 0.1;
    }
    return failed ? 1 : 0;
}
