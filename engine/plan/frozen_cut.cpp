#include "engine/plan/frozen_cut.h"

#include <algorithm>

namespace burdock {
namespace {

/// How many of the first steps give the same values whenever they are given the same ones. `anyFrozen`: for
/// each number of them up to that, whether one is frozen.
std::size_t stillSteps(const CheckedNetwork& network, const PlannedSteps& planned, bool training,
                       std::vector<bool>& anyFrozen) {
    anyFrozen = {false};
    auto layer = network.steps().begin(); // planned steps come in the same order
    for (const PlannedStep& step : planned.steps) {
        bool frozen = false;
        if (!step.node.empty()) { // otherwise a copy into another layout
            while (layer->name != step.node)
                ++layer;
            const bool disturbs = training && layer->layer->schema->trainingOnly;
            if (disturbs || (!step.frozen && !layer->weights.empty())) break;
            frozen = !layer->weights.empty();
        }
        anyFrozen.push_back(anyFrozen.back() || frozen);
    }
    return anyFrozen.size() - 1;
}

/// By the place of a cut: how many values cross it, and the sum of their roots, which is the root of one.
struct Crossings {
    std::vector<std::int64_t> count, sum;

    explicit Crossings(const PlannedSteps& planned)
        : count(planned.steps.size() + 2, 0)
        , sum(count) {
        const std::size_t steps = planned.steps.size();
        std::vector<std::size_t> from(planned.values.size(), 0), to(planned.values.size(), 0);
        for (std::size_t i = 0; i < steps; ++i) {
            const PlannedStep& s = planned.steps[i];
            for (const std::size_t in : s.inputs)
                to[planned.rootOf(in)] = i;
            if (s.computes())
                s.forOutputs([&](std::size_t value, std::size_t) { from[planned.rootOf(value)] = i + 1; });
        }
        to[planned.rootOf(planned.outputValue)] = steps;
        for (std::size_t v = 0; v < planned.values.size(); ++v) {
            if (planned.rootOf(v) != v || to[v] < from[v]) continue;
            add(from[v], static_cast<std::int64_t>(v), 1);
            add(to[v] + 1, static_cast<std::int64_t>(v), -1);
        }
        for (std::size_t i = 1; i < count.size(); ++i) {
            count[i] += count[i - 1];
            sum[i] += sum[i - 1];
        }
    }

  private:
    void add(std::size_t at, std::int64_t root, std::int64_t sign) {
        count[at] += sign;
        sum[at] += sign * root;
    }
};

/// The node that gives a value; a ReLU that its step includes stands for it.
std::string nodeOf(const PlannedSteps& planned, std::size_t root) {
    for (auto s = planned.steps.rbegin(); s != planned.steps.rend(); ++s) {
        if (!s->computes() || planned.rootOf(s->output) != root) continue;
        if (s->node.empty()) { // a copy into another layout
            root = planned.rootOf(s->inputs[0]);
            continue;
        }
        const auto last = std::find_if(planned.included.rbegin(), planned.included.rend(),
                                       [&](const auto& included) { return included.second == s->node; });
        return last == planned.included.rend() ? s->node : last->first;
    }
    return {};
}

} // namespace

std::vector<FrozenCut> frozenCutsOf(const CheckedNetwork& network, const PlannedSteps& planned,
                                    const PlanOptions& options, const std::vector<Timeline::Turn>& turns) {
    std::vector<FrozenCut> cuts;
    std::vector<bool> anyFrozen;
    std::size_t still = stillSteps(network, planned, options.training, anyFrozen);
    if (!anyFrozen.back()) return cuts;
    for (const Timeline::Turn& turn : turns)
        still = std::min(still, turn.step);
    const Crossings crossings(planned);
    for (std::size_t at = still; at > 0 && anyFrozen[at]; --at) {
        if (crossings.count[at] != 1) continue;
        const auto root = static_cast<std::size_t>(crossings.sum[at]);
        const PlannedValue& value = planned.values[root];
        const std::vector<std::int64_t>& dims = value.layout.dims();
        const std::int64_t each = value.shape.size();
        if (root == planned.rootOf(planned.inputValue) || dims.empty() || dims.front() != options.batch ||
            Layout::plain(dims).floats() != options.batch * each)
            continue;
        if (!cuts.empty() && cuts.back().value == root) continue; // the same, of fewer steps
        cuts.push_back({at, root, nodeOf(planned, root), each, value.layout.isBfloat16()});
    }
    return cuts;
}

CutFeatures::CutFeatures(const FrozenCut& at, const PlannedSteps& planned, std::int64_t batch)
    : steps_(at.steps)
    , values_(static_cast<std::size_t>(batch * at.floats)) {
    const PlannedValue& value = planned.values[at.value];
    const Layout plain = Layout::plain(value.layout.dims());
    take_ = preparedReorder(value.layout, value.data, plain, values_.data());
    giveBack_ = preparedReorder(plain, values_.data(), value.layout, value.data);
}

} // namespace burdock
