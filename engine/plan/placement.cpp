#include "engine/plan/placement.h"

#include <algorithm>

namespace burdock {

Placement::Placement(PlannedSteps& planned, const ParameterStore& store, const PlanOptions& options)
    : planned_(planned)
    , store_(store)
    , training_(options.training)
    , rootFloats_(planned.values.size(), 0) {
    for (const PlannedValue& v : planned_.values)
        rootFloats_[v.root] = std::max(rootFloats_[v.root], v.layout.floats());
    aliasGradients();
    stageGradients();
    arrange(timelineOf(planned_, training_));
    if (!training_ || !options.recompute) return;
    Timeline best = timeline_;
    std::int64_t least = arena_.floats;
    for (const auto& cuts : proposeCuts(planned_)) {
        arrange(timelineOf(planned_, true, cuts));
        if (arena_.floats >= least) continue;
        least = arena_.floats;
        best = timeline_;
    }
    arrange(std::move(best));
}

void Placement::arrange(Timeline timeline) {
    timeline_ = std::move(timeline);
    wanted_ = {};
    wantValues();
    wantGradients();
    wantWorkspaces();
    wantStagedGradients();
    arena_ = planArena(wanted_.uses);
}

void Placement::want(float** target, std::int64_t floats, TimeSpan span, TimeSpan again) {
    wanted_.uses.push_back({floats, span, again});
    wanted_.targets.push_back(target);
}

const Layout& Placement::storedLayout(const PlannedStep& step, std::size_t place) const {
    return store_.entries()[step.weights[place]].layout;
}

/// In which the step makes the gradient of that weight.
Layout Placement::madeLayout(const PlannedStep& step, std::size_t place) const {
    const Layout made = step.step->weightLayout(place);
    return made.dims().empty() ? Layout::plain(store_.entries()[step.weights[place]].spec.dims) : made;
}

/// A step that can write its input's gradient over its output's does so, where nobody still needs that.
void Placement::aliasGradients() {
    constexpr std::size_t nobody = ~std::size_t{0};
    const auto& steps = planned_.steps;
    const auto& values = planned_.values;
    std::vector<std::size_t> producer(values.size(), nobody);
    std::vector<bool> begun(values.size(), false), shared(values.size(), false);
    aliases_.resize(values.size());
    for (std::size_t v = 0; v < values.size(); ++v)
        aliases_[v] = v;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].computes())
            steps[i].forOutputs(
                [&](std::size_t value, std::size_t) { producer[planned_.rootOf(value)] = i; });
    // One more than the last step before `step` that reads the value; 0: none does.
    const auto otherReaders = [&](std::size_t value, std::size_t step) {
        const std::size_t made = producer[value] == nobody ? 0 : producer[value] + 1;
        while (step > made && std::ranges::none_of(steps[step - 1].inputs, [&](std::size_t in) {
                   return planned_.rootOf(in) == value;
               }))
            --step;
        return step > made ? step : 0;
    };
    for (std::size_t i = steps.size(); i-- > 0;) {
        const PlannedStep& s = steps[i];
        if (!s.backward || !s.computes()) continue;
        const std::size_t out = planned_.rootOf(s.output);
        std::vector<std::size_t> fit; // inputs that may take over the memory, the latest made first
        for (std::size_t port = 0; port < s.inputs.size(); ++port) {
            const std::size_t in = planned_.rootOf(s.inputs[port]);
            if (values[in].needsGradient && !begun[in] && !shared[out] && s.step->gradientInPlace(port) &&
                values[s.inputs[port]].layout == values[s.output].layout)
                fit.push_back(in);
            begun[in] = begun[in] || values[in].needsGradient;
        }
        std::ranges::sort(fit, [&](auto a, auto b) { return producer[a] > producer[b]; });
        const auto isReadOnce = [&](std::size_t value) {
            return std::ranges::count(s.inputs, value, [&](std::size_t in) { return planned_.rootOf(in); }) ==
                   1;
        };
        if (fit.size() == 2 && isReadOnce(fit[0]) && isReadOnce(fit[1]) && otherReaders(fit[0], i) == 0 &&
            otherReaders(fit[1], i) <= producer[fit[0]] + 1) {
            // The first is read for the last time before anything is added to the second.
            aliases_[fit[0]] = aliases_[fit[1]] = aliases_[out];
            shared[fit[0]] = true;
        } else if (!fit.empty()) {
            aliases_[fit.back()] = aliases_[out];
        }
    }
}

