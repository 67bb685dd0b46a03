#pragma once

#include "document/graph_document.h"
#include "engine/models/adaptation.h"
#include "session/estimate.h"

#include <QDialog>

class QLabel;
class QPushButton;

namespace burdock {

class CanvasView;
class Workspace;

/// What adapting a network to data comes to, or why it cannot be, and a template that can.
struct AdaptationOffer {
    Result<Adaptation> made;
    std::string fitting;                 ///< a template's id; empty: none fits
    std::optional<Graph> fittingGraph{}; ///< that template's, adapted to the data
};
AdaptationOffer offerFor(const Graph& graph, const DatasetInfo& data, const TrainConfig& config);

/// Shows what would become of the network on the canvas if it were adapted to the data, before that is done:
/// the changes in words, and the network with the changed layers marked. It follows the network, the data and
/// the settings, and holds nothing up. Where adapting is refused it offers a fitting template.
class AdaptPreview : public QDialog {
    Q_OBJECT
  public:
    explicit AdaptPreview(Workspace& workspace, QWidget* parent = nullptr);
    ~AdaptPreview() override;

    GraphDocument& after() { return after_; } ///< the network as it would be; what changes is selected
    QLabel& words() { return *words_; }
    QPushButton& adaptButton() { return *adapt_; }
    QPushButton& templateButton() { return *template_; }

  private:
    void follow();
    void estimate();
    void tell(const AdaptationOffer& offer);
    void showMade(const Adaptation& made);
    void showNone(const QString& why, bool wrong, const std::optional<Graph>& instead = {});
    void showNetwork(const Graph& graph, const QSet<NodeId>& marked);

    Workspace& workspace_;
    GraphDocument after_;
    QLabel *title_, *words_, *sizes_;
    CanvasView* canvas_;
    QPushButton *adapt_, *template_;
    std::optional<Adaptation> made_;
    std::string fitting_;
    bool decided_ = false; ///< and closing: what follows is its own doing
    Estimate offer_;
};

} // namespace burdock
