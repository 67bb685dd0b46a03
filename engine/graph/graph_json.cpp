#include "engine/graph/graph_json.h"

#include "engine/graph/migration.h"
#include "engine/schema/foreign_json.h"
#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace burdock {
namespace {

using json = nlohmann::json;

struct ToJson {
    json operator()(const IntPair& v) const { return json::array({v.height, v.width}); }
    json operator()(const auto& v) const { return v; }
};

Diagnostic malformed(std::string where, std::string what, std::string mend) {
    Diagnostic d;
    d.code = "model.malformed";
    d.where = std::move(where);
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

std::string at(std::string_view where, std::string_view key) {
    return where.empty() ? std::string(key) : std::string(where) + "." + std::string(key);
}

/// A member that must be there and of the kind `is`.
Result<const json*> member(const json& object, std::string_view where, std::string_view key,
                           bool (json::*is)() const, std::string_view kind) {
    const auto it = object.find(key);
    if (it == object.end() || !((*it).*is)())
        return refuse(malformed(at(where, key),
                                it == object.end() ? "It is missing." : "It is of the wrong kind.",
                                "Give " + std::string(kind) + " here."));
    return &*it;
}

/// A whole number within a range that std::int64_t holds.
bool isWhole(const json& value, std::int64_t low = std::numeric_limits<std::int64_t>::min(),
             std::int64_t high = std::numeric_limits<std::int64_t>::max()) {
    if (value.is_number_unsigned()) {
        const auto v = value.get<std::uint64_t>();
        return v <= static_cast<std::uint64_t>(high) && (low < 0 || v >= static_cast<std::uint64_t>(low));
    }
    return value.is_number_integer() && value.get<std::int64_t>() >= low && value.get<std::int64_t>() <= high;
}

Result<ParamValue> paramFromJson(const json& value, std::string where) {
    if (value.is_boolean()) return ParamValue{value.get<bool>()};
    if (isWhole(value)) return ParamValue{value.get<std::int64_t>()};
    if (value.is_number_float()) return ParamValue{value.get<double>()};
    if (value.is_string()) return ParamValue{value.get<std::string>()};
    if (value.is_array() && value.size() == 2 && isWhole(value[0]) && isWhole(value[1]))
        return ParamValue{IntPair{value[0].get<std::int64_t>(), value[1].get<std::int64_t>()}};
    return refuse(malformed(std::move(where), "This value is not one that a setting can have.",
                            "Give a number, a text, true or false, or two whole numbers such as [3, 3]."));
}

constexpr std::int64_t mostRepeats = 10000;
constexpr std::int64_t largestPort = 9999; // and output
constexpr std::int64_t largestVersion = 1000000;
constexpr std::size_t mostNodes = 10000, mostEdges = 40000; // of one graph

Result<Graph> readGraph(const json& object, const std::string& where, int depth, SequenceFlows& bodies);

Result<Node> readNode(const json& item, const std::string& where, int depth, SequenceFlows& bodies) {
    if (!item.is_object()) return refuse(malformed(where, "It is not an object.", "Give a node as { … }."));
    Node node;
    const auto id = member(item, where, "id", &json::is_number_integer, "a whole number above 0");
    if (!id) return refuse(id.error());
    if (!isWhole(**id, 1, Graph::largestId))
        return refuse(malformed(at(where, "id"), "It is out of range.",
                                "Give a whole number from 1 to " + std::to_string(Graph::largestId) + "."));
    node.id = NodeId{(*id)->get<std::uint32_t>()};
    const auto type = member(item, where, "type", &json::is_string, "a layer's id, such as \"dense\"");
    if (!type) return refuse(type.error());
    node.type = (*type)->get<std::string>();
    const auto name = member(item, where, "name", &json::is_string, "the node's name");
    if (!name) return refuse(name.error());
    node.name = (*name)->get<std::string>();
    if (item.contains("params")) {
        auto params = paramsFromJson(item["params"], at(where, "params"));
        if (!params) return refuse(params.error());
        node.params = std::move(*params);
    }
    if (item.contains("version")) {
        if (!isWhole(item["version"], 1, largestVersion))
            return refuse(malformed(at(where, "version"), "It is not a version.",
                                    "Give a whole number from 1 to " + std::to_string(largestVersion) + "."));
        node.unknownVersion = item["version"].get<int>();
    }
    if (item.contains("position")) {
        const json& p = item["position"];
        if (!p.is_array() || p.size() != 2 || !p[0].is_number() || !p[1].is_number() ||
            !std::isfinite(p[0].get<double>()) || !std::isfinite(p[1].get<double>()))
            return refuse(
                malformed(at(where, "position"), "It is not a position.", "Give two numbers: [x, y]."));
        node.position = {p[0].get<double>(), p[1].get<double>()};
    }
    for (const auto& [key, flag] :
         {std::pair("bypassed", &Node::bypassed), std::pair("frozen", &Node::frozen)})
        if (item.contains(key)) {
            if (!item[key].is_boolean())
                return refuse(malformed(at(where, key), "It is of the wrong kind.", "Give true or false."));
            node.*flag = item[key].get<bool>();
        }
    if (node.type == blockType) {
        const auto body = member(item, where, "body", &json::is_object, "the block's nodes and edges");
        if (!body) return refuse(body.error());
        auto inner = readGraph(**body, at(where, "body"), depth + 1, bodies);
        if (!inner) return refuse(inner.error());
        const auto repeat = item.value("repeat", json(1));
        if (!isWhole(repeat, 1, mostRepeats))
            return refuse(malformed(at(where, "repeat"), "It is out of range.",
                                    "Give a whole number from 1 to " + std::to_string(mostRepeats) + "."));
        const auto flow = migrate(*inner, /*isBody=*/true, bodies);
        node.block = Block{std::make_shared<const Graph>(std::move(*inner)), repeat.get<std::int64_t>()};
        bodies.emplace(node.block->body.get(), flow);
    }
    return node;
}

Result<Edge> readEdge(const json& item, const std::string& where) {
    const bool good = item.is_array() && (item.size() == 3 || item.size() == 4) &&
                      isWhole(item[0], 0, Graph::largestId) && isWhole(item[1], 0, Graph::largestId) &&
                      isWhole(item[2], 0, largestPort) &&
                      (item.size() == 3 || isWhole(item[3], 0, largestPort));
    if (!good)
        return refuse(malformed(where, "It is not an edge.",
                                "Give [from, to, port] or [from, to, port, output], all whole numbers."));
    return Edge{NodeId{item[0].get<std::uint32_t>()}, NodeId{item[1].get<std::uint32_t>()},
                item[2].get<int>(), item.size() == 4 ? item[3].get<int>() : 0};
}

/// Refuses nodes that a newer program wrote.
Status checkVersions(Graph& graph, const std::string& where) {
    for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
        const Node& node = graph.nodes()[i];
        const LayerSchema* schema = layerRegistry().find(node.type);
        if (!schema && node.unknownVersion == 1) graph.edit(node.id)->unknownVersion = 0;
        const int version = writtenVersion(node);
        if (schema && version > schema->version)
            return refuse(malformed(at(where, "nodes[" + std::to_string(i) + "].version"),
                                    "The layer “" + schema->name + "” has version " +
                                        std::to_string(version) + " here, and this program knows it up to " +
                                        std::to_string(schema->version) + ".",
                                    "Open it with a newer Burdock, or a newer plugin of that layer."));
    }
    return {};
}

Result<Graph> readGraph(const json& object, const std::string& where, int depth, SequenceFlows& bodies) {
    if (depth > Graph::deepestNesting)
        return refuse(malformed(where, "Blocks are nested too deep.",
                                "Nest at most " + std::to_string(Graph::deepestNesting) + " blocks."));
    Graph graph;
    if (object.contains("name")) {
        if (!object["name"].is_string())
            return refuse(malformed(at(where, "name"), "It is of the wrong kind.", "Give a text."));
        graph.name = object["name"].get<std::string>();
    }
    const auto nodes = member(object, where, "nodes", &json::is_array, "a list of nodes");
    if (!nodes) return refuse(nodes.error());
    if ((*nodes)->size() > mostNodes)
        return refuse(malformed(at(where, "nodes"),
                                "There are more than " + std::to_string(mostNodes) + " nodes.",
                                "Use blocks that repeat."));
    for (std::size_t i = 0; i < (*nodes)->size(); ++i) {
        const std::string place = at(where, "nodes[" + std::to_string(i) + "]");
        auto node = readNode((**nodes)[i], place, depth, bodies);
        if (!node) return refuse(node.error());
        if (graph.findByName(node->name))
            return refuse(malformed(at(place, "name"), "Another node has this name.",
                                    "Give each node a name of its own."));
        if (!graph.restore(std::move(*node)))
            return refuse(
                malformed(at(place, "id"), "Another node has this id.", "Give each node an id of its own."));
    }
    const auto edges = member(object, where, "edges", &json::is_array, "a list of edges");
    if (!edges) return refuse(edges.error());
    if ((*edges)->size() > mostEdges)
        return refuse(malformed(at(where, "edges"),
                                "There are more than " + std::to_string(mostEdges) + " edges.",
                                "Use blocks that repeat."));
    for (std::size_t i = 0; i < (*edges)->size(); ++i) {
        const std::string place = at(where, "edges[" + std::to_string(i) + "]");
        const auto edge = readEdge((**edges)[i], place);
        if (!edge) return refuse(edge.error());
        if (graph.edgeAt(edge->to, edge->port))
            return refuse(
                malformed(place, "The port has an edge already.", "Give each input port one edge."));
        if (!graph.connect(edge->from, edge->to, edge->port, edge->output))
            return refuse(malformed(place, "It joins a node that is not there, or a node to itself.",
                                    "Join two nodes of the list."));
    }
    if (const Status known = checkVersions(graph, where); !known) return refuse(known.error());
    return graph;
}

/// Whether an edge, here or within a block, comes from another output than the first.
bool hasMoreOutputs(const Graph& graph) {
    return std::ranges::any_of(graph.edges(), [](const Edge& e) { return e.output > 0; }) ||
           std::ranges::any_of(graph.nodes(), [](const Node& n) {
               return n.block && n.block->body && hasMoreOutputs(*n.block->body);
           });
}

json write(const Graph& graph) {
    json nodes = json::array();
    for (const Node& node : graph.nodes()) {
        json item{{"id", node.id.value},
                  {"type", node.type},
                  {"name", node.name},
                  {"params", toJson(node.params)},
                  {"position", {node.position.x, node.position.y}}};
        const LayerSchema* const schema = layerRegistry().find(node.type);
        const int version = schema ? schema->version : node.unknownVersion;
        if (version > 1) item["version"] = version;
        if (node.bypassed) item["bypassed"] = true;
        if (node.frozen) item["frozen"] = true;
        if (node.block && node.type == blockType) {
            item["repeat"] = node.block->repeat;
            if (node.block->body) item["body"] = write(*node.block->body);
        }
        nodes.push_back(std::move(item));
    }
    json edges = json::array();
    for (const Edge& e : graph.edges())
        if (e.output == 0)
            edges.push_back({e.from.value, e.to.value, e.port});
        else
            edges.push_back({e.from.value, e.to.value, e.port, e.output});
    return {{"name", graph.name}, {"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

} // namespace

json toJson(const ParamValues& params) {
    json object = json::object();
    for (const auto& [key, value] : params)
        object[key] = std::visit(ToJson{}, value);
    return object;
}

Result<ParamValues> paramsFromJson(const json& object, std::string_view where) {
    if (!object.is_object())
        return refuse(malformed(std::string(where), "It is not an object.",
                                "Give the settings as { \"key\": value }."));
    ParamValues params;
    for (const auto& [key, value] : object.items()) {
        auto read = paramFromJson(value, at(where, key));
        if (!read) return refuse(read.error());
        params[key] = std::move(*read);
    }
    return params;
}

json toJson(const Graph& graph) {
    json object = write(graph);
    object["burdock_model"] = hasMoreOutputs(graph) ? graphFormat : 1;
    return object;
}

Result<Graph> graphFromJson(const json& object) {
    if (!object.is_object() || !object.contains("burdock_model") ||
        !object["burdock_model"].is_number_integer())
        return refuse(malformed("model", "This is not a Burdock model.",
                                "Choose a file that Burdock saved (it has a \"burdock_model\" number)."));
    const auto format = object["burdock_model"].get<std::int64_t>();
    if (format < 1)
        return refuse(malformed("burdock_model", "There is no format " + std::to_string(format) + ".",
                                "Choose a file that Burdock saved (its \"burdock_model\" is 1 or more)."));
    if (format > graphFormat)
        return refuse(malformed("burdock_model",
                                "This model has format " + std::to_string(format) +
                                    ", and this program reads 1 to " + std::to_string(graphFormat) + ".",
                                "Open it with a newer Burdock."));
    SequenceFlows bodies;
    auto graph = readGraph(object, "", 0, bodies);
    if (graph) migrate(*graph, /*isBody=*/false, bodies);
    return graph;
}

std::string graphToText(const Graph& graph) {
    return toJson(graph).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<Graph> graphFromText(std::string_view text) {
    const auto object = parseForeign(text);
    if (!object)
        return refuse(malformed("model", object.error().what, "Choose a model file, or mend its syntax."));
    return graphFromJson(*object);
}

} // namespace burdock
