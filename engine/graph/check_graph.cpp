#include "engine/graph/check_graph.h"

#include <algorithm>
#include <set>

namespace burdock {
namespace {

Diagnostic onNode(const Node& node, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = node.name;
    d.node = node.id;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

/// Walks one graph; a block's body is walked by a checker of its own, with the shape that flows in.
class Checker {
  public:
    Checker(const Graph& graph, const LayerRegistry& registry, std::optional<Shape> inflow)
        : graph_(graph)
        , registry_(registry)
        , inflow_(inflow) {}

    GraphReport run() {
        sortTopologically();
        findEnds();
        for (const NodeId id : report_.order)
            checkNode(*graph_.find(id));
        for (const auto& [id, node] : report_.nodes) {
            report_.parameters += node.parameters;
            report_.macs += node.macs;
        }
        return std::move(report_);
    }

  private:
    void say(Diagnostic d) { report_.diagnostics.push_back(std::move(d)); }

    void sortTopologically() {
        report_.order = topologicalOrder(graph_);
        const std::set<NodeId> reached(report_.order.begin(), report_.order.end());
        for (const Node& n : graph_.nodes())
            if (!reached.contains(n.id))
                say(onNode(n, "graph.cycle", "It lies on a cycle, or only a cycle feeds it.",
                           "Remove an edge of the cycle: values flow one way only."));
    }

    void findEnds() {
        std::vector<const Node*> inputs, sinks;
        for (const Node& n : graph_.nodes()) {
            if (n.type == "input") inputs.push_back(&n);
            if (graph_.outputsOf(n.id).empty()) sinks.push_back(&n);
        }
        if (graph_.nodes().empty() || inputs.empty()) {
            Diagnostic d;
            d.code = "graph.no-input";
            d.where = "network";
            d.what = graph_.nodes().empty() ? "The network is empty." : "The network has no Input.";
            d.mend = "Drag an Input from the palette, or open a template.";
            say(std::move(d));
        }
        for (std::size_t i = 1; i < inputs.size(); ++i)
            say(withFix(
                onNode(*inputs[i], "graph.inputs", "The network has more than one Input.", "Keep one Input."),
                {Fix::Kind::RemoveNode, "Remove this Input", inputs[i]->id, {}, {}, {}, 0}));
        if (inputs.size() == 1) report_.input = inputs[0]->id;
        if (sinks.size() == 1) {
            report_.output = sinks[0]->id;
        } else {
            // The output is what training reads: where several nodes end, none can be chosen for the user.
            for (const Node* n : sinks)
                if (!(graph_.inputsOf(n->id).empty() && n->type != "input"))
                    say(onNode(*n, "graph.outputs", "Nothing follows it, and other nodes end here too.",
                               "Connect its output, or remove it: a network has one output."));
        }
    }

    static Diagnostic withFix(Diagnostic d, Fix fix) {
        d.fix = std::move(fix);
        return d;
    }

    /// The shapes at the node's inputs in the order of ports; none if one is missing or unknown.
    std::optional<std::vector<Shape>> gatherInputs(const Node& node, const InputPorts& ports) {
        const auto edges = graph_.inputsOf(node.id);
        std::vector<Shape> shapes;
        bool known = true;
        int expected = 0;
        for (const Edge& e : edges) {
            if (ports.maximum >= 0 && e.port >= ports.maximum) {
                say(withFix(onNode(node, "graph.port", "It has an input too many.",
                                   "Remove the edge from that input."),
                            {Fix::Kind::RemoveInput, "Remove the edge", node.id, {}, {}, {}, e.port}));
                known = false;
            }
            if (e.port != expected++) known = false;
            const auto shape = report_.shapeOf(e.from);
            if (shape)
                shapes.push_back(*shape);
            else
                known = false;
        }
        const int count = static_cast<int>(edges.size());
        if (count < ports.minimum) {
            const std::string what = ports.minimum == 1
                                         ? "Nothing is connected to its input."
                                         : "It needs " + std::to_string(ports.minimum) + " inputs and has " +
                                               std::to_string(count) + ".";
            say(onNode(node, "graph.unconnected", what,
                       "Drag an edge from another node's output to this input."));
            return std::nullopt;
        }
        if (count > 0 && edges.back().port != count - 1)
            say(onNode(node, "graph.gap", "An input between others is not connected.",
                       "Connect it, or move the later edges up."));
        if (!known) return std::nullopt;
        return shapes;
    }

    void checkNode(const Node& node) {
        NodeReport& entry = report_.nodes[node.id];
        if (node.bypassed && node.type != "input") {
            if (auto in = gatherInputs(node, {1, -1, {}}); in && !in->empty()) {
                entry.inputs = *in;
                entry.output = in->front();
            }
            return;
        }
        if (node.type == blockType) return checkBlock(node, entry);
        const LayerSchema* schema = registry_.find(node.type);
        if (!schema) {
            say(onNode(node, "layer.unknown", "There is no layer of the type “" + node.type + "”.",
                       "Install the plugin it comes from, or replace the node."));
            return;
        }
        bool good = true;
        for (Diagnostic& d : checkParams(schema->params, node.params)) {
            d.mend = d.where + ": " + d.mend;
            d.where = node.name;
            d.node = node.id;
            say(std::move(d));
            good = false;
        }
        if (schema->id == "input" && inflow_) {
            entry.output = inflow_;
            return;
        }
        const auto inputs = gatherInputs(node, schema->inputs);
        if (!inputs || !good) return;
        entry.inputs = *inputs;
        auto shape = schema->inferShape(node.params, entry.inputs);
        if (!shape) {
            Diagnostic d = shape.error();
            d.where = node.name;
            d.node = node.id;
            if (d.fix && !d.fix->node) d.fix->node = node.id;
            return say(std::move(d));
        }
        entry.output = *shape;
        entry.weights = schema->weightSpecs(node.params, entry.inputs);
        for (const WeightSpec& w : entry.weights)
            if (w.trainable) entry.parameters += w.size();
        entry.macs = schema->cost(node.params, entry.inputs).macs;
        if (node.type == "dropout" && graph_.outputsOf(node.id).empty())
            say(withFix(onNode(node, "dropout.output", "Dropout is the output of the network.",
                               "Put a layer after it: the output itself is never dropped."),
                        {Fix::Kind::RemoveNode, "Remove this Dropout", node.id, {}, {}, {}, 0}));
    }

    void checkBlock(const Node& node, NodeReport& entry) {
        if (!node.block || !node.block->body) {
            say(onNode(node, "block.empty", "The block has no content.",
                       "Remove it, or ungroup it by undo."));
            return;
        }
        const auto inputs = gatherInputs(node, {1, 1, {}});
        if (!inputs) return;
        entry.inputs = *inputs;
        Shape flow = inputs->front();
        for (std::int64_t i = 0; i < node.block->repeat; ++i) {
            const GraphReport inner = Checker(*node.block->body, registry_, flow).run();
            for (Diagnostic d : inner.diagnostics) {
                d.where = node.name + "/" + d.where;
                d.node = node.id;
                d.fix.reset(); // its node ids are those of the body
                say(std::move(d));
            }
            const auto out = inner.shapeOf(inner.output);
            if (inner.hasErrors() || !out) return;
            entry.parameters += inner.parameters;
            entry.macs += inner.macs;
            flow = *out;
        }
        entry.output = flow;
    }

    const Graph& graph_;
    const LayerRegistry& registry_;
    std::optional<Shape> inflow_;
    GraphReport report_;
};

} // namespace

bool GraphReport::hasErrors() const {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

const NodeReport* GraphReport::find(NodeId id) const {
    const auto it = nodes.find(id);
    return it == nodes.end() ? nullptr : &it->second;
}

std::optional<Shape> GraphReport::shapeOf(NodeId id) const {
    const NodeReport* node = find(id);
    return node ? node->output : std::nullopt;
}

GraphReport checkGraph(const Graph& graph, const LayerRegistry& registry) {
    return Checker(graph, registry, std::nullopt).run();
}

} // namespace burdock
