#pragma once

#include "document/graph_document.h"

#include <QElapsedTimer>
#include <QGraphicsView>

#include <memory>
#include <optional>

class QMenu;
class QTimer;

namespace burdock {

class CanvasActions;
class CanvasCamera;
class CanvasScene;
class EmptyHint;
class Gesture;
class Minimap;
class SearchPopup;
struct Fix;
struct Hit;
struct LayerPlace;
struct Pointer;

/// The canvas on which a network is drawn. It shows a GraphDocument and edits it; see editActions() for what
/// it can do, all of which is in its context menu as well.
class CanvasView final : public QGraphicsView {
    Q_OBJECT
  public:
    explicit CanvasView(GraphDocument& document, QWidget* parent = nullptr);
    ~CanvasView() override;

    GraphDocument& document() const { return document_; }
    CanvasScene& canvas() const { return *scene_; }

    /// Everything that the canvas can do, for menus; a null pointer stands for a separator. The shortcuts
    /// work while the canvas has the keyboard. Undo and redo are the window's.
    QList<QAction*> editActions() const;
    QList<QAction*> viewActions() const;

    /// Shows the whole network, not larger than life.
    void fitAll();
    /// Brings nodes into view without changing the zoom.
    void reveal(NodeId node);
    /// Adds a layer after the selected node, or else in the middle of the window.
    void addLayerAtCenter(const QString& schemaId);
    /// Lays the network out for the size of this window, as one undo step.
    void arrangeNodes();
    /// Cards and the view glide to where they go, or jump (for tests, and for those who want no motion).
    void setAnimated(bool animated);

    // For gestures and the parts of the canvas
    double zoom() const;
    void panBy(QPoint delta);
    void lookAt(QPointF scenePos);
    QRectF visibleScene() const;
    CanvasCamera& camera() { return *camera_; }
    /// Opens the search for a layer to put at a place; what fits there comes first.
    void offerLayers(const LayerPlace& place, QPoint viewPos);
    void offerLayersAtPointer();
    void findByName();
    void renameCurrent();
    void copySelection();
    void duplicateSelection();
    void pasteClipboard(bool atPointer);
    void fitSelection();
    void deleteChosen(bool reconnect);
    void selectNode(NodeId node);
    void setMinimapWanted(bool wanted);
    QMenu* makeMenu(const Hit& hit, QWidget* parent); ///< the context menu of what was hit

  signals:
    /// Enter or a double-click: the user wants to edit the node's settings.
    void nodeActivated(burdock::NodeId node);
    /// One line for the status bar; empty to clear it.
    void statusMessage(const QString& text);
    /// F2 where no layer is selected: the network is to be renamed.
    void networkNameWanted();
    /// A click on a value that the Input gives while the network is computed step by step.
    void inputToggled(int index);
    /// What enters the network is to be seen.
    void dataWanted();
    /// F1: help on a layer.
    void helpWanted(burdock::NodeId node);

  protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    Pointer pointerAt(QPoint viewPos, Qt::KeyboardModifiers modifiers) const;
    Hit hitAt(QPoint viewPos) const;
    std::unique_ptr<Gesture> gestureFor(const Hit& hit, const Pointer& pointer);
    void finishGesture(const Pointer& pointer);
    void cancelGesture();
    void hoverAt(QPoint viewPos);
    void explain(const Hit& hit);
    void walk(int key, Qt::KeyboardModifiers modifiers);
    void placeOverlays();
    void placeMinimap(bool anew); ///< where it is, or in the corner where it covers least
    void revealSelection();
    void showBadgeMenu(NodeId node, QPoint viewPos);
    bool choosesBlock() const; ///< whether a block is among what is selected
    void explainBlock();       ///< where to look into it, and what deletes it
    void activate(NodeId node);
    void autoScroll();
    void onGraphChanged();

    GraphDocument& document_;
    std::unique_ptr<CanvasScene> scene_;
    std::unique_ptr<CanvasCamera> camera_;
    CanvasActions* actions_;
    Minimap* minimap_;
    EmptyHint* hint_;
    SearchPopup* search_;
    std::unique_ptr<Gesture> gesture_;
    QTimer* scroller_;
    QTimer* cornerSoon_;
    Qt::Corner minimapCorner_ = Qt::BottomRightCorner;
    QPoint lastPointer_;           ///< in the viewport
    bool scrollsAtBorder_ = false; ///< this gesture has been away from the border once
    QRectF scrollReach_;           ///< what this gesture scrolls to at most
    bool pointerInside_ = false;
    bool spaceDown_ = false;
    bool spacePanned_ = false;
    QElapsedTimer spaceHeld_, spaceUp_;
    bool minimapWanted_ = true;
    bool animated_ = true;
};

} // namespace burdock
