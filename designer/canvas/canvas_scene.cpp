#include "canvas/canvas_scene.h"

#include "document/card_size.h"
#include "theme/theme.h"

#include <QEasingCurve>
#include <QLineF>
#include <QVariantAnimation>

#include <algorithm>
#include <limits>
#include <utility>

namespace burdock {
namespace {

QSizeF sizeOf(const Graph& graph, const Node& node) {
    const CardSize size = cardSize(graph, node);
    return {size.width, size.height};
}

/// Something other than zeros comes from the card, while values are shown.
bool givesActive(const CardState& state) {
    return std::ranges::any_of(state.values, &ShownValue::active);
}

} // namespace

CanvasScene::CanvasScene(GraphDocument& document, QObject* parent)
    : QGraphicsScene(parent)
    , document_(document)
    , motion_(new QVariantAnimation(this))
    , flash_(new QVariantAnimation(this)) {
    // Few items that move a lot: an index would cost more than it finds.
    setItemIndexMethod(NoIndex);
    setSceneRect(-40000, -40000, 80000, 80000);

    motion_->setDuration(180);
    motion_->setStartValue(0.0);
    motion_->setEndValue(1.0);
    motion_->setEasingCurve(QEasingCurve::OutCubic);
    connect(motion_, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        std::map<NodeId, QPointF> now;
        for (const auto& [id, course] : courses_)
            now[id] = course.first + (course.second - course.first) * value.toDouble();
        moveLive(now);
    });
    connect(motion_, &QVariantAnimation::finished, this, [this] {
        courses_.clear();
        routeEdges(nullptr);
    });

    flash_->setDuration(1800);
    flash_->setStartValue(1.0);
    flash_->setKeyValueAt(0.7, 1.0);
    flash_->setEndValue(0.0);
    connect(flash_, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        for (const Edge& e : flashing_)
            if (EdgeItem* item = edge(e); item && hover_.edge != e) item->showLabel(value.toDouble());
    });
    connect(flash_, &QVariantAnimation::finished, this, [this] { flashing_.clear(); });

    connect(&document_, &GraphDocument::graphChanged, this, &CanvasScene::sync);
    connect(&document_, &GraphDocument::problemsChanged, this, &CanvasScene::showFacts);
    connect(&document_, &GraphDocument::wasReset, this, &CanvasScene::settleAtOnce);
    connect(&document_, &GraphDocument::selectionChanged, this, [this] {
        if (!document_.selection().isEmpty()) selectEdge({});
        if (document_.selection().size() == 1) current_ = *document_.selection().begin();
        restyle();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        for (const auto& [id, item] : nodes_)
            item->update();
        update();
    });
    sync();
}

CanvasScene::~CanvasScene() = default;

NodeItem* CanvasScene::node(NodeId id) const {
    const auto it = nodes_.find(id);
    return it == nodes_.end() ? nullptr : it->second.get();
}

EdgeItem* CanvasScene::edge(const Edge& edge) const {
    const auto it = edges_.find(edge);
    return it == edges_.end() ? nullptr : it->second.get();
}

QRectF CanvasScene::contentRect() const {
    QRectF all;
    for (const auto& [id, item] : nodes_)
        all |= item->cardRect();
    return all;
}

QRectF CanvasScene::goalRect() const {
    QRectF all;
    for (const auto& [id, item] : nodes_) {
        const auto course = courses_.find(id);
        all |= QRectF(course == courses_.end() ? item->pos() : course->second.second, item->card());
    }
    return all;
}

// Following the document
// -------------------------------------------------------------------------------------------------

void CanvasScene::sync() {
    const bool fresh = nodes_.empty();
    syncNodes();
    syncEdges(!fresh);
    restyle();
    emit contentMoved();
}

void CanvasScene::syncNodes() {
    const Graph& graph = document_.graph();
    std::erase_if(nodes_, [&](const auto& entry) { return !graph.find(entry.first); });
    if (!graph.find(current_)) current_ = {};
    const Troubles troubles = troublesOf(document_.report());
    std::map<NodeId, QPointF> goals;
    for (const Node& node : graph.nodes()) {
        const QPointF goal(node.position.x, node.position.y);
        auto& item = nodes_[node.id];
        if (!item) {
            item = std::make_unique<NodeItem>(node.id, sizeOf(graph, node));
            item->setPos(goal);
            addItem(item.get());
        }
        item->setCard(sizeOf(graph, node));
        item->setFacts(cardFacts(graph, document_.report(), troubles, node));
        if (const auto course = courses_.find(node.id);
            item->pos() != goal || (course != courses_.end() && course->second.second != goal))
            goals[node.id] = goal;
    }
    place(goals);
}

/// Of the same nodes, where they are: a gesture may be going on.
void CanvasScene::showFacts() {
    const Troubles troubles = troublesOf(document_.report());
    for (const Node& shown : document_.graph().nodes())
        nodes_.at(shown.id)->setFacts(cardFacts(document_.graph(), document_.report(), troubles, shown));
    restyle();
}

