#include "notebook/plain_table.h"

#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHeaderView>
#include <QStandardItemModel>
#include <QTableView>

#include <algorithm>

namespace burdock {
namespace {

constexpr int markPlace = 24; ///< what the style keeps for a sort mark, and does not count

} // namespace

QStandardItem* textCell(const QString& text) {
    auto* item = new QStandardItem(text);
    item->setEditable(false);
    item->setToolTip(plainTip(text));
    item->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return item;
}

QStandardItem* numberCell(const QString& text) {
    QStandardItem* item = textCell(text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    item->setFont(Theme::instance().font(QStringLiteral("mono")));
    return item;
}

void dressTable(QTableView& table, QStandardItemModel& model, const QString& name) {
    table.setModel(&model);
    table.setAccessibleName(name);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(26);
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setTextElideMode(Qt::ElideRight);
}

void fitTitles(QTableView& table, QStandardItemModel& model) {
    table.ensurePolished(); // or the header has not its font yet
    for (int column = 0; column < model.columnCount(); ++column) {
        QStandardItem* title = model.horizontalHeaderItem(column);
        if (const QStandardItem* first = model.item(0, column); title && first)
            title->setTextAlignment(first->textAlignment());
        table.setColumnWidth(column, std::max(table.columnWidth(column),
                                              table.horizontalHeader()->sectionSizeHint(column) + markPlace));
    }
}

} // namespace burdock
