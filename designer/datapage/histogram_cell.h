#pragma once

#include <QStyledItemDelegate>

namespace burdock {

/// Draws the bars that the model has for a cell (ColumnTable::barsRole).
class HistogramCell : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace burdock
