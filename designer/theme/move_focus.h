#pragma once

#include <QApplication>
#include <QWidget>

namespace burdock {

/// The keyboard's focus, if something within `from` has it, goes to `to`: for parts that are about to go. Qt
/// would hand it on to whatever comes next, which may be a button that starts something.
inline bool moveFocus(const QWidget& from, QWidget& to) {
    const QWidget* focus = QApplication::focusWidget();
    if (!focus || !from.isAncestorOf(focus)) return false;
    to.setFocus();
    return true;
}

} // namespace burdock
