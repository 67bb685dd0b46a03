#include "engine/plan/planned_steps.h"

#include "engine/kernels/reference/reference_step.h"
#include "engine/plan/kernel_trials.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <unordered_map>

namespace burdock {
namespace {

class StepsMaker {
  public:
    StepsMaker(const CheckedNetwork& network, const PlanOptions& options, ParameterStore& store,
               bool declares)
        : network_(network)
        , options_(options)
        , store_(store)
        , declares_(declares) {}

    PlannedSteps make() {
        made_.mixed = options_.fast && usesBfloat16(options_.precision, network_.macs(options_.batch));
        const std::vector<CheckedStep>& steps = network_.steps();
        std::vector<std::vector<std::size_t>> values(steps.size()); // of each step's outputs
        StepOutput last = network_.outputValue();
        if (options_.leaveOut != OutputFunction::None &&
            network_.outputStep().layer->schema->outputFunction == options_.leaveOut)
            last = network_.outputStep().inputs.front();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (last.step != network_.output() && i == network_.output()) {
                made_.included.push_back({steps[i].name, ""});
                continue;
            }
            if (i == network_.input()) {
                const Shape& shape = network_.inputShape();
                made_.inputValue = addValue(shape, Layout::plainBatch(options_.batch, shape), false);
                values[i] = {made_.inputValue};
                continue;
            }
            std::vector<std::size_t> sources;
            for (const StepOutput& source : steps[i].inputs)
                sources.push_back(values[source.step][static_cast<std::size_t>(source.output)]);
            values[i] = addStep(i, sources, last);
        }
        const std::size_t output = values[last.step][static_cast<std::size_t>(last.output)];
        made_.outputValue = inLayout(output, Layout::plainBatch(options_.batch, made_.values[output].shape));
        return std::move(made_);
    }

  private:
    std::size_t addValue(const Shape& shape, Layout layout, bool needsGradient) {
        const std::size_t root = made_.values.size();
        made_.values.push_back({shape, std::move(layout), root, needsGradient, nullptr, nullptr});
        return root;
    }

    /// Its output is value `output`; shares the memory of its first input where there is nothing to compute.
    void addPlanned(PlannedStep planned) {
        if (!planned.computes()) made_.values[planned.output].root = made_.values[planned.inputs[0]].root;
        made_.steps.push_back(std::move(planned));
    }

    /// The value in `layout`: itself, or a copy that is made once however many read it.
    std::size_t inLayout(std::size_t value, const Layout& layout) {
        const PlannedValue source = made_.values[value];
        if (source.layout == layout) return value;
        for (auto s = made_.steps.rbegin(); s != made_.steps.rend() && s->output != value; ++s)
            if (s->node.empty() && s->inputs[0] == value && made_.values[s->output].layout == layout)
                return s->output;
        PlannedStep planned;
        planned.step = makeReorderStep(source.layout, layout);
        planned.inputs = {value};
        planned.output = addValue(source.shape, layout, source.needsGradient);
        planned.backward = source.needsGradient;
        addPlanned(std::move(planned));
        return made_.steps.back().output;
    }

    PlannedStep* producerOf(std::size_t value) {
        const auto it = std::find_if(made_.steps.rbegin(), made_.steps.rend(),
                                     [&](const PlannedStep& s) { return s.output == value; });
        return it == made_.steps.rend() ? nullptr : &*it;
    }

    bool isRelu(std::size_t step) const { return network_.steps()[step].layer->schema->rectifies; }

    /// Of a ReLU that another kernel includes: whether its value has one reader, which it has not where a
    /// ReLU before it gives the same value to others.
    bool isReadOnce(std::size_t step) const {
        const CheckedStep& of = network_.steps()[step];
        return of.readers.size() == 1 && (!isRelu(step) || isReadOnce(of.inputs[0].step));
    }

    /// Also where all its weights are those of frozen steps.
    bool isFrozen(const CheckedStep& step) const {
        if (step.frozen || step.weights.empty()) return step.frozen;
        return std::ranges::all_of(step.weights, [&](const std::string& name) {
            const std::size_t owner = store_.find(name);
            return owner != ParameterStore::npos && store_.entries()[owner].frozen;
        });
    }

    LayerRequest requestFor(const CheckedStep& step, const std::vector<std::size_t>& sources, bool last) {
        const PlannedStep* const before = sources.empty() ? nullptr : producerOf(sources[0]);
        LayerRequest request;
        request.batch = options_.batch;
        request.training = options_.training;
        request.frozen = isFrozen(step);
        request.mixed = made_.mixed;
        request.inputs = step.layer->inputs;
        request.output = step.layer->output();
        request.moreOutputs.assign(step.layer->outputs.begin() + 1, step.layer->outputs.end());
        for (const std::size_t source : sources) {
            request.inputLayouts.push_back(made_.values[source].layout);
            request.inputGradients.push_back(options_.training && made_.values[source].needsGradient);
        }
        request.reluFollows =
            !last && step.layer->outputs.size() == 1 && step.readers.size() == 1 && isRelu(step.readers[0]);
        request.inputIsRelu = before && before->step->includesRelu() && isRelu(step.inputs[0].step) &&
                              isReadOnce(step.inputs[0].step);
        return request;
    }

