#include "engine/plan/planned_steps.h"

#include "engine/graph/check_graph.h"
#include "engine/kernels/reference/reference_step.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <map>

namespace burdock {
namespace {

class StepsMaker {
  public:
    StepsMaker(const Graph& graph, const PlanOptions& options, ParameterStore& store, bool declares)
        : graph_(graph)
        , report_(checkGraph(graph))
        , options_(options)
        , store_(store)
        , declares_(declares) {}

    PlannedSteps make() {
        made_.mixed = options_.fast && usesBfloat16(options_.precision, report_.macs * options_.batch);
        std::map<NodeId, std::size_t> values;
        NodeId last = report_.output;
        if (!options_.leaveOut.empty() && graph_.find(last)->type == options_.leaveOut)
            last = graph_.inputsOf(last).front().from;
        for (const NodeId id : report_.order) {
            if (last != report_.output && id == report_.output) {
                made_.included.push_back({graph_.find(id)->name, ""});
                continue;
            }
            const NodeReport& known = *report_.find(id);
            if (id == report_.input) {
                values[id] = made_.inputValue =
                    addValue(*known.output, Layout::plainBatch(options_.batch, *known.output), false);
                continue;
            }
            std::vector<std::size_t> sources;
            for (const Edge& e : graph_.inputsOf(id))
                sources.push_back(values[e.from]);
            values[id] = addStep(*graph_.find(id), known, sources, id == last);
        }
        const std::size_t output = values[last];
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
        for (const PlannedStep& s : made_.steps)
            if (s.node.empty() && s.inputs[0] == value && made_.values[s.output].layout == layout)
                return s.output;
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

    LayerRequest requestFor(const Node& node, const NodeReport& known,
                            const std::vector<std::size_t>& sources, bool last) {
        const auto readers = graph_.outputsOf(node.id);
        const NodeId from = graph_.inputsOf(node.id).front().from;
        const PlannedStep* const before = producerOf(sources[0]);
        LayerRequest request;
        request.batch = options_.batch;
        request.training = options_.training;
        request.mixed = made_.mixed;
        request.inputs = known.inputs;
        request.output = *known.output;
        for (const std::size_t source : sources) {
            request.inputLayouts.push_back(made_.values[source].layout);
            request.inputGradients.push_back(options_.training && made_.values[source].needsGradient);
        }
        request.reluFollows = !last && readers.size() == 1 && graph_.find(readers[0].to)->type == "relu";
        request.inputIsRelu = before && before->step->includesRelu() && graph_.find(from)->type == "relu" &&
                              graph_.outputsOf(from).size() == 1;
        return request;
    }

    void addWeights(PlannedStep& planned, const NodeReport& known) {
        for (std::size_t i = 0; i < known.weights.size(); ++i) {
            const WeightSpec& spec = known.weights[i];
            const std::string name =
                spec.sharedWith.empty() ? planned.node + "." + spec.name : spec.sharedWith;
            const bool own = spec.sharedWith.empty() && declares_;
            const std::size_t weight =
                own ? store_.declare(name, spec, planned.step->weightLayout(i)) : store_.find(name);
            planned.weights.push_back(weight);
            planned.weightCopies.emplace_back();
            for (const Layout& wanted : planned.step->weightCopies(i))
                planned.weightCopies.back().push_back(store_.copyOf(weight, wanted));
        }
    }

    std::size_t addStep(const Node& node, const NodeReport& known, const std::vector<std::size_t>& sources,
                        bool last) {
        PlannedStep* const before = producerOf(sources[0]);
        if (node.type == "relu" && before && before->step->includesRelu()) {
            made_.included.push_back({node.name, before->node});
            return sources[0];
        }

        const LayerSchema& schema = *layerRegistry().find(node.type);
        const LayerRequest request = requestFor(node, known, sources, last);
        PlannedStep planned;
        planned.node = node.name;
        planned.key = deriveKey(0, node.name);
        planned.backward = std::ranges::any_of(known.weights, &WeightSpec::isParameter);
        for (const std::size_t source : sources)
            planned.backward = planned.backward || made_.values[source].needsGradient;
        KernelChoice choice = chooseKernel(schema, node.params, request, options_.fast);
        planned.step = std::move(choice.step);
        planned.use = std::move(choice.use);
        if (planned.step->takesReluBackward()) before->step->leaveReluBackward();
        addWeights(planned, known);
        for (std::size_t i = 0; i < sources.size(); ++i)
            planned.inputs.push_back(inLayout(sources[i], planned.step->inputLayout(i)));
        planned.output = addValue(*known.output, planned.step->outputLayout(), planned.backward);
        addPlanned(std::move(planned));
        return made_.steps.back().output;
    }

    const Graph& graph_;
    const GraphReport report_;
    const PlanOptions& options_;
    ParameterStore& store_;
    const bool declares_;
    PlannedSteps made_;
};

} // namespace

PlannedSteps planSteps(const Graph& graph, const PlanOptions& options, ParameterStore& store, bool declares) {
    return StepsMaker(graph, options, store, declares).make();
}

} // namespace burdock
