#pragma once

#include "engine/graph/graph.h"

#include <string>

namespace burdock::test {

/// Adds a layer after `last` and makes it the last.
inline NodeId then(Graph& graph, NodeId& last, std::string type, ParamValues params = {}) {
    const NodeId next = graph.add(std::move(type), std::move(params));
    if (last) graph.connect(last, next);
    return last = next;
}

/// input → relu → relu …, `count` nodes in all, in rows of 20, with nothing on top of another.
inline Graph manyNodes(int count) {
    Graph graph;
    NodeId last;
    for (int i = 0; i < count; ++i) {
        then(graph, last, i == 0 ? "input" : (i % 3 == 1 ? "conv2d" : "relu"));
        graph.edit(last)->position = {(i % 20) * 220.0, (i / 20) * 144.0};
    }
    return graph;
}

/// A small residual network: two blocks with a skip connection each.
inline Graph skipNetwork() {
    Graph graph;
    NodeId last;
    then(graph, last, "input", {{"channels", std::int64_t{16}}});
    for (int block = 0; block < 3; ++block) {
        const NodeId from = last;
        then(graph, last, "conv2d", {{"filters", std::int64_t{16}}});
        then(graph, last, "batchnorm");
        then(graph, last, "relu");
        then(graph, last, "conv2d", {{"filters", std::int64_t{16}}});
        then(graph, last, "add");
        graph.connect(from, last, 1);
        then(graph, last, "relu");
    }
    const NodeId split = last;
    then(graph, last, "conv2d", {{"filters", std::int64_t{16}}});
    const NodeId left = last;
    last = split;
    then(graph, last, "conv2d", {{"filters", std::int64_t{32}}});
    const NodeId middle = last;
    last = split;
    then(graph, last, "conv2d", {{"filters", std::int64_t{8}}});
    const NodeId right = last;
    last = left;
    then(graph, last, "concat");
    graph.connect(middle, last, 1);
    graph.connect(right, last, 2);
    then(graph, last, "global_avgpool");
    then(graph, last, "dense", {{"units", std::int64_t{10}}});
    then(graph, last, "softmax");
    return graph;
}

/// A dense layer on feature maps: its Diagnostic has a one-click mend.
inline Graph brokenNetwork() {
    Graph graph;
    NodeId last;
    then(graph, last, "input");
    then(graph, last, "dense", {{"units", std::int64_t{300}}});
    then(graph, last, "relu");
    then(graph, last, "dense", {{"units", std::int64_t{10}}});
    Node block;
    block.type = std::string(blockType);
    Graph body;
    NodeId inside;
    then(body, inside, "input");
    then(body, inside, "relu");
    block.block = Block{std::make_shared<const Graph>(body), 3};
    block.name = "stage";
    const NodeId id = graph.add(block);
    graph.connect(last, id);
    last = id;
    then(graph, last, "relu");
    graph.edit(last)->bypassed = true;
    return graph;
}

} // namespace burdock::test
