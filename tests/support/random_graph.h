#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/layer_registry.h"
#include "engine/tensor/random.h"

#include <algorithm>

namespace burdock::test {

/// Networks drawn by a seed: chains with branches, merges, bypasses, ties, frozen nodes, nested and repeated
/// blocks, with every layer of the registry in its turn, and now and then with something wrong. All are
/// small.
class RandomGraph {
  public:
    explicit RandomGraph(std::uint64_t seed)
        : seed_(seed) {}

    Graph draw() {
        const LayerSchema& first = schemas()[static_cast<std::size_t>(seed_) % schemas().size()];
        if (first.samples.empty() || first.samples.front().inputs.empty())
            return body({8, 1, 1}, 0, nullptr, {});
        const LayerSample& sample = first.samples[below(first.samples.size())];
        Graph graph = body(sample.inputs.front(), 0, &first, sample.params);
        if (chance(0.12)) damage(graph);
        return graph;
    }

  private:
    /// A node and what flows out of it, as far as it is known.
    struct Open {
        NodeId id;
        std::optional<Shape> shape;
        int output = 0;
    };

    static const LayerRegistry& schemas() { return layerRegistry(); }
    std::uint64_t bits() { return randomBits(seed_, counter_++); }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(randomBelow(seed_, counter_++, n)); }
    bool chance(double p) { return randomUniform(seed_, counter_++) < p; }

