#pragma once

#include "layer_bench.h"

#include "engine/kernels/kernel_registry.h"
#include "engine/layers/operations.h"
#include "engine/plan/parameter_store.h"
#include "engine/tensor/aligned_buffer.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace burdock::testing {

inline constexpr std::int64_t batch = 3;

/// A step with memory of its own in the layouts it asks for, filled from plain arrays and read back as such.
class StepRunner {
  public:
    StepRunner(std::unique_ptr<Step> step, std::vector<WeightSpec> specs, LayerRequest request)
        : request_(std::move(request))
        , specs_(std::move(specs))
        , step_(std::move(step)) {}

    struct Way {
        bool read = true;   ///< false: nobody reads the first output of several, as its gradient tells
        bool again = false; ///< output and workspace are given up after forward, which runs once more
        std::ptrdiff_t inPlace = -1; ///< the input whose gradient takes the memory of the output's, if any
    };
    void run(LayerBench<float>& values) { run(values, Way{}); }
    void run(LayerBench<float>& values, Way way) {
        StepBinding b;
        ParameterStore store;
        for (std::size_t i = 0; i < specs_.size(); ++i) {
            store.declare(specs_[i].name, specs_[i], step_->weightLayout(i));
            b.weightCopies.emplace_back();
            for (const Layout& wanted : step_->weightCopies(i))
                b.weightCopies.back().push_back(store.copyOf(i, wanted));
        }
        store.allocate();
        store.allocateCopies();
        for (std::size_t i = 0; i < request_.inputs.size(); ++i) {
            b.inputs.push_back(keep(plainInput(i), values.inputs()[i].data(), step_->inputLayout(i)));
            b.inputGradients.push_back(request_.inputGradients[i] ? empty(step_->inputLayout(i)) : nullptr);
        }
        for (std::size_t i = 0; i < specs_.size(); ++i) {
            b.weights.push_back(store.value(i));
            b.weightGradients.push_back(request_.training && !request_.frozen ? store.gradient(i) : nullptr);
            reorder(Layout::plain(specs_[i].dims), values.weights()[i].data(), store.entries()[i].layout,
                    store.value(i));
        }
        b.output = step_->aliasesInput() ? b.inputs[0] : empty(step_->outputLayout());
        if (request_.training && way.read)
            b.outputGradient = keep(plainOutput(), outputGradient(values), step_->outputLayout());
        if (step_->aliasesInput()) b.inputGradients[0] = b.outputGradient;
        if (way.inPlace >= 0) b.inputGradients[static_cast<std::size_t>(way.inPlace)] = b.outputGradient;
        const Pass<float> pass = values.pass(request_.training);
        for (std::size_t i = 0; i < request_.moreOutputs.size(); ++i) {
            const Layout layout = Layout::plainBatch(request_.batch, request_.moreOutputs[i]);
            b.moreOutputs.push_back(empty(layout));
            b.moreOutputGradients.push_back(
                request_.training ? keep(layout, pass.moreOutputGradients[i].data, layout) : nullptr);
        }
        b.workspace = empty(Layout::plain({step_->workspaceFloats()}));
        b.scratch = empty(Layout::plain({step_->scratchFloats()}));
        step_->bind(b);
        step_->forward(values.pass().seed);
        if (way.again) {
            spoil(b.workspace, step_->workspaceFloats());
            if (!step_->aliasesInput()) spoil(b.output, step_->outputLayout().floats());
            step_->forwardAgain(values.pass().seed);
        }
        notePadding(step_->outputLayout(), b.output);
        values.output().fill(-77);
        reorder(step_->outputLayout(), b.output, plainOutput(), values.output().data());
        for (std::size_t i = 0; i < b.moreOutputs.size(); ++i)
            std::copy_n(b.moreOutputs[i], values.moreOutputs()[i].values().size(),
                        values.moreOutputs()[i].data());
        for (std::size_t i = 0; i < specs_.size(); ++i) // running statistics change in forward
            reorder(store.entries()[i].layout, b.weights[i], Layout::plain(specs_[i].dims),
                    values.weights()[i].data());
        if (!request_.training) return;
        step_->backward();
        for (std::size_t i = 0; i < request_.inputs.size(); ++i)
            if (b.inputGradients[i]) {
                notePadding(step_->inputLayout(i), b.inputGradients[i]);
                reorder(step_->inputLayout(i), b.inputGradients[i], plainInput(i),
                        values.inputGradients()[i].data());
            }
        for (std::size_t i = 0; i < specs_.size(); ++i)
            if (b.weightGradients[i])
                reorder(store.entries()[i].layout, b.weightGradients[i], Layout::plain(specs_[i].dims),
                        values.weightGradients()[i].data());
    }

