#include "engine/train/epoch_judge.h"

#include "engine/train/metric.h"
#include "engine/train/task_defaults.h"

#include <cmath>

namespace burdock {
namespace {

/// The higher, the better the epoch is by that series.
double scoreOf(const SeriesSchema& series, const EpochRecord& epoch) {
    const double value = epoch.value(series.name);
    return series.better == MetricSchema::Better::Larger ? value : -value;
}

/// What tells most of the data, where epochs can be ranked by it and it is measured: of the samples that are
/// trained on only the usual metrics are.
std::string metricOf(const DatasetInfo& data, bool heldBack, bool unbalanced) {
    const auto telling = tellingMetrics(data, unbalanced && heldBack);
    const MetricSchema* first = telling.empty() ? nullptr : findMetric(telling.front());
    return first && canBeBest(*first, data) && (heldBack || first->usual) ? first->id : "loss";
}

} // namespace

EpochJudge::EpochJudge(const TrainConfig& config, const DatasetInfo& data, std::string_view split,
                       bool unbalanced)
    : split_(split)
    , before_(data.task->hasAccuracy() ? "accuracy" : "loss")
    , automatic_(config.bestMetric == "auto")
    , patience_(config.patience)
    , minimumDelta_(config.minimumDelta) {
    judgeBy(automatic_ ? metricOf(data, split != "train", unbalanced) : config.bestMetric);
}

void EpochJudge::judgeBy(std::string metric) {
    metric_ = std::move(metric);
    bestBy_ = describeSeries(seriesName(split_, metric_));
    stopsBy_ = automatic_ ? describeSeries(seriesName(split_, "loss")) : bestBy_;
}

void EpochJudge::goOn(const TrainState& state) {
    if (!automatic_ || !state.bestScore) return;
    if (state.bestBy.empty())
        judgeBy(before_);
    else if (state.bestBy == "loss" || findMetric(state.bestBy))
        judgeBy(state.bestBy);
}

bool EpochJudge::isBest(const EpochRecord& epoch, double loss, TrainState& state) const {
    const double score = scoreOf(bestBy_, epoch), judged = -scoreOf(stopsBy_, epoch);
    // Few samples often tie, and of some a metric is undefined; of two such epochs the surer one is better.
    const bool none = std::isnan(score), noneYet = !state.bestScore || std::isnan(*state.bestScore);
    const bool ties = noneYet ? none : score == *state.bestScore;
    const bool best = !state.bestScore || (noneYet ? !none : score > *state.bestScore) ||
                      (ties && state.bestLoss && loss < *state.bestLoss);
    if (best) {
        state.bestScore = score;
        state.bestLoss = loss;
        state.bestBy = metric_;
    }
    const bool gain =
        !state.lowestLoss || std::isnan(*state.lowestLoss) || judged < *state.lowestLoss - minimumDelta_;
    if (gain) state.lowestLoss = judged;
    state.epochsWithoutGain = gain ? 0 : state.epochsWithoutGain + 1;
    return best;
}

} // namespace burdock
