#include "engine/plan/trial_step.h"

#include "engine/kernels/reference/reference_step.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace burdock {
namespace {

using Kind = TrialMemory::Kind;

/// Two values of bfloat16 a float, of which the upper one is the float's as well.
void fillByChance(std::span<float> values) {
    constexpr std::size_t period = 4096;
    for (std::size_t i = 0; i < std::min(period, values.size()); ++i) {
        const auto half = [&](std::uint64_t counter) {
            const auto value = static_cast<float>(2 * randomUniform(1, counter) - 1);
            return std::bit_cast<std::uint32_t>(value) >> 16;
        };
        values[i] = std::bit_cast<float>(half(2 * i) << 16 | half(2 * i + 1));
    }
    for (std::size_t first = period; first < values.size(); first += period)
        std::copy_n(values.begin(), std::min(period, values.size() - first),
                    values.begin() + static_cast<std::ptrdiff_t>(first));
}

} // namespace

void TrialMemory::want(Kind kind, std::size_t place, std::int64_t floats) {
    std::int64_t& most = wanted_[{kind, place}];
    most = std::max(most, floats);
}

std::int64_t TrialMemory::floats() const {
    std::int64_t sum = 0;
    for (const auto& [buffer, floats] : wanted_)
        sum += floats;
    return sum;
}

void TrialMemory::allocate() {
    for (const auto& [buffer, floats] : wanted_) {
        AlignedBuffer& made = buffers_[buffer] = AlignedBuffer(static_cast<std::size_t>(floats));
        fillByChance(made.span());
    }
}

TrialStep::TrialStep(Step& step, const CheckedLayer& layer, const LayerRequest& request, const Layout& handed,
                     TrialMemory& memory)
    : step_(step)
    , request_(request)
    , learns_(request.training &&
              (std::ranges::count(request.inputGradients, true) > 0 ||
               (!request.frozen && std::ranges::any_of(layer.weights, &WeightSpec::isParameter)))) {
    for (std::size_t i = 0; i < layer.weights.size(); ++i) {
        WeightSpec spec = layer.weights[i];
        spec.maxNorm = 0; // the store would keep it plain, and the gradient lies as the step makes it
        store_.declare(std::to_string(i), std::move(spec), step.weightLayout(i), request.frozen);
        binding_.weightCopies.emplace_back();
        for (const Layout& wanted : step.weightCopies(i))
            binding_.weightCopies.back().push_back(store_.copyOf(i, wanted));
    }
    store_.place();
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const Layout &comes = request.inputLayouts[i], read = step.inputLayout(i);
        memory.want(Kind::Source, i, comes.floats());
        if (request.inputGradients[i]) memory.want(Kind::SourceGradient, i, comes.floats());
        copies_.push_back(comes == read ? nullptr : makeReorderStep(comes, read));
        if (!copies_.back()) continue;
        memory.want(Kind::Input, i, read.floats());
        if (request.inputGradients[i]) memory.want(Kind::InputGradient, i, read.floats());
    }
    wantOutputs(memory);
    if (step.outputLayout() != handed) {
        handing_ = makeReorderStep(step.outputLayout(), handed);
        memory.want(Kind::Handed, 0, handed.floats());
        if (learns_) memory.want(Kind::HandedGradient, 0, handed.floats());
    }
    memory.want(Kind::Workspace, 0, step.workspaceFloats());
    memory.want(Kind::Scratch, 0, step.scratchFloats());
}

std::int64_t TrialStep::weightFloats() const {
    return static_cast<std::int64_t>(store_.floats() + store_.learningFloats() + store_.copyFloats());
}

void TrialStep::wantOutputs(TrialMemory& memory) const {
    std::vector<Layout> layouts{step_.outputLayout()};
    for (const Shape& shape : request_.moreOutputs)
        layouts.push_back(Layout::plainBatch(request_.batch, shape));
    for (std::size_t i = 0; i < layouts.size(); ++i) {
        memory.want(Kind::Output, i, layouts[i].floats());
        if (learns_) memory.want(Kind::OutputGradient, i, layouts[i].floats());
    }
}

void TrialStep::bindInput(std::size_t place, const TrialMemory& memory) {
    const bool gradient = request_.inputGradients[place];
    const auto at = [&](Kind values) { return memory.at(values, place); };
    float *values = at(Kind::Source), *slopes = gradient ? at(Kind::SourceGradient) : nullptr;
    if (Step* const copy = copies_[place].get()) {
        StepBinding b;
        b.inputs = {std::exchange(values, at(Kind::Input))};
        b.inputGradients = {gradient ? std::exchange(slopes, at(Kind::InputGradient)) : nullptr};
        b.output = values;
        b.outputGradient = slopes;
        copy->bind(b);
    }
    binding_.inputs.push_back(values);
    binding_.inputGradients.push_back(slopes);
}

void TrialStep::bind(const TrialMemory& memory) {
    store_.allocate();
    store_.allocateCopies();
    for (std::size_t i = 0; i < store_.entries().size(); ++i) {
        const std::span<float> values(store_.value(i), store_.entries()[i].floats);
        if (store_.entries()[i].spec.isParameter())
            fillByChance(values);
        else
            std::ranges::fill(values, 1.0f); // a variance, for one, is positive
        binding_.weights.push_back(values.data());
        binding_.weightGradients.push_back(learns_ ? store_.gradient(i) : nullptr);
    }
    for (std::size_t i = 0; i < request_.inputs.size(); ++i)
        bindInput(i, memory);
    binding_.output = memory.at(Kind::Output);
    if (learns_) binding_.outputGradient = memory.at(Kind::OutputGradient);
    for (std::size_t i = 1; i <= request_.moreOutputs.size(); ++i) {
        binding_.moreOutputs.push_back(memory.at(Kind::Output, i));
        binding_.moreOutputGradients.push_back(learns_ ? memory.at(Kind::OutputGradient, i) : nullptr);
    }
    if (handing_) {
        StepBinding b;
        b.inputs = {binding_.output};
        b.inputGradients = {binding_.outputGradient};
        b.output = memory.at(Kind::Handed);
        if (learns_) b.outputGradient = memory.at(Kind::HandedGradient);
        handing_->bind(b);
    }
    binding_.workspace = memory.at(Kind::Workspace);
    binding_.scratch = memory.at(Kind::Scratch);
    step_.bind(binding_);
}

void TrialStep::run() {
    if (request_.training && !request_.frozen) store_.changed(); // as after a step of training
    for (const auto& copy : copies_)
        if (copy) copy->forward(0);
    step_.forward(0);
    if (handing_) handing_->forward(0);
    if (!learns_) return;
    if (handing_) handing_->backward();
    step_.backward();
    for (std::size_t i = 0; i < copies_.size(); ++i)
        if (copies_[i] && request_.inputGradients[i]) copies_[i]->backward();
}

} // namespace burdock
