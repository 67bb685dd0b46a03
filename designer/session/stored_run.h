#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/graph/graph.h"
#include "engine/train/checkpoint.h"
#include "engine/train/metric.h"
#include "engine/train/predictor.h"
#include "engine/train/series.h"
#include "engine/train/train_config.h"
#include "session/stored_checkpoint.h"

namespace burdock {

inline std::string_view viewOf(const QByteArray& text) {
    return {text.constData(), static_cast<std::size_t>(text.size())};
}

/// The architecture and the settings that a run was made with.
Result<Graph> storedGraph(const storage::RunStart& start);
Result<TrainConfig> storedConfig(const storage::RunStart& start);

/// With which weights a run began, where they are another run's.
struct FirstWeights {
    storage::RunId run;
    std::optional<storage::CheckpointKind> kind{}; ///< none, as all that follows: it was not written down
    qint64 epoch = 0;
    qint64 taken = 0, adapted = 0, fresh = 0, leftOver = 0; ///< arrays: see TransferReport
};
std::optional<FirstWeights> firstWeights(const storage::RunStart& start); ///< none: drawn by the seed
/// "run 24, best of epoch 5: 3 arrays taken, 0 adapted, 3 fresh, 3 left over"
std::string toText(const FirstWeights& first);

/// Settings as the notebook keeps them with a run: beside them stand its first weights, and the loss and
/// the metric of the best epoch that `auto` came to mean.
QByteArray configToStore(const TrainConfig& config, const std::optional<FirstWeights>& first,
                         const std::string& loss, const std::string& bestMetric);
/// What a run's setting of `auto` came to mean; empty where it is not known.
std::string meaningOfAuto(const storage::RunSummary& run, const std::string& key);

/// Refuses data that are not those the run was trained on: of other data, test samples might be some it has
/// learned from.
Status checkSameData(const storage::RunStart& start, const DatasetInfo& now);

/// The data that a run was trained on, where the notebook knows them to be now; refuses others.
Result<std::shared_ptr<const Dataset>>
openRunData(const storage::Notebook& notebook, const DatasetCatalog& catalog, const storage::RunStart& start);

/// A run's network with its weights, and the data it was trained on.
struct RunNetwork {
    std::shared_ptr<const Dataset> data;
    std::unique_ptr<Predictor> predictor;
    storage::CheckpointInfo weights;   ///< which they are
    std::optional<qint64> bestEpoch{}; ///< the run's

    /// Those of an earlier best epoch stay until its own are written.
    bool areBest() const {
        return weights.kind == storage::CheckpointKind::Best && weights.epoch == bestEpoch;
    }
};

/// Refuses what checkSameData() refuses.
Result<RunNetwork> loadRun(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                           storage::RunId run, const CheckpointChoice& choice);

/// Samples a second; none where the run is too short to have measured it, whatever an older program has kept.
std::optional<double> speedOf(const storage::RunSummary& run);
std::optional<double> speedOf(const storage::EpochRow& epoch); ///< likewise, of the run at that epoch's end
storage::NamedValues toStored(const NamedValues& values);      ///< without those that are no number
/// A number of a run, and what is known of its series.
struct Figure {
    SeriesSchema series;
    double value = std::numeric_limits<double>::quiet_NaN(); ///< NaN: not measured
};
/// By what the run's best epoch was chosen, at its best: the metric that its settings name, over the samples
/// held back where there are any.
Figure bestOf(const storage::RunSummary& run);
/// What runs are told apart by: the metric that tells most (see headline()), on the "validation" or the
/// "test" split. Both are of the best epoch's weights.
Figure tellingOf(const storage::RunSummary& run, const std::string& split);
/// The one of a run's values that it is told by, whoever tells it: headline() by what chose its best epoch.
NamedValue headlineOf(const storage::RunSummary& run, const NamedValues& values);
/// A figure of a run, of the weights after its best epoch, which are those that are tested, or after its
/// last.
struct RunFigure {
    SeriesSchema series;
    bool best = false;
    double value = std::numeric_limits<double>::quiet_NaN(); ///< NaN: not measured, or damaged

    std::string title() const; ///< "Validation loss, best epoch"
};
/// All of them: first those of the best epoch, so that like stands beside like. Without the errors of several
/// targets together, each of which has its own unit.
std::vector<RunFigure> figuresOf(const storage::RunSummary& run);

/// Which weights the figures of validation and test are of, for the columns that hold them.
inline constexpr const char* bestWeightsText =
    "Of the weights after the best epoch, which are the ones that are tested";

/// The names of the classes, the labels or the numbers to predict, as the lists of metrics go; of one label
/// "not value 255" and "value 255". Empty where they have none.
std::vector<std::string> targetNamesOf(const DatasetInfo& data);
/// A run's test metrics with the names that its classes, labels or outputs had.
struct NamedMetrics {
    std::vector<MetricValue> values;
    std::vector<std::string> names; ///< empty: they have numbers only
};
/// As the notebook keeps them; nothing for nothing measured.
QByteArray metricsToStore(const std::vector<MetricValue>& values, const DatasetInfo& data);
NamedMetrics storedMetrics(const QByteArray& json);

} // namespace burdock
