#include "engine/plan/plan.h"

#include "engine/plan/frozen_cut.h"
#include "engine/plan/placement.h"
#include "engine/tensor/finite.h"
#include "engine/tensor/random.h"
#include "engine/tensor/saturated.h"

#include <algorithm>
#include <optional>

namespace burdock {

namespace {

/// Whether the store holds every weight of the network.
Status checkStore(const CheckedNetwork& network, const ParameterStore& store) {
    const auto another = [](std::string where) {
        Diagnostic d;
        d.code = "weights.mismatch";
        d.where = std::move(where);
        d.what = "The weights are those of another network.";
        d.mend = "Use weights of a network with the same layers.";
        return refuse(std::move(d));
    };
    std::vector<bool> used(store.entries().size(), false);
    for (const CheckedStep& step : network.steps())
        for (std::size_t i = 0; i < step.weights.size(); ++i) {
            const std::size_t at = store.find(step.weights[i]);
            if (at == ParameterStore::npos || store.entries()[at].spec.dims != step.layer->weights[i].dims)
                return another(step.weights[i]);
            used[at] = true;
        }
    for (std::size_t i = 0; i < used.size(); ++i)
        if (!used[i]) return another(store.entries()[i].name);
    return {};
}

bool isFinite(const PlannedValue& value) {
    const Layout& layout = value.layout;
    const auto floats = static_cast<std::size_t>(layout.floats());
    if (!layout.isBfloat16()) return allFinite({value.data, floats});
    // Two in a float, and nobody's behind an odd number of them.
    const std::int64_t values = Layout::plain(layout.dims()).floats();
    const std::size_t held = 2 * floats - static_cast<std::size_t>(values % 2);
    return allFiniteBfloat16({reinterpret_cast<const std::uint16_t*>(value.data), held});
}

} // namespace

struct Plan::Impl {
    PlanOptions options;
    std::shared_ptr<ParameterStore> store;
    PlannedSteps planned;
    std::vector<Timeline::Turn> turns;                                         ///< after the loss
    std::shared_ptr<AlignedBuffer> memory = std::make_shared<AlignedBuffer>(); ///< of the values
    std::int64_t arenaFloats = 0;
    std::uint64_t seed = 0; ///< of the last forward
    std::vector<FrozenCut> cuts;
    std::optional<CutFeatures> features; ///< of a parted plan

    Impl(const CheckedNetwork& network, const PlanOptions& o, std::shared_ptr<ParameterStore> shared)
        : options(o)
        , store(std::move(shared)) {
        const bool declares = !store;
        if (declares) store = std::make_shared<ParameterStore>();
        planned = planSteps(network, options, *store, declares);
        if (declares) store->place();
        Placement placement(planned, *store, options);
        turns = placement.timeline().turns;
        arenaFloats = placement.floats();
        cuts = frozenCutsOf(network, planned, options, turns);
        if (options.measureOnly) return;
        if (declares) store->allocate();
        store->allocateCopies();
        const auto& lent = options.sharesArenaOf ? options.sharesArenaOf->impl_->memory : nullptr;
        constexpr std::int64_t size = sizeof(float);
        const auto floats =
            static_cast<std::size_t>(std::max(arenaFloats, (options.leastArena + size - 1) / size));
        memory = lent && lent->size() >= floats ? lent : std::make_shared<AlignedBuffer>(floats);
        placement.bind(memory->data());
    }

