#include "app/focus_keeper.h"

#include <QApplication>
#include <QKeyEvent>
#include <QWidget>

namespace burdock {

FocusKeeper::FocusKeeper(QWidget& window, std::function<QWidget*(QWidget*)> home)
    : QObject(&window)
    , window_(window)
    , home_(std::move(home)) {
    qApp->installEventFilter(this);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, const QWidget* now) {
        // Whoever had it was deleted. While a menu or a dialog is open the focus is theirs to give back.
        if (now || !window_.isActiveWindow()) return;
        QMetaObject::invokeMethod(
            this,
            [this] {
                const bool elsewhere = QApplication::activePopupWidget() || QApplication::activeModalWidget();
                if (!QApplication::focusWidget() && window_.isActiveWindow() && !elsewhere)
                    bringHome(nullptr);
            },
            Qt::QueuedConnection);
    });
}

bool FocusKeeper::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Tab || key == Qt::Key_Backtab) {
            tabbing_ = true;
            QMetaObject::invokeMethod(
                this, [this] { tabbing_ = false; }, Qt::QueuedConnection);
        }
    } else if (event->type() == QEvent::FocusIn && watched->isWidgetType() && !tabbing_) {
        const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
        auto* widget = static_cast<QWidget*>(watched);
        if ((reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason) &&
            widget->window() == &window_)
            QMetaObject::invokeMethod(
                this,
                [this, strayed = QPointer<QWidget>(widget)] {
                    if (strayed && strayed->hasFocus()) bringHome(strayed);
                },
                Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

void FocusKeeper::bringHome(QWidget* strayed) {
    if (QWidget* home = home_(strayed)) home->setFocus(Qt::OtherFocusReason);
}

} // namespace burdock
