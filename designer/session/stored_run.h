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

/// A run's weights out of the notebook: see StoredWeights.
Result<WeightSet> readWeights(const storage::Notebook& notebook, storage::RunId run,
                              const CheckpointChoice& choice);

/// The architecture and the settings that a run was made with.
Result<Graph> storedGraph(const storage::RunStart& start);
Result<TrainConfig> storedConfig(const storage::RunStart& start);

/// Refuses data that are not those the run was trained on: of other data, test samples might be some it has
/// learned from.
Status checkSameData(const storage::RunStart& start, const DatasetInfo& now);

/// A run's network with its weights, and the data it was trained on.
struct RunNetwork {
    std::shared_ptr<const Dataset> data;
    std::unique_ptr<Predictor> predictor;
};

/// Refuses what checkSameData() refuses.
Result<RunNetwork> loadRun(const storage::Notebook& notebook, const DatasetCatalog& catalog,
                           storage::RunId run, const CheckpointChoice& choice);

storage::NamedValues toStored(const NamedValues& values); ///< without those that are no number
/// A number of a run, and what is known of its series.
struct Figure {
    SeriesSchema series;
    double value = std::numeric_limits<double>::quiet_NaN(); ///< NaN: not measured
};
double bestOf(const storage::SeriesSummary& series); ///< the least or the greatest, whichever is better
/// By what the run's best epoch was chosen, at its best: the metric that its settings name, over the samples
/// held back where there are any.
Figure bestOf(const storage::RunSummary& run);
/// What tells most of a split's last values: the same metric, or the loss where that was not measured.
Figure tellingOf(const storage::RunSummary& run, const std::string& split);

/// A run's test metrics with the names that its classes, labels or outputs had.
struct NamedMetrics {
    std::vector<MetricValue> values;
    std::vector<std::string> names; ///< empty: they have numbers only
};
/// As the notebook keeps them; nothing for nothing measured.
QByteArray metricsToStore(const std::vector<MetricValue>& values, const DatasetInfo& data);
NamedMetrics storedMetrics(const QByteArray& json);

} // namespace burdock
