// Whole training steps: forward, loss, backward, Adam, and fetching the batch. One JSON line
// a workload, as the best and the median step after three warm-up steps.
#include "engine/data/dataset_catalog.h"
#include "engine/graph/check_graph.h"
#include "engine/layers/builtin_layers.h"
#include "engine/models/chain.h"
#include "engine/models/gpt.h"
#include "engine/models/networks.h"
#include "engine/models/templates.h"
#include "engine/plan/kernel_trials.h"
#include "engine/plan/plan.h"
#include "engine/schema/layer_registry.h"
#include "engine/tensor/random.h"
#include "engine/train/thread_scope.h"
#include "engine/train/trainer.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>
#include <utility>
#ifdef __linux__
#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>
#endif

using namespace burdock;
using Clock = std::chrono::steady_clock;

namespace {

struct Workload {
    std::string_view name;
    Graph (*build)();
    std::int64_t batch;
    std::int64_t steps;
};
/// Two LSTMs of 256 units behind each other read 100 positions of 64 numbers and tell ten classes apart.
Graph lstm() {
    return Chain("LSTM", Shape::sequence(100, 64))
        .then("lstm", "lstm", {{"units", std::int64_t{256}}, {"return_sequences", true}})
        .then("lstm", "lstm", {{"units", std::int64_t{256}}})
        .dense(10)
        .softmax();
}

constexpr std::array workloads{
    Workload{"mlp", [] { return findTemplate("mlp")->build(); }, 32, 400},
    Workload{"cnn", [] { return findTemplate("lecture-cnn")->build(); }, 32, 30},
    Workload{"gpt", [] { return gpt("GPT", {.vocabulary = 65, .tied = false}); }, 12, 100},
    Workload{"resnet50", [] { return findTemplate("resnet50")->build(); }, 4, 5},
    Workload{"vgg16", [] { return findTemplate("vgg16")->build(); }, 4, 4},
    Workload{"unet", [] { return uNetPadded("U-Net", 128, 64, 4); }, 4, 5},
    Workload{"lstm", lstm, 32, 20},
    Workload{"mobilenet", [] { return findTemplate("mobilenet")->build(); }, 8, 10}};
constexpr std::int64_t warmUp = 3;

/// Noise for the networks that ask for other inputs than Fashion-MNIST's, masks for those that answer with
/// maps, and texts of chance for those that read tokens: the values do not matter to the time of a step.
class Noise final : public Dataset {
  public:
    Noise(const Shape& input, const Shape& output) {
        info_.id = "noise";
        info_.title = "Noise";
        info_.input = input;
        info_.trainSize = trainSize;
        if (output.channels > 1 && output.area() > 1) {
            info_.task = Task::Multilabel;
            info_.targets = output.size();
            info_.mask = output;
            for (std::int64_t i = 0; i < output.channels; ++i)
                info_.classNames.push_back(std::to_string(i));
        } else if (output.height > 1) {
            info_.task = Task::NextToken;
            info_.targets = output.width;
        } else {
            info_.targets = output.size();
        }
        // A text is read from a place of its own, and the targets from the one behind.
        values_.resize(static_cast<std::size_t>(input.size() + (text() ? trainSize : 0)));
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = text() ? token(i) : static_cast<float>(randomNormal(1, i));
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override { read(index, values); }
    void readTarget(Part, std::int64_t index, float* values) const override {
        if (text())
            read(index + 1, values);
        else if (info_.mask)
            for (std::int64_t i = 0; i < info_.targets; ++i)
                values[i] = static_cast<float>((index + i) % 3 == 0);
        else
            *values = static_cast<float>(index % info_.targets);
    }

  private:
    static constexpr std::int64_t trainSize = 4096;
    bool text() const { return info_.task == Task::NextToken; }
    float token(std::size_t i) const {
        return static_cast<float>(randomBelow(1, i, static_cast<std::uint64_t>(info_.targets)));
    }
    void read(std::int64_t index, float* values) const {
        std::copy_n(values_.begin() + (text() ? index : 0), info_.input.size(), values);
    }

    DatasetInfo info_;
    std::vector<float> values_;
};

/// Fashion-MNIST where the network reads pictures of its size, noise otherwise.
Result<std::shared_ptr<const Dataset>> dataFor(const Graph& graph, const DatasetCatalog& catalog) {
    const GraphReport report = checkGraph(graph);
    const Shape input = *report.shapeOf(report.input), output = *report.shapeOf(report.output);
    if (input == Shape{1, 28, 28}) return catalog.open("fashion-mnist");
    return std::make_shared<const Noise>(input, output);
}

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

/// So many programs that never sleep, each in a session of its own as those of a desktop are. They stand
/// still until they are let run, and end with this one. To be made before there are threads.
class BusyPrograms {
  public:
    explicit BusyPrograms([[maybe_unused]] std::int64_t count) {
#ifdef __linux__
        for (std::int64_t i = 0; i < count; ++i) {
            const pid_t child = fork();
            if (child == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                setsid();
                for (std::atomic<unsigned> spins = 0;;)
                    ++spins;
            }
            if (child > 0) programs_.push_back(child);
        }
#endif
        run(false);
    }
    ~BusyPrograms() {
        tell(killSignal);
    }
    BusyPrograms(const BusyPrograms&) = delete;
    BusyPrograms& operator=(const BusyPrograms&) = delete;
    std::int64_t count() const {
        return std::ssize(programs_);
    }
    void run(bool on) {
        tell(on ? goOnSignal : standSignal);
    }

