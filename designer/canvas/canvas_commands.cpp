#include "canvas/canvas_commands.h"

#include "canvas/mime.h"
#include "document/card_size.h"
#include "document/graph_document.h"
#include "document/graph_edits.h"
#include "engine/graph/graph_json.h"

#include <QCoreApplication>
#include <QMimeData>

#include <algorithm>
#include <limits>

namespace burdock {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("CanvasCommands", text);
}

QString nameOf(const Graph& graph, NodeId id) {
    const Node* node = graph.find(id);
    return node ? QString::fromStdString(node->name) : QString();
}

Point corner(const Graph& graph) {
    Point best{std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
    for (const Node& node : graph.nodes()) {
        best.x = std::min(best.x, node.position.x);
        best.y = std::min(best.y, node.position.y);
    }
    return best;
}

std::vector<NodeId> inOrder(const Graph& graph, const QSet<NodeId>& nodes) {
    std::vector<NodeId> order;
    for (const Node& node : graph.nodes())
        if (nodes.contains(node.id)) order.push_back(node.id);
    return order;
}

/// The place for a new card at or below `at` where it covers no other.
Point freeSpot(const Graph& graph, Point at, CardSize size) {
    constexpr double air = 12;
    for (bool moved = true; moved;) {
        moved = false;
        for (const Node& there : graph.nodes()) {
            const CardSize other = cardSize(graph, there);
            const bool covered =
                at.x < there.position.x + other.width + air && there.position.x < at.x + size.width + air &&
                at.y < there.position.y + other.height + air && there.position.y < at.y + size.height + air;
            if (!covered) continue;
            at.y = there.position.y + other.height + 2 * air;
            moved = true;
        }
    }
    return at;
}

std::vector<QRectF> cardsOf(const Graph& graph) {
    std::vector<QRectF> cards;
    for (const Node& node : graph.nodes()) {
        const CardSize size = cardSize(graph, node);
        cards.emplace_back(node.position.x, node.position.y, size.width, size.height);
    }
    return cards;
}

/// How far the part has to go on in a direction, one of (±1, 0) and (0, ±1), until it covers no card.
double wayOut(const std::vector<QRectF>& there, const std::vector<QRectF>& part, QPointF direction) {
    constexpr double air = 12;
    double way = 0;
    for (double more = 1; more > 0; way += more) {
        more = 0;
        for (const QRectF& added : part) {
            const QRectF card = added.translated(way * direction).adjusted(-air, -air, air, air);
            for (const QRectF& other : there) {
                const double right = other.right() - card.left(), left = card.right() - other.left();
                const double down = other.bottom() - card.top(), up = card.bottom() - other.top();
                if (std::min({right, left, down, up}) <= 1e-6) continue;
                const double across = direction.x() > 0 ? right : left, along = direction.y() > 0 ? down : up;
                more = std::max(more, direction.x() != 0 ? across : along);
            }
        }
    }
    return way;
}

/// The offset nearest to the wanted one, straight below, beside or above it, at which no card is covered.
Point freeOffset(const Graph& graph, const Graph& part, Point wanted) {
    const std::vector<QRectF> there = cardsOf(graph);
    std::vector<QRectF> added = cardsOf(part);
    for (QRectF& card : added)
        card.translate(wanted.x, wanted.y);
    double least = std::numeric_limits<double>::max();
    QPointF shift;
    for (const QPointF direction : {QPointF(0, 1), QPointF(1, 0), QPointF(-1, 0), QPointF(0, -1)}) {
        const double way = wayOut(there, added, direction);
        if (way >= least) continue;
        least = way;
        shift = way * direction;
    }
    return {wanted.x + shift.x(), wanted.y + shift.y()};
}

int insertPart(GraphDocument& document, const Graph& part, Point offset, const QString& text) {
    if (part.nodes().empty()) return 0;
    offset = freeOffset(document.graph(), part, offset);
    QSet<NodeId> added;
    document.sealMerge();
    document.edit(text, [&](Graph& graph) {
        for (const NodeId id : graph.insert(part, offset))
            added.insert(id);
    });
    document.select(added);
    return static_cast<int>(added.size());
}

} // namespace

