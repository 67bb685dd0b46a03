#include "notebook/tinted_cell.h"

#include <QColor>
#include <QPainter>

namespace burdock {

void TintedCell::paint(QPainter* painter, const QStyleOptionViewItem& option,
                       const QModelIndex& index) const {
    if (const QVariant tint = index.data(Qt::BackgroundRole); tint.isValid())
        painter->fillRect(option.rect, tint.value<QColor>());
    QStyledItemDelegate::paint(painter, option, index);
}

} // namespace burdock
