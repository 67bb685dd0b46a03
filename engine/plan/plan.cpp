#include "engine/plan/plan.h"

#include "engine/graph/check_graph.h"
#include "engine/plan/arena_planner.h"
#include "engine/plan/layout_formats.h"
#include "engine/plan/reference_step.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace burdock {
namespace {

/// A batch flowing along an edge. Values that share memory have the same root.
struct Value {
    Shape shape;
    Layout layout;
    std::size_t root = 0;
    bool needsGradient = false;
    float* data = nullptr;
    float* gradient = nullptr;
};

struct PlannedStep {
    std::string node;
    std::unique_ptr<Step> step;
    std::vector<std::size_t> inputs;
    std::size_t output = 0;
    std::vector<std::size_t> weights; ///< indices in the store
    std::uint64_t key = 0;            ///< of the node's random numbers
    bool fast = false;
    bool backward = false; ///< something upstream or in it learns
    /// Inputs whose gradient another reader has begun: this step's part goes to `extra` and is added.
    struct Addition {
        std::size_t port;
        float* extra;
        std::function<void()> run{};
    };
    std::vector<Addition> additions;
    std::vector<Addition> weightAdditions; ///< the same for a weight that a later layer shares; by its place
};

/// sum += part.
std::function<void()> additionOf(const Layout& layout, float* sum, const float* part) {
    if (!layout.isPlain()) return fast::addition(layout, sum, part);
    return [sum, part, n = layout.floats()] {
#pragma omp parallel for simd schedule(static) if (n > 1 << 15)
        for (std::int64_t i = 0; i < n; ++i)
            sum[i] += part[i];
    };
}

} // namespace

struct Plan::Impl {
    PlanOptions options;
    std::shared_ptr<ParameterStore> store;
    std::vector<Value> values;
    std::vector<PlannedStep> steps;
    std::size_t inputValue = 0, outputValue = 0;
    bool leftOut = false;
    bool mixed = false;
    std::shared_ptr<AlignedBuffer> memory = std::make_shared<AlignedBuffer>(); ///< of the values
    std::int64_t arenaFloats = 0;

    // Making.
    // ---------------------------------------------------------------------------------------------------
    Impl(const Graph& graph, const PlanOptions& o, std::shared_ptr<ParameterStore> shared)
        : options(o)
        , store(std::move(shared)) {
        const bool declare = !store;
        if (declare) store = std::make_shared<ParameterStore>();
        const GraphReport report = checkGraph(graph);
        mixed = options.fast && usesBfloat16(options.precision, report.macs * options.batch);
        addSteps(graph, report, declare);
        if (declare) options.measureOnly ? store->place() : store->allocate();
        placeAndBind();
    }

    std::size_t addValue(const Shape& shape, Layout layout, bool needsGradient) {
        values.push_back({shape, std::move(layout), values.size(), needsGradient, nullptr, nullptr});
        return values.size() - 1;
    }

    /// The value in `layout`: itself, or a copy that is made once however many read it.
    std::size_t inLayout(std::size_t value, const Layout& layout) {
        if (values[value].layout == layout) return value;
        for (const PlannedStep& s : steps)
            if (s.node.empty() && s.inputs[0] == value && values[s.output].layout == layout) return s.output;
        PlannedStep planned;
        planned.step = makeReorderStep(values[value].layout, layout);
        planned.inputs = {value};
        planned.output = addValue(values[value].shape, layout, values[value].needsGradient);
        planned.backward = values[value].needsGradient;
        if (planned.step->aliasesInput()) values[planned.output].root = values[value].root;
        steps.push_back(std::move(planned));
        return steps.back().output;
    }

