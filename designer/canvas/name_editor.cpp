#include "canvas/name_editor.h"

#include <QKeyEvent>

namespace burdock {

NameEditor::NameEditor(QWidget* parent, const QString& name, std::function<void(const QString&)> keep)
    : QLineEdit(name, parent)
    , keep_(std::move(keep)) {
    setObjectName(QStringLiteral("nameEditor"));
    setAccessibleName(tr("Name of the layer"));
    selectAll();
}

void NameEditor::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Escape:
        return finish(false);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return finish(true);
    default:
        QLineEdit::keyPressEvent(event);
    }
}

void NameEditor::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) finish(true);
}

void NameEditor::finish(bool keep) {
    if (std::exchange(finished_, true)) return;
    if (keep) keep_(text());
    if (hasFocus() && parentWidget()) parentWidget()->setFocus();
    hide();
    deleteLater();
}

} // namespace burdock
