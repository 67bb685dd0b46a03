#pragma once

#include <QStyledItemDelegate>

namespace burdock {

/// Paints the cells that are more than text: the run's colour beside its number, the status with the progress
/// of a run that is being trained. What is being typed into a cell stays when the runs are read anew.
class RunCell : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
};

} // namespace burdock