    /// A step that is only measured is never bound, and serves all layers that ask for the same: thousands of
    /// oneDNN's descriptions take time and memory.
    void chooseStep(PlannedStep& planned, const CheckedLayer& layer, const LayerRequest& request) {
        std::size_t key = std::hash<const void*>()(layer.schema);
        for (const std::int64_t part : {request.output.size(), layer.parameters, layer.macs})
            key = 31 * key + static_cast<std::size_t>(part);
        const auto [first, end] = measured_.equal_range(key);
        const auto same = std::find_if(first, end, [&](const auto& entry) {
            const Measured& m = entry.second;
            return m.layer->schema == layer.schema && m.layer->params == layer.params && m.request == request;
        });
        if (same != end) {
            planned.step = same->second.step;
            planned.use = same->second.use;
            return;
        }
        const bool mayTry = !options_.measureOnly || options_.tries;
        KernelChoice choice = options_.fast && !options_.byRule
                                  ? kernelTrials().choose(layer, request, mayTry)
                                  : chooseKernel(*layer.schema, layer.params, request, options_.fast);
        planned.step = std::move(choice.step);
        planned.use = std::move(choice.use);
        if (options_.measureOnly)
            measured_.emplace(key, Measured{&layer, request, planned.step, planned.use});
    }

    /// A step that is told more than its request may serve no other layer.
    void makeItsOwn(PlannedStep& planned) {
        const auto shared =
            std::ranges::find(measured_, planned.step, [](const auto& entry) { return entry.second.step; });
        if (shared == measured_.end()) return;
        const Measured& m = shared->second;
        planned.step = stepOf(m.use, *m.layer->schema, m.layer->params, m.request);
    }

    /// The step after it takes the slope of the ReLU that it includes upon itself.
    void leaveReluBackward(PlannedStep& planned) {
        makeItsOwn(planned);
        planned.step->leaveReluBackward();
    }

    /// A value with one reader may be written as that one wants it, so that no copy stands between them.
    void writeAs(std::size_t value, StepOutput source, const Layout& wanted) {
        const CheckedStep& node = network_.steps()[source.step];
        PlannedStep* const producer = producerOf(value);
        if (made_.values[value].layout == wanted || node.readers.size() != 1 || !producer ||
            producer->node != node.name)
            return;
        makeItsOwn(*producer);
        if (producer->step->writeAs(wanted)) made_.values[value].layout = wanted;
    }

    void addWeights(PlannedStep& planned, const CheckedStep& step) {
        for (std::size_t i = 0; i < step.weights.size(); ++i) {
            const WeightSpec& spec = step.layer->weights[i];
            const bool own = spec.sharedWith.empty() && declares_;
            const std::size_t weight =
                own ? store_.declare(step.weights[i], spec, planned.step->weightLayout(i), step.frozen)
                    : store_.find(step.weights[i]);
            planned.weights.push_back(weight);
            planned.weightCopies.emplace_back();
            for (const Layout& wanted : planned.step->weightCopies(i))
                planned.weightCopies.back().push_back(store_.copyOf(weight, wanted));
        }
    }

    /// Of each output of the step, whether anybody reads it.
    std::vector<bool> readOutputs(std::size_t index, StepOutput last) const {
        const CheckedStep& step = network_.steps()[index];
        std::vector<bool> read(step.layer->outputs.size());
        if (index == last.step) read[static_cast<std::size_t>(last.output)] = true;
        for (const std::size_t reader : step.readers)
            for (const StepOutput& source : network_.steps()[reader].inputs)
                if (source.step == index) read[static_cast<std::size_t>(source.output)] = true;
        return read;
    }

    /// Returns the values of its outputs.
    std::vector<std::size_t> addStep(std::size_t index, const std::vector<std::size_t>& sources,
                                     StepOutput last) {
        const CheckedStep& step = network_.steps()[index];
        PlannedStep* const before = sources.empty() ? nullptr : producerOf(sources[0]);
        const CheckedLayer& layer = *step.layer;
        if (layer.schema->rectifies && before && before->step->includesRelu()) {
            made_.included.push_back({step.name, before->node});
            return {sources[0]};
        }

        const LayerRequest request = requestFor(step, sources, index == last.step);
        PlannedStep planned;
        planned.node = step.name;
        planned.key = deriveKey(0, step.name);
        planned.frozen = request.frozen;
        planned.backward = !planned.frozen && std::ranges::any_of(layer.weights, &WeightSpec::isParameter);
        for (const std::size_t source : sources)
            planned.backward = planned.backward || made_.values[source].needsGradient;
        chooseStep(planned, layer, request);
        if (planned.step->takesReluBackward()) leaveReluBackward(*before);
        addWeights(planned, step);
        for (std::size_t i = 0; i < sources.size(); ++i)
            writeAs(sources[i], step.inputs[i], planned.step->inputLayout(i));
        for (std::size_t i = 0; i < sources.size(); ++i)
            planned.inputs.push_back(inLayout(sources[i], planned.step->inputLayout(i)));
        planned.output = addValue(layer.output(), planned.step->outputLayout(), planned.backward);
        std::vector<std::size_t> outputs{planned.output};
        if (!request.moreOutputs.empty()) planned.read = readOutputs(index, last);
        for (const Shape& shape : request.moreOutputs)
            outputs.push_back(addValue(shape, Layout::plainBatch(options_.batch, shape), planned.backward));
        planned.moreOutputs.assign(outputs.begin() + 1, outputs.end());
        addPlanned(std::move(planned));
        return outputs;
    }

    const CheckedNetwork& network_;
    const PlanOptions& options_;
    ParameterStore& store_;
    const bool declares_;
    PlannedSteps made_;
    struct Measured {
        const CheckedLayer* layer;
        LayerRequest request;
        std::shared_ptr<Step> step;
        KernelUse use;
    };
    std::unordered_multimap<std::size_t, Measured> measured_;
};

} // namespace

PlannedSteps planSteps(const CheckedNetwork& network, const PlanOptions& options, ParameterStore& store,
                       bool declares) {
    return StepsMaker(network, options, store, declares).make();
}

} // namespace burdock