  private:
#ifdef __linux__
    static constexpr int killSignal = SIGKILL, goOnSignal = SIGCONT, standSignal = SIGSTOP;
    void tell(int signal) const {
        for (const pid_t program : programs_)
            kill(program, signal);
    }
    std::vector<pid_t> programs_;
#else
    static constexpr int killSignal = 0, goOnSignal = 0, standSignal = 0;
    void tell(int) const {}
    std::vector<int> programs_;
#endif
};

/// All but the last layer with weights frozen, as in transfer learning.
Graph frozen(Graph graph) {
    const GraphReport report = checkGraph(graph);
    bool last = true;
    for (auto id = report.order.rbegin(); id != report.order.rend(); ++id)
        if (report.find(*id)->parameters > 0) graph.edit(*id)->frozen = !std::exchange(last, false);
    return graph;
}

Result<nlohmann::ordered_json> measure(const Workload& workload, const DatasetCatalog& catalog,
                                       TrainConfig config, std::int64_t steps, bool headOnly) {
    const Graph graph = headOnly ? frozen(workload.build()) : workload.build();
    auto data = dataFor(graph, catalog);
    if (!data) return refuse(data.error());
    auto trainer = Trainer::make(graph, *data, config);
    if (!trainer) return refuse(trainer.error());
    TrainControl control;
    Stopwatch stopwatch(control, steps);
    const FinishRecord finish = (*trainer)->run(stopwatch, control);
    if (finish.problem) return refuse(*finish.problem);
    const auto seconds = stopwatch.sortedSeconds();
    const double all = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    const auto perSecond = [&](double s) {
        return std::round(static_cast<double>(config.batch) / s * 100) / 100;
    };
    return nlohmann::ordered_json{
        {"engine", "burdock " BURDOCK_VERSION},
        {"workload", workload.name},
        {"precision", config.precision},
        {"batch", config.batch},
        {"threads", config.threads},
        {"parameters", (*trainer)->parameters()},
        {"trainable", checkNetwork(graph)->trainable()},
        {"optimizer", config.optimizer},
        {"micro_batch", config.microBatch},
        {"samples_per_s_best", perSecond(seconds.front())},
        {"samples_per_s_median", perSecond(seconds[seconds.size() / 2])},
        {"samples_per_s_mean", perSecond(all / static_cast<double>(seconds.size()))}};
}

/// First alone, then beside other programs: "beside_mean" and "beside_median" are shares of the speed alone.
Result<nlohmann::ordered_json> measureBeside(const Workload& workload, const DatasetCatalog& catalog,
                                             const TrainConfig& config, std::int64_t steps, bool headOnly,
                                             BusyPrograms& others) {
    auto alone = measure(workload, catalog, config, steps, headOnly);
    if (!alone || others.count() == 0) return alone;
    others.run(true);
    const auto beside = measure(workload, catalog, config, steps, headOnly);
    others.run(false);
    if (!beside) return refuse(beside.error());
    (*alone)["busy_programs"] = others.count();
    for (const char* of : {"median", "mean"}) {
        const std::string key = std::string("samples_per_s_") + of;
        const double share = beside->at(key).get<double>() / alone->at(key).get<double>();
        (*alone)[std::string("beside_") + of] = std::round(share * 1000) / 1000;
    }
    return alone;
}

/// The median time of a pass through the network in use: running statistics, no dropout.
Result<double> forwardSeconds(const Graph& graph, std::int64_t batch, Precision precision) {
    auto plan = Plan::make(*checkNetwork(graph), {.batch = batch, .training = false, .precision = precision});
    if (!plan) return refuse(plan.error());
    (*plan)->store()->initialise(1);
    (*plan)->forward();
    std::vector<double> seconds;
    for (const auto start = Clock::now();
         seconds.size() < 3 || Clock::now() - start < std::chrono::seconds(1);) {
        const auto begun = Clock::now();
        (*plan)->forward();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - begun).count());
    }
    std::ranges::sort(seconds);
    return seconds[seconds.size() / 2];
}

