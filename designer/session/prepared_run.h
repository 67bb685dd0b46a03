#pragma once

#include "engine/train/trainer.h"
#include "session/training_request.h"
#include "storage/notebook/run_writer.h"

#include <functional>
#include <memory>

namespace burdock {

/// A request whose data are open and whose network is planned, and its row in the notebook.
struct PreparedRun {
    std::unique_ptr<Trainer> trainer;
    std::unique_ptr<storage::RunWriter> writer;
    QString name; ///< in the notebook
    DatasetInfo data;
    std::shared_ptr<const Dataset> samples; ///< what `data` tells of
    std::int64_t stepsBefore = 0;           ///< of a resumed run
    double secondsBefore = 0;
};

/// Who is told what comes up while a run is prepared.
struct PreparationWatch {
    std::function<bool()> stopped; ///< whether the user wants it no more
    std::function<void()> loaded;  ///< the data are open
    std::function<void(const Diagnostic&)> advised;
    std::function<void(const TransferReport&)> transferred;
};

/// Refuses what cannot be trained, or read. Takes as long as the data take to load.
Result<PreparedRun> prepareRun(storage::Notebook& notebook, const DatasetCatalog& catalog,
                               const TrainingRequest& request, const PreparationWatch& watch);

} // namespace burdock
