#pragma once

#include "engine/graph/graph.h"
#include "engine/train/train_config.h"
#include "program.h"

namespace burdock::cli {

/// A network named on the command line.
struct Model {
    Graph graph;
    std::optional<storage::RunId> run; ///< the run it comes from
    TrainConfig config;                ///< that run's or template's settings, else the defaults
    std::string data{};                ///< what that run was trained on, as a reference
};

inline constexpr const char* modelHelp = "template:ID, a .json file, or run:ID";

/// Refuses what is not there, cannot be read, or is a network with errors.
Result<Model> loadModel(const std::string& name, const Program& program);

/// Refuses a file that is there, but by `force`.
Status mayReplace(const std::string& path, bool force);

/// Writes a network to a model file; its ending chooses the exporter. Replaces a file only by `force`.
Status saveModel(const Graph& graph, const std::string& path, bool force);

} // namespace burdock::cli
