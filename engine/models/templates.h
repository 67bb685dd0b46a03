#pragma once

#include "engine/graph/graph.h"
#include "engine/train/train_config.h"

#include <functional>

namespace burdock {

/// A network to start from, and how to begin training it.
struct ModelTemplate {
    std::string id;    ///< "lecture-cnn"
    std::string title; ///< "The lecture's CNN"
    std::string doc;
    std::string dataset; ///< the data it is meant for: "fashion-mnist"
    std::function<Graph()> build;
    TrainConfig settings{}; ///< that it learns well with
};

const std::vector<ModelTemplate>& modelTemplates();
const ModelTemplate* findTemplate(std::string_view id);

} // namespace burdock
