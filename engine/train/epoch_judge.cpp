#include "engine/train/epoch_judge.h"

#include <cmath>

namespace burdock {
namespace {

/// The higher, the better the epoch is by that series.
double scoreOf(const SeriesSchema& series, const EpochRecord& epoch) {
    const double value = epoch.value(series.name);
    return series.better == MetricSchema::Better::Larger ? value : -value;
}

} // namespace

EpochJudge::EpochJudge(const TrainConfig& config, Task task, std::string_view split)
    : patience_(config.patience)
    , minimumDelta_(config.minimumDelta) {
    const bool automatic = config.bestMetric == "auto";
    metric_ = automatic ? (task->hasAccuracy() ? "accuracy" : "loss") : config.bestMetric;
    bestBy_ = describeSeries(seriesName(split, metric_));
    stopsBy_ = automatic ? describeSeries(seriesName(split, "loss")) : bestBy_;
}

bool EpochJudge::isBest(const EpochRecord& epoch, double loss, TrainState& state) const {
    const double score = scoreOf(bestBy_, epoch), judged = -scoreOf(stopsBy_, epoch);
    // Few samples often tie; of two epochs that are right as often, the surer one is better.
    const bool best = !state.bestScore || std::isnan(*state.bestScore) || score > *state.bestScore ||
                      (score == *state.bestScore && state.bestLoss && loss < *state.bestLoss);
    if (best) {
        state.bestScore = score;
        state.bestLoss = loss;
    }
    const bool gain =
        !state.lowestLoss || std::isnan(*state.lowestLoss) || judged < *state.lowestLoss - minimumDelta_;
    if (gain) state.lowestLoss = judged;
    state.epochsWithoutGain = gain ? 0 : state.epochsWithoutGain + 1;
    return best;
}

} // namespace burdock