QString nodesText(const Graph& graph, const QSet<NodeId>& nodes) {
    return nodes.size() == 1 ? nameOf(graph, *nodes.begin()) : tr("%1 layers").arg(nodes.size());
}

NodeId addLayer(GraphDocument& document, const std::string& type, const LayerPlace& place) {
    const LayerSchema* schema = layerRegistry().find(type);
    if (!schema) return {};
    NodeId added;
    document.sealMerge();
    document.edit(tr("Add %1").arg(QString::fromStdString(schema->name)), [&](Graph& graph) {
        if (place.after && graph.find(place.after)) {
            added = insertAfter(graph, type, place.after);
            return;
        }
        Node node;
        node.type = type;
        const CardSize size = cardSize(graph, node);
        const Point at{std::round(place.at.x() - size.width / 2), std::round(place.at.y() - size.height / 2)};
        added = graph.add(type, {}, place.onEdge ? at : freeSpot(graph, at, size));
        if (place.onEdge && schema->inputs.maximum != 0) putOnEdge(graph, added, *place.onEdge);
        if (place.feed && schema->inputs.maximum != 0) graph.connect(place.feed, added, 0, place.output);
        if (place.target) graph.connect(added, place.target, place.port);
    });
    document.select({added});
    return added;
}

void moveNodes(GraphDocument& document, const std::map<NodeId, QPointF>& positions, const QString& mergeKey) {
    QSet<NodeId> moved;
    for (const auto& [id, pos] : positions)
        moved.insert(id);
    document.edit(
        tr("Move %1").arg(nodesText(document.graph(), moved)),
        [&](Graph& graph) {
            for (const auto& [id, pos] : positions)
                if (Node* node = graph.edit(id)) node->position = {pos.x(), pos.y()};
        },
        mergeKey);
}

void dropOnEdge(GraphDocument& document, NodeId node, QPointF position, const Edge& edge) {
    const Graph& now = document.graph();
    document.sealMerge();
    document.edit(tr("Insert %1 after %2").arg(nameOf(now, node), nameOf(now, edge.from)), [&](Graph& graph) {
        if (Node* n = graph.edit(node)) n->position = {position.x(), position.y()};
        putOnEdge(graph, node, Edge(edge));
    });
}

void connectNodes(GraphDocument& document, const Edge& edge, const std::optional<Edge>& replaced) {
    const Graph& now = document.graph();
    if (replaced && *replaced == edge) return;
    document.sealMerge();
    document.edit(tr("Connect %1 to %2").arg(nameOf(now, edge.from), nameOf(now, edge.to)),
                  [&](Graph& graph) {
                      if (replaced) graph.disconnect(*replaced);
                      graph.connect(edge.from, edge.to, edge.port, edge.output);
                  });
}

void removeEdge(GraphDocument& document, const Edge& edge) {
    const Graph& now = document.graph();
    const Edge gone = edge; // the caller's may live in what the edit changes
    document.sealMerge();
    document.edit(tr("Disconnect %1 from %2").arg(nameOf(now, edge.from), nameOf(now, edge.to)),
                  [&](Graph& graph) { graph.disconnect(gone); });
}

void deleteNodes(GraphDocument& document, const QSet<NodeId>& nodes, bool reconnect) {
    if (nodes.isEmpty()) return;
    const auto order = inOrder(document.graph(), nodes);
    // Where the keyboard goes on: the node that fed the first one.
    NodeId next;
    for (const NodeId id : order)
        for (const Edge& e : document.graph().inputsOf(id))
            if (!next && !nodes.contains(e.from)) next = e.from;
    const QString what = nodesText(document.graph(), nodes);
    document.sealMerge();
    document.edit((reconnect ? tr("Delete %1 and reconnect") : tr("Delete %1")).arg(what), [&](Graph& graph) {
        for (const NodeId id : order)
            reconnect ? graph.removeAndReconnect(id) : graph.remove(id);
    });
    if (next) document.select({next});
}