void Placement::stageGradients() {
    std::vector<bool> begun(planned_.values.size(), false), weightBegun(store_.entries().size(), false);
    for (auto s = planned_.steps.rbegin(); s != planned_.steps.rend() && training_; ++s) {
        if (!s->backward || !s->computes()) continue;
        for (std::size_t place = 0; place < s->weights.size(); ++place) {
            const std::size_t weight = s->weights[place];
            const ParameterStore::Entry& entry = store_.entries()[weight];
            if (s->frozen || !entry.spec.isParameter()) continue;
            if (!entry.learns()) {
                // Backends that take a gradient of one weight make those of all.
                s->stagedWeights.push_back({.place = place, .isKept = false});
                continue;
            }
            const bool fits = sameMemory(storedLayout(*s, place), madeLayout(*s, place));
            if (!fits || (weightBegun[weight] && !s->step->addToWeightGradient(place)))
                s->stagedWeights.push_back({place, true, weightBegun[weight]});
            weightBegun[weight] = true;
        }
        for (std::size_t port = 0; port < s->inputs.size(); ++port) {
            const PlannedValue& in = planned_.values[s->inputs[port]];
            if (!in.needsGradient) continue;
            if (begun[in.root]) s->stagedInputs.push_back({port, true, true});
            begun[in.root] = true;
        }
    }
}

// What lies in the arena, and when. ----------------------------------------------------------------------

void Placement::wantValues() {
    auto& values = planned_.values;
    const Timeline& t = timeline_;
    std::vector<TimeSpan> forward(values.size()), again(values.size());
    const auto use = [&](std::size_t value, int time) {
        const std::size_t root = planned_.rootOf(value);
        (t.givenUp[root] && time > t.loss ? again : forward)[root].include(time);
    };
    use(planned_.inputValue, 0);
    use(planned_.outputValue, t.loss);
    for (std::size_t i = 0; i < planned_.steps.size(); ++i) {
        const PlannedStep& s = planned_.steps[i];
        for (const int time : {static_cast<int>(i), t.again[i]}) {
            if (time == Timeline::never) continue;
            for (const std::size_t in : s.inputs)
                use(in, time);
            s.forOutputs([&](std::size_t value, std::size_t) { use(value, time); });
        }
        if (t.backward[i] == Timeline::never) continue;
        for (std::size_t port = 0; port < s.inputs.size(); ++port)
            if (s.step->backwardReadsInput(port)) use(s.inputs[port], t.backward[i]);
        if (s.step->backwardReadsOutput())
            s.forOutputs([&](std::size_t value, std::size_t) { use(value, t.backward[i]); });
    }
    for (std::size_t v = 0; v < values.size(); ++v)
        if (values[v].root == v) want(&values[v].data, rootFloats_[v], forward[v], again[v]);
}

void Placement::wantGradients() {
    auto& values = planned_.values;
    std::vector<TimeSpan> spans(values.size());
    for (std::size_t i = 0; i < planned_.steps.size(); ++i) {
        const int time = timeline_.backward[i];
        if (time == Timeline::never) continue;
        for (const std::size_t in : planned_.steps[i].inputs)
            if (values[in].needsGradient) spans[aliasOf(in)].include(time);
        planned_.steps[i].forOutputs([&](std::size_t value, std::size_t index) {
            if (planned_.steps[i].isRead(index)) spans[aliasOf(value)].include(time);
        });
    }
    if (training_) spans[aliasOf(planned_.outputValue)].include(timeline_.loss);
    for (std::size_t v = 0; v < values.size(); ++v)
        if (values[v].root == v && aliases_[v] == v && !spans[v].isEmpty())
            want(&values[v].gradient, rootFloats_[v], spans[v]);
}

