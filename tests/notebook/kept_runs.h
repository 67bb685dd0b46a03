#pragma once

#include "engine/graph/graph_json.h"
#include "engine/train/train_config.h"
#include "fake_dataset.h"
#include "packed.h"
#include "storage/notebook/notebook.h"
#include "storage/notebook/run_writer.h"

#include <array>
#include <nlohmann/json.hpp>

namespace burdock::testing {

/// Puts a finished run into the notebook without training: `epochs` epochs of ten steps.
inline storage::RunId keepRun(storage::Notebook& notebook, const QString& name,
                              const TrainConfig& config = {}, double accuracy = 0.8, int epochs = 3,
                              storage::RunState end = storage::RunState::Finished,
                              const QString& metric = QStringLiteral("accuracy")) {
    storage::RunStart start;
    start.name = name;
    start.modelName = QStringLiteral("Perceptron");
    start.graphJson = QByteArray::fromStdString(toJson(fakePerceptron()).dump());
    start.configJson = QByteArray::fromStdString(toJson(config).dump());
    start.datasetId = QStringLiteral("fake");
    start.datasetTitle = QStringLiteral("Three stripes");
    start.datasetSha256 = QStringLiteral("00ff");
    start.seed = config.seed;
    start.parameters = 111;
    start.stepsPerEpoch = 10;
    start.epochsPlanned = epochs;
    start.machine = QStringLiteral("a machine");
    auto writer = notebook.startRun(start);
    if (!writer) return {};
    for (int e = 1; e <= epochs; ++e) {
        for (int s = 1; s <= 10; ++s)
            (*writer)->step((e - 1) * 10 + s,
                            {QStringLiteral("train.loss"), QStringLiteral("train.accuracy"),
                             QStringLiteral("learning_rate")},
                            std::array{1.F / static_cast<float>(e), 0.5F, 0.1F / static_cast<float>(e)});
        (*writer)->epoch({e,
                          e * 10,
                          {{QStringLiteral("train.loss"), 1.0 / e},
                           {QStringLiteral("train.accuracy"), 0.5},
                           {QStringLiteral("validation.loss"), 1.1 / e},
                           {QStringLiteral("validation.") + metric, accuracy - 0.01 * (epochs - e)},
                           {QStringLiteral("learning_rate"), 0.1 / e}},
                          1000,
                          double(e),
                          /*best=*/true});
    }
    for (const auto kind : {storage::CheckpointKind::Best, storage::CheckpointKind::Last})
        (*writer)->checkpoint(packed(kind, epochs, epochs * 10, "some"));
    const storage::RunId id = (*writer)->id();
    const auto kept = (*writer)->finish(
        end, epochs, {{QStringLiteral("test.loss"), 0.5}, {QStringLiteral("test.") + metric, accuracy}});
    return kept ? id : storage::RunId{};
}

} // namespace burdock::testing
