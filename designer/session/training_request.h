#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/graph.h"
#include "engine/train/train_config.h"
#include "session/diagnostics.h"
#include "session/stored_checkpoint.h"
#include "storage/notebook/notebook.h"

#include <QString>

#include <optional>

namespace burdock {

/// Where a run stands that has stopped, and from which it goes on.
struct StandingPoint {
    std::int64_t step = 0, stepsPerEpoch = 0;
    double seconds = 0; ///< of training

    /// The epoch that step belongs to, from 1; zero before the first step.
    std::int64_t epoch() const { return stepsPerEpoch > 0 ? (step + stepsPerEpoch - 1) / stepsPerEpoch : 0; }
};

/// What a user asks to be trained.
struct TrainingRequest {
    QString runName; ///< empty: "model · data"
    Graph graph;
    QString dataset; ///< a catalog id or a file's path
    TrainConfig config;
    std::optional<storage::RunId> initialRun; ///< whose weights to start from
    CheckpointChoice initialWeights{};
    /// Whether weights that fit in part will do: TrainingRun::transferred() tells which did.
    bool partly = false;
    /// The run that goes on from its last checkpoint as if it had never stopped: see resumeRequest().
    std::optional<storage::RunId> resumed{};
    std::optional<StandingPoint> standing{}; ///< of the resumed run; not kept as text: it is read anew
};

/// What asks for a run's network to be trained anew on its data, with its settings.
Result<TrainingRequest> requestOf(const storage::RunStart& start);

/// Refuses what has neither been stopped nor interrupted, what lies in the bin, and what misses rows.
Status checkMayGoOn(const storage::RunSummary& run);
/// What asks for a stopped or interrupted run to go on, with the network, the data and the settings it was
/// begun with. Refuses what checkMayGoOn() refuses.
Result<TrainingRequest> resumeRequest(const storage::Notebook& notebook, storage::RunId run);

/// What a request's run is called, once it is known how its data call themselves.
QString requestName(const TrainingRequest& request, const QString& dataTitle);
/// The same before the data are read: what is in the catalog is called by its title, a file by its name.
QString requestName(const TrainingRequest& request, const DatasetCatalog& catalog);

/// A request as text that the next start of the program understands.
QByteArray requestToText(const TrainingRequest& request);
Result<TrainingRequest> requestFromText(const QByteArray& text);

} // namespace burdock
