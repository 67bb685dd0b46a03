#include "engine/plan/timeline.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

constexpr std::size_t outside = ~std::size_t{0};

/// By root: the step that computes it, and the last one that reads it in forward.
struct Flow {
    std::vector<std::size_t> maker, reader;

    explicit Flow(const PlannedSteps& planned)
        : maker(planned.values.size(), outside)
        , reader(planned.values.size(), 0) {
        for (std::size_t i = 0; i < planned.steps.size(); ++i) {
            const PlannedStep& s = planned.steps[i];
            if (s.computes())
                s.forOutputs([&](std::size_t value, std::size_t) { maker[planned.rootOf(value)] = i; });
            for (const std::size_t in : s.inputs)
                reader[planned.rootOf(in)] = i;
        }
        reader[planned.rootOf(planned.outputValue)] = planned.steps.size(); // by the loss
    }
};

/// Which steps of first … end-1 must run again before their backward, because it reads what was given up.
void markAgain(const PlannedSteps& planned, std::size_t first, std::size_t end,
               const std::vector<bool>& givenUp, std::vector<bool>& again) {
    std::vector<bool> needed(planned.values.size(), false);
    const auto need = [&](std::size_t value) { needed[planned.rootOf(value)] = true; };
    for (std::size_t i = first; i < end; ++i) {
        const PlannedStep& s = planned.steps[i];
        if (!s.backward) continue;
        for (std::size_t port = 0; port < s.inputs.size(); ++port)
            if (s.step->backwardReadsInput(port)) need(s.inputs[port]);
        if (s.step->backwardReadsOutput()) s.forOutputs([&](std::size_t value, std::size_t) { need(value); });
    }
    for (std::size_t i = end; i-- > first;) {
        const PlannedStep& s = planned.steps[i];
        s.forOutputs([&](std::size_t value, std::size_t) {
            const std::size_t root = planned.rootOf(value);
            again[i] = again[i] || (s.computes() && givenUp[root] && needed[root]);
        });
        if (!again[i]) continue;
        for (const std::size_t in : s.inputs)
            need(in);
    }
}

/// How much memory the values take that are made before each step and read in it or later.
std::vector<std::int64_t> floatsAcross(const PlannedSteps& planned, const Flow& flow) {
    std::vector<std::int64_t> change(planned.steps.size() + 2, 0);
    for (std::size_t v = 0; v < planned.values.size(); ++v) {
        if (planned.rootOf(v) != v || flow.maker[v] == outside) continue;
        change[flow.maker[v] + 1] += planned.values[v].layout.floats();
        change[std::max(flow.reader[v], flow.maker[v]) + 1] -= planned.values[v].layout.floats();
    }
    std::partial_sum(change.begin(), change.end(), change.begin());
    return change;
}

} // namespace

Timeline timelineOf(const PlannedSteps& planned, bool training, const std::vector<std::size_t>& cuts) {
    const std::size_t count = planned.steps.size();
    Timeline t;
    t.loss = static_cast<int>(count);
    t.end = t.loss + 1;
    t.backward.assign(count, Timeline::never);
    t.again.assign(count, Timeline::never);
    t.givenUp.assign(planned.values.size(), false);
    if (!training) return t;
    std::vector<std::size_t> borders{0};
    borders.insert(borders.end(), cuts.begin(), cuts.end());
    borders.push_back(count);
    const Flow flow(planned);
    std::vector<bool> again(count, false);
    for (std::size_t b = 0; b + 2 < borders.size(); ++b) { // the last segment's values are still there
        const std::size_t first = borders[b], end = borders[b + 1];
        for (std::size_t v = 0; v < planned.values.size(); ++v)
            if (planned.rootOf(v) == v && flow.maker[v] != outside && flow.maker[v] >= first &&
                flow.maker[v] < end)
                t.givenUp[v] = flow.reader[v] < end;
        markAgain(planned, first, end, t.givenUp, again);
    }
    for (std::size_t b = borders.size() - 1; b-- > 0;) {
        for (std::size_t i = borders[b]; i < borders[b + 1]; ++i) {
            if (!again[i]) continue;
            t.again[i] = t.end++;
            t.turns.push_back({i, true});
        }
        for (std::size_t i = borders[b + 1]; i-- > borders[b];) {
            if (!planned.steps[i].backward) continue;
            t.backward[i] = t.end++;
            t.turns.push_back({i, false});
        }
    }
    return t;
}

std::vector<std::vector<std::size_t>> proposeCuts(const PlannedSteps& planned) {
    const std::size_t count = planned.steps.size();
    const Flow flow(planned);
    const std::vector<std::int64_t> across = floatsAcross(planned, flow);
    std::vector<std::int64_t> before(count + 1, 0); // floats made by the steps before
    for (std::size_t i = 0; i < count; ++i) {
        const PlannedStep& s = planned.steps[i];
        before[i + 1] = before[i] + s.step->workspaceFloats();
        if (s.computes())
            s.forOutputs([&](std::size_t value, std::size_t) {
                before[i + 1] += planned.values[value].layout.floats();
            });
    }
    std::vector<std::vector<std::size_t>> proposals;
    for (const std::int64_t segments : {2, 3, 4, 6, 8, 12, 16, 24, 32}) {
        const std::int64_t wanted = before[count] / segments;
        std::vector<std::size_t> cuts;
        std::size_t start = 0;
        for (std::size_t i = 1; i < count; ++i) {
            if (before[i] - before[start] < wanted) continue;
            std::size_t best = i; // of the second half of the segment, where least crosses
            for (std::size_t b = i; b > start && 2 * (before[b] - before[start]) >= wanted; --b)
                if (across[b] < across[best]) best = b;
            cuts.push_back(best);
            start = best;
        }
        if (!cuts.empty() && std::ranges::find(proposals, cuts) == proposals.end()) proposals.push_back(cuts);
    }
    return proposals;
}

} // namespace burdock