    /// `wrong` now and then: out of range, of another type, or under a key that nobody knows.
    ParamValues params(const LayerSchema& schema, ParamValues values) {
        for (const ParamSpec& spec : schema.params) {
            if (spec.type == ParamType::Text || chance(0.7)) continue;
            switch (spec.type) {
            case ParamType::Bool:
                values[spec.key] = chance(0.5);
                break;
            case ParamType::Int: {
                const double low = std::max(spec.minimum, -4.0), high = std::min(spec.maximum, low + 6);
                values[spec.key] = static_cast<std::int64_t>(low) +
                                   static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low) + 1));
                break;
            }
            case ParamType::Real: {
                const double low = std::max(spec.minimum, -2.0), high = std::min(spec.maximum, low + 3);
                values[spec.key] = low + (high - low) * (0.05 + 0.9 * randomUniform(seed_, counter_++));
                break;
            }
            case ParamType::Pair:
                values[spec.key] =
                    IntPair{static_cast<std::int64_t>(below(3)) + 1, static_cast<std::int64_t>(below(3)) + 1};
                break;
            case ParamType::Choice:
                values[spec.key] = spec.choices[below(spec.choices.size())].key;
                break;
            case ParamType::Text:
                break;
            }
        }
        if (!schema.params.empty() && chance(0.02)) {
            const std::string& key = schema.params[below(schema.params.size())].key;
            const ParamValue strange[] = {
                std::int64_t{-1}, std::int64_t{0},    std::int64_t{1} << 40, 1e300, -0.5, true,
                std::string("x"), IntPair{0, 1 << 30}};
            values[chance(0.2) ? "nonsense" : key] = strange[below(std::size(strange))];
        }
        return values;
    }

    static constexpr std::int64_t largest = 3000; // values of one sample

    /// What the layer makes of these inputs; none where it does not take them or makes too much of them.
    static std::optional<Shape> outcome(const LayerSchema& schema, const ParamValues& params,
                                        const std::vector<Shape>& inputs) {
        const auto count = static_cast<int>(inputs.size());
        if (count < schema.inputs.minimum || (schema.inputs.maximum >= 0 && count > schema.inputs.maximum))
            return std::nullopt;
        if (!checkParams(schema.params, params).empty()) return std::nullopt;
        const auto shape = schema.inferShape(params, inputs);
        if (!shape || shape->size() > largest) return std::nullopt;
        for (const WeightSpec& w : schema.weightSpecs(params, inputs))
            if (w.size() > 20 * largest) return std::nullopt;
        return *shape;
    }

    Graph body(Shape inflow, int depth, const LayerSchema* first, const ParamValues& firstParams) {
        Graph graph;
        const NodeId in =
            graph.add("input", {{"channels", inflow.channels},
                                {"height", inflow.height},
                                {"width", inflow.width},
                                {"axes", std::string(inflow.isSequence() ? "sequence" : "maps")}});
        std::vector<Open> open{{in, inflow}};
        if (first && !first->isInput) addLayer(graph, open, *first, firstParams);
        const std::size_t count = 1 + below(depth == 0 ? 9 : 3);
        for (std::size_t i = 0; i < count; ++i) {
            if (depth < 3 && chance(0.12))
                addBlock(graph, open, depth);
            else
                addAny(graph, open);
        }
        join(graph, open);
        tie(graph);
        for (const Node& node : std::vector<Node>(graph.nodes())) {
            if (chance(node.type == "add" || node.type == "concat" ? 0.15 : 0.06))
                graph.edit(node.id)->bypassed = true;
            if (chance(0.12)) graph.edit(node.id)->frozen = true;
        }
        return graph;
    }

    const Open& source(const std::vector<Open>& open) {
        return chance(0.65) ? open.back() : open[below(open.size())];
    }

    void addAny(Graph& graph, std::vector<Open>& open) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            const LayerSchema& schema = schemas()[below(schemas().size())];
            if (schema.isInput && !chance(0.01)) continue;
            ParamValues start;
            if (!schema.samples.empty()) start = schema.samples[below(schema.samples.size())].params;
            if (addLayer(graph, open, schema, params(schema, std::move(start)), attempt < 5 || chance(0.8)))
                return;
        }
    }

    /// False, and nothing is added, where the layer would not fit and `fitting` ones are wanted.
    bool addLayer(Graph& graph, std::vector<Open>& open, const LayerSchema& schema, const ParamValues& values,
                  bool fitting = false) {
        std::size_t wanted = static_cast<std::size_t>(std::max(schema.inputs.minimum, 0));
        if (schema.inputs.maximum != schema.inputs.minimum) wanted += below(2);
        if (wanted == 0 && schema.inputs.maximum != 0) wanted = 1;
        std::vector<Open> sources;
        std::vector<Shape> shapes;
        for (std::size_t i = 0; i < wanted; ++i) {
            Open next = source(open);
            // What merges take mostly has one shape.
            if (i > 0 && chance(0.9))
                for (const Open& o : open)
                    if (o.shape == sources.front().shape && chance(0.5)) next = o;
            if (i > 0 && next.shape != sources.front().shape && chance(0.9)) next = sources.front();
            sources.push_back(next);
            if (next.shape) shapes.push_back(*next.shape);
        }
        std::optional<Shape> shape;
        if (shapes.size() == wanted) shape = outcome(schema, values, shapes);
        if (!shape && fitting) return false;
        const NodeId id = graph.add(schema.id, values);
        for (std::size_t i = 0; i < sources.size(); ++i)
            graph.connect(sources[i].id, id, static_cast<int>(i), sources[i].output);
        open.push_back({id, shape});
        if (shape && schema.moreShapes) {
            int output = 0;
            for (const Shape& more : schema.moreShapes(values, shapes))
                open.push_back({id, more, ++output});
        }
        if (chance(0.004)) graph.connect(id, graph.nodes().front().id, 0, 7);
        return true;
    }

    void addBlock(Graph& graph, std::vector<Open>& open, int depth) {
        const Open from = source(open);
        Node node;
        node.type = blockType;
        node.name = "block";
        // Half of them keep their shape, so that they can be repeated.
        Graph inner;
        if (from.shape && chance(0.6)) {
            const NodeId in = inner.add("input");
            const char* const kinds[] = {"relu", "batchnorm", "tanh", "dropout", "prelu", "scale"};
            NodeId last = in;
            for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
                const NodeId next = inner.add(kinds[below(std::size(kinds))]);
                inner.connect(last, next);
                last = next;
            }
            if (chance(0.5)) {
                const NodeId sum = inner.add("add");
                inner.connect(last, sum, 0);
                inner.connect(in, sum, 1);
                if (chance(0.2)) inner.edit(sum)->bypassed = true;
            }
        } else {
            inner = body(from.shape.value_or(Shape{4, 1, 1}), depth + 1, nullptr, {});
        }
        node.block =
            Block{std::make_shared<const Graph>(std::move(inner)), 1 + static_cast<std::int64_t>(below(4))};
        const NodeId id = graph.add(std::move(node));
        graph.connect(from.id, id, 0, from.output);
        open.push_back({id, chance(0.5) ? from.shape : std::nullopt});
    }

    /// Brings loose ends together, mostly.
    void join(Graph& graph, std::vector<Open>& open) {
        std::vector<NodeId> ends;
        for (const Open& o : open)
            if (o.output == 0 && graph.outputsOf(o.id).empty()) ends.push_back(o.id);
        if (ends.size() < 2 || chance(0.04)) return;
        const NodeId concat = graph.add("concat");
        for (std::size_t i = 0; i < ends.size(); ++i) {
            const NodeId flat = graph.add("flatten");
            graph.connect(ends[i], flat);
            graph.connect(flat, concat, static_cast<int>(i));
        }
        open.push_back({concat, std::nullopt});
    }

    /// Two dense layers at one place use one weight: of an earlier, a later or no layer.
    void tie(Graph& graph) {
        std::vector<NodeId> dense;
        for (const Node& node : graph.nodes())
            if (node.type == "dense") dense.push_back(node.id);
        if (dense.empty() || !chance(0.4)) return;
        const Node owner = *graph.find(dense[below(dense.size())]);
        const auto feeds = graph.inputsOf(owner.id);
        if (feeds.empty()) return;
        const auto fed = graph.outputsOf(owner.id);
        const NodeId twin = graph.add("dense", owner.params);
        const NodeId sum = graph.add("add");
        graph.edit(twin)->params["tied_to"] = chance(0.9) ? owner.name : std::string("nobody");
        graph.connect(feeds[0].from, twin);
        graph.connect(owner.id, sum, 0);
        NodeId last = twin;
        for (std::size_t i = 0, n = below(3); i < n; ++i) {
            const NodeId act = graph.add("tanh");
            graph.connect(last, act);
            last = act;
        }
        graph.connect(last, sum, 1);
        if (chance(0.3))
            std::swap(graph.edit(owner.id)->name, graph.edit(twin)->name); // a tie to itself, or back
        for (const Edge& e : fed)
            graph.connect(sum, e.to, e.port);
    }

    void damage(Graph& graph) {
        const auto any = [&] { return graph.nodes()[below(graph.nodes().size())].id; };
        switch (below(8)) {
        case 0:
            if (!graph.edges().empty()) graph.disconnect(Edge(graph.edges()[below(graph.edges().size())]));
            break;
        case 1:
            graph.connect(any(), any(), static_cast<int>(below(3)));
            break;
        case 2:
            graph.remove(any());
            break;
        case 3:
            graph.edit(any())->name = graph.find(any())->name;
            break;
        case 4:
            graph.edit(any())->type = "unheard of";
            break;
        case 5:
            graph.edit(any())->name = chance(0.5) ? "" : "block/1/relu";
            break;
        case 6:
            graph.edit(any())->block = Block{nullptr, static_cast<std::int64_t>(below(3))};
            break;
        default:
            graph.edit(any())->type = std::string(blockType);
            break;
        }
    }

    std::uint64_t seed_, counter_ = 0;
};

} // namespace burdock::test
