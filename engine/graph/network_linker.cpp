#include "engine/graph/network_linker.h"

#include "engine/tensor/saturated.h"

#include <algorithm>

namespace burdock {

void NetworkLinker::say(const Piece& piece, Severity severity, std::string code, std::string what,
                        std::string why, std::string mend) {
    failed_ = failed_ || severity == Severity::Error;
    if (!said_.emplace(piece.path, code).second) return; // of another repetition
    Diagnostic d;
    d.severity = severity;
    d.code = std::move(code);
    d.where = piece.name;
    d.node = piece.path;
    d.what = std::move(what);
    d.why = std::move(why);
    d.mend = std::move(mend);
    report_.diagnostics.push_back(shortened(std::move(d)));
}

std::shared_ptr<const CheckedLayer> NetworkLinker::layerOf(const Node& node, const NodeReport& known) {
    auto& layer = layers_[&known];
    if (!layer) {
        std::vector<Shape> outputs{*known.output};
        outputs.insert(outputs.end(), known.moreOutputs.begin(), known.moreOutputs.end());
        layer = std::make_shared<const CheckedLayer>(
            CheckedLayer{registry_.find(node.type), node.params, known.inputs, std::move(outputs),
                         known.weights, known.parameters, known.macs});
    }
    return layer;
}

/// Returns what the outputs of `graph` are in pieces_. `inflow` is what stands for its Inputs; empty at the
/// top, where the Input itself is kept.
NetworkLinker::Flow NetworkLinker::expand(const Graph& graph, const GraphReport& report, const Scope& scope,
                                          const Flow& inflow) {
    std::unordered_map<NodeId, Flow> standsFor; // the outputs of each node
    standsFor.reserve(report.order.size());
    for (std::size_t i = 0; i < inflow.size(); ++i)
        standsFor[report.inflows[i]] = {inflow[i]};
    for (const NodeId id : report.order) {
        const Node& node = *graph.find(id);
        const NodeReport& known = report.nodes.at(id);
        const bool isInput = std::ranges::find(report.inflows, id) != report.inflows.end();
        if (isInput && !inflow.empty()) continue;
        Flow inputs;
        for (const Edge& e : graph.inputsOf(id))
            inputs.push_back(standsFor.at(e.from)[static_cast<std::size_t>(e.output)]);
        Flow& outputs = standsFor[id];
        if (node.bypassed && !isInput) {
            outputs = std::move(inputs);
        } else if (node.type == blockType) {
            outputs = expandBlock(node, known, scope, std::move(inputs));
        } else {
            const std::size_t piece = pieces_.size();
            if (isInput) input_ = piece;
            for (std::size_t k = 0; k <= known.moreOutputs.size(); ++k)
                outputs.push_back({piece, static_cast<int>(k)});
            pieces_.push_back({&node,
                               layerOf(node, known),
                               scope.prefix + node.name,
                               scope.prefix,
                               scope.block / id,
                               scope.repetitions,
                               std::move(inputs),
                               {},
                               {},
                               false,
                               scope.frozen || node.frozen});
        }
    }
    Flow ends;
    for (const NodeId id : report.outflows)
        ends.push_back(standsFor.at(id).front());
    return ends;
}

NetworkLinker::Flow NetworkLinker::expandBlock(const Node& node, const NodeReport& known, const Scope& scope,
                                               Flow flow) {
    Scope inner{{}, scope.block / node.id, scope.repetitions, scope.frozen || node.frozen};
    inner.repetitions.push_back(0);
    for (const auto& repetition : known.repetitions) {
        ++inner.repetitions.back();
        inner.prefix = scope.prefix + node.name + "/" + std::to_string(inner.repetitions.back()) + "/";
        flow = expand(*node.block->body, *repetition, inner, flow);
    }
    return flow;
}

void NetworkLinker::markRunning(std::size_t output) {
    std::vector<std::size_t> open{output};
    pieces_[output].runs = true;
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const StepOutput& source : pieces_[at].inputs)
            if (!std::exchange(pieces_[source.step].runs, true)) open.push_back(source.step);
    }
}

/// Where a merge is bypassed, all its inputs but the first lose their reader: said once, on the last of each
/// branch.
void NetworkLinker::reportUnread() {
    std::vector<bool> read(pieces_.size());
    for (const Piece& p : pieces_)
        for (const StepOutput& source : p.inputs)
            read[source.step] = true;
    for (std::size_t i = 0; i < pieces_.size(); ++i)
        if (const Piece& p = pieces_[i]; !p.runs && !read[i])
            say(p, Severity::Hint, "graph.unread", "It takes no part in the network.",
                "Nothing that runs reads its output: only a bypassed layer that passes on another, or the "
                "unread output "
                "of a block.",
                "Use the bypassed layer or the output again, or remove this layer.");
}

