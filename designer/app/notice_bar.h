#pragma once

#include <QWidget>

class QLabel;

namespace burdock {

/// One line under the menu that says what went wrong apart from any field or layer; it waits to be closed.
class NoticeBar : public QWidget {
    Q_OBJECT
  public:
    explicit NoticeBar(QWidget* parent = nullptr);
    void say(const QString& text);
    /// Closes it if this is what it says.
    void withdraw(const QString& text);
    QString text() const;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* text_;
};

} // namespace burdock
