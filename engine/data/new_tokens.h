#pragma once

#include "engine/data/new_samples.h"

namespace burdock {

/// Further samples of a text, which may end before the network's input does.
class NewTokens : public NewSamples {
  public:
    /// How many tokens sample `index` has; what stands behind them in the input is not looked at.
    virtual std::int64_t tokens(std::int64_t index) const = 0;
};

} // namespace burdock
