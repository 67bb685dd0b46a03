// How fast a data set's samples come out of a DataLoader, epoch by epoch, with nothing trained. One JSON
// line.
#include "engine/data/dataset_catalog.h"
#include "engine/train/data_loader.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"

#include <CLI/CLI.hpp>
#include <QCoreApplication>

#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

using namespace burdock;
using Clock = std::chrono::steady_clock;

namespace {

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    CLI::App cli("Samples a second that a data set's loader gives, one JSON line.");
    std::string reference;
    std::int64_t batch = 32, epochs = 2, at = 0;
    cli.add_option("data", reference, "as for burdock-cli: pictures/:size=224x224,memory=500")->required();
    cli.add_option("--batch", batch, "samples of a mini-batch")->check(CLI::PositiveNumber);
    cli.add_option("--epochs", epochs, "how many")->check(CLI::PositiveNumber);
    cli.add_option("--at", at, "samples a second that they are taken at; 0: as fast as they come");
    CLI11_PARSE(cli, argc, argv);

    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    const auto opening = Clock::now();
    const auto data = catalog.open(reference);
    if (!data) {
        std::cerr << oneLine(data.error()) << '\n';
        return 1;
    }
    nlohmann::ordered_json line{{"data", (*data)->info().title},
                                {"samples", (*data)->info().trainSize},
                                {"batch", batch},
                                {"open_s", secondsSince(opening)}};
    std::vector<std::int64_t> all(static_cast<std::size_t>((*data)->info().trainSize));
    std::iota(all.begin(), all.end(), 0);
    DataLoader loader(*data, Part::Train, all, {}, batch, /*shuffle=*/true, 1);
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
        const auto begun = Clock::now();
        std::int64_t samples = 0;
        double waited = 0;
        loader.start(epoch);
        for (;;) {
            const auto asked = Clock::now();
            const MiniBatch* const of = loader.next();
            waited += secondsSince(asked);
            if (!of) break;
            samples += of->size;
            if (at > 0)
                std::this_thread::sleep_until(
                    begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                static_cast<double>(samples) / static_cast<double>(at))));
        }
        const double seconds = secondsSince(begun);
        line["samples_per_s"].push_back(std::round(static_cast<double>(samples) / seconds));
        line["share_waited"].push_back(std::round(1000 * waited / seconds) / 1000);
    }
    std::cout << line << std::endl;
    return 0;
}