    void addSteps(const Graph& graph, const GraphReport& report, bool declare) {
        std::map<NodeId, std::size_t> made;
        NodeId last = report.output;
        if (!options.leaveOut.empty() && graph.find(last)->type == options.leaveOut) {
            last = graph.inputsOf(last).front().from;
            leftOut = true;
        }
        for (const NodeId id : report.order) {
            const Node& node = *graph.find(id);
            if (leftOut && id == report.output) continue;
            const NodeReport& known = *report.find(id);
            if (id == report.input) {
                made[id] = inputValue =
                    addValue(*known.output, Layout::plainBatch(options.batch, *known.output), false);
                continue;
            }
            std::vector<std::size_t> sources;
            for (const Edge& e : graph.inputsOf(id))
                sources.push_back(made[e.from]);
            made[id] = addStep(graph, node, known, sources, declare, id == last);
        }
        outputValue = inLayout(made[last], Layout::plainBatch(options.batch, values[made[last]].shape));
    }

    std::size_t addStep(const Graph& graph, const Node& node, const NodeReport& known,
                        const std::vector<std::size_t>& sources, bool declare, bool last) {
        const LayerSchema& schema = *layerRegistry().find(node.type);
        const auto readers = graph.outputsOf(node.id);
        PlannedStep* before = nullptr;
        for (PlannedStep& s : steps)
            if (s.output == sources[0]) before = &s;
        if (node.type == "relu" && before && before->step->includesRelu()) return sources[0];

        const bool learns = std::any_of(known.weights.begin(), known.weights.end(),
                                        [](const auto& w) { return w.trainable; });
        LayerRequest request;
        request.batch = options.batch;
        request.training = options.training;
        request.mixed = mixed;
        request.inputs = known.inputs;
        request.output = *known.output;
        request.reluFollows = !last && readers.size() == 1 && graph.find(readers[0].to)->type == "relu";
        bool needsGradient = learns;
        for (const std::size_t source : sources) {
            request.inputLayouts.push_back(values[source].layout);
            request.inputGradients.push_back(options.training && values[source].needsGradient);
            needsGradient = needsGradient || values[source].needsGradient;
        }
        const NodeId from = graph.inputsOf(node.id).front().from;
        request.inputIsRelu = before && before->step->includesRelu() && graph.find(from)->type == "relu" &&
                              graph.outputsOf(from).size() == 1;
        PlannedStep planned;
        planned.node = node.name;
        planned.key = deriveKey(0, node.name);
        planned.backward = needsGradient;
        if (options.fast && schema.makeFast) planned.step = schema.makeFast(node.params, request);
        planned.fast = planned.step != nullptr;
        if (!planned.step) planned.step = makeReferenceStep(schema, node.params, request);
        if (planned.step->takesReluBackward()) before->step->leaveReluBackward();

        for (std::size_t i = 0; i < known.weights.size(); ++i) {
            if (const std::string& shared = known.weights[i].sharedWith; !shared.empty()) {
                planned.weights.push_back(store->find(shared));
                continue;
            }
            const std::string name = node.name + "." + known.weights[i].name;
            planned.weights.push_back(
                declare ? store->declare(name, known.weights[i], planned.step->weightLayout(i))
                        : store->find(name));
        }
        for (std::size_t i = 0; i < sources.size(); ++i)
            planned.inputs.push_back(inLayout(sources[i], planned.step->inputLayout(i)));
        planned.output = addValue(*known.output, planned.step->outputLayout(), needsGradient);
        if (planned.step->aliasesInput()) values[planned.output].root = values[planned.inputs[0]].root;
        const std::size_t output = planned.output;
        steps.push_back(std::move(planned));
        return output;
    }

