#include "canvas/canvas_view.h"

#include "canvas/canvas_actions.h"
#include "canvas/canvas_camera.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_style.h"
#include "canvas/empty_hint.h"
#include "canvas/gestures/gesture.h"
#include "canvas/minimap.h"
#include "canvas/name_editor.h"
#include "canvas/search_popup.h"
#include "canvas/snapping.h"
#include "theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QPainter>
#include <QTimer>
#include <QVarLengthArray>

#include <algorithm>
#include <cmath>

namespace burdock {

CanvasView::CanvasView(GraphDocument& document, QWidget* parent)
    : QGraphicsView(parent)
    , document_(document)
    , scene_(std::make_unique<CanvasScene>(document))
    , camera_(std::make_unique<CanvasCamera>(*this))
    , scroller_(new QTimer(this))
    , cornerSoon_(new QTimer(this)) {
    setObjectName(QStringLiteral("canvas"));
    setAccessibleName(tr("Network"));
    setScene(scene_.get());
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setViewportUpdateMode(SmartViewportUpdate);
    setCacheMode(CacheBackground);
    setOptimizationFlag(DontAdjustForAntialiasing);
    setResizeAnchor(AnchorViewCenter);
    setTransformationAnchor(NoAnchor);
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    setMinimumSize(240, 180);
    viewport()->setMouseTracking(true);
    viewport()->grabGesture(Qt::PinchGesture);

    minimap_ = new Minimap(*this);
    hint_ = new EmptyHint(this);
    search_ = new SearchPopup(this);
    actions_ = new CanvasActions(*this);
    connect(search_, &SearchPopup::dismissed, this, &CanvasView::placeOverlays);
    connect(hint_, &EmptyHint::inputWanted, this,
            [this] { addLayerAtCenter(QString::fromStdString(inputLayerSchema().id)); });
    connect(hint_, &EmptyHint::searchWanted, this, [this] {
        LayerPlace place;
        place.at = visibleScene().center();
        offerLayers(place, viewport()->rect().center());
    });

    cornerSoon_->setSingleShot(true);
    cornerSoon_->setInterval(250); // not while the view moves: the overview would leap about
    connect(cornerSoon_, &QTimer::timeout, this, [this] { placeMinimap(true); });
    scroller_->setObjectName(QStringLiteral("scroller"));
    scroller_->setInterval(16);
    connect(scroller_, &QTimer::timeout, this, &CanvasView::autoScroll);
    connect(scene_.get(), &CanvasScene::contentMoved, this, &CanvasView::placeOverlays);
    connect(camera_.get(), &CanvasCamera::moved, this, &CanvasView::placeOverlays);
    connect(&document_, &GraphDocument::graphChanged, this, &CanvasView::onGraphChanged);
    connect(&document_, &GraphDocument::wasReset, this, [this] {
        camera_->setAnimated(false);
        fitAll();
        camera_->setAnimated(animated_);
    });
    connect(&document_, &GraphDocument::selectionChanged, this, [this] {
        actions_->refresh();
        minimap_->update();
        cornerSoon_->start(); // the current card is not to be covered
        const Node* node = document_.graph().find(scene_->current());
        setAccessibleDescription(node ? QString::fromStdString(node->name) : QString());
    });
    connect(&document_, &GraphDocument::problemsChanged, minimap_, qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        resetCachedContent();
        viewport()->update();
        minimap_->update();
    });
    onGraphChanged();
}

CanvasView::~CanvasView() {
    // A search that is still open is dismissed when the window goes, later than the scene has gone.
    disconnect(search_, nullptr, this, nullptr);
    gesture_.reset(); // what it shows is in the scene
}

QList<QAction*> CanvasView::editActions() const {
    return actions_->edit();
}

QList<QAction*> CanvasView::viewActions() const {
    return actions_->view();
}

void CanvasView::setAnimated(bool animated) {
    animated_ = animated;
    scene_->setAnimated(animated);
    camera_->setAnimated(animated);
}

// Looking
// -------------------------------------------------------------------------------------------------

double CanvasView::zoom() const {
    return camera_->zoom();
}

void CanvasView::panBy(QPoint delta) {
    camera_->panBy(delta);
}

void CanvasView::lookAt(QPointF scenePos) {
    camera_->lookAt(scenePos);
}

QRectF CanvasView::visibleScene() const {
    return mapToScene(viewport()->rect()).boundingRect();
}

void CanvasView::fitAll() {
    camera_->fitAll(scene_->goalRect());
}

