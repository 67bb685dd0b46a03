#include "engine/models/chain.h"
#include "engine/models/networks.h"

namespace burdock {
namespace {

/// One neuron or several, each with a row of weights and a threshold.
Chain& neurons(Chain& chain, std::string stem, std::string weights, std::string thresholds) {
    return chain.then(std::move(stem), "mcculloch_pitts",
                      {{"weights", std::move(weights)}, {"thresholds", std::move(thresholds)}});
}

Graph oneNeuron(std::string name, std::int64_t inputs, std::string weights, std::string threshold) {
    Chain chain("McCulloch–Pitts " + name, {inputs, 1, 1});
    return neurons(chain, "neuron", std::move(weights), std::move(threshold)).build();
}

} // namespace

Graph perceptron() {
    return Chain("Perceptron", fashionPicture).flatten().dense(10).softmax();
}

Graph perceptronRule() {
    return Chain("Perceptron with its own rule", {30, 1, 1}).dense(1).then("step", "step").build();
}

Graph mlp() {
    return Chain("MLP", fashionPicture).flatten().dense(300).relu().dense(100).relu().dense(10).softmax();
}

Graph regressionMlp() {
    return Chain("Regression MLP", {8, 1, 1})
        .dense(50)
        .relu()
        .dense(50)
        .relu()
        .dense(1)
        .then("output", "linear")
        .build();
}

Graph classificationMlp() {
    return Chain("Classification MLP", {13, 1, 1}).dense(50).relu().dense(50).relu().dense(3).softmax();
}

Graph mccullochPittsIdentity() {
    return oneNeuron("identity", 1, "1", "1");
}
Graph mccullochPittsNot() {
    return oneNeuron("NOT", 1, "-1", "0");
}
Graph mccullochPittsAnd() {
    return oneNeuron("AND", 2, "1, 1", "2");
}
Graph mccullochPittsOr() {
    return oneNeuron("OR", 2, "1, 1", "1");
}

/// The first layer finds "this one but not the other", both ways round; the second joins them by OR.
Graph mccullochPittsXor() {
    Chain chain("McCulloch–Pitts XOR", {2, 1, 1});
    neurons(chain, "either", "1, -1; -1, 1", "1, 1");
    return neurons(chain, "or", "1, 1", "1").build();
}

} // namespace burdock
