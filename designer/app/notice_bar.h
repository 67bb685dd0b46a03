#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;

namespace burdock {

/// One line under the menu that says what went wrong apart from any field or layer; it waits to be closed, or
/// until that is mended. Of several notices the last is shown.
class NoticeBar : public QWidget {
    Q_OBJECT
  public:
    explicit NoticeBar(QWidget* parent = nullptr);
    void say(const QString& text);
    /// That is so no more: what was said before it, and still is, comes back.
    void withdraw(const QString& text);
    QString text() const;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void showLast();

    QLabel* text_;
    QStringList said_; ///< the last one is shown
};

} // namespace burdock
