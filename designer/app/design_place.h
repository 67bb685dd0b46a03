#pragma once

#include "session/worker.h"

#include <QWidget>

#include <memory>

class QLabel;
class QSplitter;

namespace burdock {

class CanvasView;
class Inspector;
class KernelWatch;
class LayerPalette;
class ProblemsList;
class TruthPanel;
class Workspace;

/// Where the network is drawn: palette, canvas, inspector, and below them problems, live curves and totals.
class DesignPlace : public QWidget {
    Q_OBJECT
  public:
    explicit DesignPlace(Workspace& workspace, QWidget* parent = nullptr);

    CanvasView& canvas() { return *canvas_; }
    Inspector& inspector() { return *inspector_; }
    LayerPalette& palette() { return *palette_; }

    /// Whether the weights that Train would begin with have been read, or are being read.
    bool readsWeights() const { return readsWeights_; }
    /// Puts the cursor into the network's name.
    void renameNetwork();

    ~DesignPlace() override;
    QByteArray saveState() const;
    void restoreState(const QByteArray& state);

  signals:
    void fieldWanted(const QString& key); ///< of the training form
    void statusMessage(const QString& text);
    void referenceWanted(const QString& address);
    void dataWanted(); ///< the user wants to see what enters the network

  private:
    void showTotals();
    void readWeights();

    Workspace& workspace_;
    LayerPalette* palette_;
    CanvasView* canvas_;
    Inspector* inspector_;
    std::unique_ptr<KernelWatch> kernels_;
    TruthPanel* truth_;
    ProblemsList* problems_;
    QLabel *total_, *totalNote_;
    QSplitter *columns_, *rows_;
    bool readsWeights_ = false;
    Worker reader_; ///< of the weights that Train would begin with
};

} // namespace burdock
