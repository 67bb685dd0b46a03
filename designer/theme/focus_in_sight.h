#pragma once

#include <QApplication>
#include <QEvent>
#include <QScrollArea>
#include <QTimer>

namespace burdock {

/// What has the keyboard's focus within a scroll area stays in sight: where the program gives it the focus,
/// and when contents or view change their size. The area must have its contents.
class FocusInSight final : public QObject {
  public:
    explicit FocusInSight(QScrollArea& area)
        : QObject(&area)
        , area_(area) {
        soon_.setSingleShot(true);
        soon_.setInterval(0); // once the layout has placed it
        connect(&soon_, &QTimer::timeout, this, [this] { show(); });
        area.widget()->installEventFilter(this);
        area.viewport()->installEventFilter(this);
        connect(qApp, &QApplication::focusChanged, this, [this] {
            // Nothing moves away under the pointer that is just pressing it.
            if (QApplication::mouseButtons() == Qt::NoButton) soon_.start();
        });
    }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) soon_.start();
        return QObject::eventFilter(watched, event);
    }

  private:
    void show() {
        QWidget* focus = QApplication::focusWidget();
        const QWidget* contents = area_.widget();
        if (focus && contents && focus != contents && contents->isAncestorOf(focus))
            area_.ensureWidgetVisible(focus, 0, 8);
    }

    QScrollArea& area_;
    QTimer soon_;
};

} // namespace burdock
