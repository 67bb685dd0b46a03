#pragma once

#include <QLabel>

namespace burdock {

/// How wide a text is when it is not to be elided: never less than what it is measured at, as a rounded width
/// is.
int wholeWidth(const QFont& font, const QString& text);

/// One line of plain text that gives way where there is no room: it ends in "…", and a tool tip has it all.
class ElidedLabel final : public QLabel {
    Q_OBJECT
  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;
    bool isElided() const;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace burdock