void CanvasScene::place(const std::map<NodeId, QPointF>& goals) {
    motion_->stop();
    courses_.clear();
    for (const auto& [id, goal] : goals)
        if (animated_)
            courses_[id] = {node(id)->pos(), goal};
        else
            node(id)->setPos(goal);
    if (!courses_.empty()) motion_->start();
}

void CanvasScene::syncEdges(bool flash) {
    const std::set<Edge> wanted(document_.graph().edges().begin(), document_.graph().edges().end());
    std::erase_if(edges_, [&](const auto& entry) { return !wanted.contains(entry.first); });
    if (selectedEdge_ && !wanted.contains(*selectedEdge_)) selectedEdge_.reset();
    if (targetEdge_ && !wanted.contains(*targetEdge_)) targetEdge_.reset();
    if (hover_.kind == Hit::Kind::Edge && !wanted.contains(hover_.edge)) hover_ = {};
    std::set<Edge> changed;
    for (const Edge& e : wanted) {
        auto& item = edges_[e];
        const auto shape = document_.report().shapeOf(e);
        const QString shown = shape ? QString::fromStdString(toString(*shape)) : QString();
        if (!item) {
            item = std::make_unique<EdgeItem>(e);
            addItem(item.get());
            if (flash) changed.insert(e);
        } else if (item->tensorShape() != shown) {
            changed.insert(e);
        }
        item->setTensor(shown, shape ? shape->size() : 0);
    }
    routeEdges(nullptr);
    if (flash) flashLabels(std::move(changed));
}

void CanvasScene::flashLabels(std::set<Edge> changed) {
    // Between close cards the label would hide their names, and the cards say their shapes anyway.
    std::erase_if(changed, [this](const Edge& e) {
        return edge(e)->tensorShape().isEmpty() || !edge(e)->hasRoomForLabel();
    });
    if (changed.empty()) return;
    std::erase_if(flashing_, [this](const Edge& e) { return !edge(e); });
    flashing_.merge(changed);
    flash_->stop();
    for (const Edge& e : flashing_)
        edge(e)->showLabel(1);
    flash_->start();
}

void CanvasScene::routeEdges(const std::set<NodeId>* touching) {
    std::vector<QRectF> cards;
    cards.reserve(nodes_.size());
    for (const auto& [id, item] : nodes_)
        cards.push_back(item->cardRect());
    const CardIndex index(cards);
    std::vector<std::pair<EdgeEnds, EdgeItem*>> routed;
    for (const auto& [e, item] : edges_) {
        if (touching && !touching->contains(e.from) && !touching->contains(e.to)) continue;
        const NodeItem *from = node(e.from), *to = node(e.to);
        if (!from || !to) continue; // its end is gone, and it will be in a moment
        routed.emplace_back(
            EdgeEnds{from->outputPos(e.output), to->inputPos(e.port), from->cardRect(), to->cardRect()},
            item.get());
    }
    // The short ones first: those that skip layers make room for the main line.
    std::ranges::stable_sort(routed, {}, [](const auto& one) {
        const QPointF way = one.first.to - one.first.from;
        return way.manhattanLength();
    });
    EdgeLanes lanes;
    for (const auto& [ends, item] : routed)
        item->route(ends, index, &lanes);
}

void CanvasScene::moveLive(const std::map<NodeId, QPointF>& positions) {
    std::set<NodeId> moved;
    for (const auto& [id, pos] : positions)
        if (NodeItem* item = node(id); item && item->pos() != pos) {
            item->setPos(pos);
            moved.insert(id);
        }
    if (moved.empty()) return;
    routeEdges(&moved);
    placeNote();
    emit contentMoved();
}

void CanvasScene::settle() {
    std::map<NodeId, QPointF> goals;
    for (const Node& n : document_.graph().nodes())
        if (const QPointF goal(n.position.x, n.position.y); node(n.id)->pos() != goal) goals[n.id] = goal;
    place(goals);
    routeEdges(nullptr);
    emit contentMoved();
}

/// Another network: its nodes may bear the ids of the old one, but nothing has moved or changed.
void CanvasScene::settleAtOnce() {
    const bool animated = std::exchange(animated_, false);
    flash_->stop();
    flashing_.clear();
    current_ = {};
    hover_ = {};
    settle();
    restyle();
    animated_ = animated;
}

// Looks
// -------------------------------------------------------------------------------------------------

