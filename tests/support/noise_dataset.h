#pragma once

#include "engine/data/dataset.h"
#include "engine/graph/check_graph.h"
#include "engine/tensor/random.h"

#include <algorithm>

namespace burdock::testing {

/// Samples of any shape for measuring what a network costs: the values do not matter to it. Targets are
/// classes, or tokens for a network that reads tokens.
class NoiseDataset final : public Dataset {
  public:
    /// Of the shapes that the network reads and gives. `graph` must be without errors.
    NoiseDataset(const Graph& graph, std::int64_t samples) {
        const GraphReport report = checkGraph(graph);
        const Shape output = *report.shapeOf(report.output);
        const bool tokens =
            std::ranges::any_of(graph.nodes(), [](const Node& node) { return node.type == "embedding"; });
        info_.id = info_.title = "noise";
        info_.task = tokens ? Task::NextToken : Task::Multiclass;
        info_.input = *report.shapeOf(report.input);
        info_.targets = tokens ? output.width : output.size();
        info_.trainSize = samples;
        info_.testSize = 1;
        values_.resize(static_cast<std::size_t>(info_.input.size()));
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = tokens ? tokenAt(i) : static_cast<float>(randomNormal(1, i));
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t, float* values) const override { std::ranges::copy(values_, values); }
    void readTarget(Part, std::int64_t index, float* values) const override {
        for (std::int64_t i = 0; i < targetWidth(); ++i)
            values[i] = tokenAt(static_cast<std::size_t>(index + i));
    }

  private:
    float tokenAt(std::size_t i) const {
        return static_cast<float>(randomBelow(2, i, static_cast<std::uint64_t>(info_.targets)));
    }

    DatasetInfo info_;
    std::vector<float> values_;
};

} // namespace burdock::testing
