#include "theme/plain_text.h"

#include <QEvent>
#include <QLabel>
#include <QTextDocument>

namespace burdock {

bool PlainText::eventFilter(QObject* watched, QEvent* event) {
    // The label of a tool tip is Qt's own: plainTip() looks after what it shows.
    if (event->type() == QEvent::Polish && !watched->inherits("QTipLabel"))
        if (auto* label = qobject_cast<QLabel*>(watched); label && label->textFormat() == Qt::AutoText)
            label->setTextFormat(Qt::PlainText);
    return QObject::eventFilter(watched, event);
}

QString plainTip(const QString& text) {
    return Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text;
}

QString plainEntry(QString text) {
    return text.replace(u'&', QStringLiteral("&&"));
}

} // namespace burdock