    /// Of the steps first … end-1; calls done(step) after each.
    void forward(std::uint64_t key, std::size_t first, std::size_t end, const auto& done) {
        seed = key;
        for (std::size_t i = first; i < end; ++i) {
            const PlannedStep& s = planned.steps[i];
            s.step->forward(deriveKey(seed, s.key));
            done(s);
        }
    }
    void forward(std::uint64_t key, const auto& done) { forward(key, 0, planned.steps.size(), done); }
    void forwardHead(std::uint64_t key, const auto& done) {
        features->giveBack();
        forward(key, features->steps(), planned.steps.size(), done);
    }
    /// Notes in `first` the step if it is the first whose output is not finite.
    auto watch(std::optional<std::string>& first) const {
        return [this, &first](const PlannedStep& s) {
            if (!first && !s.node.empty() && !isFinite(planned.values[s.output])) first = s.node;
        };
    }
    std::optional<std::string> watchedForward(std::uint64_t key, std::size_t end) {
        std::optional<std::string> first;
        if (!planned.steps.empty() && !isFinite(planned.values[planned.inputValue]))
            first = planned.steps.front().node;
        forward(key, 0, end, watch(first));
        return first;
    }
    void backward() {
        for (const Timeline::Turn turn : turns) {
            const PlannedStep& s = planned.steps[turn.step];
            if (turn.again) {
                s.step->forwardAgain(deriveKey(seed, s.key));
                continue;
            }
            s.step->backward();
            for (const auto* staged : {&s.stagedInputs, &s.stagedWeights})
                for (const auto& gradient : *staged)
                    if (gradient.isKept) gradient.commit();
        }
    }
};

Result<std::unique_ptr<Plan>> Plan::make(const CheckedNetwork& network, const PlanOptions& options,
                                         std::shared_ptr<ParameterStore> store) {
    if (store)
        if (const Status same = checkStore(network, *store); !same) return refuse(same.error());
    return std::unique_ptr<Plan>(new Plan(std::make_unique<Impl>(network, options, std::move(store))));
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
    return impl_->planned.mixed;
}
bool Plan::recomputes() const {
    return std::ranges::any_of(impl_->turns, &Timeline::Turn::again);
}

PlanMemory Plan::memory() const {
    const auto bytes = [](std::size_t floats) {
        return saturatedProduct(static_cast<std::int64_t>(floats), sizeof(float));
    };
    const ParameterStore& store = *impl_->store;
    return {bytes(store.floats()), bytes(store.copyFloats()), bytes(store.learningFloats()),
            bytes(static_cast<std::size_t>(impl_->arenaFloats))};
}

Tensor<float> Plan::input() const {
    const PlannedValue& v = impl_->planned.values[impl_->planned.inputValue];
    return {v.data, v.shape, impl_->options.batch};
}

void Plan::fillInput(const float* inputs, std::int64_t samples) {
    const Tensor<float> to = input();
    const std::int64_t width = to.shape.size();
    std::copy_n(inputs, samples * width, to.data);
    for (std::int64_t i = samples; i < to.batch; ++i)
        std::copy_n(to.data + (samples - 1) * width, width, to.data + i * width);
}

Tensor<float> Plan::output() const {
    const PlannedValue& v = impl_->planned.values[impl_->planned.outputValue];
    return {v.data, v.shape, impl_->options.batch};
}

Tensor<float> Plan::outputGradient() const {
    const PlannedValue& v = impl_->planned.values[impl_->planned.outputValue];
    return {v.gradient, v.shape, impl_->options.batch};
}

void Plan::forward(std::uint64_t seed) {
    impl_->forward(seed, [](const PlannedStep&) {});
}
void Plan::backward() {
    impl_->backward();
}

std::optional<std::string> Plan::watchedForward(std::uint64_t seed) {
    return impl_->watchedForward(seed, impl_->planned.steps.size());
}

const std::vector<FrozenCut>& Plan::frozenCuts() const {
    return impl_->cuts;
}

void Plan::partAt(const FrozenCut& cut) {
    impl_->features.emplace(cut, impl_->planned, impl_->options.batch);
}

std::span<float> Plan::features() const {
    return impl_->features->values();
}

void Plan::forwardBody(std::uint64_t seed) {
    impl_->forward(seed, 0, impl_->features->steps(), [](const PlannedStep&) {});
    impl_->features->take();
}

std::optional<std::string> Plan::watchedBody(std::uint64_t seed) {
    auto first = impl_->watchedForward(seed, impl_->features->steps());
    impl_->features->take();
    return first;
}

void Plan::forwardHead(std::uint64_t seed) {
    impl_->forwardHead(seed, [](const PlannedStep&) {});
}

std::optional<std::string> Plan::watchedHead(std::uint64_t seed) {
    std::optional<std::string> first;
    impl_->forwardHead(seed, impl_->watch(first));
    return first;
}

void Plan::probedForward(const Probe& probe, std::uint64_t seed) {
    const PlannedSteps& planned = impl_->planned;
    impl_->forward(seed, [&](const PlannedStep& s) {
        const PlannedValue& made = planned.values[s.output];
        if (!s.node.empty() && made.layout.isPlain())
            probe(s.node, {made.data, made.shape, impl_->options.batch});
    });
}

std::vector<NodeKernel> Plan::kernels() const {
    const auto precision = [](const Layout& l) { return l.isBfloat16() ? "bf16" : "f32"; };
    const auto change = [](const std::string& from, const std::string& to) {
        return from == to ? from : from + " → " + to;
    };
    std::vector<NodeKernel> all;
    for (const PlannedStep& s : impl_->planned.steps) {
        if (!s.computes()) {
            if (!s.node.empty()) all.push_back({.node = s.node});
            continue;
        }
        const Layout in = s.step->inputLayout(0), out = s.step->outputLayout();
        all.push_back({.node = s.node,
                       .use = s.use,
                       .implementation = s.step->implementation(),
                       .order = change(in.order(), out.order()),
                       .precision = change(precision(in), precision(out))});
        for (const auto& [node, into] : impl_->planned.included)
            if (!into.empty() && into == s.node) all.push_back({.node = node, .includedIn = into});
    }
    for (const auto& [node, into] : impl_->planned.included)
        if (into.empty()) all.push_back({.node = node, .includedIn = "the loss"});
    return all;
}

} // namespace burdock