    /// The value whose gradient's memory each value's gradient shares, by roots: a step that can write its
    /// input's gradient over its output's does so, where nobody still needs that.
    std::vector<std::size_t> gradientHomes() const {
        constexpr std::size_t never = ~std::size_t{0};
        std::vector<std::size_t> home(values.size()), producer(values.size(), never);
        std::vector<bool> begun(values.size(), false), shared(values.size(), false);
        for (std::size_t v = 0; v < values.size(); ++v)
            home[v] = v;
        const auto rootOf = [&](std::size_t value) { return values[value].root; };
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!steps[i].step->aliasesInput()) producer[rootOf(steps[i].output)] = i;
        }
        // One more than the last step before `step` that reads the value; 0: none does.
        const auto otherReaders = [&](std::size_t value, std::size_t step) {
            while (step > 0 && std::ranges::none_of(steps[step - 1].inputs,
                                                    [&](std::size_t in) { return rootOf(in) == value; }))
                --step;
            return step;
        };
        for (std::size_t i = steps.size(); i-- > 0;) {
            const PlannedStep& s = steps[i];
            if (!s.backward || s.step->aliasesInput()) continue;
            const std::size_t out = rootOf(s.output);
            std::vector<std::size_t> fit; // inputs that may take over the memory, the latest made first
            for (std::size_t port = 0; port < s.inputs.size(); ++port) {
                const std::size_t in = rootOf(s.inputs[port]);
                if (values[in].needsGradient && !begun[in] && !shared[out] && s.step->gradientInPlace(port) &&
                    values[s.inputs[port]].layout == values[s.output].layout)
                    fit.push_back(in);
                begun[in] = begun[in] || values[in].needsGradient;
            }
            std::ranges::sort(fit, [&](auto a, auto b) { return producer[a] > producer[b]; });
            if (fit.size() > 1 && fit[0] == fit[1]) fit.erase(fit.begin());
            if (fit.size() == 2 && otherReaders(fit[0], i) == 0 &&
                otherReaders(fit[1], i) <= producer[fit[0]] + 1) {
                // The first is read for the last time before anything is added to the second.
                home[fit[0]] = home[fit[1]] = home[out];
                shared[fit[0]] = true;
            } else if (!fit.empty()) {
                home[fit.back()] = home[out];
            }
        }
        return home;
    }

    /// Times: forward of step i is i, the loss is steps.size(), backward of step i is 2·steps.size() - i.
    void placeAndBind() {
        const int count = static_cast<int>(steps.size());
        const auto backwardTime = [&](int i) { return 2 * count - i; };
        struct Span {
            int first, last;
            void include(int time) {
                first = std::min(first, time);
                last = std::max(last, time);
            }
        };
        const std::vector<std::size_t> home = gradientHomes();
        const auto homeOf = [&](std::size_t value) { return home[values[value].root]; };
        std::vector<Span> dataSpan(values.size(), {0, 0}), gradientSpan(values.size(), {2 * count + 1, -1});
        std::vector<bool> made(values.size(), false);
        const auto use = [&](std::size_t value, int time) {
            const std::size_t root = values[value].root;
            if (!made[root]) dataSpan[root] = {time, time};
            made[root] = true;
            dataSpan[root].include(time);
        };
        use(inputValue, 0);
        for (int i = 0; i < count; ++i) {
            for (const std::size_t in : steps[i].inputs)
                use(in, i);
            use(steps[i].output, i);
            if (!options.training || !steps[i].backward) continue;
            for (std::size_t port = 0; port < steps[i].inputs.size(); ++port) {
                const std::size_t in = steps[i].inputs[port];
                if (steps[i].step->backwardReadsInput(port)) use(in, backwardTime(i));
                if (values[in].needsGradient) gradientSpan[homeOf(in)].include(backwardTime(i));
            }
            if (steps[i].step->backwardReadsOutput()) use(steps[i].output, backwardTime(i));
            gradientSpan[homeOf(steps[i].output)].include(backwardTime(i));
        }
        use(outputValue, count);
        if (options.training) gradientSpan[homeOf(outputValue)].include(count);

        std::vector<BufferUse> uses;
        std::vector<std::pair<float**, std::size_t>> targets;
        const auto want = [&](float** target, std::int64_t floats, Span span) {
            uses.push_back({floats, span.first, span.last});
            targets.emplace_back(target, uses.size() - 1);
        };
        const auto rootFloats = [&](std::size_t root) {
            std::int64_t floats = 0;
            for (const Value& v : values)
                if (v.root == root) floats = std::max(floats, v.layout.floats());
            return floats;
        };
        for (std::size_t v = 0; v < values.size(); ++v) {
            if (values[v].root != v) continue;
            want(&values[v].data, rootFloats(v), dataSpan[v]);
            if (home[v] == v && gradientSpan[v].last >= 0)
                want(&values[v].gradient, rootFloats(v), gradientSpan[v]);
        }
        float* scratch = nullptr;
        std::int64_t scratchFloats = 0;
        std::vector<float*> workspaces(steps.size(), nullptr);
        std::vector<bool> begun(values.size(), false), weightBegun(store->entries().size(), false);
        for (auto& s : steps)
            s.additions.reserve(s.inputs.size()), s.weightAdditions.reserve(s.weights.size());
        for (int i = count - 1; i >= 0; --i) {
            scratchFloats = std::max(scratchFloats, steps[i].step->scratchFloats());
            const int last = options.training && steps[i].backward ? backwardTime(i) : i;
            if (const auto floats = steps[i].step->workspaceFloats(); floats > 0)
                want(&workspaces[i], floats, {i, last});
            if (!options.training || !steps[i].backward || steps[i].step->aliasesInput()) continue;
            for (std::size_t place = 0; place < steps[i].weights.size(); ++place) {
                const std::size_t w = steps[i].weights[place];
                if (weightBegun[w]) {
                    steps[i].weightAdditions.push_back({place, nullptr, {}});
                    want(&steps[i].weightAdditions.back().extra, store->entries()[w].layout.floats(),
                         {backwardTime(i), backwardTime(i)});
                }
                weightBegun[w] = true;
            }
            for (std::size_t port = 0; port < steps[i].inputs.size(); ++port) {
                const Value& in = values[steps[i].inputs[port]];
                if (!in.needsGradient) continue;
                if (begun[in.root]) {
                    steps[i].additions.push_back({port, nullptr});
                    want(&steps[i].additions.back().extra, in.layout.floats(),
                         {backwardTime(i), backwardTime(i)});
                }
                begun[in.root] = true;
            }
        }
        if (scratchFloats > 0) want(&scratch, scratchFloats, {0, 2 * count + 1});

        const ArenaPlan plan = planArena(uses);
        arenaFloats = plan.floats;
        if (options.measureOnly) return;
        const auto& shared = options.sharesArenaOf ? options.sharesArenaOf->impl_->memory : nullptr;
        if (shared && shared->size() >= static_cast<std::size_t>(plan.floats))
            memory = shared;
        else
            memory = std::make_shared<AlignedBuffer>(static_cast<std::size_t>(plan.floats));
        const std::span<float> arena = memory->span();
        for (const auto& [target, index] : targets)
            *target = arena.data() + plan.offsets[index];
        std::vector<float*> gradients;
        for (std::size_t v = 0; v < values.size(); ++v)
            gradients.push_back(values[v].needsGradient ? values[homeOf(v)].gradient : nullptr);
        for (std::size_t v = 0; v < values.size(); ++v) {
            values[v].data = values[values[v].root].data;
            values[v].gradient = gradients[v];
        }
        for (std::size_t i = 0; i < steps.size(); ++i)
            bindStep(steps[i], workspaces[i], scratch);
    }

    void bindStep(PlannedStep& s, float* workspace, float* scratch) {
        StepBinding b;
        for (const std::size_t in : s.inputs) {
            b.inputs.push_back(values[in].data);
            b.inputGradients.push_back(options.training && s.backward ? values[in].gradient : nullptr);
        }
        for (auto& addition : s.additions) {
            const Value& in = values[s.inputs[addition.port]];
            b.inputGradients[addition.port] = addition.extra;
            addition.run = additionOf(in.layout, in.gradient, addition.extra);
        }
        b.output = values[s.output].data;
        b.outputGradient = options.training && s.backward ? values[s.output].gradient : nullptr;
        for (const std::size_t w : s.weights) {
            b.weights.push_back(store->value(w));
            b.weightGradients.push_back(options.training ? store->gradient(w) : nullptr);
            b.weightLayouts.push_back(store->entries()[w].layout);
        }
        for (auto& addition : s.weightAdditions) {
            float*& gradient = b.weightGradients[addition.port];
            addition.run = additionOf(b.weightLayouts[addition.port], std::exchange(gradient, addition.extra),
                                      addition.extra);
        }
        b.weightsVersion = &store->version();
        b.workspace = workspace;
        b.scratch = scratch;
        s.step->bind(b);
    }

    // Running.
    // --------------------------------------------------------------------------------------------------
    void forward(std::uint64_t seed) {
        for (PlannedStep& s : steps)
            s.step->forward(deriveKey(seed, s.key));
    }
    void backward() {
        for (auto s = steps.rbegin(); s != steps.rend(); ++s) {
            if (!s->backward) continue;
            s->step->backward();
            for (const auto& addition : s->additions)
                addition.run();
            for (const auto& addition : s->weightAdditions)
                addition.run();
        }
    }
};

