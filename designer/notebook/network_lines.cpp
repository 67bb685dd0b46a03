#include "notebook/network_lines.h"

#include "engine/graph/check_graph.h"

namespace burdock {

QList<NetworkLine> networkLines(const Graph& graph) {
    const GraphReport report = checkGraph(graph);
    QList<NetworkLine> lines;
    for (const NodeId id : report.order) {
        const Node& node = *graph.find(id);
        NetworkLine line;
        line.name = QString::fromStdString(node.name);
        line.type = QString::fromStdString(node.type);
        if (const LayerSchema* schema = layerRegistry().find(node.type)) {
            line.type = QString::fromStdString(schema->name);
            line.category = QString::fromUtf8(categoryKey(schema->category).data(),
                                              static_cast<qsizetype>(categoryKey(schema->category).size()));
            if (schema->summary) line.summary = QString::fromStdString(schema->summary(node.params));
        } else if (node.block) {
            line.type = QStringLiteral("Block");
            line.category = QStringLiteral("block");
            if (node.block->repeat > 1) line.summary = QStringLiteral("× %1").arg(node.block->repeat);
        }
        if (node.bypassed) line.summary = QStringLiteral("bypassed");
        if (node.frozen)
            line.summary = line.summary.isEmpty() ? QStringLiteral("frozen")
                                                  : QStringLiteral("frozen · ") + line.summary;
        if (const NodeReport* r = report.find(id)) {
            line.parameters = r->parameters;
            line.macs = r->macs;
            if (r->output) line.output = QString::fromStdString(toString(*r->output));
        }
        lines.append(line);
    }
    return lines;
}

} // namespace burdock
