#pragma once

#include "engine/graph/graph.h"
#include "engine/tensor/shape.h"

#include <array>

/// The networks behind the templates, and the parts that they share.
namespace burdock {

constexpr Shape fashionPicture{1, 28, 28}; ///< of Fashion-MNIST, and of MNIST

// Perceptrons and multilayer perceptrons.
Graph perceptron();
/// One threshold unit, for the rule w ← w + η(y − ŷ)x.
Graph perceptronRule();
Graph mlp();
Graph regressionMlp();
Graph classificationMlp();

/// Nets of McCulloch and Pitts' neurons: nothing to learn, binary inputs and outputs.
Graph mccullochPittsIdentity();
Graph mccullochPittsNot();
Graph mccullochPittsAnd();
Graph mccullochPittsOr();
Graph mccullochPittsXor();

// Convolutional networks.
Graph lenet5();
/// `narrower` divides all widths, for small pictures and tests.
Graph lectureCnn(Shape input = fashionPicture, std::int64_t narrower = 1);
Graph vgg28();
/// Convolutions in each of the five stages.
Graph vgg(std::string name, std::array<std::int64_t, 5> convolutions);
Graph mobileNet();
Graph uNet();
/// Padded: the maps that come out are as large as the picture. `filters` those of the first level, doubled by
/// each of the `levels` below it.
Graph uNetPadded(std::string name, std::int64_t side, std::int64_t filters, std::int64_t levels);
/// Narrower and a level less deep.
Graph uNet64();

/// The stages of a residual network (He et al., 2015).
struct ResNetPlan {
    std::array<std::int64_t, 4> blocks{2, 2, 2, 2};
    bool bottleneck = false;
    Shape input{3, 224, 224};
    std::int64_t width = 64; ///< channels of the first stage
    std::int64_t classes = 1000;
};
Graph resNet(std::string name, const ResNetPlan& plan);
Graph resNet28();
Graph fashionNet();

} // namespace burdock
