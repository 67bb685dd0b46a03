#pragma once

#include "arguments.h"
#include "engine/data/task.h"
#include "engine/train/train_config.h"

#include <functional>
#include <map>
#include <optional>

namespace burdock::cli {

std::string optionName(std::string key); ///< "learning_rate": "--learning-rate"

/// An option for each spec: `learning_rate` becomes --learning-rate. What is given is checked while the line
/// is read, and kept in `given` by key.
void addSettings(Command command, const std::vector<ParamSpec>& specs,
                 std::map<std::string, std::string>& given);

/// The training settings as options, made from their descriptions: `learning_rate` becomes --learning-rate.
/// Values are checked while the line is read. The own settings of the optimizer, the schedule and the
/// loss come as --optimizer-option KEY=VALUE and so on.
class ConfigOptions {
  public:
    /// Those of `without`, by key, have no part in what the command does.
    void addTo(Command command, const std::vector<std::string>& without = {});
    bool anyGiven() const;
    /// `base` with what was given. Another optimizer than the base's brings its own learning rate unless the
    /// base's was changed, or one is given. Wrong options of entries are usage problems. `taskOf` is asked
    /// where an option is for the loss and none is named: it is the task's.
    Result<TrainConfig> applyTo(TrainConfig base, const std::function<Result<Task>()>& taskOf) const;

  private:
    std::map<std::string, std::string> given_;                     ///< by key of the setting
    std::map<std::string, std::vector<std::string>> entryOptions_; ///< by key of the setting
    std::optional<std::string> augmentation_;
};

inline constexpr const char* adaptHelp = "Makes network and settings suit the data: the sizes of input and "
                                         "output, a Flatten before layers that take "
                                         "vectors, an end that fits the task, and no loss or augmentation "
                                         "that is for other data; or names a template "
                                         "that fits";
/// The diagnostic with settings named by their options: "fit" is --fit here.
Diagnostic inOptions(Diagnostic diagnostic);
/// The refusal of a network that does not suit its data, in options: what --adapt would mend says so.
Diagnostic offeringToAdapt(Diagnostic why);

} // namespace burdock::cli
