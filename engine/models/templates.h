#pragma once

#include "engine/graph/graph.h"
#include "engine/train/train_config.h"

#include <functional>
#include <span>
#include <string_view>

namespace burdock {

/// What a template is a network for, or of: how galleries and lists part them.
enum class TemplateGroup { Neurons, Mlp, Cnn, Residual, Segmentation, Text, Tables };

std::string_view templateGroupKey(TemplateGroup group);   ///< "cnn": JSON
std::string_view templateGroupLabel(TemplateGroup group); ///< "Convolutional networks"
std::span<const TemplateGroup> allTemplateGroups();       ///< in the order of the gallery

/// A network to start from, and how to begin training it.
struct ModelTemplate {
    std::string id;    ///< "lecture-cnn"
    std::string title; ///< "The lecture's CNN"
    TemplateGroup group;
    std::string doc;
    std::string dataset; ///< the data it is meant for: "fashion-mnist"; empty: none that there are here
    /// Data that come with the program and give a first result soon, where `dataset` is not here or names
    /// none; the network is adapted to them. Empty: there are none.
    std::string trial;
    std::function<Graph()> build;
    TrainConfig settings{}; ///< that it learns well with
};

const std::vector<ModelTemplate>& modelTemplates();
const ModelTemplate* findTemplate(std::string_view id);

} // namespace burdock
