#include "example.h"

namespace example {
namespace {

using namespace burdock;

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out + "\"";
}

} // namespace

ModelExporter dotExporter() {
    ModelExporter e;
    e.id = "example.dot";
    e.name = "Graphviz";
    e.patterns = {"*.dot"};
    e.doc = "The network as a drawing for Graphviz; blocks are single nodes.";
    e.write = [](const ModelContents& contents) -> Result<std::string> {
        std::string text = "digraph {\n";
        for (const Node& node : contents.graph.nodes())
            text += "  n" + std::to_string(node.id.value) + " [label=" + quoted(node.name) + "];\n";
        for (const Edge& edge : contents.graph.edges())
            text += "  n" + std::to_string(edge.from.value) + " -> n" + std::to_string(edge.to.value) + ";\n";
        return text + "}\n";
    };
    return e;
}

} // namespace example