Result<nlohmann::ordered_json> measureInference(const Workload& workload, const TrainConfig& config) {
    const ThreadScope scope(config.threads);
    const Graph graph = workload.build();
    constexpr std::int64_t many = 64;
    const auto one = forwardSeconds(graph, 1, precisionOfKey(config.precision));
    if (!one) return refuse(one.error());
    const auto batch = forwardSeconds(graph, many, precisionOfKey(config.precision));
    if (!batch) return refuse(batch.error());
    return nlohmann::ordered_json{{"engine", "burdock " BURDOCK_VERSION},
                                  {"workload", workload.name},
                                  {"precision", config.precision},
                                  {"threads", config.threads},
                                  {"batch_1_latency_ms", std::round(*one * 1e6) / 1e3},
                                  {"batch_64_samples_per_s", std::round(static_cast<double>(many) / *batch)}};
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    CLI::App cli("Training speed of whole steps, one JSON line a workload.");
    std::vector<std::string> names;
    std::int64_t batch = 0, threads = 0, steps = 0;
    std::string precision = "f32";
    std::vector<std::string> known;
    for (const Workload& workload : workloads)
        known.emplace_back(workload.name);
    cli.add_option("workload", names, "all if left out")->check(CLI::IsMember(known));
    cli.add_option("--batch", batch, "samples a step")->check(CLI::PositiveNumber);
    cli.add_option("--threads", threads, "all cores if left out")->check(CLI::PositiveNumber);
    cli.add_option("--steps", steps, "measured steps")->check(CLI::PositiveNumber);
    cli.add_option("--precision", precision, "f32 or mixed")->check(CLI::IsMember({"f32", "mixed"}));
    bool headOnly = false;
    cli.add_flag("--frozen", headOnly, "all but the last layer with weights are frozen");
    TrainConfig given;
    cli.add_option("--micro-batch", given.microBatch, "samples put through at once")
        ->check(CLI::PositiveNumber);
    cli.add_option("--optimizer", given.optimizer, "an optimizer's id");
    bool inference = false;
    cli.add_flag("--inference", inference, "the network in use instead: one sample, and batches of 64");
    std::int64_t busy = 0;
    cli.add_option("--beside", busy, "once more beside so many programs that never sleep (Linux)")
        ->check(CLI::PositiveNumber);
    CLI11_PARSE(cli, argc, argv);
    kernelTrials().begin(kernelTrialsFile());

    BusyPrograms others(busy);
    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    for (const Workload& workload : workloads) {
        if (!names.empty() && std::ranges::find(names, workload.name) == names.end()) continue;
        TrainConfig config = given;
        config.batch = batch ? batch : workload.batch;
        config.threads = threads ? threads : std::max(1U, std::thread::hardware_concurrency());
        config.precision = precision;
        config.epochs = 1000; // the stopwatch ends it
        const auto line = inference ? measureInference(workload, config)
                                    : measureBeside(workload, catalog, config, steps ? steps : workload.steps,
                                                    headOnly, others);
        if (!line) {
            std::cerr << oneLine(line.error()) << '\n';
            return 1;
        }
        std::cout << *line << std::endl;
    }
    return 0;
}