bool NetworkLinker::findOwner(Piece& user, const WeightSpec& wanted) {
    const std::string& name = wanted.sharedWith;
    std::string why = "There is no layer of that name before it.";
    // The nearest one: in its own repetition of the block first, then around it.
    for (std::string scope = user.scope;;) {
        const auto at = byName_.find(scope + name.substr(0, name.rfind('.')));
        if (at != byName_.end() && pieces_[at->second].node != user.node) {
            const auto& theirs = pieces_[at->second].layer->weights;
            const auto it = std::ranges::find(theirs, name.substr(name.rfind('.') + 1), &WeightSpec::name);
            if (it != theirs.end() && it->sharedWith.empty() && it->dims == wanted.dims &&
                it->isParameter() == wanted.isParameter()) {
                user.owners.push_back(at->second);
                user.weights.push_back(scope + name);
                return true;
            }
            why = it == theirs.end()        ? "It has no weight of that name."
                  : !it->sharedWith.empty() ? "That weight is itself another layer's."
                                            : "That weight is of another size.";
            break;
        }
        if (scope.empty()) break;
        const auto end = scope.size() < 2 ? std::string::npos : scope.rfind('/', scope.size() - 2);
        scope.resize(end == std::string::npos ? 0 : end + 1);
    }
    say(user, Severity::Error, "weights.shared", "It cannot use the weight “" + name + "”.", std::move(why),
        "Name an earlier layer with weights of the same size, or none.");
    return false;
}

void NetworkLinker::findWeights() {
    for (std::size_t i = 0; i < pieces_.size(); ++i)
        if (pieces_[i].runs && !byName_.emplace(pieces_[i].name, i).second)
            say(pieces_[i], Severity::Error, "graph.name", "A layer within a block has its name.",
                "Both would keep their weights under “" + pieces_[i].name + "”.",
                "Rename it: weights are kept under the names of their layers.");
    for (Piece& p : pieces_) {
        if (!p.runs) continue;
        for (const WeightSpec& w : p.layer->weights) {
            if (w.sharedWith.empty())
                p.weights.push_back(p.name + "." + w.name);
            else if (!findOwner(p, w))
                break;
        }
    }
}

/// Each piece after all that feed it and all whose weights it uses.
std::vector<std::size_t> NetworkLinker::order() {
    std::vector<std::size_t> waiting(pieces_.size());
    std::vector<std::vector<std::size_t>> next(pieces_.size());
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
        if (!pieces_[i].runs) continue;
        const auto waitFor = [&](std::size_t before) {
            next[before].push_back(i);
            ++waiting[i];
        };
        for (const StepOutput& source : pieces_[i].inputs)
            waitFor(source.step);
        for (const std::size_t owner : pieces_[i].owners)
            waitFor(owner);
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pieces_.size(); ++i)
        if (pieces_[i].runs && waiting[i] == 0) order.push_back(i);
    for (std::size_t k = 0; k < order.size(); ++k)
        for (const std::size_t i : next[order[k]])
            if (--waiting[i] == 0) order.push_back(i);
    for (const Piece& p : pieces_)
        for (const std::size_t owner : p.owners)
            if (p.runs && waiting[owner] > 0)
                say(p, Severity::Error, "weights.shared",
                    "It cannot use the weights of “" + pieces_[owner].name + "”.",
                    "They belong to a layer that comes after it.",
                    "Name an earlier layer with weights of the same size, or none.");
    return order;
}

void NetworkLinker::link() {
    const StepOutput last = expand(graph_, report_, {}, {}).front();
    markRunning(last.step);
    if (!pieces_[input_].runs)
        say(pieces_[input_], Severity::Error, "graph.unused-input", "The output does not depend on it.", {},
            "Connect it to what leads to the output.");
    reportUnread();
    findWeights();
    if (failed_) return;
    const std::vector<std::size_t> sequence = order();
    if (failed_) return;

    CheckedNetwork::Parts parts;
    parts.name = graph_.name;
    std::vector<std::size_t> place(pieces_.size());
    for (const std::size_t i : sequence) {
        Piece& p = pieces_[i];
        place[i] = parts.steps.size();
        for (StepOutput& source : p.inputs) {
            source.step = place[source.step];
            parts.steps[source.step].readers.push_back(place[i]);
        }
        parts.parameters = saturatedSum(parts.parameters, p.layer->parameters);
        if (!p.frozen) parts.trainable = saturatedSum(parts.trainable, p.layer->parameters);
        parts.macs = saturatedSum(parts.macs, p.layer->macs);
        parts.steps.push_back({std::move(p.name),
                               std::move(p.path),
                               std::move(p.repetitions),
                               std::move(p.layer),
                               std::move(p.inputs),
                               {},
                               std::move(p.weights),
                               p.frozen});
    }
    parts.input = place[input_];
    parts.output = {place[last.step], last.output};
    report_.parameters = parts.parameters;
    report_.trainable = parts.trainable;
    report_.macs = parts.macs;
    report_.network = CheckedNetwork(std::move(parts));
}

const CheckedStep* CheckedNetwork::find(std::string_view wanted) const {
    const auto it = std::ranges::find(steps(), wanted, &CheckedStep::name);
    return it == steps().end() ? nullptr : &*it;
}

} // namespace burdock
