#pragma once

#include <QLabel>

namespace burdock {

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