void Placement::wantWorkspaces() {
    const Timeline& t = timeline_;
    wanted_.workspaces.assign(planned_.steps.size(), nullptr);
    std::int64_t scratch = 0;
    for (std::size_t i = 0; i < planned_.steps.size(); ++i) {
        const Step& step = *planned_.steps[i].step;
        scratch = std::max(scratch, step.scratchFloats());
        const std::int64_t floats = step.workspaceFloats();
        if (floats == 0) continue;
        TimeSpan forward, again;
        forward.include(static_cast<int>(i));
        if (t.again[i] != Timeline::never) again.include(t.again[i]);
        if (t.backward[i] != Timeline::never) (again.isEmpty() ? forward : again).include(t.backward[i]);
        want(&wanted_.workspaces[i], floats, forward, again);
    }
    if (scratch > 0) want(&wanted_.scratch, scratch, {0, t.end});
}

void Placement::wantStagedGradients() {
    for (std::size_t i = 0; i < planned_.steps.size(); ++i) {
        PlannedStep& s = planned_.steps[i];
        const TimeSpan now{timeline_.backward[i], timeline_.backward[i]};
        for (auto& d : s.stagedInputs)
            want(&d.values, planned_.values[s.inputs[d.place]].layout.floats(), now);
        for (auto& d : s.stagedWeights)
            want(&d.values, madeLayout(s, d.place).floats(), now);
    }
}

// Binding. -----------------------------------------------------------------------------------------------

void Placement::bind(float* arena) {
    for (std::size_t i = 0; i < wanted_.targets.size(); ++i)
        *wanted_.targets[i] = arena + arena_.offsets[i];
    auto& values = planned_.values;
    std::vector<float*> gradients;
    for (std::size_t v = 0; v < values.size(); ++v)
        gradients.push_back(values[v].needsGradient ? values[aliasOf(v)].gradient : nullptr);
    for (std::size_t v = 0; v < values.size(); ++v) {
        values[v].data = values[values[v].root].data;
        values[v].gradient = gradients[v];
    }
    for (std::size_t i = 0; i < planned_.steps.size(); ++i)
        bindStep(i);
}

void Placement::bindStep(std::size_t index) {
    PlannedStep& s = planned_.steps[index];
    const bool learns = training_ && s.backward;
    StepBinding b;
    for (const std::size_t in : s.inputs) {
        b.inputs.push_back(planned_.values[in].data);
        b.inputGradients.push_back(learns ? planned_.values[in].gradient : nullptr);
    }
    b.output = planned_.values[s.output].data;
    b.outputGradient = learns ? planned_.values[s.output].gradient : nullptr;
    for (const std::size_t more : s.moreOutputs) {
        b.moreOutputs.push_back(planned_.values[more].data);
        b.moreOutputGradients.push_back(learns ? planned_.values[more].gradient : nullptr);
    }
    for (const std::size_t w : s.weights) {
        b.weights.push_back(store_.value(w));
        b.weightGradients.push_back(training_ && !s.frozen ? store_.gradient(w) : nullptr);
    }
    b.weightCopies = s.weightCopies;
    for (auto& d : s.stagedInputs) {
        const Layout& layout = planned_.values[s.inputs[d.place]].layout;
        d.commit = preparedReorder(layout, d.values, layout, b.inputGradients[d.place], d.accumulates);
        b.inputGradients[d.place] = d.values;
    }
    for (auto& d : s.stagedWeights) {
        if (d.isKept)
            d.commit = preparedReorder(madeLayout(s, d.place), d.values, storedLayout(s, d.place),
                                       b.weightGradients[d.place], d.accumulates);
        b.weightGradients[d.place] = d.values;
    }
    b.workspace = wanted_.workspaces[index];
    b.scratch = wanted_.scratch;
    s.step->bind(b);
}

} // namespace burdock
