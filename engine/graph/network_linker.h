#pragma once

#include "engine/graph/check_graph.h"

#include <set>
#include <unordered_map>

namespace burdock {

/// Makes the CheckedNetwork of a graph whose nodes are all right each by itself: expands its blocks, leaves
/// out what does not run, finds the owners of tied weights, and brings everything into an order. What only
/// shows then is added to the report: names and ties that clash, and layers that nothing reads any more.
class NetworkLinker {
  public:
    NetworkLinker(const Graph& graph, GraphReport& report, const LayerRegistry& registry)
        : graph_(graph)
        , report_(report)
        , registry_(registry) {}
    /// Sets the report's network and its sums, or adds errors.
    void link();

  private:
    /// A layer as it stands in the expanded network, before it has its place there.
    struct Piece {
        const Node* node = nullptr;
        std::shared_ptr<const CheckedLayer> layer;
        std::string name, scope; ///< scope: "stage/2/" within that repetition
        NodePath path;
        std::vector<std::int64_t> repetitions;
        std::vector<StepOutput> inputs;
        std::vector<std::size_t> owners; ///< pieces that own its tied weights
        std::vector<std::string> weights;
        bool runs = false;
        bool frozen = false;
    };
    struct Scope {
        std::string prefix;
        NodePath block;
        std::vector<std::int64_t> repetitions;
        bool frozen = false; ///< a block around is
    };
    using Flow = std::vector<StepOutput>;
    Flow expand(const Graph& graph, const GraphReport& report, const Scope& scope, const Flow& inflow);
    Flow expandBlock(const Node& node, const NodeReport& known, const Scope& scope, Flow flow);
    std::shared_ptr<const CheckedLayer> layerOf(const Node& node, const NodeReport& known);
    void markRunning(std::size_t output);
    void reportUnread();
    void findWeights();
    bool findOwner(Piece& user, const WeightSpec& wanted);
    std::vector<std::size_t> order();
    void say(const Piece& piece, Severity severity, std::string code, std::string what, std::string why,
             std::string mend);

    const Graph& graph_;
    GraphReport& report_;
    const LayerRegistry& registry_;
    std::vector<Piece> pieces_;
    std::unordered_map<const NodeReport*, std::shared_ptr<const CheckedLayer>> layers_;
    std::unordered_map<std::string, std::size_t> byName_; ///< those that run
    std::set<std::pair<NodePath, std::string>> said_;     ///< places and codes
    std::size_t input_ = 0;
    bool failed_ = false;
};

} // namespace burdock
