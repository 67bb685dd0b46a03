#pragma once

#include <QObject>
#include <QPointer>

#include <functional>

class QWidget;

namespace burdock {

/// Keeps the keyboard where its user has put it. When the widget that has the focus goes away, Qt hands the
/// focus on to the next one in the order of tabs, which may be a button that starts something; this one hands
/// it to where the window's work is done.
class FocusKeeper final : public QObject {
    Q_OBJECT
  public:
    /// `home` says who is to have the focus instead of `strayed`; null: it may stay where it is.
    FocusKeeper(QWidget& window, std::function<QWidget*(QWidget* strayed)> home);

    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void bringHome(QWidget* strayed);

    QWidget& window_;
    std::function<QWidget*(QWidget*)> home_;
    bool tabbing_ = false; ///< the focus is being moved by the user's key
};

} // namespace burdock
