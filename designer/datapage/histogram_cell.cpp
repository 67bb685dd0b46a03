#include "datapage/histogram_cell.h"

#include "datapage/column_table.h"
#include "theme/theme.h"

#include <QPainter>

namespace burdock {

void HistogramCell::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto bars = index.data(ColumnTable::barsRole).value<QVector<qreal>>();
    if (bars.isEmpty()) return;
    const QRectF room = QRectF(option.rect).adjusted(6, 4, -6, -4);
    const qreal width = room.width() / static_cast<qreal>(bars.size());
    const qreal gap = width > 3 ? 1 : 0;
    QColor colour = Theme::instance().curve(0);
    for (qsizetype i = 0; i < bars.size(); ++i) {
        if (bars[i] <= 0) continue;
        const qreal height = std::max<qreal>(1, room.height() * bars[i]); // what is there is seen
        painter->fillRect(
            QRectF(room.left() + static_cast<qreal>(i) * width, room.bottom() - height, width - gap, height),
            colour);
    }
}

} // namespace burdock
