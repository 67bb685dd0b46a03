#include "engine/graph/check_graph.h"

#include "engine/graph/end_checks.h"
#include "engine/graph/network_linker.h"
#include "engine/graph/node_ports.h"
#include "engine/tensor/saturated.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace burdock {
namespace {

/// No machine holds more; below them no figure of a single layer overflows.
constexpr std::int64_t largestTensor = std::int64_t{1} << 31; // values of one sample, or of one weight
constexpr std::int64_t mostLayers = 20000;                    // of one network with its repetitions
constexpr std::int64_t mostInBlock = 10000;                   // of one block with its repetitions

std::int64_t countLayers(const Block& block, int depth);

/// How many layers the graph stands for, or any number above mostLayers.
std::int64_t countLayers(const Graph& graph, int depth) {
    if (depth > Graph::deepestNesting) return mostLayers + 1;
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

/// What people know a node by.
std::string placeOf(const Node& node) {
    return node.name.empty() ? node.type + " without a name" : node.name;
}

Diagnostic onNode(const Node& node, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = placeOf(node);
    d.node = node.id;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

Diagnostic withFix(Diagnostic d, Fix::Kind kind, std::string label, int port = 0) {
    d.fix = Fix{kind, std::move(label), d.node, {}, {}, {}, port};
    return d;
}

/// Walks one graph; a block's body is walked by a checker of its own, with the shapes that flow in.
class Checker {
  public:
    Checker(const Graph& graph, const LayerRegistry& registry, const std::vector<Shape>& inflow)
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
        if (!isBody() && !report_.hasErrors() && fewEnough()) link();
        return std::move(report_);
    }

  private:
    struct Links {
        const Node* node = nullptr;
        std::vector<Edge> inputs; // by port
        std::vector<NodeId> feeds;
    };

    bool isBody() const { return !inflow_.empty(); }
    bool isInput(const Node& node) const {
        const LayerSchema* const schema = registry_.find(node.type);
        return schema && schema->isInput;
    }
    void say(Diagnostic d) { report_.diagnostics.push_back(shortened(std::move(d))); }

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

    /// Before the first layer that nothing flows into; on an empty canvas alone.
    std::optional<Fix> addInput() const {
        const auto schema = std::ranges::find_if(registry_, &LayerSchema::isInput);
        const auto first =
            std::ranges::find_if(report_.order, [this](NodeId id) { return nodes_.at(id).inputs.empty(); });
        const bool alone = graph_.nodes().empty();
        if (schema == registry_.end() || (!alone && first == report_.order.end())) return {};
        return Fix{Fix::Kind::InsertBefore, "Add an Input", alone ? NodePath() : *first, {}, {}, schema->id};
    }

    void findEnds() {
        std::vector<const Node*> inputs, sinks;
        for (const Node& n : graph_.nodes()) {
            if (isInput(n)) inputs.push_back(&n);
            // A node that nothing feeds is reported for that; it is no candidate for the output.
            if (nodes_[n.id].feeds.empty() && (isInput(n) || !nodes_[n.id].inputs.empty()))
                sinks.push_back(&n);
        }
        if (inputs.empty()) {
            const std::string subject = isBody() ? "The block" : "The network";
            Diagnostic d;
            d.code = "graph.no-input";
            d.where = graph_.name.empty() ? (isBody() ? "block" : "network") : graph_.name;
            d.what = subject + (graph_.nodes().empty() ? " is empty." : " has no Input.");
            d.mend = isBody() ? "Give it an Input: it stands for what flows into the block."
                              : "Drag an Input from the palette, or open a template.";
            if (!isBody()) d.fix = addInput();
            say(std::move(d));
        }
        for (std::size_t i = 1; i < inputs.size() && !isBody(); ++i)
            say(withFix(
                onNode(*inputs[i], "graph.inputs", "There is more than one Input.", "Keep one Input."),
                Fix::Kind::RemoveNode, "Remove this Input"));
        if (inputs.size() == 1) report_.input = inputs[0]->id;
        // Beside others, an Input that feeds nothing is not what the user means by the output.
        if (sinks.size() > 1) std::erase_if(sinks, [this](const Node* n) { return isInput(*n); });
        for (const Node* n : inputs)
            report_.inflows.push_back(n->id);
        for (const Node* n : sinks)
            report_.outflows.push_back(n->id);
        if (sinks.empty() && isBody() && !inputs.empty())
            say(onNode(*inputs[0], "graph.no-output", "Nothing comes out of the block.",
                       "Put a layer after its Inputs, or keep one Input."));
        if (sinks.size() == 1) {
            report_.output = sinks[0]->id;
        } else if (!isBody()) {
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
            const auto shape = report_.shapeOf(e);
            if (!shape && report_.shapeOf(e.from)) {
                say(withFix(
                    onNode(node, "graph.output-port", "It reads an output that is not there.",
                           "Connect its input to another output of “" + nodes_[e.from].node->name + "”."),
                    Fix::Kind::RemoveInput, "Remove the edge", e.port));
                return std::nullopt;
            }
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
        if (node.bypassed && !isInput(node)) {
            if (auto in = gatherInputs(node, {1, -1, {}})) {
                entry.inputs = *in;
                entry.output = in->front();
                entry.moreOutputs.assign(in->begin() + 1, in->end());
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
        if (schema->isInput && isBody() && gatherInputs(node, schema->inputs)) {
            const auto place = std::ranges::find(report_.inflows, node.id) - report_.inflows.begin();
            entry.output = inflow_[static_cast<std::size_t>(place)];
            return;
        }
        bool good = true;
        for (Diagnostic& d : checkParams(schema->params, node.params)) {
            d.mend = d.where + ": " + d.mend;
            d.where = placeOf(node);
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
            d.where = placeOf(node);
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
        std::vector<Shape> more;
        if (schema.moreShapes) more = schema.moreShapes(node.params, inputs);
        for (const Shape& s : more)
            if (s.size() > largestTensor)
                return tooLarge(node, "One of its outputs is " + toString(s) + " for each sample.");
        entry.output = *shape;
        entry.moreOutputs = std::move(more);
        for (const WeightSpec& w : entry.weights)
            if (w.isParameter() && w.sharedWith.empty()) entry.parameters += w.size();
        entry.macs = schema.cost(node.params, inputs).macs;
    }

    void tooLarge(const Node& node, std::string why) {
        report_.nodes[node.id].weights.clear();
        Diagnostic d = onNode(node, "layer.too-large", "The layer is larger than any memory.",
                              "Choose smaller figures here, or make its input smaller.");
        d.why = std::move(why);
        say(std::move(d));
    }

    /// Each block has its own limit; this is that of all of them together.
    bool fewEnough() {
        if (countLayers(graph_, 0) <= mostLayers) return true;
        Diagnostic d;
        d.code = "graph.too-many";
        d.where = graph_.name.empty() ? "network" : graph_.name;
        d.what = "The network stands for more than " + std::to_string(mostLayers) + " layers.";
        d.mend = "Repeat its blocks less often, or remove some.";
        say(std::move(d));
        return false;
    }

    void checkBlock(const Node& node, NodeReport& entry) {
        if (!node.block || !node.block->body || node.block->repeat < 1) {
            say(onNode(node, "block.empty", "The block has no content.",
                       "Remove it, or put layers into it."));
            return;
        }
        const Block& block = *node.block;
        if (countLayers(block, 1) > mostInBlock) {
            say(onNode(node, "block.too-many",
                       "The block stands for more than " + std::to_string(mostInBlock) + " layers.",
                       "Repeat it less often, or nest fewer blocks."));
            return;
        }
        const NodePorts ports = portsOf(node, registry_);
        const auto inputs = gatherInputs(node, {ports.fewestInputs, ports.mostInputs, {}});
        if (!inputs) return;
        entry.inputs = *inputs;
        std::vector<Shape> flow = *inputs;
        for (std::int64_t i = 1; i <= block.repeat; ++i) {
            if (flow.size() != inputs->size()) return cannotRepeat(node, flow.size(), inputs->size());
            const auto checked =
                std::make_shared<const GraphReport>(Checker(*block.body, registry_, flow).run());
            const GraphReport& inner = *checked;
            entry.repetitions.push_back(checked);
            takeOver(node, inner, i);
            std::vector<Shape> out;
            for (const NodeId id : inner.outflows)
                if (const auto shape = inner.shapeOf(id)) out.push_back(*shape);
            if (inner.hasErrors() || out.empty() || out.size() != inner.outflows.size()) return;
            // Where the shapes stay as they are, all further repetitions are like this one.
            const std::int64_t times = out == flow ? block.repeat - i + 1 : 1;
            entry.parameters = saturatedSum(entry.parameters, saturatedProduct(times, inner.parameters));
            entry.macs = saturatedSum(entry.macs, saturatedProduct(times, inner.macs));
            flow = std::move(out);
            if (times > 1) {
                entry.repetitions.resize(static_cast<std::size_t>(block.repeat), checked);
                break;
            }
        }
        entry.output = flow.front();
        entry.moreOutputs.assign(flow.begin() + 1, flow.end());
    }

    /// What is wrong within a block, as seen from outside.
    void takeOver(const Node& node, const GraphReport& inner, std::int64_t repetition) {
        for (Diagnostic d : inner.diagnostics) {
            if (repetition > 1 && d.severity != Severity::Error) continue; // said the first time
            if (repetition > 1)
                d.why += (d.why.empty() ? "" : " ") + std::string("It fits ") +
                         std::to_string(repetition - 1) +
                         (repetition == 2 ? " repetition." : " repetitions.");
            d.where = placeOf(node) + "/" + d.where;
            d.node = d.node.within(node.id);
            if (d.fix) d.fix->node = d.fix->node.within(node.id);
            say(std::move(d));
        }
    }

    void cannotRepeat(const Node& node, std::size_t outputs, std::size_t inputs) {
        Diagnostic d = onNode(node, "block.repeat", "The block cannot be repeated.",
                              "Repeat it once, or give it as many ends as Inputs.");
        d.why = "What comes out is what goes in the next time: " + std::to_string(outputs) + " for " +
                std::to_string(inputs) + ".";
        say(std::move(d));
    }

    /// The network as a whole: what only shows once blocks are expanded and bypassed layers are out.
    void link() {
        NetworkLinker(graph_, report_, registry_).link();
        if (!report_.network) return;
        for (Diagnostic& d : checkEnd(*report_.network))
            say(std::move(d));
        if (report_.hasErrors()) report_.network.reset();
    }

    const Graph& graph_;
    const LayerRegistry& registry_;
    std::vector<Shape> inflow_; ///< of a block's body
    std::unordered_map<NodeId, Links> nodes_;
    GraphReport report_;
};

} // namespace

bool GraphReport::hasErrors() const {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

const NodeReport* GraphReport::find(const NodePath& path, std::span<const std::int64_t> repetitions) const {
    const GraphReport* at = this;
    for (std::size_t i = 0; i + 1 < path.depth(); ++i) {
        const NodeReport* block = at->find(path.ids()[i]);
        const std::size_t index = i < repetitions.size() ? static_cast<std::size_t>(repetitions[i]) - 1 : 0;
        if (!block || index >= block->repetitions.size()) return nullptr;
        at = block->repetitions[index].get();
    }
    return path ? at->find(path.node()) : nullptr;
}

const NodeReport* GraphReport::find(NodeId id) const {
    const auto it = nodes.find(id);
    return it == nodes.end() ? nullptr : &it->second;
}

std::optional<Shape> GraphReport::shapeOf(NodeId id) const {
    const NodeReport* node = find(id);
    return node ? node->output : std::nullopt;
}

std::optional<Shape> GraphReport::shapeOf(const Edge& edge) const {
    const NodeReport* node = find(edge.from);
    if (!node || edge.output == 0) return node ? node->output : std::nullopt;
    const auto index = static_cast<std::size_t>(edge.output) - 1;
    return index < node->moreOutputs.size() ? std::optional(node->moreOutputs[index]) : std::nullopt;
}

GraphReport checkGraph(const Graph& graph, const LayerRegistry& registry, const std::vector<Shape>& inflow) {
    return Checker(graph, registry, inflow).run();
}

Result<CheckedNetwork> checkNetwork(const Graph& graph) {
    GraphReport report = checkGraph(graph);
    if (report.network) return std::move(*report.network);
    return refuse(*std::ranges::find(report.diagnostics, Severity::Error, &Diagnostic::severity));
}

} // namespace burdock
