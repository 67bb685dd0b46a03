#pragma once

#include "engine/data/dataset.h"
#include "engine/train/scaling.h"
#include "engine/train/train_config.h"

namespace burdock {

/// A sample as it lies in the data, and what a network is given of it.
struct SeenSample {
    std::int64_t index = 0; ///< of Part::Train
    std::string target;     ///< in words
    std::vector<float> original;
    std::vector<std::vector<float>> fitted; ///< by epoch: fitted and augmented, before normalising
    std::vector<float> given;               ///< of the first epoch: normalised, missing values replaced
};

struct SeenSamples {
    Shape original, shape; ///< before and after fitting
    bool fits = true;      ///< the network takes this shape; also where its input is not known
    bool normalised = false;
    double mean = 0, deviation = 0, minimum = 0, maximum = 0; ///< over all that is given of these samples
    std::vector<SeenSample> samples;
};

/// What Scaling::measure() gave last, as long as it is asked for the same. To be used by one thread.
class KeptScaling {
  public:
    /// As a run with these settings measures it. `data` are fitted.
    const Scaling& of(const std::shared_ptr<const Dataset>& original, const Dataset& data, const Split& split,
                      const TrainConfig& config);

  private:
    std::shared_ptr<const Dataset> data_;
    Shape shape_;
    TrainConfig config_;
    std::vector<std::int64_t> samples_;
    Scaling scaling_;
    bool measured_ = false;
};

/// Puts `count` samples of the training split through what a run with these settings does to them in its
/// first `epochs` epochs. `turn` chooses which. `input`: the network's, where it is known. Refuses wrong
/// transforms.
Result<SeenSamples> seenBy(const std::shared_ptr<const Dataset>& data, const std::optional<Shape>& input,
                           const TrainConfig& config, std::uint64_t turn, std::int64_t count,
                           std::int64_t epochs, KeptScaling& scaling);

} // namespace burdock
