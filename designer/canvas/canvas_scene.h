#pragma once

#include "canvas/edge_item.h"
#include "canvas/node_item.h"
#include "document/graph_document.h"

#include <QGraphicsScene>

#include <map>
#include <memory>
#include <optional>
#include <set>

class QVariantAnimation;

namespace burdock {

/// What lies under the pointer.
struct Hit {
    enum class Kind { Nothing, Node, Badge, Output, Input, Edge, Value };
    Kind kind = Kind::Nothing;
    NodeId node;
    int port = 0; ///< of an input, or of an output, or the index of a value
    Edge edge;

    friend bool operator==(const Hit&, const Hit&) = default;
};

/// The document's graph as items. It follows the document by differences of ids: what did not change is not
/// touched. It never changes the document.
class CanvasScene final : public QGraphicsScene {
    Q_OBJECT
  public:
    explicit CanvasScene(GraphDocument& document, QObject* parent = nullptr);
    ~CanvasScene() override;

    GraphDocument& document() const { return document_; }
    NodeItem* node(NodeId id) const;
    EdgeItem* edge(const Edge& edge) const;
    const std::map<NodeId, std::unique_ptr<NodeItem>>& nodes() const { return nodes_; }
    const std::map<Edge, std::unique_ptr<EdgeItem>>& edges() const { return edges_; }
    /// Of all cards; null when there are none.
    QRectF contentRect() const;
    /// The same where cards in motion will have come to.
    QRectF goalRect() const;

    /// `reach` is the size of half a hit area of a port, in scene units.
    Hit hitTest(QPointF scenePos, double reach) const;
    /// The edge whose line passes within `reach`, if it joins none of `except`.
    std::optional<Edge> edgeNear(QPointF scenePos, double reach, const QSet<NodeId>& except = {}) const;
    QList<NodeId> nodesIn(const QRectF& rect) const;

    /// Moves cards without the document knowing, as during a drag; only their own edges are routed anew.
    void moveLive(const std::map<NodeId, QPointF>& positions);
    /// Puts every card where the document has it and routes all edges.
    void settle();

    void setHover(const Hit& hit);
    const Hit& hover() const { return hover_; }
    /// Edges are selected here, nodes in the document; selecting one clears the other.
    void selectEdge(const std::optional<Edge>& edge);
    const std::optional<Edge>& selectedEdge() const { return selectedEdge_; }
    void setCurrent(NodeId id); ///< where the keyboard is
    NodeId current() const { return current_; }
    void setFocused(bool focused);
    /// The edge that would take what is being dropped.
    void setTargetEdge(const std::optional<Edge>& edge);
    /// While an edge is drawn: which nodes cannot take it (dimmed), and which port it would go to.
    struct Offer {
        QSet<NodeId> impossible;
        NodeId node;
        int input = -1;
        int output = -1;
    };
    void setOffer(const std::optional<Offer>& offer);
    /// What the cards give for one sample, as far as it has come; none: nothing is computed step by step.
    void showValues(const std::optional<ShownValues>& values);
    const std::optional<ShownValues>& shownValues() const { return shownValues_; }
    /// Whether changes of place are shown as motion.
    void setAnimated(bool animated) { animated_ = animated; }

  signals:
    void contentMoved(); ///< cards came, went or moved
    void edgeSelectionChanged();

  private:
    void sync();
    void syncNodes();
    void showFacts();
    void syncEdges(bool flash);
    void place(const std::map<NodeId, QPointF>& goals);
    void routeEdges(const std::set<NodeId>* touching);
    void restyle();
    void flashLabels(std::set<Edge> changed);
    void settleAtOnce();
    void placeNote();

    GraphDocument& document_;
    std::map<NodeId, std::unique_ptr<NodeItem>> nodes_;
    std::map<Edge, std::unique_ptr<EdgeItem>> edges_;
    Hit hover_;
    std::optional<Edge> selectedEdge_, targetEdge_;
    std::optional<Offer> offer_;
    std::optional<ShownValues> shownValues_;
    std::unique_ptr<CardNote> note_; ///< beside the card that computes; made when first shown
    NodeId current_;
    bool focused_ = false;
    bool animated_ = true;
    std::set<Edge> flashing_;
    QVariantAnimation* motion_;
    QVariantAnimation* flash_;
    std::map<NodeId, std::pair<QPointF, QPointF>> courses_; ///< of cards in motion: from, to
};

} // namespace burdock
