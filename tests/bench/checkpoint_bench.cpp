// What keeping a large network takes: the memory beyond training, against what was told beforehand, and the
// time, of a run as window and command line train it. JSON lines. Options: the megabytes of weights (400),
// the optimizer (adam).
#include "../support/noise_dataset.h"

#include "engine/graph/check_graph.h"
#include "engine/train/memory.h"
#include "session/run_queue.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

using namespace burdock;
using burdock::testing::NoiseDataset;

namespace {

std::int64_t residentBytes() {
    std::ifstream file("/proc/self/status");
    std::string word;
    while (file >> word && word != "RssAnon:") {
    }
    std::int64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * 1024;
}

/// Two wide layers, whose weights take so many megabytes.
Graph wide(double megabytes) {
    const auto units = static_cast<std::int64_t>(std::sqrt(megabytes * 1e6 / 8));
    Graph g;
    NodeId last =
        g.add("input", {{"channels", std::int64_t{1}}, {"height", std::int64_t{1}}, {"width", units}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        last = id;
    };
    then("flatten");
    then("dense", {{"units", units}});
    then("relu");
    then("dense", {{"units", units}});
    then("relu");
    then("dense", {{"units", std::int64_t{3}}});
    then("softmax");
    g.name = "Wide";
    return g;
}

/// Looks at the memory all the time: at most while steps are done and nothing is kept, and at most
/// altogether.
class Watch {
  public:
    Watch()
        : thread_([this] {
            while (!over_) {
                const std::int64_t now = residentBytes();
                most_ = std::max(most_.load(), now);
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
        }) {}
    ~Watch() {
        over_ = true;
        thread_.join();
    }
    std::int64_t most() const { return most_; }

  private:
    std::atomic<bool> over_{false};
    std::atomic<std::int64_t> most_{0};
    std::thread thread_;
};

} // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const double megabytes = argc > 1 ? QByteArray(argv[1]).toDouble() : 400;
    TrainingRequest request;
    request.graph = wide(megabytes);
    request.dataset = QStringLiteral("noise");
    request.config.optimizer = argc > 2 ? argv[2] : "adam";
    request.config.epochs = 4;
    request.config.checkpointEvery = 2;
    request.config.batch = 8;
    request.config.precision = "f32";
    DatasetCatalog catalog;
    DatasetEntry entry;
    entry.id = entry.title = "noise";
    entry.available = true;
    const auto data = std::make_shared<const NoiseDataset>(request.graph, 32);
    entry.open = [&](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> { return data; };
    catalog.add(std::move(entry));
    const auto told =
        estimateMemory(*checkNetwork(request.graph), request.config, defaultLoss(data->info().task));
    if (!told) {
        std::cerr << oneLine(told.error()) << '\n';
        return 1;
    }
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("n.burdock"));
    auto notebook = storage::Notebook::open(path);
    if (!notebook) {
        std::cerr << qPrintable(notebook.error().oneLine()) << '\n';
        return 1;
    }
    const std::int64_t before = residentBytes();
    const auto begun = std::chrono::steady_clock::now();
    int code = 1;
    Watch watch;
    RunQueue queue(*notebook, catalog);
    QObject::connect(&queue, &RunQueue::refused, [&](const Diagnostic& why) {
        std::cerr << oneLine(why) << '\n';
        QCoreApplication::quit();
    });
    QObject::connect(&queue, &RunQueue::finished, [&](storage::RunId, const FinishRecord& record) {
        code = record.status == RunStatus::Finished ? 0 : 1;
        if (record.problem) std::cerr << oneLine(*record.problem) << '\n';
        QCoreApplication::quit();
    });
    queue.enqueue(std::move(request));
    QCoreApplication::exec();
    const auto mb = [](std::int64_t bytes) { return std::round(static_cast<double>(bytes) / 1e5) / 10; };
    const std::int64_t taken = watch.most() - before;
    const std::int64_t training = told->total() - told->checkpoints;
    nlohmann::ordered_json line{
        {"weights_mb", mb(told->weights)},
        {"optimizer_mb", mb(told->optimizer)},
        {"told_mb", mb(told->total())},
        {"taken_mb", mb(taken)},
        {"beyond_training_mb", mb(taken - training)},
        {"allowed_beyond_training_mb", mb(told->weights + told->optimizer) + 64},
        {"file_mb", mb(QFileInfo(path).size())},
        {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()}};
    std::cout << line.dump() << '\n';
    const bool within = taken - training <= told->weights + told->optimizer + 64'000'000;
    if (!within) std::cerr << "Keeping the weights takes more than it may.\n";
    return within ? code : 1;
}
