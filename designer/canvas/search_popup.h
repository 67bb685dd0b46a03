#pragma once

#include "engine/schema/layer_schema.h"

#include <QFrame>

#include <functional>
#include <optional>
#include <vector>

class QLineEdit;
class QListWidget;
class QLabel;

namespace burdock {

/// One line of the search popup.
struct SearchEntry {
    QString id;
    QString title;
    QString detail;   ///< shown right, softly
    QString keywords; ///< found by, not shown
    QColor color;
    bool fits = true; ///< false: only found by typing, shown softly, with `reason`
    QString reason;
};

/// How well an entry answers what was typed; negative if it does not. Every word typed must be found.
int searchScore(const SearchEntry& entry, const QString& typed);

/// A field and a list at the pointer: layers to add, or nodes to find. Up and Down choose, Enter takes,
/// Escape and leaving it give up.
class SearchPopup final : public QFrame {
    Q_OBJECT
  public:
    explicit SearchPopup(QWidget* parent);

    /// Shows it near `pos` (of the parent), wholly inside the parent.
    void open(const QString& prompt, std::vector<SearchEntry> entries, QPoint pos,
              std::function<void(const QString& id)> chosen);
    void dismiss();

  signals:
    void dismissed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void refill();
    void take();

    QLineEdit* field_;
    QListWidget* list_;
    QLabel* none_;
    std::vector<SearchEntry> entries_;
    std::function<void(const QString&)> chosen_;
};

/// The layers of the registry; where `inflow` is given, with a note of which can take that shape.
std::vector<SearchEntry> layerEntries(const std::optional<Shape>& inflow, bool needsInput);

} // namespace burdock
