#pragma once

#include <QStyledItemDelegate>

namespace burdock {

/// Draws the model's background colours, which a style sheet's item rules would leave out.
class TintedCell : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace burdock
