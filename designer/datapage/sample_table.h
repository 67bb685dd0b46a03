#pragma once

#include <QTableView>

#include <algorithm>

namespace burdock {

/// A table of any number of rows, whose columns are fitted to a few of them: Qt measures all rows of a view
/// that is not shown yet, which takes minutes for a million.
class SampleTable final : public QTableView {
  public:
    using QTableView::QTableView;

  protected:
    int sizeHintForColumn(int column) const override {
        if (!model()) return -1;
        constexpr int cells = 1000; // that are measured in all, within a blink
        const int rows = std::clamp(cells / std::max(1, model()->columnCount()), 4, 40);
        const int first = std::max(0, rowAt(0)), end = std::min(model()->rowCount(), first + rows);
        QStyleOptionViewItem option;
        initViewItemOption(&option);
        int width = 0;
        for (int row = first; row < end; ++row) {
            const QModelIndex index = model()->index(row, column);
            width = std::max(width, itemDelegateForIndex(index)->sizeHint(option, index).width());
        }
        return showGrid() ? width + 1 : width;
    }
};

} // namespace burdock
