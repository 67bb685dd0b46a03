#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace burdock {

/// Puts widgets side by side, and goes on in a further row where a row is full.
class FlowLayout : public QLayout {
    Q_OBJECT
  public:
    explicit FlowLayout(QWidget* parent);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    int count() const override;
    Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;    ///< of a single row
    QSize minimumSize() const override; ///< of the largest widget
    void setGeometry(const QRect& rect) override;

  private:
    /// The height of all rows; `move`: the widgets go to their places.
    int arrange(const QRect& rect, bool move) const;

    std::vector<std::unique_ptr<QLayoutItem>> items_;
};

} // namespace burdock