void CanvasView::fitSelection() {
    QRectF rect;
    for (const NodeId id : document_.selection())
        if (const NodeItem* item = scene_->node(id)) rect |= item->cardRect();
    if (rect.isNull()) return fitAll();
    camera_->fit(rect, 1.5);
}

void CanvasView::reveal(NodeId node) {
    if (const NodeItem* item = scene_->node(node))
        camera_->reveal(item->cardRect().adjusted(-24, -24, 24, 24));
}

void CanvasView::drawBackground(QPainter* painter, const QRectF& rect) {
    const CanvasStyle& style = canvasStyle();
    painter->fillRect(rect, style.paper);
    double step = dotStep;
    while (step * zoom() < 15)
        step *= 2;
    QVarLengthArray<QPointF, 4096> dots;
    for (double x = std::floor(rect.left() / step) * step; x < rect.right(); x += step)
        for (double y = std::floor(rect.top() / step) * step; y < rect.bottom(); y += step)
            dots.append({x, y});
    QPen pen(style.grid, 2);
    pen.setCosmetic(true);
    painter->setPen(pen);
    painter->drawPoints(dots.data(), static_cast<int>(dots.size()));
}

void CanvasView::placeOverlays() {
    const bool empty = document_.graph().nodes().empty();
    hint_->setVisible(empty && search_->isHidden());
    if (empty) {
        const int wide = std::min(500, width() - 16);
        hint_->resize(wide, hint_->heightForWidth(wide));
        hint_->move(rect().center() - hint_->rect().center());
    }
    placeMinimap(false);
    cornerSoon_->start();
}

void CanvasView::placeMinimap(bool anew) {
    const QRect room = rect().adjusted(10, 10, -11, -11);
    const auto placed = [&](Qt::Corner corner) {
        QRect place(room.topLeft(), minimap_->size());
        if (corner == Qt::TopRightCorner || corner == Qt::BottomRightCorner) place.moveRight(room.right());
        if (corner == Qt::BottomLeftCorner || corner == Qt::BottomRightCorner)
            place.moveBottom(room.bottom());
        return place;
    };
    const auto covered = [&](Qt::Corner corner) {
        const QRectF seen = mapToScene(placed(corner)).boundingRect();
        int cards = 0;
        for (const auto& [id, item] : scene_->nodes())
            if (item->cardRect().intersects(seen)) cards += id == scene_->current() ? 100 : 1;
        return cards;
    };
    // Where everything can be seen anyway, the overview must not cover any of it, nor go about.
    const bool allSeen = visibleScene().contains(scene_->contentRect());
    if (allSeen) minimapCorner_ = Qt::BottomRightCorner;
    anew = anew && !allSeen;
    // Its usual corner, unless another one is better.
    if (anew && covered(Qt::BottomRightCorner) <= covered(minimapCorner_))
        minimapCorner_ = Qt::BottomRightCorner;
    int least = covered(minimapCorner_);
    if (anew)
        for (const Qt::Corner corner :
             {Qt::BottomRightCorner, Qt::BottomLeftCorner, Qt::TopRightCorner, Qt::TopLeftCorner})
            if (const int cards = covered(corner); cards < least) {
                least = cards;
                minimapCorner_ = corner;
            }
    minimap_->move(placed(minimapCorner_).topLeft());
    minimap_->setSheer(least > 0);
    const bool hides = least > 0 && allSeen;
    const bool empty = document_.graph().nodes().empty();
    minimap_->setVisible(minimapWanted_ && !empty && width() > 420 && height() > 300 && !hides);
    minimap_->update();
}

void CanvasView::setMinimapWanted(bool wanted) {
    minimapWanted_ = wanted;
    placeOverlays();
}

// Editing
// -------------------------------------------------------------------------------------------------

void CanvasView::addLayerAtCenter(const QString& schemaId) {
    LayerPlace place;
    place.at = visibleScene().center();
    if (document_.selection().size() == 1) place.after = *document_.selection().begin();
    if (const NodeId added = addLayer(document_, schemaId.toStdString(), place)) reveal(added);
}

void CanvasView::revealSelection() {
    QRectF rect;
    for (const NodeId id : document_.selection())
        if (const NodeItem* item = scene_->node(id)) rect |= item->cardRect();
    if (!rect.isNull()) camera_->reveal(rect.adjusted(-24, -24, 24, 24));
}

void CanvasView::duplicateSelection() {
    duplicate(document_, document_.selection());
    revealSelection();
}

void CanvasView::arrangeNodes() {
    arrangeAll(document_, viewport()->size() - QSize(64, 64));
    fitAll();
}

