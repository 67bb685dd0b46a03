#pragma once

#include <QObject>
#include <QString>

namespace burdock {

/// Keeps names, notes, paths and messages that others wrote from being taken for HTML: installed on the
/// application, it has every label whose text format nobody has chosen show its text as it is. A label with
/// HTML of our own says so with setTextFormat(Qt::RichText).
class PlainText final : public QObject {
  public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

/// A tool tip that shows `text` as it is, whatever is written there; tool tips have no text format.
QString plainTip(const QString& text);
/// The same for an entry of a menu, where an ampersand would underline a letter.
QString plainEntry(QString text);

} // namespace burdock
