#pragma once

#include <QList>
#include <QObject>

#include <functional>

class QAction;

namespace burdock {

class CanvasView;

/// What the canvas can do, as actions with shortcuts; they are enabled while it is seen and they have
/// something to act on.
class CanvasActions final : public QObject {
    Q_OBJECT
  public:
    explicit CanvasActions(CanvasView& view);

    /// A null pointer stands for a separator.
    const QList<QAction*>& edit() const { return edit_; }
    const QList<QAction*>& view() const { return view_; }
    QAction* find(const QString& objectName) const;
    /// Enables what can be done now.
    void refresh();

  private:
    QAction* add(QList<QAction*>& list, const QString& name, const QString& text, const QString& shortcuts,
                 std::function<void()> act, std::function<bool()> possible = {});

    CanvasView& canvas_;
    QList<QAction*> edit_, view_;
    QList<std::pair<QAction*, std::function<bool()>>> conditions_;
};

} // namespace burdock