void CanvasView::selectNode(NodeId node) {
    scene_->setCurrent(node);
    document_.select({node});
    reveal(node);
}

void CanvasView::offerLayers(const LayerPlace& place, QPoint viewPos) {
    const Edge from =
        place.onEdge ? *place.onEdge : Edge{place.after ? place.after : place.feed, {}, 0, place.output};
    const NodeId source = from.from;
    std::optional<burdock::Shape> inflow;
    if (source) inflow = document_.report().shapeOf(from);
    QString prompt = tr("Add a layer");
    if (inflow) prompt = tr("Add a layer for %1").arg(QString::fromStdString(toString(*inflow)));
    hint_->hide();
    scene_->setHover({});
    search_->open(prompt, layerEntries(inflow, static_cast<bool>(source)), viewPos,
                  [this, place](const QString& id) {
                      if (const NodeId added = addLayer(document_, id.toStdString(), place)) reveal(added);
                  });
}

void CanvasView::offerLayersAtPointer() {
    const QPoint at = pointerInside_ ? lastPointer_ : viewport()->rect().center();
    LayerPlace place;
    place.at = mapToScene(at);
    offerLayers(place, at);
}

void CanvasView::findByName() {
    std::vector<SearchEntry> entries;
    for (const Node& node : document_.graph().nodes()) {
        const CardFacts& facts = scene_->node(node.id)->facts();
        SearchEntry entry;
        entry.id = QString::number(node.id.value);
        entry.title = facts.name;
        entry.detail = facts.shape;
        entry.keywords = facts.summary + QLatin1Char(' ') + QString::fromStdString(node.type);
        entry.color = canvasStyle().of(facts.category);
        entries.push_back(std::move(entry));
    }
    search_->open(tr("Find a layer by name"), std::move(entries), QPoint(width() / 2 - 130, 36),
                  [this](const QString& id) {
                      const NodeId node{id.toUInt()};
                      if (!document_.graph().find(node)) return;
                      selectNode(node);
                  });
}

void CanvasView::renameCurrent() {
    if (document_.selection().isEmpty()) return emit networkNameWanted();
    if (document_.selection().size() != 1) return;
    const NodeId id = *document_.selection().begin();
    reveal(id);
    const NodeItem* item = scene_->node(id);
    const QRect card = mapFromScene(item->cardRect()).boundingRect();
    auto* editor = new NameEditor(this, item->facts().name,
                                  [this, id](const QString& name) { renameNode(document_, id, name); });
    const int height = editor->sizeHint().height();
    editor->setGeometry(card.left() + 4, card.top() + 2, std::max(140, card.width() - 8), height);
    editor->show();
    editor->setFocus(Qt::OtherFocusReason);
}

void CanvasView::deleteChosen(bool reconnect) {
    if (const auto edge = scene_->selectedEdge()) return removeEdge(document_, *edge);
    deleteNodes(document_, document_.selection(), reconnect);
}

bool CanvasView::choosesBlock() const {
    return std::ranges::any_of(document_.selection(), [this](NodeId id) {
        const Node* node = document_.graph().find(id);
        return node && node->block;
    });
}

void CanvasView::explainBlock() {
    emit statusMessage(tr("A block: the inspector shows what is in it. Del deletes it, F2 renames it."));
}

void CanvasView::activate(NodeId id) {
    const Node* node = document_.graph().find(id);
    if (!node) return;
    const bool block = node->block.has_value();
    document_.select({id});
    // What opens things elsewhere must not put the cursor into a block's name.
    if (block)
        explainBlock();
    else
        emit nodeActivated(id);
}

void CanvasView::copySelection() {
    if (document_.selection().isEmpty()) return;
    QApplication::clipboard()->setMimeData(copyOf(document_, document_.selection()));
    emit statusMessage(tr("Copied %1").arg(nodesText(document_.graph(), document_.selection())));
}

void CanvasView::pasteClipboard(bool atPointer) {
    std::optional<QPointF> center;
    if (atPointer && pointerInside_) center = mapToScene(lastPointer_);
    const int pasted = paste(document_, QApplication::clipboard()->mimeData(), center);
    if (pasted == 0)
        emit statusMessage(tr("There is no network on the clipboard. Copy some layers first."));
    else {
        revealSelection();
        emit statusMessage(tr("Pasted %1").arg(nodesText(document_.graph(), document_.selection())));
    }
}

void CanvasView::onGraphChanged() {
    cancelGesture();
    actions_->refresh();
    placeOverlays();
}

} // namespace burdock
