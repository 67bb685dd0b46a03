#pragma once

#include "app/truth_rows.h"
#include "canvas/card_values.h"
#include "session/estimate.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QLabel;
class QTableView;
class QToolButton;

namespace burdock {

class GraphDocument;

/// The truth table of a network with a few binary inputs, below the canvas: a row is chosen, and its values
/// go through the network step by step. It is there for networks that have such a table, and is worked out
/// beside the window at every change of the network.
class TruthPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit TruthPanel(GraphDocument& document, QWidget* parent = nullptr);

    /// Those that the network's layers have learned, by name; null: it has a table only if it has none.
    void setWeights(std::shared_ptr<const WeightSet> weights);
    /// The other bit at one of the inputs.
    void toggleInput(int index);
    /// The Input's values alone, those after one more layer, after one layer less.
    void reset();
    void stepOn();
    void stepBack();
    void play(bool on);

    const TruthRows& rows() const { return *rows_; }

  signals:
    /// What the canvas is to show; none: nothing.
    void shown(const std::optional<burdock::ShownValues>& values);
    void focusGivenUp(); ///< it goes while it has the keyboard

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override; ///< arrows in the table

  private:
    QToolButton* addButton(const QString& icon, const QString& name, const QString& tip);
    void ask();
    void take(Result<TracedTruth> truth);
    void fitColumns();
    void fitHeight();
    void leave();
    void showStep();
    void enableButtons();
    std::size_t last() const; ///< index of the last step
    QStringList note(const TruthStep& step) const;
    ShownValues values() const;

    GraphDocument& document_;
    std::shared_ptr<const WeightSet> weights_;
    TruthRows* rows_;
    QTableView* table_;
    QLabel* told_;
    QToolButton *reset_, *back_, *on_, *play_;
    QTimer beat_;
    std::size_t at_ = 0; ///< the step that has computed last; 0: the Input
    Estimate truth_;
};

} // namespace burdock
