#pragma once

#include "engine/schema/layer_registry.h"
#include <QTreeWidget>

namespace burdock {

/// The format of a drag that carries a layer: its schema's id, as UTF-8.
inline constexpr const char* paletteLayerMime = "application/x-burdock-layer";

/// The layers of the registry under their categories. What is dragged out of it is a schema's id.
class LayerTree : public QTreeWidget {
    Q_OBJECT
  public:
    explicit LayerTree(const LayerRegistry& registry, QWidget* parent = nullptr);

    /// Shows only what fits, and makes the best fit current. Returns how many layers fit.
    int filter(const QString& query);
    QString currentLayer() const; ///< empty on a category
    void moveCurrent(int by);     ///< to the next or previous layer shown

  signals:
    void layerActivated(const QString& schemaId);
    /// A letter was typed: it belongs into the search field.
    void typed(const QString& text);

  protected:
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QList<QTreeWidgetItem*>& items) const override;
    void startDrag(Qt::DropActions actions) override;
    void keyPressEvent(QKeyEvent* event) override;
    void drawBranches(QPainter*, const QRect&, const QModelIndex&) const override {}

  private:
    void activateCurrent();
    void restyle();

    const LayerRegistry& registry_;
};

} // namespace burdock