namespace {

/// Sets a flag of the nodes, or takes it back if all had it.
void toggle(GraphDocument& document, const QSet<NodeId>& nodes, bool Node::*flag, const QString& on,
            const QString& off) {
    QSet<NodeId> able;
    bool all = true;
    for (const NodeId id : nodes)
        if (const Node* node = document.graph().find(id); node && !isInput(node->type)) {
            able.insert(id);
            all = all && node->*flag;
        }
    document.sealMerge();
    document.edit((all ? off : on).arg(nodesText(document.graph(), able)), [&](Graph& graph) {
        for (const NodeId id : able)
            graph.edit(id)->*flag = !all;
    });
}

} // namespace

void toggleBypass(GraphDocument& document, const QSet<NodeId>& nodes) {
    toggle(document, nodes, &Node::bypassed, tr("Bypass %1"), tr("Use %1 again"));
}

void toggleFreeze(GraphDocument& document, const QSet<NodeId>& nodes) {
    toggle(document, nodes, &Node::frozen, tr("Freeze %1"), tr("Unfreeze %1"));
}

void renameNode(GraphDocument& document, NodeId id, const QString& name) {
    const std::string wanted = name.simplified().toStdString();
    const Node* node = document.graph().find(id);
    if (!node || wanted.empty() || wanted == node->name) return;
    document.sealMerge();
    document.edit(tr("Rename %1").arg(QString::fromStdString(node->name)), [&](Graph& graph) {
        const std::string free = graph.freeName(wanted);
        graph.edit(id)->name = free;
    });
}

void arrangeAll(GraphDocument& document, QSizeF window) {
    document.sealMerge();
    document.edit(tr("Lay out"), [&](Graph& graph) {
        const Point before = corner(graph);
        arrange(graph, {window.width(), window.height()});
        const Point after = corner(graph);
        for (const Node& node : std::vector<Node>(graph.nodes()))
            graph.edit(node.id)->position = {node.position.x + before.x - after.x,
                                             node.position.y + before.y - after.y};
    });
}

// The clipboard
// -------------------------------------------------------------------------------------------------

QMimeData* copyOf(const GraphDocument& document, const QSet<NodeId>& nodes) {
    const QByteArray json =
        QByteArray::fromStdString(graphToText(document.graph().extract(inOrder(document.graph(), nodes))));
    auto* data = new QMimeData;
    data->setData(graphMime, json);
    data->setText(QString::fromUtf8(json));
    return data;
}

bool canPaste(const QMimeData* data) {
    return data && (data->hasFormat(graphMime) || data->text().trimmed().startsWith(QLatin1Char('{')));
}

int paste(GraphDocument& document, const QMimeData* data, const std::optional<QPointF>& center) {
    if (!canPaste(data)) return 0;
    const QByteArray json = data->hasFormat(graphMime) ? data->data(graphMime) : data->text().toUtf8();
    const auto part =
        graphFromText(std::string_view(json.constData(), static_cast<std::size_t>(json.size())));
    if (!part || part->nodes().empty()) return 0;
    Point offset;
    if (center) {
        double right = -1e9, bottom = -1e9;
        for (const Node& node : part->nodes()) {
            const CardSize size = cardSize(*part, node);
            right = std::max(right, node.position.x + size.width);
            bottom = std::max(bottom, node.position.y + size.height);
        }
        const Point top = corner(*part);
        offset = {std::round(center->x() - (top.x + right) / 2),
                  std::round(center->y() - (top.y + bottom) / 2)};
    }
    QSet<NodeId> pasted;
    for (const Node& node : part->nodes())
        pasted.insert(node.id);
    return insertPart(document, *part, offset, tr("Paste %1").arg(nodesText(*part, pasted)));
}

int duplicate(GraphDocument& document, const QSet<NodeId>& nodes) {
    const Graph part = document.graph().extract(inOrder(document.graph(), nodes));
    return insertPart(document, part, {}, tr("Duplicate %1").arg(nodesText(document.graph(), nodes)));
}

} // namespace burdock