Result<std::unique_ptr<Plan>> Plan::make(const Graph& graph, const PlanOptions& options,
                                         std::shared_ptr<ParameterStore> store) {
    for (const Diagnostic& d : checkGraph(graph).diagnostics)
        if (d.severity == Severity::Error) return refuse(d);
    return std::unique_ptr<Plan>(new Plan(std::make_unique<Impl>(flatten(graph), options, std::move(store))));
}

Plan::Plan(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
Plan::~Plan() = default;

std::int64_t Plan::batch() const {
    return impl_->options.batch;
}
const std::shared_ptr<ParameterStore>& Plan::store() const {
    return impl_->store;
}
bool Plan::mixed() const {
    return impl_->mixed;
}
bool Plan::leftOut() const {
    return impl_->leftOut;
}

PlanMemory Plan::memory() const {
    const auto bytes = [](std::size_t floats) { return static_cast<std::int64_t>(floats * sizeof(float)); };
    const ParameterStore& store = *impl_->store;
    return {bytes(store.trainableFloats() + store.statisticFloats()), bytes(store.trainableFloats()),
            bytes(static_cast<std::size_t>(impl_->arenaFloats))};
}

Tensor<float> Plan::input() const {
    const Value& v = impl_->values[impl_->inputValue];
    return {v.data, v.shape, impl_->options.batch};
}

Tensor<float> Plan::output() const {
    const Value& v = impl_->values[impl_->outputValue];
    return {v.data, v.shape, impl_->options.batch};
}

Tensor<float> Plan::outputGradient() const {
    const Value& v = impl_->values[impl_->outputValue];
    return {v.gradient, v.shape, impl_->options.batch};
}

void Plan::forward(std::uint64_t seed) {
    impl_->forward(seed);
}
void Plan::backward() {
    impl_->backward();
}

std::optional<std::string> Plan::firstNonFinite(std::uint64_t seed) {
    for (PlannedStep& s : impl_->steps) {
        s.step->forward(deriveKey(seed, s.key));
        if (s.node.empty()) continue;
        const Layout& layout = impl_->values[s.output].layout;
        const Layout plain = Layout::plain(layout.dims());
        std::vector<float> values(static_cast<std::size_t>(plain.floats()));
        reorder(layout, impl_->values[s.output].data, plain, values.data());
        for (const float v : values)
            if (!std::isfinite(v)) return s.node;
    }
    return std::nullopt;
}

std::vector<Plan::StepInfo> Plan::steps() const {
    std::vector<StepInfo> infos;
    for (const PlannedStep& s : impl_->steps)
        infos.push_back({s.node.empty() ? "(reorder)" : s.node, s.fast});
    return infos;
}

} // namespace burdock
