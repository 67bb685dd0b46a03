#pragma once

#include "engine/train/train_config.h"

#include <map>
#include <optional>

namespace CLI {
class App;
}

namespace burdock::cli {

/// An option for each spec: `learning_rate` becomes --learning-rate. What is given is checked while the line
/// is read, and kept in `given` by key.
void addSettings(CLI::App& command, const std::vector<ParamSpec>& specs,
                 std::map<std::string, std::string>& given);

/// The training settings as options, made from their descriptions: `learning_rate` becomes --learning-rate.
/// Values are checked while the line is read. The own settings of the optimizer, the schedule and the
/// loss come as --optimizer-option KEY=VALUE and so on.
class ConfigOptions {
  public:
    void addTo(CLI::App& command);
    bool anyGiven() const;
    /// `base` with what was given. Another optimizer than the base's brings its own learning rate unless the
    /// base's was changed, or one is given. Wrong options of entries are usage problems.
    Result<TrainConfig> applyTo(TrainConfig base) const;

  private:
    std::map<std::string, std::string> given_;                     ///< by key of the setting
    std::map<std::string, std::vector<std::string>> entryOptions_; ///< by key of the setting
    std::optional<std::string> augmentation_;
};

} // namespace burdock::cli
