#pragma once

#include "engine/train/train_config.h"

#include <map>
#include <optional>

namespace CLI {
class App;
}

namespace burdock::cli {

/// The training settings as options, made from their descriptions: `learning_rate` becomes --learning-rate.
/// Values are checked while the line is read. The optimizer's own settings come as --optimizer-option
/// KEY=VALUE.
class ConfigOptions {
  public:
    void addTo(CLI::App& command);
    /// `base` with what was given. Another optimizer than the base's brings its own learning rate unless one
    /// is given. Wrong optimizer options are usage problems.
    Result<TrainConfig> applyTo(TrainConfig base) const;

  private:
    std::map<std::string, std::string> given_; ///< by key of the setting
    std::vector<std::string> optimizerOptions_;
    std::optional<std::string> augmentation_;
};

} // namespace burdock::cli
