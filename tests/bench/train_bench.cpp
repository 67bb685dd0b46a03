// Whole training steps on Fashion-MNIST: forward, loss, backward, Adam, and fetching the batch. One JSON line
// a workload, as the best and the median step after three warm-up steps.
#include "engine/data/dataset_catalog.h"
#include "engine/layers/builtin_layers.h"
#include "engine/models/templates.h"
#include "engine/schema/layer_registry.h"
#include "engine/train/trainer.h"
#include "plugin_api/plugin_host.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

using namespace burdock;
using Clock = std::chrono::steady_clock;

namespace {

struct Workload {
    std::string_view name;
    std::string_view modelTemplate;
    std::int64_t batch;
    std::int64_t steps;
};
constexpr std::array workloads{Workload{"mlp", "mlp", 32, 400}, Workload{"cnn", "lecture-cnn", 32, 30}};
constexpr std::int64_t warmUp = 3;

/// Notes how long every step takes, and stops the run after enough of them.
class Stopwatch final : public TrainObserver {
  public:
    Stopwatch(TrainControl& control, std::int64_t steps)
        : control_(control)
        , steps_(static_cast<std::size_t>(steps)) {}
    void onStep(const StepRecord& step) override {
        const auto now = Clock::now();
        if (step.step > warmUp && seconds_.size() < steps_)
            seconds_.push_back(std::chrono::duration<double>(now - last_).count());
        last_ = now;
        if (seconds_.size() == steps_) control_.requestStop();
    }
    std::vector<double> sortedSeconds() const {
        auto sorted = seconds_;
        std::ranges::sort(sorted);
        return sorted;
    }

  private:
    TrainControl& control_;
    std::size_t steps_;
    std::vector<double> seconds_;
    Clock::time_point last_;
};

Result<nlohmann::ordered_json> measure(const Workload& workload, const DatasetCatalog& catalog,
                                       TrainConfig config, std::int64_t steps) {
    auto data = catalog.open("fashion-mnist");
    if (!data) return refuse(data.error());
    auto trainer = Trainer::make(findTemplate(workload.modelTemplate)->build(), *data, config);
    if (!trainer) return refuse(trainer.error());
    TrainControl control;
    Stopwatch stopwatch(control, steps);
    const FinishRecord finish = (*trainer)->run(stopwatch, control);
    if (finish.problem) return refuse(*finish.problem);
    const auto seconds = stopwatch.sortedSeconds();
    const auto perSecond = [&](double s) {
        return std::round(static_cast<double>(config.batch) / s * 100) / 100;
    };
    return nlohmann::ordered_json{{"engine", "burdock " BURDOCK_VERSION},
                                  {"workload", workload.name},
                                  {"precision", config.precision},
                                  {"batch", config.batch},
                                  {"threads", config.threads},
                                  {"parameters", (*trainer)->parameters()},
                                  {"samples_per_s_best", perSecond(seconds.front())},
                                  {"samples_per_s_median", perSecond(seconds[seconds.size() / 2])}};
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    CLI::App cli("Training speed of whole steps on Fashion-MNIST, one JSON line a workload.");
    std::vector<std::string> names;
    std::int64_t batch = 0, threads = 0, steps = 0;
    std::string precision = "f32";
    cli.add_option("workload", names, "mlp, cnn; all if left out")->check(CLI::IsMember({"mlp", "cnn"}));
    cli.add_option("--batch", batch, "samples a step")->check(CLI::PositiveNumber);
    cli.add_option("--threads", threads, "all cores if left out")->check(CLI::PositiveNumber);
    cli.add_option("--steps", steps, "measured steps")->check(CLI::PositiveNumber);
    cli.add_option("--precision", precision, "f32 or mixed")->check(CLI::IsMember({"f32", "mixed"}));
    CLI11_PARSE(cli, argc, argv);

    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), layerRegistry(), catalog);
    for (const Workload& workload : workloads) {
        if (!names.empty() && std::ranges::find(names, workload.name) == names.end()) continue;
        TrainConfig config;
        config.batch = batch ? batch : workload.batch;
        config.threads = threads ? threads : std::max(1U, std::thread::hardware_concurrency());
        config.precision = precision;
        config.epochs = 1000; // the stopwatch ends it
        const auto line = measure(workload, catalog, config, steps ? steps : workload.steps);
        if (!line) {
            std::cerr << oneLine(line.error()) << '\n';
            return 1;
        }
        std::cout << *line << std::endl;
    }
    return 0;
}
