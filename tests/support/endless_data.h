#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/data/reading.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace burdock::testing {

/// Data that are read for ever, or until nobody wants them any more: the data set "endless", and every file
/// that is called so. `reading` counts how often that has begun.
inline void addEndlessData(DatasetCatalog& catalog, std::atomic<int>& reading) {
    const auto read = [&reading]() -> Result<std::shared_ptr<const Dataset>> {
        for (++reading;; std::this_thread::sleep_for(std::chrono::milliseconds(1)))
            continueReading();
    };
    DatasetEntry entry;
    entry.id = "endless";
    entry.title = "Endless data";
    entry.available = true;
    entry.open = [read](const ParamValues&) { return read(); };
    (void)catalog.add(std::move(entry));
    DatasetFormat format;
    format.id = "endless";
    format.name = "Endless data";
    format.patterns = {"*.endless"};
    format.recognises = [](const std::filesystem::path& path) { return path.extension() == ".endless"; };
    format.open = [read](const std::filesystem::path&, const ParamValues&) { return read(); };
    (void)catalog.add(std::move(format));
}

} // namespace burdock::testing
