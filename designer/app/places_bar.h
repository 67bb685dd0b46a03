#pragma once

#include <QWidget>

class QAction;
class QButtonGroup;
class QVBoxLayout;

namespace burdock {

/// The places of the program, at the left: one is current.
class PlacesBar : public QWidget {
    Q_OBJECT
  public:
    explicit PlacesBar(QWidget* parent = nullptr);

    /// Adds a place below the others; returns the action that goes there, with Ctrl and its number.
    QAction* addPlace(const QString& title, const QString& icon, const QString& tip);
    /// Adds one above all others, whose keys stay what they are: it has Alt+Home.
    QAction* addPlaceAbove(const QString& title, const QString& icon, const QString& tip);
    int current() const;
    void setCurrent(int place);
    QList<QAction*> goActions() const { return actions_; } ///< from the top

  signals:
    void currentChanged(int place);

  private:
    QAction* add(const QString& title, const QString& icon, const QString& tip, const QKeySequence& keys,
                 int row);

    QVBoxLayout* layout_;
    QButtonGroup* buttons_;
    QList<QAction*> actions_;
};

} // namespace burdock
