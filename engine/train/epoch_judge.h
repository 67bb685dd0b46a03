#pragma once

#include "engine/data/dataset.h"
#include "engine/train/checkpoint.h"
#include "engine/train/series.h"
#include "engine/train/train_config.h"
#include "engine/train/train_event.h"

namespace burdock {

/// Which epoch is the best so far, and whether a run has gone on without gain for long enough. What it
/// remembers is part of the run's state, so that a resumed run goes on with it.
class EpochJudge {
  public:
    EpochJudge() = default;
    /// `split`: the one that is measured after every epoch, "validation" or "train". `unbalanced`: whether
    /// the classes are.
    EpochJudge(const TrainConfig& config, const DatasetInfo& data, std::string_view split,
               bool unbalanced = false);

    /// Goes by what the run has gone by so far, where the choice is the task's.
    void goOn(const TrainState& state);

    /// What the best epoch is chosen by: "loss", or the id of a metric.
    const std::string& metric() const { return metric_; }
    /// `loss`: that of the split. True if the epoch is the best so far.
    bool isBest(const EpochRecord& epoch, double loss, TrainState& state) const;
    bool stopsEarly(const TrainState& state) const {
        return patience_ > 0 && state.epochsWithoutGain >= patience_;
    }

  private:
    void judgeBy(std::string metric);

    std::string split_, metric_, before_; ///< before_: what tasks stood for once
    bool automatic_ = true;
    SeriesSchema bestBy_, stopsBy_;
    std::int64_t patience_ = 0;
    double minimumDelta_ = 0;
};

} // namespace burdock
