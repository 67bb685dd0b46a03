#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/check_graph.h"
#include "engine/train/train_config.h"

#include <QString>

#include <functional>
#include <optional>

namespace burdock {

/// How long training is expected to take on this machine, in seconds.
struct ExpectedTime {
    double epoch = 0;          ///< its steps, and what is measured after it; the first may take longer
    double run = 0;            ///< all epochs and the test; of a cross-validation, all folds
    bool mayEndSooner = false; ///< by early stopping
    double test = 0;           ///< of the run: the test that the data bring, which a share leaves whole

    bool isLong() const { return run > 600; }
};

/// Trains a copy of the network for some steps, of the real batch size as far as one takes no second, and
/// measures it on some samples; the network's own weights are not touched. On any thread, of which it uses
/// `threads` at most. As close as such a measurement comes: within a tenth on an idle machine, and more for
/// runs of a few milliseconds. One measures at a time: others wait until it has ended, or they are stopped.
/// `stopped` is asked between steps, and while waiting. Refuses what cannot be trained here, such as what
/// takes more memory than there is, and what was stopped ("time.stopped").
Result<ExpectedTime> measureTime(const GraphReport& checked, std::shared_ptr<const Dataset> data,
                                 const TrainConfig& config, int threads,
                                 const std::function<bool()>& stopped = {});
Result<ExpectedTime> measureTime(const Graph& graph, std::shared_ptr<const Dataset> data,
                                 const TrainConfig& config, int threads,
                                 const std::function<bool()>& stopped = {});

/// "40 s", "7 min", "2.5 h", "3 days": no more digits than an expectation has.
QString roughDuration(double seconds);
/// "about 40 s an epoch · 7 min in all"
QString expectedText(const ExpectedTime& time);

/// Data with fewer samples to train on.
struct SmallerData {
    std::string reference;
    double seconds = 0; ///< that a run with them is expected to take
};
/// Of a reference to data, the same with so few of the samples that a run takes some minutes, as far as that
/// leaves some to learn from: 200, and of classes 20 each. None where it is not long, or would hardly be
/// shorter. `data` is what the reference opens.
std::optional<SmallerData> smallerData(const DatasetCatalog& catalog, const std::string& reference,
                                       const DatasetInfo& data, const ExpectedTime& time);

} // namespace burdock
