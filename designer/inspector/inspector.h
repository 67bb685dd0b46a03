#pragma once

#include "engine/plan/plan.h"

#include <QWidget>

class QScrollArea;
class QStackedWidget;

namespace burdock {

class GraphDocument;
class NetworkPage;
class NodePage;

/// Shows and edits what is selected in the document, made from the layers' schemas; with nothing selected,
/// the network as a whole.
class Inspector : public QWidget {
    Q_OBJECT
  public:
    explicit Inspector(GraphDocument& document, QWidget* parent = nullptr);
    ~Inspector() override;

    /// Puts the cursor into the selected node's name.
    void editName();
    /// Shows what the selected layer does, beside the inspector, until a key or click.
    void showHelp();
    /// Puts the cursor into the first hyperparameter of what is selected.
    void editFirst();
    /// What the layers of the network as it is now run on; empty where that is not known.
    void setKernels(std::vector<NodeKernel> kernels);

  signals:
    /// A problem was mended by its one-click fix.
    void mended();
    void referenceWanted(const QString& address); ///< "layers.html#conv2d"
    void dataWanted();                            ///< what enters the network is to be seen
    /// What is typed into the fields of layers and is no value: they keep that of before.
    void textsRefused(const std::vector<burdock::Diagnostic>& texts);

  protected:
    bool event(QEvent* event) override; ///< a link of the help was clicked

  private:
    void onSelection();
    void onGraph();

    GraphDocument& document_;
    QStackedWidget* pages_;
    NetworkPage* network_;
    NodePage* node_;
};

} // namespace burdock
