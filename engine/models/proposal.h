#pragma once

#include "engine/graph/graph.h"
#include "engine/train/train_config.h"

namespace burdock {

/// A network and settings to begin with on data, and why.
struct Proposal {
    Graph graph;
    TrainConfig config;
    struct Line {
        std::string what, value; ///< "Output activation", "Softplus"
        std::string why;         ///< a sentence, or empty
    };
    std::vector<Line> lines; ///< the rows of the usual tables for regression and classification networks
};

/// Of rows of numbers an MLP within the typical values (Géron: Hands-on machine learning, chapter 10): one to
/// five hidden layers of 10 to 100 neurons, the more the more samples and features there are; the output's
/// activation by the range of the targets, the loss by their outliers, class weights by the balance. Of few
/// pictures a small CNN, of other data the template that fits. The epochs go by a budget of steps, so that
/// few samples are seen often enough, with early stopping. Reads the targets of the training part. Refuses
/// data that nothing fits, and those without samples.
Result<Proposal> proposeFor(const Dataset& data);

} // namespace burdock
