#pragma once

#include "datapage/column_use.h"
#include "datapage/surveyor.h"

#include <QWidget>

class QComboBox;
class QMenu;
class QTableView;

namespace burdock {

class ColumnTable;
class RowTable;

/// The columns of the data with their spread, and below them the samples themselves. A click on what a
/// column is used as, or on its title, lets the user change that where the data set can.
class TableView : public QWidget {
    Q_OBJECT
  public:
    explicit TableView(Surveyor& surveyor, QWidget* parent = nullptr);

    void setUse(const ColumnUse& use);
    void refresh(); ///< after the surveyor has changed
    ColumnTable& columns() { return *columns_; }
    RowTable& rows() { return *rows_; }
    /// What can be done with a row of columns(), or with all that are selected where it is one of them: an
    /// action for each; empty: nothing.
    void fillMenu(QMenu& menu, int row);

  signals:
    void optionsWanted(const burdock::ParamValues& options);

  private:
    QWidget* makeRows();
    std::vector<int> rowsMeant(int row) const;
    void openMenu(int row, const QPoint& at);
    void fitColumns();

    Surveyor& surveyor_;
    ColumnUse use_;
    ColumnTable* columns_;
    RowTable* rows_;
    QTableView *columnsTable_, *rowsTable_;
    QComboBox* part_;
    QWidget* below_;
};

} // namespace burdock
