#include "inspector/field_message.h"

#include "theme/theme.h"

#include <QAbstractScrollArea>
#include <QEvent>
#include <QLabel>

namespace burdock {
namespace {

/// What a field stands on together with all that is below it: the page of a scroll area, or the window.
QWidget* pageOf(QWidget& field) {
    QWidget* page = &field;
    while (!page->isWindow() && page->parentWidget() &&
           !qobject_cast<QAbstractScrollArea*>(page->parentWidget()->parentWidget()))
        page = page->parentWidget();
    return page;
}

} // namespace

FieldMessage::FieldMessage(QWidget& field)
    : QObject(&field)
    , field_(field) {}

FieldMessage::~FieldMessage() {
    delete label_;
}

void FieldMessage::say(const QString& text) {
    if (!label_ && !text.isEmpty()) {
        label_ = new QLabel(pageOf(field_));
        label_->setObjectName(QStringLiteral("fieldMessage"));
        label_->setTextFormat(Qt::PlainText);
        label_->setWordWrap(true);
        label_->setFont(Theme::instance().font(QStringLiteral("caption")));
        label_->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    if (!label_) return;
    if (!text.isEmpty()) follow();
    label_->setText(text);
    label_->setVisible(!text.isEmpty());
    label_->raise();
    place();
}

/// The field moves by itself, or with what it stands on.
void FieldMessage::follow() {
    QWidget* const page = pageOf(field_);
    if (label_->parentWidget() != page) label_->setParent(page);
    for (QWidget* carrier = &field_; carrier != page; carrier = carrier->parentWidget())
        carrier->installEventFilter(this);
}

void FieldMessage::place() {
    if (!label_ || label_->text().isEmpty()) return;
    const QPoint at = field_.mapTo(label_->parentWidget(), QPoint(0, field_.height() + 2));
    label_->setGeometry(at.x(), at.y(), field_.width(), label_->heightForWidth(field_.width()));
}

bool FieldMessage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Move || event->type() == QEvent::Resize) place();
    if (watched == &field_ && event->type() == QEvent::Hide && label_) label_->hide();
    return QObject::eventFilter(watched, event);
}

} // namespace burdock
