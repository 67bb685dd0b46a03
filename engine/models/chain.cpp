#include "engine/models/chain.h"

namespace burdock {

Chain::Chain(std::string name, Shape input) {
    graph_.name = std::move(name);
    ParamValues params{{"channels", input.channels}, {"height", input.height}, {"width", input.width}};
    if (input.isSequence()) params["axes"] = std::string("sequence");
    last_ = graph_.add("input", std::move(params), {}, "input");
}

NodeId Chain::append(std::string stem, Node node) {
    const NodeId next = graph_.add(std::move(node));
    named_[stem].push_back(next);
    graph_.connect(last_, next);
    last_ = next;
    return next;
}

Chain& Chain::then(std::string stem, std::string type, ParamValues params) {
    Node node;
    node.type = std::move(type);
    node.params = std::move(params);
    append(std::move(stem), std::move(node));
    return *this;
}

Chain& Chain::block(std::string stem, Graph body, std::int64_t repeat) {
    if (repeat < 1) return *this;
    Node node;
    node.type = blockType;
    node.block = Block{std::make_shared<const Graph>(std::move(body)), repeat};
    append(std::move(stem), std::move(node));
    return *this;
}

Chain& Chain::join(std::string stem, std::string type, NodeId other) {
    then(std::move(stem), std::move(type));
    graph_.connect(other, last_, 1);
    return *this;
}

Chain& Chain::conv(std::int64_t filters, std::int64_t kernel, ParamValues more) {
    more["filters"] = filters;
    more["kernel"] = IntPair{kernel, kernel};
    return then("conv", "conv2d", std::move(more));
}

Chain& Chain::dense(std::int64_t units, ParamValues more) {
    more["units"] = units;
    return then("dense", "dense", std::move(more));
}

Chain& Chain::convNorm(std::int64_t filters, std::int64_t kernel, std::int64_t stride) {
    ParamValues params{{"bias", false}};
    if (stride > 1) {
        params["stride"] = IntPair{stride, stride};
        params["padding"] = std::string("explicit");
        params["pad"] = IntPair{kernel / 2, kernel / 2};
    }
    return conv(filters, kernel, std::move(params)).then("norm", "batchnorm");
}

Graph Chain::build() {
    for (const auto& [stem, ids] : named_)
        for (std::size_t i = 0; i < ids.size(); ++i)
            graph_.edit(ids[i])->name = ids.size() == 1 ? stem : stem + " " + std::to_string(i + 1);
    return std::move(graph_);
}

} // namespace burdock
