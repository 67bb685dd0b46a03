#include "engine/models/gpt.h"

namespace burdock {
namespace {

/// Adds a layer that reads `from`.
NodeId after(Graph& graph, NodeId from, std::string name, std::string type, ParamValues params = {}) {
    const NodeId id = graph.add(std::move(type), std::move(params), {}, std::move(name));
    graph.connect(from, id);
    return id;
}

NodeId sum(Graph& graph, NodeId shortcut, NodeId branch, std::string name) {
    const NodeId id = after(graph, shortcut, std::move(name), "add");
    graph.connect(branch, id, 1);
    return id;
}

ParamValues at(std::int64_t units, bool bias = true) {
    return {{"units", units}, {"bias", bias}, {"positionwise", true}};
}

/// x + attention(norm(x)), then x + dense(gelu(dense(norm(x)))).
Graph block(const GptSize& size) {
    Graph g;
    g.name = "Transformer block";
    const NodeId input =
        g.add("input", {{"axes", std::string("sequence")}, {"height", size.context}, {"width", size.width}},
              {}, "input");
    const NodeId attention = after(g, after(g, input, "norm 1", "layernorm"), "attention",
                                   "multi_head_attention", {{"heads", size.heads}, {"causal", true}});
    const NodeId middle = sum(g, input, attention, "add 1");
    const NodeId wide =
        after(g, after(g, middle, "norm 2", "layernorm"), "dense 1", "dense", at(4 * size.width));
    sum(g, middle, after(g, after(g, wide, "gelu", "gelu"), "dense 2", "dense", at(size.width)), "add 2");
    return g;
}

} // namespace

Graph gpt(std::string name, const GptSize& size) {
    Graph g;
    g.name = std::move(name);
    const NodeId input =
        g.add("input", {{"channels", size.context}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}},
              {}, "input");
    const NodeId tokens =
        after(g, input, "tokens", "embedding", {{"vocabulary", size.vocabulary}, {"features", size.width}});
    const NodeId positions = after(g, tokens, "positions", "learned_positions");
    Node blocks;
    blocks.type = blockType;
    blocks.name = "block";
    blocks.block = Block{std::make_shared<const Graph>(block(size)), size.blocks};
    const NodeId body = g.add(std::move(blocks));
    g.connect(positions, body);
    ParamValues head = at(size.vocabulary, false);
    if (size.tied) head["tied_to"] = std::string("tokens");
    const NodeId norm = after(g, body, "norm", "layernorm");
    after(g, after(g, norm, "head", "dense", std::move(head)), "softmax", "softmax");
    return g;
}

} // namespace burdock
