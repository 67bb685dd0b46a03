#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/diagnostic.h"

#include <nlohmann/json_fwd.hpp>

namespace burdock {

/// The model file's format; raised when older programs could not read it any more.
inline constexpr int graphFormat = 2; ///< 2: edges from outputs after the first; otherwise 1 is written

nlohmann::json toJson(const Graph& graph);
/// Refuses what is not a model, or one of a newer format or with layers of a newer version, naming the place:
/// "nodes[3].params.units". Nodes of an older version of their layer are migrated. Unknown layer types are
/// kept: checkGraph reports them on the node.
Result<Graph> graphFromJson(const nlohmann::json& json);

std::string graphToText(const Graph& graph); ///< indented JSON
Result<Graph> graphFromText(std::string_view text);

nlohmann::json toJson(const ParamValues& params);
Result<ParamValues> paramsFromJson(const nlohmann::json& json, std::string_view where);

} // namespace burdock
