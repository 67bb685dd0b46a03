#pragma once

#include "engine/schema/layer_registry.h"
#include <QWidget>

class QLabel;
class QLineEdit;

namespace burdock {

class LayerTree;

/// All layers to choose from, made from the registry alone: searched by name, id and keywords, dragged onto
/// the canvas, or activated by double-click or Enter.
class LayerPalette : public QWidget {
    Q_OBJECT
  public:
    explicit LayerPalette(QWidget* parent = nullptr);
    explicit LayerPalette(const LayerRegistry& registry, QWidget* parent = nullptr);

    void focusSearch();

  signals:
    void layerActivated(const QString& schemaId);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void onSearch(const QString& query);

    QLineEdit* search_;
    LayerTree* tree_;
    QLabel* nothing_;
};

} // namespace burdock