    /// Whether nothing was written before or behind the memory that the step asked for. No sanitizer sees
    /// what generated code writes.
    bool intact() const {
        return std::ranges::all_of(memory_, [](const Fenced& m) {
            const float *const first = m.buffer.data(), *const behind = first + fence + m.floats;
            return std::count(first, first + fence, untouched) == fence &&
                   std::count(behind, behind + fence, untouched) == fence;
        });
    }

    /// Whether what fills up the formats of outputs and of inputs' gradients is zero, for products take it
    /// in.
    bool isPadded() const { return padded_; }

  private:
    static constexpr std::ptrdiff_t fence = 256;
    static constexpr float untouched = -12345.0f;
    struct Fenced {
        AlignedBuffer buffer;
        std::size_t floats;
    };

    void notePadding(const Layout& layout, const float* values) {
        const Layout plain = Layout::plain(layout.dims());
        std::vector<float> between(static_cast<std::size_t>(plain.floats())),
            padded(static_cast<std::size_t>(layout.floats()));
        reorder(layout, values, plain, between.data());
        reorder(plain, between.data(), layout, padded.data());
        // Half of the last word may belong to nothing.
        padded_ = padded_ && std::memcmp(values, padded.data(), sizeof(float) * (padded.size() - 1)) == 0;
    }
    static void spoil(float* memory, std::int64_t floats) {
        std::fill_n(memory, floats, std::numeric_limits<float>::quiet_NaN());
    }
    Layout plainInput(std::size_t i) const { return Layout::plainBatch(request_.batch, request_.inputs[i]); }
    Layout plainOutput() const { return Layout::plainBatch(request_.batch, request_.output); }
    static const float* outputGradient(LayerBench<float>& values) {
        return values.pass().outputGradient.data;
    }
    float* empty(const Layout& layout) {
        const auto floats = static_cast<std::size_t>(std::max<std::int64_t>(layout.floats(), 0));
        Fenced& made = memory_.emplace_back(AlignedBuffer(fence + floats + fence), floats);
        spoil(made.buffer.data() + fence, static_cast<std::int64_t>(floats)); // as a plan's memory is
        std::fill_n(made.buffer.data(), fence, untouched);
        std::fill_n(made.buffer.data() + fence + floats, fence, untouched);
        return made.buffer.data() + fence;
    }
    float* keep(const Layout& from, const float* values, const Layout& to) {
        float* const target = empty(to);
        reorder(from, values, to, target);
        return target;
    }

    LayerRequest request_;
    std::vector<WeightSpec> specs_;
    std::unique_ptr<Step> step_;
    std::vector<Fenced> memory_;
    bool padded_ = true;
};

inline LayerRequest requestFor(const LayerSchema& schema, const LayerSample& sample, bool training,
                               bool mixed = false) {
    return burdock::requestFor(schema, sample, batch, training, mixed);
}

inline KernelOffer offerOf(const KernelEntry& entry, const LayerSchema& schema, const LayerSample& sample,
                           const LayerRequest& request) {
    return makeStep(entry, schema, sample.params, request);
}

/// The format in which a convolution would hand over maps of this shape.
inline Layout blockedLayout(const Shape& shape, bool mixed = false) {
    LayerRequest r;
    r.mixed = mixed;
    r.batch = batch;
    r.training = true;
    r.inputs = {shape};
    r.output = shape;
    r.inputLayouts = {Layout::plainBatch(batch, shape)};
    r.inputGradients = {true};
    const Window window = resolveWindow(shape, {1, 1}, {1, 1}, {1, 1}, Padding::Same, {0, 0});
    const auto conv = chooseKernel(operation::Convolution{shape.channels, 1, true, window}, r).step;
    return conv ? conv->outputLayout() : r.inputLayouts[0];
}

} // namespace burdock::testing
