#include "engine/graph/check_graph.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace burdock {
namespace {

/// No machine holds more; below them no figure of a single layer overflows.
constexpr std::int64_t largestTensor = std::int64_t{1} << 31; // values of one sample, or of one weight
constexpr std::int64_t mostLayers = 10000;                    // of one block with its repetitions
constexpr int deepestNesting = 16;

std::int64_t saturatedSum(std::int64_t a, std::int64_t b) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return a > most - b ? most : a + b;
}

std::int64_t countLayers(const Block& block, int depth);

/// How many layers the graph stands for, or any number above mostLayers.
std::int64_t countLayers(const Graph& graph, int depth) {
    if (depth > deepestNesting) return mostLayers + 1;
    std::int64_t count = 0;
    for (const Node& n : graph.nodes()) {
        count += n.block && n.block->body ? countLayers(*n.block, depth + 1) : 1;
        if (count > mostLayers) break;
    }
    return count;
}

std::int64_t countLayers(const Block& block, int depth) {
    const std::int64_t once = countLayers(*block.body, depth);
    const std::int64_t repeat = std::max<std::int64_t>(block.repeat, 1);
    return once > mostLayers / repeat ? mostLayers + 1 : once * repeat;
}

Diagnostic onNode(const Node& node, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = node.name;
    d.node = node.id;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

Diagnostic withFix(Diagnostic d, Fix::Kind kind, std::string label, int port = 0) {
    d.fix = Fix{kind, std::move(label), d.node, {}, {}, {}, port};
    return d;
}

/// Walks one graph; a block's body is walked by a checker of its own, with the shape that flows in.
class Checker {
  public:
    Checker(const Graph& graph, const LayerRegistry& registry, std::optional<Shape> inflow)
        : graph_(graph)
        , registry_(registry)
        , inflow_(inflow) {
        for (const Node& n : graph.nodes())
            nodes_[n.id].node = &n;
        for (const Edge& e : graph.edges()) {
            nodes_[e.to].inputs.push_back(e);
            nodes_[e.from].feeds.push_back(e.to);
        }
        for (auto& [id, links] : nodes_)
            std::sort(links.inputs.begin(), links.inputs.end(),
                      [](const Edge& a, const Edge& b) { return a.port < b.port; });
    }

    GraphReport run() {
        checkNames();
        report_.order = topologicalOrder(graph_);
        if (report_.order.size() < graph_.nodes().size()) reportCycles();
        findEnds();
        for (const NodeId id : report_.order)
            checkNode(*nodes_[id].node);
        for (const auto& [id, node] : report_.nodes) {
            report_.parameters = saturatedSum(report_.parameters, node.parameters);
            report_.macs = saturatedSum(report_.macs, node.macs);
        }
        if (report_.output && !inflow_ && dropsLast(graph_, report_.output)) reportDropout();
        return std::move(report_);
    }

  private:
    struct Links {
        const Node* node = nullptr;
        std::vector<Edge> inputs; // by port
        std::vector<NodeId> feeds;
    };

    void say(Diagnostic d) { report_.diagnostics.push_back(std::move(d)); }

    /// Weights are kept under the names of their nodes.
    void checkNames() {
        std::unordered_set<std::string_view> names;
        for (const Node& n : graph_.nodes())
            if (n.name.empty() || !names.insert(n.name).second)
                say(onNode(n, "graph.name", n.name.empty() ? "It has no name." : "Another node has its name.",
                           "Rename it: weights are kept under the names of their layers."));
    }

    /// Only nodes between which values would go around; what they feed just has to wait.
    void reportCycles() {
        std::unordered_set<NodeId> left;
        for (const Node& n : graph_.nodes())
            left.insert(n.id);
        for (const NodeId id : report_.order)
            left.erase(id);
        std::unordered_map<NodeId, int> feeding;
        std::vector<NodeId> ends;
        for (const NodeId id : left)
            for (const NodeId next : nodes_[id].feeds)
                if (left.contains(next)) ++feeding[id];
        for (const NodeId id : left)
            if (feeding[id] == 0) ends.push_back(id);
        while (!ends.empty()) {
            const NodeId end = ends.back();
            ends.pop_back();
            left.erase(end);
            for (const Edge& e : nodes_[end].inputs)
                if (left.contains(e.from) && --feeding[e.from] == 0) ends.push_back(e.from);
        }
        for (const Node& n : graph_.nodes())
            if (left.contains(n.id))
                say(onNode(n, "graph.cycle", "It lies on a cycle.",
                           "Remove an edge of the cycle: values flow one way only."));
    }

    void findEnds() {
        std::vector<const Node*> inputs, sinks;
        for (const Node& n : graph_.nodes()) {
            if (n.type == "input") inputs.push_back(&n);
            // A node that nothing feeds is reported for that; it is no candidate for the output.
            if (nodes_[n.id].feeds.empty() && (n.type == "input" || !nodes_[n.id].inputs.empty()))
                sinks.push_back(&n);
        }
        if (inputs.empty()) {
            const std::string subject = inflow_ ? "The block" : "The network";
            Diagnostic d;
            d.code = "graph.no-input";
            d.where = graph_.name.empty() ? (inflow_ ? "block" : "network") : graph_.name;
            d.what = subject + (graph_.nodes().empty() ? " is empty." : " has no Input.");
            d.mend = inflow_ ? "Give it an Input: it stands for what flows into the block."
                             : "Drag an Input from the palette, or open a template.";
            say(std::move(d));
        }
        for (std::size_t i = 1; i < inputs.size(); ++i)
            say(withFix(
                onNode(*inputs[i], "graph.inputs", "There is more than one Input.", "Keep one Input."),
                Fix::Kind::RemoveNode, "Remove this Input"));
        if (inputs.size() == 1) report_.input = inputs[0]->id;
        // Beside others, an Input that feeds nothing is not what the user means by the output.
        if (sinks.size() > 1) std::erase_if(sinks, [](const Node* n) { return n->type == "input"; });
        if (sinks.size() == 1) {
            report_.output = sinks[0]->id;
        } else {
            // The output is what training reads: where several nodes end, none can be chosen for the user.
            for (const Node* n : sinks)
                say(onNode(*n, "graph.outputs", "Nothing follows it, but it is not the network's only end.",
                           "Connect its output, or remove it: a network has one output."));
        }
    }

    /// The shapes at the node's inputs in the order of ports; none if one is missing or unknown.
    std::optional<std::vector<Shape>> gatherInputs(const Node& node, const InputPorts& ports) {
        const std::vector<Edge>& edges = nodes_[node.id].inputs;
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
        std::vector<Shape> shapes;
        bool known = true;
        for (const Edge& e : edges) {
            if (ports.maximum >= 0 && e.port >= ports.maximum) {
                say(withFix(onNode(node, "graph.port", "It has an input too many.",
                                   "Remove the edge from that input."),
                            Fix::Kind::RemoveInput, "Remove the edge", e.port));
                return std::nullopt;
            }
            const auto shape = report_.shapeOf(e.from);
            if (shape)
                shapes.push_back(*shape);
            else
                known = false;
        }
        if (count > 0 && edges.back().port != count - 1) {
            say(onNode(node, "graph.gap", "An input between others is not connected.",
                       "Connect it, or move the later edges up."));
            return std::nullopt;
        }
        if (!known) return std::nullopt;
        return shapes;
    }

    void checkNode(const Node& node) {
        NodeReport& entry = report_.nodes[node.id];
        if (node.bypassed && node.type != "input") {
            if (auto in = gatherInputs(node, {1, -1, {}})) {
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
        if (schema->id == "input" && inflow_ && gatherInputs(node, schema->inputs)) {
            entry.output = inflow_;
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
        const auto inputs = gatherInputs(node, schema->inputs);
        if (inputs && good) inferNode(node, *schema, *inputs, entry);
    }

    void inferNode(const Node& node, const LayerSchema& schema, const std::vector<Shape>& inputs,
                   NodeReport& entry) {
        entry.inputs = inputs;
        const auto shape = schema.inferShape(node.params, inputs);
        if (!shape) {
            Diagnostic d = shape.error();
            d.where = node.name;
            d.node = node.id;
            if (d.fix && !d.fix->node) d.fix->node = node.id;
            return say(std::move(d));
        }
        if (shape->size() > largestTensor)
            return tooLarge(node, "Its output is " + toString(*shape) + " for each sample.");
        entry.weights = schema.weightSpecs(node.params, inputs);
        for (const WeightSpec& w : entry.weights)
            if (w.size() > largestTensor)
                return tooLarge(node,
                                "Its " + w.name + " would have " + std::to_string(w.size()) + " values.");
        for (const WeightSpec& w : entry.weights)
            if (!w.sharedWith.empty() && !checkShared(node, w)) {
                entry.weights.clear();
                return;
            }
        entry.output = *shape;
        for (const WeightSpec& w : entry.weights)
            if (w.isParameter() && w.sharedWith.empty()) entry.parameters += w.size();
        entry.macs = schema.cost(node.params, inputs).macs;
    }

    /// Whether an earlier layer has the weight that `w` is to be.
    bool checkShared(const Node& node, const WeightSpec& w) {
        std::string why = "There is no layer of that name before it.";
        for (const auto& [id, other] : report_.nodes)
            for (const WeightSpec& theirs : other.weights)
                if (nodes_[id].node->name + "." + theirs.name == w.sharedWith && id != node.id) {
                    if (theirs.dims == w.dims && theirs.sharedWith.empty()) return true;
                    why = "That weight is of another size.";
                }
        if (inflow_) why = "Layers within a block have weights of their own.";
        Diagnostic d = onNode(node, "weights.shared", "It cannot use the weight “" + w.sharedWith + "”.",
                              "Name an earlier layer with weights of the same size, or none.");
        d.why = std::move(why);
        say(std::move(d));
        return false;
    }

    void tooLarge(const Node& node, std::string why) {
        report_.nodes[node.id].weights.clear();
        Diagnostic d = onNode(node, "layer.too-large", "The layer is larger than any memory.",
                              "Choose smaller figures here, or make its input smaller.");
        d.why = std::move(why);
        say(std::move(d));
    }

    void checkBlock(const Node& node, NodeReport& entry) {
        if (!node.block || !node.block->body || node.block->repeat < 1) {
            say(onNode(node, "block.empty", "The block has no content.",
                       "Remove it, or put layers into it."));
            return;
        }
        const Block& block = *node.block;
        if (countLayers(block, 1) > mostLayers) {
            say(onNode(node, "block.too-many",
                       "The block stands for more than " + std::to_string(mostLayers) + " layers.",
                       "Repeat it less often, or nest fewer blocks."));
            return;
        }
        const auto inputs = gatherInputs(node, {1, 1, {}});
        if (!inputs) return;
        entry.inputs = *inputs;
        Shape flow = inputs->front();
        for (std::int64_t i = 1; i <= block.repeat; ++i) {
            const GraphReport inner = Checker(*block.body, registry_, flow).run();
            for (Diagnostic d : inner.diagnostics) {
                if (i > 1 && d.severity != Severity::Error) continue; // said the first time
                if (i > 1)
                    d.why += (d.why.empty() ? "" : " ") + std::string("It fits ") + std::to_string(i - 1) +
                             (i == 2 ? " repetition." : " repetitions.");
                d.where = node.name + "/" + d.where;
                d.node = node.id;
                d.fix.reset(); // its node ids are those of the body
                say(std::move(d));
            }
            const auto out = inner.shapeOf(inner.output);
            if (inner.hasErrors() || !out) return;
            // Where the shape stays as it is, all further repetitions cost the same.
            const std::int64_t times = *out == flow ? block.repeat - i + 1 : 1;
            for (std::int64_t t = 0; t < times; ++t) {
                entry.parameters = saturatedSum(entry.parameters, inner.parameters);
                entry.macs = saturatedSum(entry.macs, inner.macs);
            }
            if (*out == flow) break;
            flow = *out;
        }
        entry.output = flow;
    }

    /// Whether what comes out of the node was last changed by a Dropout or noise.
    bool dropsLast(const Graph& graph, NodeId id) const {
        const Node* node = graph.find(id);
        while (node && node->bypassed) {
            const Edge* in = graph.edgeAt(node->id, 0);
            node = in ? graph.find(in->from) : nullptr;
        }
        if (!node || !node->block || !node->block->body) {
            const LayerSchema* schema = node ? registry_.find(node->type) : nullptr;
            return schema && schema->category == Category::Regularization;
        }
        const Graph& body = *node->block->body;
        for (const Node& n : body.nodes())
            if (body.outputsOf(n.id).empty()) return dropsLast(body, n.id);
        return false;
    }

    void reportDropout() {
        const Node& node = *nodes_[report_.output].node;
        const LayerSchema* schema = registry_.find(node.type);
        const std::string name = schema ? schema->name : "Dropout";
        Diagnostic d = onNode(node, "dropout.output", name + " is the output of the network.",
                              "Put a layer after it: the output itself is never disturbed.");
        if (schema) d = withFix(std::move(d), Fix::Kind::RemoveNode, "Remove this " + name);
        say(std::move(d));
    }

    const Graph& graph_;
    const LayerRegistry& registry_;
    std::optional<Shape> inflow_;
    std::unordered_map<NodeId, Links> nodes_;
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

GraphReport checkGraph(const Graph& graph, const LayerRegistry& registry, std::optional<Shape> inflow) {
    return Checker(graph, registry, inflow).run();
}

} // namespace burdock
