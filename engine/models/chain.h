#pragma once

#include "engine/graph/graph.h"
#include "engine/tensor/shape.h"

#include <map>

namespace burdock {

/// Builds a network, or the body of a block: each layer is fed by the one before. Layers are named by their
/// stem and number: "conv 1", "conv 2"; the only one of its kind has no number.
class Chain {
  public:
    Chain(std::string name, Shape input);

    Chain& then(std::string stem, std::string type, ParamValues params = {});
    /// `body` run `repeat` times in a row, each time with weights of its own; nothing if 0 times.
    Chain& block(std::string stem, Graph body, std::int64_t repeat = 1);

    /// For branches: where the chain has got to, and to go on from there.
    NodeId end() const { return last_; }
    Chain& from(NodeId node) {
        last_ = node;
        return *this;
    }
    /// Joins the chain, as the first input, to another node, as the second.
    Chain& join(std::string stem, std::string type, NodeId other);

    Chain& conv(std::int64_t filters, std::int64_t kernel, ParamValues more = {});
    /// As it stands before a batch normalization: without bias, explicitly padded so that stride 2 halves
    /// the maps as in PyTorch. With batch normalization behind it.
    Chain& convNorm(std::int64_t filters, std::int64_t kernel, std::int64_t stride = 1);
    Chain& maxPool() { return then("pool", "maxpool2d"); }
    Chain& avgPool() { return then("pool", "avgpool2d"); }
    Chain& flatten() { return then("flatten", "flatten"); }
    Chain& dense(std::int64_t units, ParamValues more = {});
    Chain& relu() { return then("relu", "relu"); }
    Chain& tanh() { return then("tanh", "tanh"); }
    Chain& dropout(double rate) { return then("dropout", "dropout", {{"rate", rate}}); }

    Graph build();
    Graph softmax() { return then("softmax", "softmax").build(); }

  private:
    NodeId append(std::string stem, Node node);

    Graph graph_;
    NodeId last_;
    std::map<std::string, std::vector<NodeId>> named_;
};

} // namespace burdock
