#pragma once

#include <QString>

class QStandardItem;
class QStandardItemModel;
class QTableView;

namespace burdock {

// What the notebook's tables that are only read have in common.

/// Not to be edited; the tool tip says the whole text.
QStandardItem* textCell(const QString& text);
/// The same for numbers, which stand below each other.
QStandardItem* numberCell(const QString& text);

/// Gives the table its model and its look.
void dressTable(QTableView& table, QStandardItemModel& model, const QString& name);
/// After filling: each title stands over its cells and is read whole.
void fitTitles(QTableView& table, QStandardItemModel& model);

} // namespace burdock
