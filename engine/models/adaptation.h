#pragma once

#include "engine/graph/graph.h"
#include "engine/train/train_config.h"

#include <string_view>

namespace burdock {

/// A network and settings that were made to suit data.
struct Adaptation {
    Graph graph;
    TrainConfig config;
    std::vector<std::string> changes; ///< of the network, each in a few words: "Set units of dense 3 to 10"
};

/// The one offer where a network and data do not fit: its Input, its last layer with weights and its
/// embedding get the sizes that the data need, a Flatten stands before layers that take vectors, what cannot
/// stand at its end for the task goes, and settings of another task are taken back. Pictures that are too
/// small for the network's stages are drawn larger instead (setting fit), up to four times as wide. Refuses
/// a network that is made for data of another kind (`adapt.kind`: pictures, text, rows), that the sizes break
/// or that has nothing to learn, and names a template that fits.
/// `keepsSettings`: those are the user's, and none is taken back; one that cannot stand is refused.
Result<Adaptation> adaptedTo(Graph graph, const DatasetInfo& data, TrainConfig config,
                             bool keepsSettings = false);

/// The id of a template that can be adapted to these data.
std::string_view fittingTemplate(const DatasetInfo& data);

} // namespace burdock