void CanvasScene::restyle() {
    const QSet<NodeId>& selection = document_.selection();
    for (const auto& [id, item] : nodes_) {
        CardState s;
        s.selected = selection.contains(id);
        s.focused = focused_;
        s.current = id == current_;
        const bool here = hover_.node == id;
        s.hovered = here && hover_.kind != Hit::Kind::Nothing;
        if (here && hover_.kind == Hit::Kind::Input) s.hotInput = hover_.port;
        if (here && hover_.kind == Hit::Kind::Output) s.hotOutput = hover_.port;
        if (offer_) {
            s.dimmed = offer_->impossible.contains(id);
            s.offered = offer_->node == id;
            if (s.offered) {
                s.hotInput = offer_->input;
                s.hotOutput = offer_->output;
            }
        }
        if (shownValues_)
            if (const auto given = shownValues_->cards.find(id); given != shownValues_->cards.end()) {
                s.values = given->second;
                s.computing = id == shownValues_->computing;
            }
        item->setState(s);
    }
    for (const auto& [e, item] : edges_) {
        using Look = EdgeItem::Look;
        const NodeItem* to = node(e.to);
        const bool wrong = to->facts().worst == Severity::Error && to->facts().shape.isEmpty();
        Look look = wrong ? Look::Wrong : Look::Plain;
        if (!wrong && (selection.contains(e.from) || selection.contains(e.to))) look = Look::Near;
        if (givesActive(node(e.from)->state())) look = Look::Active;
        if (hover_.kind == Hit::Kind::Edge && hover_.edge == e) look = Look::Hovered;
        if (selectedEdge_ == e) look = Look::Selected;
        if (targetEdge_ == e) look = Look::Target;
        item->setLook(look);
        if (look == Look::Hovered || look == Look::Selected || look == Look::Target)
            item->showLabel(1);
        else if (!flashing_.contains(e))
            item->showLabel(0);
    }
    placeNote();
}

void CanvasScene::showValues(const std::optional<ShownValues>& values) {
    if (values == shownValues_) return;
    shownValues_ = values;
    restyle();
}

void CanvasScene::placeNote() {
    const NodeItem* at =
        shownValues_ && !shownValues_->note.isEmpty() ? node(shownValues_->computing) : nullptr;
    if (!at) {
        if (note_) note_->hide();
        return;
    }
    if (!note_) {
        note_ = std::make_unique<CardNote>();
        addItem(note_.get());
    }
    note_->setLines(shownValues_->note);
    note_->placeAbove(at->cardRect());
    note_->show();
}

void CanvasScene::setHover(const Hit& hit) {
    if (hit == hover_) return;
    hover_ = hit;
    restyle();
}

void CanvasScene::selectEdge(const std::optional<Edge>& edge) {
    if (edge == selectedEdge_) return;
    selectedEdge_ = edge;
    if (edge) document_.select({});
    restyle();
    emit edgeSelectionChanged();
}

void CanvasScene::setCurrent(NodeId id) {
    if (id == current_) return;
    current_ = id;
    restyle();
}

void CanvasScene::setFocused(bool focused) {
    focused_ = focused;
    restyle();
}

void CanvasScene::setTargetEdge(const std::optional<Edge>& edge) {
    if (edge == targetEdge_) return;
    targetEdge_ = edge;
    restyle();
}

void CanvasScene::setOffer(const std::optional<Offer>& offer) {
    offer_ = offer;
    restyle();
}

// Under the pointer
// -------------------------------------------------------------------------------------------------

Hit CanvasScene::hitTest(QPointF at, double reach) const {
    Hit best;
    double nearest = std::numeric_limits<double>::max();
    const auto offer = [&](Hit::Kind kind, NodeId id, int port, QPointF center, double within) {
        const double distance = QLineF(at, center).length();
        if (distance > within || distance >= nearest) return;
        nearest = distance;
        best = {kind, id, port, {}};
    };
    for (const auto& [id, item] : nodes_) {
        if (!item->cardRect().adjusted(-reach, -reach, reach, reach).contains(at)) continue;
        const QVector<ShownValue>& values = item->state().values;
        for (qsizetype i = 0; i < values.size(); ++i)
            if (values[i].settable && valueChip(item->card(), values, i).translated(item->pos()).contains(at))
                return {Hit::Kind::Value, id, static_cast<int>(i), {}};
        if (item->facts().worst && *item->facts().worst != Severity::Hint)
            offer(Hit::Kind::Badge, id, 0, item->badgePos(), badgeRadius);
        for (int port = 0; port < item->facts().outputs; ++port)
            offer(Hit::Kind::Output, id, port, item->outputPos(port), reach);
        for (int port = 0; port < item->facts().inputs; ++port)
            offer(Hit::Kind::Input, id, port, item->inputPos(port), reach);
    }
    if (best.kind != Hit::Kind::Nothing) return best;
    const NodeItem* top = nullptr;
    for (const auto& [id, item] : nodes_)
        if (item->cardRect().contains(at) && (!top || item->zValue() >= top->zValue())) top = item.get();
    if (top) return {Hit::Kind::Node, top->id(), 0, {}};
    if (const auto e = edgeNear(at, std::max(7.0, reach * 0.6))) return {Hit::Kind::Edge, {}, 0, *e};
    return {};
}

std::optional<Edge> CanvasScene::edgeNear(QPointF at, double reach, const QSet<NodeId>& except) const {
    std::optional<Edge> best;
    for (const auto& [e, item] : edges_) {
        if (except.contains(e.from) || except.contains(e.to)) continue;
        const double distance = item->distanceTo(at);
        if (distance > reach) continue;
        reach = distance;
        best = e;
    }
    return best;
}

QList<NodeId> CanvasScene::nodesIn(const QRectF& rect) const {
    QList<NodeId> found;
    for (const auto& [id, item] : nodes_)
        if (item->cardRect().intersects(rect)) found.push_back(id);
    return found;
}

} // namespace burdock
