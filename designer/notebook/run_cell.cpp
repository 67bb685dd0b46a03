#include "notebook/run_cell.h"

#include "notebook/runs_model.h"
#include "theme/theme.h"

#include <QApplication>
#include <QPainter>

namespace burdock {

void RunCell::setEditorData(QWidget* editor, const QModelIndex& index) const {
    constexpr const char* begun = "begun";
    if (editor->property(begun).toBool()) return;
    editor->setProperty(begun, true);
    QStyledItemDelegate::setEditorData(editor, index);
}

void RunCell::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    static const int number = columnOf(QStringLiteral("number"));
    static const int status = columnOf(QStringLiteral("status"));
    if (index.column() != number && index.column() != status) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    const Theme& theme = Theme::instance();
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    if (index.column() == status) {
        const auto state = static_cast<storage::RunState>(index.data(RunsModel::StateRole).toInt());
        const bool selected = option.state & QStyle::State_Selected;
        const bool damaged = index.data(RunsModel::DamagedRole).toBool();
        const QColor ink = theme.color(selected  ? QStringLiteral("on.selection")
                                       : damaged ? QStringLiteral("error.text")
                                                 : stateToken(state));
        cell.palette.setColor(QPalette::Text, ink);
        cell.palette.setColor(QPalette::HighlightedText, ink);
    }
    const QWidget* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    if (index.column() == number) {
        painter->setBrush(theme.runColor(index.data(RunsModel::RunIdRole).toLongLong()));
        painter->drawEllipse(QPointF(cell.rect.left() + 11, cell.rect.center().y() + 0.5), 4.5, 4.5);
    } else if (const double progress = index.data(RunsModel::ProgressRole).toDouble(); progress >= 0) {
        const QRectF groove(cell.rect.left() + 6, cell.rect.bottom() - 4, cell.rect.width() - 12, 3);
        painter->setBrush(theme.color(QStringLiteral("line")));
        painter->drawRoundedRect(groove, 1.5, 1.5);
        painter->setBrush(theme.color(QStringLiteral("accent")));
        painter->drawRoundedRect(QRectF(groove.topLeft(), QSizeF(groove.width() * progress, 3)), 1.5, 1.5);
    }
    painter->restore();
}

} // namespace burdock
