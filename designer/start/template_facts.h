#pragma once

#include "engine/models/templates.h"
#include "start/network_picture.h"

#include <QString>

namespace burdock {

/// What a card tells of a template beside its own words. Made on any thread; the largest take a while.
struct TemplateFacts {
    NetworkPicture picture;
    std::int64_t parameters = 0;
    std::int64_t macs = 0; ///< multiply-adds of one sample's forward pass
    Shape input;
    QString layers; ///< the names of the kinds of layers in it: "Convolution 2D, Dense"
};

TemplateFacts factsOf(const ModelTemplate& model);

/// What training takes in memory at least: each parameter's value, gradient and two moments of Adam.
double leastTrainingBytes(const TemplateFacts& facts);

} // namespace burdock
